"""What must hold of each turn of a machine: of what it says is to be done about one event, whatever becomes of that.

A check gives what is wrong, with the transaction that it is about.
"""

from collections.abc import Iterator

from switch.core import EMBEDDED, ChangeRoutes
from switch.limits import ECHO_IDLE_MS, KEY_CHANGE_RETRY_MS, NETWORK_ANSWER_MS, STOP_GRACE_MS
from switch.machine import Append, Command, Hangup, Operate, Received, Tick
from switch.wire.codes import plain_code
from switch.wire.mti import is_request, is_response, response_mti
from terminal_sim.lab.evidence import APPROVALS, SLACK_MS, Evidence
from terminal_sim.lab.invariants.row import Finding
from terminal_sim.lab.names import name_of
from terminal_sim.lab.network import Brief, Passage
from terminal_sim.lab.turn import Entry, Turn, hung_up_in, sends_in
from terminal_sim.terminal import JOURNAL, Receipt
from terminal_sim.terminal import Entry as CardEntry

HARMLESS = ("key-event", "account-opened")
"""Records that may follow from a message without a right MAC: that it had none, and that the switch has just begun."""

PAYMENTS = ("100", "101", "200", "201")
"""MTIs of requests, without their edition."""

LATE_MAX_MS = 4_000
"""By how much a deadline may be missed: a host can do nothing for three seconds, and looks at the clock afterwards."""

UNCHANGED = ("", "duplicate", "replay", "flood", "late", "reorder")
"""What may be wrong with a message that says what it was to say."""

REFUSED_MAX_MS = KEY_CHANGE_RETRY_MS + SLACK_MS
"""For how long an issuer that has not taken its new keys is left alone; the question may wait for a slow disk."""

UNASKED_MAX_MS = 2 * ECHO_IDLE_MS
"""For how long an issuer may be silent before it is asked for an echo: what is to be said may wait for a slow disk."""


