"""A remote issuer's host: an actor of its own, which speaks ISO 8583 by pyiso8583 and believes nothing of the switch.

It checks MAC, PIN and cryptogram with its own keys, keeps its own books, repeats its first answers, and takes every advice.
Requests are told apart as an issuer would: by MTI, DE 11, DE 41 and the moment by which its edition names originals, which is
DE 7, and since 1993 the local time; what is undone is named by DE 90, and since 1993 by DE 56.

Keys change when its operator has the new ones and the switch has asked (0800, DE 70 = 161). From its yes on it takes messages
under either set, and answers each under its own; a while after the first one under the new set that one alone counts.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from keys.errors import KeysError, MacMismatch
from keys.hsm import SoftHsm
from keys.keystore import MemoryKeystore
from keys.pinblock import decrypt_iso0
from keys.sensitive import Secret
from switch.domain.reasons import Reason
from switch.domain.test_cards import TestCard
from switch.machine import (
    Append,
    Closed,
    Command,
    Entropy,
    Event,
    Hangup,
    Moment,
    Notice,
    Notify,
    Opened,
    Operate,
    Received,
    Sealed,
    Send,
    Severity,
    Tick,
)
from switch.wire import DIALECTS, FRAMINGS, Dialect, TlvError
from switch.wire.mti import response_mti, without_repeat
from switch.wire.tlv import encode, parse_flat
from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.issuer_books import (
    APPROVED,
    JOURNAL,
    KEYS,
    Completed,
    Decided,
    IssuerBooks,
    Key,
    KeysEnded,
    KeysReady,
    KeysTaken,
    Record,
    Undone,
)
from terminal_sim.terminal import PinPad, TakeKeys, TerminalKeys
from terminal_sim.terminal.host_codec import Answer
from terminal_sim.terminal.host_line import Complaint, HostLine

__all__ = ["ECHOED", "KEYS", "IssuerActor", "key_of", "original_of"]

IMK_AC = "issuer.imk-ac"

ECHOED = ("2", "3", "4", "7", "11", "12", "13", "32", "33", "37", "41", "42", "49", "70")
"""What an answer repeats."""

ECHOING = 4
"""To one request in so many the answer repeats its chip data, as some issuers do; nobody may keep them or pass them on."""

LIMIT_MINOR = 10_000_000
"""More than this is not there, on any account."""

KEY_CHANGES = ("101", "161")
"""DE 70 of the question whether it takes its new keys: as the standard says it, and as networks do."""

FORMER_MS = 120_000
"""How long messages under the former keys count after the first one under the new: what was said before may be on its way so
long, or kept by a bad peer.
"""

CSU_APPROVED = bytes.fromhex("00820000")

NO_CARD, NO_FUNDS, WRONG_PIN, NO_CRYPTOGRAM, UNDONE = "14", "51", "55", "05", "12"
"""What it answers to what it declines, in plain."""

MOMENT_DIGITS = 10
"""Month, day and time: what moments have in common in every edition. Only some have a year, and that of two or four digits."""

Fields = dict[str, str]


class IssuerActor:
    """One issuer's host.

    Args:
        cards: what it has issued.
        dialect, framing: how it speaks.
        keystore, entropy: its keys; it begins with `KEYS`.
        books: what its journal has come to so far, where that is kept; they are the actor's from now on.
        journal: what its journal holds behind that.
    """

    def __init__(
        self,
        cards: Sequence[TestCard],
        *,
        dialect: str,
        framing: str,
        keystore: MemoryKeystore,
        entropy: Entropy,
        books: IssuerBooks | None = None,
        journal: Iterable[Sealed] = (),
    ) -> None:
        self.books = books or IssuerBooks()
        self.books.fold(journal)
        self._cards = {card.pan.expose(): card for card in cards}
        self._dialect, self._framing = DIALECTS[dialect], FRAMINGS[framing]
        self._keystore, self._entropy = keystore, entropy
        self._pin_pad = PinPad(keystore, entropy, self.books.former or self.books.keys)
        self._pin_pad.change(self.books.keys)
        self._hsm = SoftHsm(keystore, entropy, lambda event: None)
        self._mouths: dict[TerminalKeys, HostLine] = {}
        self._end_ms: int | None = None  # When the former keys end.
        self._lines: dict[int, HostLine] = {}
        self._commands: list[Command] = []
        self._now = Moment(0, 0)

    @property
    def net(self) -> Mapping[Transaction, int]:
        """See `Actor.net`."""
        return self.books.costs

    def next_deadline(self) -> int | None:
        """See `Machine`: it waits for the end of its former keys alone."""
        return self._end_ms

    def handle(self, event: Event, now: Moment) -> list[Command]:
        """See `Machine`."""
        self._now = now
        match event:
            case Opened(conn=conn):
                line = self._lines[conn] = HostLine(self._dialect, self._framing, self._pin_pad)
                line.connect(conn)
            case Closed(conn=conn):
                self._lines.pop(conn, None)
            case Received(conn=conn, data=data) if conn in self._lines:
                self._listen(self._lines[conn], data)
            case Operate(order=TakeKeys(mac_key=mac_key, pin_key=pin_key)):
                self._make_ready(msgspec.structs.replace(KEYS, mac_key=mac_key, pin_key=pin_key))
            case Tick() if self._end_ms is not None and now.mono_ms >= self._end_ms:
                self._end_former()
            case _:
                pass
        commands, self._commands = self._commands, []
        return commands

    def _listen(self, line: HostLine, data: bytes) -> None:
        heard = line.hear(data)
        for message in heard.messages:
            if isinstance(message, Complaint):
                self._notice(message.kind.replace("terminal.", "issuer."), message.text)
            elif message.mti[2] in "02":
                self._answer(line, message)
        if heard.broken:
            self._notice("issuer.stream-broken", heard.broken)
            self._commands.append(Hangup(line.conn, "the stream cannot be read"))

    def _answer(self, line: HostLine, message: Answer) -> None:
        fields = message.fields
        keys = self._keys_of(message)
        answer = {de: fields[de] for de in ECHOED if de in fields}
        answer["39"] = line.dialect.codes.code(Reason.APPROVED, message.mti)
        match message.mti[1:3]:
            case "80":
                if fields.get("70") in KEY_CHANGES and not self._takes_keys(keys):
                    answer["39"] = line.dialect.codes.code(Reason.NOT_SUPPORTED, message.mti)
            case "42" | "40":
                self._undo(fields)
            case "22":
                self._complete(fields)
            case "10" | "20":
                answer |= self._decide(fields, keys)
            case _:
                answer["39"] = UNDONE
        raw = self._mouth(keys).spell({"t": response_mti(message.mti), **answer}, self._now.wall_ms)
        self._commands.append(Send(line.conn, line.frame(raw, message.head)))

    # Keys.

    def _make_ready(self, keys: TerminalKeys) -> None:
        """The operator has keys that the switch will ask for, or has asked for already."""
        if keys not in (self.books.keys, self.books.ready):
            self._record(KeysReady(keys))

    def _takes_keys(self, keys: TerminalKeys) -> bool:
        """Change to the keys that are ready. Whoever asks again under the former ones has not heard that this was done."""
        if self.books.ready is None:
            return keys == self.books.former
        self._pin_pad.change(self.books.ready)
        self._record(KeysTaken())
        self._end_ms = None
        return True

    def _keys_of(self, message: Answer) -> TerminalKeys:
        """The keys that a message with a right MAC is under."""
        books = self.books
        if books.former is None:
            return books.keys
        try:
            self._hsm.verify_mac(books.former.mac_key, message.covered, message.mac, padding=self._dialect.mac.padding)
        except MacMismatch:
            if self._end_ms is None:
                self._end_ms = self._now.mono_ms + FORMER_MS
            return books.keys
        return books.former

    def _end_former(self) -> None:
        self._end_ms = None
        self._pin_pad.end_former()
        self._record(KeysEnded())

    def _mouth(self, keys: TerminalKeys) -> HostLine:
        """Spells messages under these keys."""
        mouth = self._mouths.get(keys)
        if mouth is None:
            mouth = self._mouths[keys] = HostLine(self._dialect, self._framing, PinPad(self._keystore, self._entropy, keys))
        return mouth

    # Books.

    def _decide(self, fields: Fields, keys: TerminalKeys) -> Fields:
        """Answer a request: the first time by what it says, later as the first time."""
        key = key_of(self._dialect, fields)
        decided = self.books.decided.get(key)
        if decided is None:
            code, tag_91 = (UNDONE, "") if key in self.books.undone else self._judge(fields, keys)
            approval_code = f"{self.books.seq % 1_000_000:06d}" if code == APPROVED else ""
            decided = Decided(key, _transaction(fields), int(fields["4"]), code, approval_code, tag_91)
            self._record(decided)
        answer = {"39": decided.code}
        if decided.approval_code:
            answer["38"] = decided.approval_code
        if decided.tag_91:
            echoed = fields.get("55", "") if int(fields["11"]) % ECHOING == 0 else ""
            answer["55"] = echoed + encode([("91", bytes.fromhex(decided.tag_91))]).hex().upper()
        return answer

    def _judge(self, fields: Fields, keys: TerminalKeys) -> tuple[str, str]:
        """DE 39, and what the card is told (tag 91)."""
        card = self._cards.get(_number(fields))
        if card is None:
            return NO_CARD, ""
        if int(fields["4"]) > LIMIT_MINOR:
            return NO_FUNDS, ""
        if "52" in fields and not self._is_right(fields["52"], card, keys):
            return WRONG_PIN, ""
        if "55" not in fields:
            return APPROVED, ""
        try:
            tags = parse_flat(bytes.fromhex(fields["55"]))
            tag_91 = self._hsm.verify_arqc_generate_arpc(
                key=IMK_AC, pan=card.pan, psn=card.sequence, tags=tags, csu=CSU_APPROVED
            )
        except (KeysError, TlvError, ValueError):
            return NO_CRYPTOGRAM, ""
        return APPROVED, tag_91.hex()

    def _is_right(self, block: str, card: TestCard, keys: TerminalKeys) -> bool:
        try:
            pin: Secret = decrypt_iso0(self._keystore.get(keys.pin_key).secret, bytes.fromhex(block), card.pan)
        except (KeysError, ValueError):
            return False
        return pin == card.pin

    def _complete(self, fields: Fields) -> None:
        key, original = key_of(self._dialect, fields), original_of(self._dialect, fields)
        if key not in self.books.completed:
            self._record(Completed(key, _transaction(fields), int(fields["4"]), original))

    def _undo(self, fields: Fields) -> None:
        original = original_of(self._dialect, fields)
        if original is not None and original not in self.books.undone:
            self._record(Undone(original))

    def _record(self, record: Record) -> None:
        books = self.books
        sealed = JOURNAL.seal(record, seq=books.seq + 1, at=self._now.wall_ms, previous=books.digest)
        books.apply(record)
        books.seq, books.digest = sealed.seq, sealed.digest
        self._commands.append(Append(sealed))

    def _notice(self, kind: str, text: str) -> None:
        self._commands.append(Notify(Notice(kind, Severity.WARNING, text)))


def key_of(dialect: Dialect, fields: Fields) -> Key:
    """What a message of this dialect is known by, given its plain fields."""
    by_local_time = dialect.edition.original.by_local_time
    moment = fields.get("13", "") + fields.get("12", "") if by_local_time else fields["7"]
    return Key(without_repeat(fields["t"]), fields["11"], moment, fields.get("41", "").rstrip())


def original_of(dialect: Dialect, fields: Fields) -> Key | None:
    """What the message is known by that another one names, in DE 90 or 56; None where it names none."""
    form = dialect.edition.original
    data = fields.get(str(form.de))
    named = form.parse(data) if data is not None else None
    if named is None:
        return None
    return Key(named.mti, named.stan, named.moment[-MOMENT_DIGITS:], fields.get("41", "").rstrip())


def _transaction(fields: Fields) -> Transaction:
    return fields.get("41", "").rstrip(), fields.get("37", "").rstrip()


def _number(fields: Fields) -> str:
    """The card's number, from DE 2 or from the track."""
    return fields.get("2") or fields.get("35", "").replace("D", "=").partition("=")[0]
