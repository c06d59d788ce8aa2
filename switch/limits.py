"""Every bound of the house, its unit and its reason. A leaf: anyone may import it; it holds numbers only.

Reaching a bound has a defined, tested effect where the bound is used; no bound is a guess about memory.
"""

FRAME_BYTES_MAX = 8192
"""Bytes of one framed message. The longest lawful 1987 message stays far below; a longer frame is an error of the link."""

UNSIGNED_BYTES_MAX = FRAME_BYTES_MAX - 16
"""Bytes of a message that is to be signed and framed later: a MAC takes up to 16, as hexadecimal text."""

LAYOUTS_MAX = 256
"""Bitmaps that a dialect keeps compiled. Real traffic knows dozens; bitmaps come from the peer: more are read uncompiled."""

HEADS_MAX = 4096
"""MTIs with a bitmap that a dialect knows at sight: sixteen for each compiled bitmap, where real traffic has two or three."""

READERS_MAX = 16
"""Generated readers of one bitmap. Which DEs are read together is written in the code, in a handful of places."""

SPLICES_MAX = 16
"""Generated splices of one bitmap: which DEs are set and dropped together is written in the code, as with readers."""

WRITERS_MAX = 256
"""Generated writers of a dialect, one for each set and order of keys that callers give; the rest is spelled slowly."""

FIELD_UNITS_MAX = 2 * FRAME_BYTES_MAX
"""Characters, digits or bytes that one data element may announce: more cannot fit a frame, not even as packed digits."""

TLV_DEPTH_MAX = 8
"""Levels of constructed BER-TLV objects. EMV data nests four deep at most (6F, A5, BF0C, 61)."""

TLV_ELEMENTS_MAX = 512
"""BER-TLV objects in one value. DE 55 has at most 999 bytes, so an honest one holds some fifty."""

TLV_TAGS_KEPT = 1_024
"""Tags of BER-TLV whose bytes are kept once they were spelled. EMV and the networks together name fewer."""

SUBFIELD_DEPTH_MAX = 8
"""Layouts within layouts inside of a DE: DE 127, DE 127.25 and BER-TLV in it are three."""

SUBFIELDS_MAX = 1024
"""Subfields of one DE, and parts of one layout. DE 127 of Postilion knows some seventy, a DE has at most 9,999 bytes."""

HEX_TEXT_CHARS_MAX = 64 * FRAME_BYTES_MAX
"""Characters of hexadecimal text read at once: a long message as an array of Java, or some hundred messages as digits."""

SPEC_FILE_CHARS_MAX = 1_000_000
"""Characters of a spec of another tool or of a dialect file: ten times the longest that is published."""

SPEC_DEPTH_MAX = 32
"""Levels of nested elements in XML: packagers nest five deep."""

CAPTURE_BYTES_MAX = 64 * 1024 * 1024
"""Bytes of a packet capture: half a million messages. It is read whole: cut longer ones by time or filter."""

CAPTURE_PACKETS_MAX = 1_000_000
"""Packets of a capture that are looked at: more than 64 MB of honest ones, fewer than 64 MB of empty ones would be."""

CAPTURE_CONNECTIONS_MAX = 4_096
"""TCP connections of a capture that are put together; the packets of further ones are counted and left aside."""

CAPTURE_NOTES_MAX = 256
"""Remarks about one capture that are kept; further ones are counted: a hostile file must not fill the memory."""

PIN_TRIES_MAX = 3
"""Wrong PINs in a row that a card survives, as schemes advise."""

HALF_FRAME_MS = 10_000
"""Milliseconds that a frame may take from its first byte to its last: an honest peer sends it in one write."""

TRANSACTIONS_MAX = 200_000
"""Transactions whose answers are kept for repeats and reversals; the oldest finished ones of the acquirer that has most make
room, so that each of n acquirers keeps an nth of them whatever the others do. About 200 MB at most."""

INFLIGHT_MAX = 50_000
"""Exchanges open toward issuers at the same time; beyond it a request is answered 91 at once, and open ones go on."""

RESPONSE_TIMEOUT_MAX_MS = 120_000
"""Longest time that an issuer may be given: no acquirer waits longer, and STANs are far from coming round again by then."""

LATE_MAX = 10_000
"""Ended exchanges that are remembered, so that a late answer can be told from an unknown one."""

SENDS_REMEMBERED_MAX = 32_768
"""Answers per connection whose delivery can still turn out to have failed: more than a send buffer full of the shortest ones
and all that wait for the journal together."""

TURNED_AWAY_MAX = TRANSACTIONS_MAX
"""Requests refused without a record that are remembered until the process ends. One that is forgotten and said again is a new
request, though its acquirer has been told no."""

SAF_WINDOW_MAX = 8
"""Advices of one link under way at the same time: enough to drain fast, few enough not to flood a host that just came back."""

SAF_ENTRIES_MAX = 10_000
"""Advices that may wait for one link. Beyond it nothing new is sent there: an issuer that hears no reversals is away."""

SAF_RETRY_MS = 5_000
"""Milliseconds before an unanswered advice is repeated; doubled with each attempt up to `SAF_RETRY_MAX_MS`."""

ADVICE_UNREAD_MAX = 10
"""Attempts of one advice that a host may answer with a format error: on the way it can be damaged once, hardly ten times."""

SAF_RETRY_MAX_MS = 60_000
"""Longest pause between two attempts of one advice."""

DIAL_RETRY_MS = 500
"""Milliseconds before a host that could not be reached is dialled again; doubled up to `DIAL_RETRY_MAX_MS`."""

DIAL_RETRY_MAX_MS = 30_000
"""Longest pause between two attempts to reach a host."""