def reverses_what_cannot_arrive(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I2."""
    for key in evidence.deliveries.lost:
        yield Finding("an approval of which no copy can arrive was not reversed at once", evidence.names.transaction_of(key))


def believes_no_forgery(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I7."""
    if not turn.heard or not all(passage.forged for passage in turn.heard):
        return
    fault = turn.heard[0].fault
    for entry in turn.entries:
        if entry.kind not in HARMLESS and not turn.first:
            yield Finding(f'a message with a wrong MAC ({fault}) made a record "{entry.kind}"')
    for _, answer in _answers_in(turn):
        if is_response(answer.mti) and answer.response_code in APPROVALS:
            yield Finding(f"a message with a wrong MAC ({fault}) was answered with a yes", answer.transaction)


def contradicts_no_approval(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I2: a no to a forged copy would be taken for the answer to the request that it is a copy of."""
    copies = [(passage, passage.brief) for passage in turn.heard if passage.forged and passage.brief is not None]
    for _, answer in _answers_in(turn) if copies else ():
        if answer.response_code in APPROVALS:
            continue
        for passage, brief in copies:
            key = evidence.names.key_of(name_of(passage, brief))
            stands = key in evidence.exchanges.open or key in evidence.exchanges.granted
            if stands and is_request(brief.mti) and (response_mti(brief.mti), brief.stan) == (answer.mti, answer.stan):
                yield Finding(
                    f"a forged copy ({passage.fault}) of a {brief.mti} was told no, and that stands", brief.transaction
                )


def terminals_believe_no_forgery(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I7. A stream that cannot be read is hung up, and what was out on it is undone."""
    if turn.heard and not turn.first and not hung_up_in(turn) and all(passage.forged for passage in turn.heard):
        for command in turn.commands:
            if isinstance(command, Append):
                kind, fault = command.sealed.kind, turn.heard[0].fault
                yield Finding(f'a message with a wrong MAC ({fault}) made a terminal\'s record "{kind}"')


def owes_what_it_has_given_up(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I8."""
    if not turn.first:
        for transaction in evidence.exchanges.lacking.values():
            yield Finding("what its issuer may have approved does not stand, and its reversal is not owed at once", transaction)


def gives_up_in_time(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I8: at once, when it looks at the clock."""
    oldest = next(iter(evidence.exchanges.open.values()), None)
    spare_ms = 0 if isinstance(turn.event, Tick) else LATE_MAX_MS
    if oldest is not None and not turn.first and turn.at_ms > oldest.due_ms + spare_ms:
        yield Finding(f"an exchange is open {turn.at_ms - oldest.due_ms} ms after its issuer's time", oldest.transaction)


def gives_up_when_it_looks_at_the_clock(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I8: whatever waits to be read comes first, for an answer may be in it."""
    if isinstance(turn.event, Received) and not turn.first:
        for entry in turn.entries:
            if entry.kind == "expired":
                yield Finding(
                    "an issuer was given up before all that waited was read",
                    evidence.names.transaction_of(entry.key),
                )


def records_what_is_late(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I8: what an issuer has decided behind our back is found again in the journal, or nowhere."""
    overdue = evidence.exchanges.overdue
    if not overdue or not turn.heard or not turn.clear or any(entry.kind == "late" for entry in turn.entries):
        return
    for passage in turn.heard:
        brief, speech = passage.brief, passage.speech
        if brief is None or speech is None or brief.mti[1:3] not in ("11", "21"):
            continue
        if passage.forged or passage.fault not in UNCHANGED:
            continue
        transaction = overdue.get((speech.name, brief.stan))
        read = evidence.reach.can_ask(speech.name) and not evidence.deliveries.leaves(passage.hearer.conn)
        if transaction is not None and transaction == brief.transaction and read:
            yield Finding(f"a {brief.mti} came late, and there is no record of it", transaction)


def gives_up_not_before_time(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I22."""
    if evidence.draining or turn.first or not isinstance(turn.event, Tick):
        return
    for entry in turn.entries:
        pending = evidence.exchanges.ended.get(entry.key) if entry.kind == "expired" else None
        if pending is not None and turn.at_ms < pending.due_ms:
            yield Finding(
                f"an issuer was given up {pending.due_ms - turn.at_ms} ms before its time was over", pending.transaction
            )


def ends_what_a_crash_left_open(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I12."""
    if not turn.first:
        return
    for key, pending in evidence.exchanges.open.items():
        if key not in evidence.exchanges.begun:
            yield Finding("open when the switch died, and not reversed when it began again", pending.transaction)
    for transaction in evidence.exchanges.lacking.values():
        yield Finding("its reversal was not owed when the switch died, nor when it began again", transaction)


def takes_up_what_it_hears(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I18: nothing that happens elsewhere keeps a request waiting; it is passed on or answered in the turn that reads it."""
    if not turn.clear or not turn.heard or evidence.deliveries.leaves(turn.heard[0].hearer.conn):
        return
    fresh = [passage for passage in turn.heard if not _waits_already(evidence, passage)]
    if len(sends_in(turn)) < len(fresh):
        brief = fresh[-1].brief
        assert brief is not None, "what is fresh can be read"
        yield Finding(f"a {brief.mti} was heard, and neither passed on nor answered", brief.transaction)


def takes_on_nothing_on_a_low_disk(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I19: what room is left is for what is open, for advices and for reversals."""
    for entry in turn.entries if evidence.low else ():
        if entry.opening is not None and is_request(entry.opening.mti):
            words = f"a new {entry.opening.mti} was taken on while the journal's disk had little room"
            yield Finding(words, evidence.names.transaction_of(entry.opening.key))


def turns_nobody_away(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I19: what can be decided here, or be asked of its issuer, is."""
    declined = [entry.opening.name for entry in turn.entries if entry.opening is not None and _is_unavailable(entry)]
    if not turn.heard or (turn.entries and not declined) or evidence.draining or evidence.low:
        return
    for passage in turn.heard:
        brief = passage.brief
        if brief is None or passage.forged or brief.mti[1:] not in PAYMENTS or passage.hearer.conn in evidence.sessions.lively:
            continue
        name, target = name_of(passage, brief), evidence.routes.target(brief.pan)
        if name in evidence.turned_away or not (target == EMBEDDED or evidence.reach.can_ask(target)):
            continue
        if name in declined or (not evidence.names.knows(name) and _refused(turn, passage, brief)):
            yield Finding(f"a {brief.mti} was turned away, though {target} can be asked", brief.transaction)


def terminals_believe_their_cards(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I28: a chip that was told a wrong cryptogram has declined, whatever DE 39 says."""
    for passage in turn.heard if evidence.false_arpcs else ():
        brief, message = passage.brief, passage.message
        if brief is None or message is None or message.get(55, "") not in evidence.false_arpcs:
            continue
        for command in turn.commands:
            receipt = _receipt_in(command)
            if receipt is not None and receipt.approved and (receipt.entry, receipt.rrn) == (CardEntry.CHIP.value, brief.rrn):
                yield Finding("a payment was approved whose chip was told a wrong cryptogram", brief.transaction)


def terminals_wait_their_time(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I22: a terminal gives up when its time is over, and not before."""
    if turn.first or not isinstance(turn.event, Tick):
        return
    waited_ms = turn.at_ms - evidence.patience.asked_ms.get(turn.host, 0)
    patience_ms = evidence.run.options.terminal_timeout_ms
    for command in turn.commands:
        if isinstance(command, Append) and command.sealed.kind == "receipt" and waited_ms < patience_ms:
            yield Finding(f"{turn.host} has given up after {waited_ms} of {patience_ms} ms")
        if isinstance(command, Hangup) and waited_ms < min(patience_ms, NETWORK_ANSWER_MS):
            yield Finding(f"{turn.host} has hung up after {waited_ms} ms")


def hangs_up_the_silent(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I20."""
    if isinstance(turn.event, Tick):
        for due_ms in evidence.sessions.asked.values():
            if turn.at_ms >= due_ms:
                yield Finding(f"an issuer that does not answer an 0800 is not hung up after {turn.at_ms - due_ms} ms")


def cuts_what_does_not_end(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I20: who holds a line with half a message holds it for everybody behind."""
    if isinstance(turn.event, Tick):
        for due_ms in evidence.sessions.begun.values():
            if turn.at_ms >= due_ms:
                yield Finding(f"a message has begun and not ended, and its line is not hung up after {turn.at_ms - due_ms} ms")


def changes_routes_as_ordered(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I27."""
    if isinstance(turn.event, Operate) and isinstance(turn.event.order, ChangeRoutes):
        done = any(entry.kind == "ordered" for entry in turn.entries)
        if done is not evidence.routes.lawful:
            yield Finding(f"an order to change routes was {'carried out and cannot be' if done else 'refused and can be'}")


def asks_the_silent(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I20: a host that is gone without a word is only found by being asked."""
    if isinstance(turn.event, Tick):
        for conn, heard_ms in evidence.sessions.lively.items():
            silent_ms = turn.at_ms - heard_ms
            if silent_ms > UNASKED_MAX_MS and conn not in evidence.sessions.asked:
                yield Finding(f"an issuer that says nothing is not asked whether it is there after {silent_ms} ms")


def asks_for_new_keys_again(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I20: an order to change keys is carried out in the end."""
    if isinstance(turn.event, Tick):
        for name, link in evidence.keys.links.items():
            if link.coming is not None and turn.at_ms - link.asked_ms > REFUSED_MAX_MS:
                waited_ms = turn.at_ms - link.asked_ms
                yield Finding(f"{name} has not taken its new keys, and is not asked again after {waited_ms} ms")


def pauses_before_it_tries_again(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I19: who has trouble gets no more of it from us."""
    for text in evidence.pauses.short:
        yield Finding(text)


def stops_cleanly(evidence: Evidence, turn: Turn) -> Iterator[Finding]:
    """I21."""
    drained_ms = evidence.drained_ms
    if drained_ms is None:
        return
    for key in evidence.exchanges.begun:
        yield Finding("a request was passed on after the order to stop", evidence.names.transaction_of(key))
    oldest = next(iter(evidence.exchanges.open.values()), None)
    if oldest is None:
        return
    if turn.at_ms >= drained_ms + STOP_GRACE_MS + (0 if isinstance(turn.event, Tick) else LATE_MAX_MS):
        yield Finding("an exchange is open after the grace of a stop", oldest.transaction)
    if hung_up_in(turn) and not isinstance(turn.event, Received) and not evidence.deliveries.reachable:
        yield Finding("all acquirers were hung up while an exchange was open", oldest.transaction)


def _receipt_in(command: Command) -> Receipt | None:
    """The receipt that a terminal writes."""
    if not isinstance(command, Append) or command.sealed.kind != "receipt":
        return None
    record = JOURNAL.open(command.sealed)
    return record if isinstance(record, Receipt) else None


def _answers_in(turn: Turn) -> Iterator[tuple[int, Brief]]:
    """What is said in a turn and can be read as whoever was heard in it reads; each with the connection that it is said on."""
    for send in sends_in(turn):
        answer = Passage(turn.heard[0].hearer, send.data, turn.at_ms).brief
        if answer is not None:
            yield send.conn, answer


def _is_unavailable(entry: Entry) -> bool:
    """Whether a record says that a payment was declined because nobody is there to decide it."""
    return entry.kind == "answered" and not entry.approved and plain_code(entry.response_code) == "91"


def _refused(turn: Turn, passage: Passage, brief: Brief) -> bool:
    """Whether a request was told in this turn that nobody is there to decide it."""
    told = (passage.hearer.conn, brief.stan, "91")
    return any((conn, answer.stan, answer.response_code) == told for conn, answer in _answers_in(turn))


def _waits_already(evidence: Evidence, passage: Passage) -> bool:
    """Whether a message asks for nothing now: an answer, a message that cannot be believed, the repeat of what is open."""
    brief = passage.brief
    if brief is None or passage.forged or is_response(brief.mti):
        return True
    key = evidence.names.key_of(name_of(passage, brief))
    return key in evidence.exchanges.open or key in evidence.exchanges.ended
