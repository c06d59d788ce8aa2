"""What the journal says about each business day: sums over its records. A fold of its own, so that it can judge the switch's.

Nothing here knows the switch: whoever has the records can add them up.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from switch.ledger.records import AdviceOwed, Answered, DayClosed, Forwarded, Opening, Record, Reversed, Total

_PLACE = ("acquirer", "issuer", "currency")

_Key = tuple[str, str, str, str]
"""Acquirer, issuer, currency, and the name of a sum in `Total`."""


class Day(msgspec.Struct, frozen=True):
    """A business day.

    Args:
        day: YYYYMMDD; empty for one that is open and has no name yet, as no day before it was closed.
        totals: the sums of its records, in the order of acquirer, issuer and currency.
        sealed: what was written down when it was closed; None while it is open.
    """

    day: str
    totals: tuple[Total, ...]
    sealed: tuple[Total, ...] | None = None

    @property
    def agrees(self) -> bool:
        """True unless it was closed with other totals than its records have."""
        return self.sealed is None or self.sealed == self.totals


def days(records: Iterable[Record]) -> Iterator[Day]:
    """The days of a journal, the open one last."""
    openings: dict[str, Opening] = {}
    issuers: dict[str, str] = {}
    approved: set[str] = set()
    sums: Counter[_Key] = Counter()
    present = ""
    for record in records:
        match record:
            case Forwarded(opening=opening, route=link):
                openings[opening.key], issuers[opening.key] = opening, link
            case AdviceOwed(key=key, link=link, mti=mti) if mti[1] == "2":
                issuers[key] = link
            case Answered(key=key):
                openings[key] = record.opening or openings[key]
                if record.approved:
                    approved.add(key)
                    advice = openings[key].mti[2] == "2"
                    words = ("completions", "completed_minor") if advice else ("approvals", "approved_minor")
                    _add(sums, openings[key], issuers.get(key, ""), *words)
            case Reversed(key=key, known=True) if key in approved:
                _add(sums, openings[key], issuers.get(key, ""), "reversals", "reversed_minor")
            case DayClosed():
                yield Day(record.day, _totals(sums), record.totals)
                sums, present = Counter(), record.next_day
            case _:
                pass
    yield Day(present, _totals(sums))


def _add(sums: Counter[_Key], opening: Opening, issuer: str, count: str, minor: str) -> None:
    place = (opening.link, issuer, opening.currency)
    sums[*place, count] += 1
    sums[*place, minor] += opening.minor


def _totals(sums: Counter[_Key]) -> tuple[Total, ...]:
    counted: dict[tuple[str, str, str], dict[str, int]] = {}
    for (acquirer, issuer, currency, word), value in sorted(sums.items()):
        counted.setdefault((acquirer, issuer, currency), {})[word] = value
    return tuple(msgspec.convert({**dict(zip(_PLACE, place, strict=True)), **words}, Total) for place, words in counted.items())
