"""What the switch's own records commit it to: which exchanges are open, and which reversals they say that it must come to owe.

A fold of records as an outsider reads them, kept twice: as far as they are durable, and as far as they were appended.
"""

from collections.abc import Iterable

import msgspec

from switch.limits import LATE_MAX
from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.recent import Recent
from terminal_sim.lab.turn import Entry

OVERDUE_MAX = LATE_MAX // 2
"""Exchanges without an answer that are remembered by what their issuer was asked under: fewer than the switch remembers."""

GRANTED_MAX = 20_000
"""Approved exchanges that are remembered, for they may be reversed later: those of the last minutes of the busiest world."""

NOBODY = ("", "")
"""An issuer and a STAN that nobody has; what another life has asked is under these."""


class Pending(msgspec.Struct, frozen=True):
    """An exchange that is open.

    Args:
        transaction: which one.
        due_ms: when its issuer's time is over.
        asked: the issuer that was asked, and the STAN; empty where a life before this one has asked.
    """

    transaction: Transaction
    due_ms: int
    asked: tuple[str, str] = NOBODY


class Exchanges:
    """`open` by key; `granted` are those that an issuer has approved or was told of as done; `lacking` ended without a reversal
    that must be owed; `overdue` are those that ended without an answer in this life, by what was asked; `ended` has what was
    open until this turn, `begun` what was not.
    """

    def __init__(self) -> None:
        self.open: dict[str, Pending] = {}
        self.granted: Recent[str, Transaction] = Recent(GRANTED_MAX)
        self.lacking: dict[str, Transaction] = {}
        self.overdue: Recent[tuple[str, str], Transaction] = Recent(OVERDUE_MAX)
        self.ended: dict[str, Pending] = {}
        self.begun: dict[str, None] = {}

    def turn(self, entries: Iterable[Entry], due_ms: int) -> None:
        """Take in the records of a turn; what is forwarded in it is due at `due_ms`."""
        self.ended.clear()
        self.begun.clear()
        for entry in entries:
            self.take(entry, due_ms)

    def take(self, entry: Entry, due_ms: int) -> None:
        """Take in one record."""
        key = entry.about
        match entry.kind:
            case "forwarded" if entry.opening is not None:
                asked = entry.route, entry.stan_out
                self.open[key] = Pending((entry.opening.terminal_id, entry.opening.rrn.rstrip()), due_ms, asked)
                self.overdue.pop(asked, None)  # STANs come round.
                self.begun[key] = None
            case "answered":
                pending = self._end(key)
                if pending is not None and entry.approved:
                    self._grant(key, pending.transaction)
            case "expired":
                pending = self._end(key)
                if pending is not None:
                    self.lacking[key] = pending.transaction
                    self._miss(pending)
            case "reversed":
                pending = self._end(key)
                if pending is not None:
                    self._miss(pending)
                transaction = pending.transaction if pending is not None else self.granted.pop(key, None)
                if transaction is not None:
                    self.lacking[key] = transaction
            case "advice-owed" if entry.mti == "0220":
                self._grant(key, (key.split("/")[2], ""))
            case "advice-owed":
                self.lacking.pop(key, None)

    def copy(self) -> "Exchanges":
        """The same once more, as the next life begins with it: it does not know under what was asked."""
        other = Exchanges()
        other.open = {key: Pending(pending.transaction, pending.due_ms) for key, pending in self.open.items()}
        other.lacking = dict(self.lacking)
        other.granted.update(self.granted)
        return other

    def _end(self, key: str) -> Pending | None:
        pending = self.open.pop(key, None)
        if pending is not None:
            self.ended[key] = pending
        return pending

    def _miss(self, pending: Pending) -> None:
        if pending.asked != NOBODY:
            self.overdue.keep(pending.asked, pending.transaction)

    def _grant(self, key: str, transaction: Transaction) -> None:
        self.granted.keep(key, transaction)
