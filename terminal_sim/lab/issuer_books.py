"""The books of the lab's remote issuer: its own records, and the fold of them. Knows no bytes and no switch.

A request, a completion and the undoing of either change `net` at most once, whatever is repeated.
"""

from collections.abc import Iterable, Mapping

import msgspec

from switch.machine import GENESIS, RecordCodec, Sealed
from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.recent import Recent
from terminal_sim.terminal import TerminalKeys

KEYS = TerminalKeys(pin_key="issuer-link.zpk", mac_key="issuer-link.zak", protect_key="terminal.protect")
"""The keys that an issuer begins with."""


class Key(msgspec.Struct, frozen=True):
    """What a message is known by at its issuer: plain MTI without its repeat digit, DE 11, MMDDhhmmss, DE 41."""

    mti: str
    stan: str
    moment: str
    terminal_id: str


class Decided(msgspec.Struct, frozen=True, tag="decided"):
    """A request was answered.

    Args:
        key, transaction: which.
        minor: what an approval costs.
        code, approval_code, tag_91: the answer, for repeats.
    """

    key: Key
    transaction: Transaction
    minor: int
    code: str
    approval_code: str
    tag_91: str


class Completed(msgspec.Struct, frozen=True, tag="completed"):
    """An advice has told what an authorisation came to; `original` is that of the authorisation, where it is known."""

    key: Key
    transaction: Transaction
    minor: int
    original: Key | None


class Undone(msgspec.Struct, frozen=True, tag="undone"):
    """What `key` was about does not stand, whether it is known or comes later."""

    key: Key


class KeysReady(msgspec.Struct, frozen=True, tag="keys-ready"):
    """The issuer's operator has keys that the switch may change to."""

    keys: TerminalKeys


class KeysTaken(msgspec.Struct, frozen=True, tag="keys-taken"):
    """The switch was told that messages may be under the keys that were ready; those under the former ones still count."""


class KeysEnded(msgspec.Struct, frozen=True, tag="keys-ended"):
    """Messages under the former keys count as forged from here on."""


Record = Decided | Completed | Undone | KeysReady | KeysTaken | KeysEnded

JOURNAL: RecordCodec[Record] = RecordCodec(Record, 1)
"""The issuer's journal as a sealed chain."""

APPROVED = "00"


KEPT = 20_000
"""Messages and transactions that the books remember: the busiest run has no more in ten minutes, and nothing comes later."""


class IssuerBooks:
    """A fold of the issuer's records: `decided` and `completed` by key, `undone` keys, what each transaction costs; the
    `keys` of its link, the `former` ones as long as they count, and those that are `ready` to be changed to.

    `seq` and `digest` are those of the last record that is in it.
    """

    def __init__(self) -> None:
        self.seq, self.digest = 0, GENESIS
        self.decided: Recent[Key, Decided] = Recent(KEPT)
        self.completed: Recent[Key, Completed] = Recent(KEPT)
        self.undone: Recent[Key, None] = Recent(KEPT)
        self.net: Recent[Transaction, int] = Recent(KEPT)
        self.keys = KEYS
        self.former: TerminalKeys | None = None
        self.ready: TerminalKeys | None = None
        self._effects: Recent[Key, tuple[Transaction, int]] = Recent(KEPT)

    @property
    def costs(self) -> Mapping[Transaction, int]:
        """See `Actor.net`."""
        return self.net

    def copy(self) -> "IssuerBooks":
        """The same books, to be written on while these stay as they are."""
        twin = IssuerBooks()
        twin.seq, twin.digest = self.seq, self.digest
        twin.decided.update(self.decided)
        twin.completed.update(self.completed)
        twin.undone.update(self.undone)
        twin.net.update(self.net)
        twin.keys, twin.former, twin.ready = self.keys, self.former, self.ready
        twin._effects.update(self._effects)
        return twin

    def fold(self, entries: Iterable[Sealed]) -> None:
        """Take in what a journal holds behind the last record that is in here.

        Raises:
            ChainError: naming the first record that is wrong.
        """
        for sealed, record in JOURNAL.replay(entries, seq=self.seq, digest=self.digest):
            self.apply(record)
            self.seq, self.digest = sealed.seq, sealed.digest

    def apply(self, record: Record) -> None:
        """Take in what has happened."""
        match record:
            case Decided(key=key, transaction=transaction, minor=minor, code=code):
                self.decided.keep(key, record)
                if code == APPROVED:
                    self._charge(key, transaction, minor)
            case Completed(key=key, transaction=transaction, minor=minor, original=original):
                self.completed.keep(key, record)
                if original is not None:
                    self._release(original)
                if key not in self.undone:
                    self._charge(key, transaction, minor)
            case Undone(key=key):
                self.undone.keep(key, None)
                self._release(key)
            case KeysReady(keys=keys):
                self.ready = keys
            case KeysTaken():
                if self.ready is not None:
                    self.keys, self.former, self.ready = self.ready, self.keys, None
            case KeysEnded():
                self.former = None

    def _charge(self, key: Key, transaction: Transaction, minor: int) -> None:
        self._effects.keep(key, (transaction, minor))
        self.net.keep(transaction, self.net.get(transaction, 0) + minor)

    def _release(self, key: Key) -> None:
        effect = self._effects.pop(key, None)
        if effect is not None and effect[0] in self.net:
            self.net[effect[0]] -= effect[1]