ECHO_IDLE_MS = 30_000
"""Milliseconds without a byte from a host before it is asked for an echo (0800, DE 70 = 301)."""

NETWORK_ANSWER_MS = 10_000
"""Milliseconds that a host has for its 0810 before the connection counts as dead."""

KEY_GRACE_MS = 30_000
"""Milliseconds that the former keys of a link are accepted after a change: as long as a terminal waits for an answer, so that
whatever was asked under them is answered under them."""

KEY_CHANGE_RETRY_MS = 10_000
"""Milliseconds before an issuer that has not taken its new keys is asked again: as long as it has for its answer."""

BUSINESS_DAYS_AHEAD_MAX = 31
"""Days of the calendar that a business day may lie ahead: more than any row of holidays. Days only grow, so that a slip of the
pen could never be taken back; and DE 15 of 1987 has no year."""

BUSINESS_DAYS_BEHIND_MAX = 1
"""Days of the calendar (UTC) that the first business day may lie behind: where it is evening still, it is yesterday."""

STOP_GRACE_MS = 10_000
"""Milliseconds that open exchanges have to finish after a stop was ordered."""

MAC_HINT_TRIALS_MAX = 200
"""MACs computed to say what a wrong one would match, under published keys only: every single difference, and another key with
another method. About 10 milliseconds for each such message of a usual length, 60 for the longest."""

# The shell: connections, the inbox of a machine, stopping.

READ_BYTES_MAX = 65_536
"""Bytes that one read takes from a connection: some hundred messages, handed over in one call."""

EVENTS_WAITING_MAX = 1_024
"""Events that wait for a machine before readers are held back: at most 64 MB of unread messages, commonly far less."""

PASS_EVENTS_MAX = 128
"""Events handled in one pass, before the sockets have their turn again."""

TICK_DELAY_MS_MAX = 1_000
"""Milliseconds by which a due tick waits for messages already here. Under endless traffic timeouts must still be told."""

CONNECTIONS_MAX = 10_000
"""Connections of one process, dials among them: the idle terminals of a large acquirer. Beyond it newcomers are refused."""

CONNECT_TIMEOUT_MS = 5_000
"""Milliseconds in which a dialled party must answer: three lost SYN packets (1 s + 2 s) and some distance."""

ACCEPT_PAUSE_MS = 100
"""Milliseconds of rest when the system gives out no more descriptors, so that the loop does not spin until some are freed."""

SEND_BUFFER_BYTES_MAX = 1_048_576
"""Bytes that wait for a peer that reads too slowly: four thousand messages. Beyond it the connection is closed."""

SEND_STALL_MS = 10_000
"""Milliseconds in which the system must take at least one waiting byte; a peer that does not read for so long is closed."""

HANGUP_MS = 2_000
"""Milliseconds in which a connection that is hung up must take its last bytes and close; then it is cut."""

KEEPALIVE_IDLE_S = 30
"""Seconds of silence after which the system asks whether the peer's host still lives."""

KEEPALIVE_INTERVAL_S = 10
"""Seconds between those questions."""

PEER_LOST_MS = 60_000
"""Milliseconds without acknowledgement after which the system gives a peer up. With the idle time: found within 90 s."""

STOP_CUT_MS = STOP_GRACE_MS + HANGUP_MS + 1_000
"""Milliseconds after the order to drain when what the machine left open is cut: its own grace, the farewells, a margin."""

SECONDS_KEPT = 256
"""Seconds whose texts are kept once they were printed: all messages of a second state the same ones."""

MOMENTS_KEPT = 1_024
"""Dates and times of messages that are judged once: most of a second's messages state the same ones."""

# The journal.

JOURNAL_BATCH_MAX = 128
"""Records of one commit. Measured: 208 microseconds a row at one row a commit, 6 at 128; more only waits longer."""

JOURNAL_WAITING_MAX = 8_192
"""Records that wait for their commit before the machine is given no more events: what a disk that stalls may cost in memory."""

JOURNAL_STOP_MS = 5_000
"""Milliseconds in which the writer must commit what waits when it is told to stop; then its disk is held to be dead."""

TRACE_WAITING_MAX = 16_384
"""Events that wait to be written into a trace: some kilobytes each, tens of megabytes in all. A trace with more ends."""

JOURNAL_LOW_BYTES = 16 * 1024 * 1024
"""Free bytes on the journal's file system below which no new work is taken: some ten thousand records, for what is open."""

JOURNAL_ROOM_BYTES = 2 * JOURNAL_LOW_BYTES
"""Free bytes from which on new work is taken again: well above, so that one transaction does not turn it on and off."""

JOURNAL_LOOK_MS = 1_000
"""Milliseconds between two looks at the free space: it takes longer than that to fill 16 MB with records."""

JOURNAL_PAGE_ROWS = 1_000
"""Records read from a store at once, so that a long journal is never whole in memory and no read lock is held for long."""

# Logs.

LOG_TEXT_CHARS_MAX = 4_096
"""Characters of one value in a log line. Longer text is a peer's; it is cut."""

LOG_DEPTH_MAX = 4
"""Levels of values within values in a log line; deeper ones are hidden."""

# Terminals.

TERMINAL_TRANSACTIONS_MAX = 2_000
"""Transactions that a terminal remembers: a busy day's. What is older, and has ended, can be neither completed nor voided."""

ORDERS_MAX = 64
"""Orders that wait at one terminal, which does one at a time; further ones are refused at once."""

RESPONSE_TIMEOUT_MS = 30_000
"""Milliseconds that a terminal waits for an answer; then its outcome is unknown and a reversal is owed. 30 s are usual."""

ORDER_PATIENCE_MS = 60_000
"""Milliseconds that an order waits while owed advices are not acknowledged; then it is refused, and nothing was sent."""
