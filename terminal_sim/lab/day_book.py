"""What each business day comes to, as an outsider adds up the records of the switch: by acquirer, issuer and currency.

A fold of its own, from durable records one by one. It knows nothing of the totals that the switch keeps, which it judges when a
day is closed.
"""

from collections import Counter
from collections.abc import Iterable

import msgspec

from switch.ledger.records import AdviceOwed, Answered, DayClosed, Forwarded, Opening, Record, Reversed, Total
from terminal_sim.lab.recent import Recent

REMEMBERED = 200_000
"""Transactions that are remembered until they are undone: more than the switch itself remembers."""

COUNTED = ("approvals", "completions", "reversals")
"""What is counted; the sum of each has the name of `SUMS`."""

SUMS = ("approved_minor", "completed_minor", "reversed_minor")

Sums = Counter[tuple[str, str, str, str]]
"""By acquirer, issuer, currency and the name of a count or a sum."""


class Known(msgspec.Struct):
    """A transaction: its request, the issuer that was asked or told, and whether it got a yes."""

    opening: Opening | None = None
    issuer: str = ""
    approved: bool = False


class DayBook:
    """`sums` are those of the day that is open; `wrong` are days that were closed with other totals, as sentences."""

    def __init__(self) -> None:
        self.sums: Sums = Counter()
        self.closed = 0
        self.wrong: list[str] = []
        self._latest_day = ""
        self._known: Recent[str, Known] = Recent(REMEMBERED)

    def take(self, record: Record) -> None:
        """Take in what a record says."""
        match record:
            case Forwarded(opening=opening, route=route):
                known = self._of(opening.key)
                known.opening, known.issuer = opening, route
            case AdviceOwed(key=key, link=link, mti="0220"):
                self._of(key).issuer = link
            case Answered(key=key, approved=approved):
                known = self._of(key)
                known.opening = record.opening or known.opening
                if approved and not known.approved and known.opening is not None:
                    known.approved = True
                    self._count(known, int(known.opening.mti[2] == "2"))
            case Reversed(key=key):
                known = self._of(key)
                if known.approved:
                    known.approved = False  # What is undone is undone once.
                    self._count(known, COUNTED.index("reversals"))
            case DayClosed():
                self._close(record)
            case _:
                pass

    def differs(self, totals: Iterable[Total]) -> bool:
        """Whether the totals of the open day are other ones than these sums."""
        return _sums_of(totals) != self.sums

    def _of(self, key: str) -> Known:
        known = self._known.get(key)
        if known is None:
            known = Known()
            self._known.keep(key, known)
        return known

    def _count(self, known: Known, place: int) -> None:
        opening = known.opening
        assert opening is not None, "who gets a yes has asked"
        where = (opening.link, known.issuer, opening.currency)
        self.sums[*where, COUNTED[place]] += 1
        self.sums[*where, SUMS[place]] += opening.minor

    def _close(self, record: DayClosed) -> None:
        if _sums_of(record.totals) != self.sums:
            self.wrong.append(f"business day {record.day} was closed with other totals than its records come to")
        if not self._latest_day <= record.day < record.next_day:
            self.wrong.append(f"business day {record.next_day} follows {record.day}, after {self._latest_day or 'none'}")
        self._latest_day = record.next_day
        self.sums = Counter()
        self.closed += 1


def _sums_of(totals: Iterable[Total]) -> Sums:
    """Totals in the shape of sums. A count of none, or a sum of nothing, is not there."""
    words = (*COUNTED, *SUMS)
    values = {
        (total.acquirer, total.issuer, total.currency, word): int(getattr(total, word)) for total in totals for word in words
    }
    return Counter({name: value for name, value in values.items() if value})
