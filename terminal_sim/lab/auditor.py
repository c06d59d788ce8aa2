"""The auditor: the terminals' receipts against the switch's journal, transaction by transaction. Believes neither.

The rule, per transaction: approved receipts - reversed = postings + open holds.
"""

from collections.abc import Iterable

import msgspec

from switch.ledger.records import Answered, Forwarded, Record
from switch.ledger.totals import Booked, book

Key = tuple[str, str, str]
"""How both sides know a transaction: terminal, STAN, DE 7."""


class Difference(msgspec.Struct, frozen=True):
    """A transaction on which the two sides disagree, in minor units."""

    terminal_id: str
    stan: str
    transmitted: str
    receipts: int
    booked: int

    def __str__(self) -> str:
        return (
            f"terminal {self.terminal_id}, STAN {self.stan}, sent {self.transmitted}: "
            f"receipts say {self.receipts}, the journal says {self.booked} minor units"
        )


def judge(receipts: dict[Key, int], records: Iterable[Record]) -> list[Difference]:
    """Compare what terminals hold as paid with what the journal has booked.

    Args:
        receipts: minor units that each transaction has cost the cardholder by the terminals' own account; reversed and
            declined ones may be 0 or absent.
        records: the whole journal.

    Returns:
        The transactions that differ, in the order of the journal, then those that the journal does not know.
    """
    kept = list(records)
    booked = _by_terminal(kept, book(kept))
    keys = dict.fromkeys((*booked, *receipts))
    return [
        Difference(*key, receipts.get(key, 0), booked.get(key, 0)) for key in keys if receipts.get(key, 0) != booked.get(key, 0)
    ]


def _by_terminal(records: list[Record], books: dict[str, Booked]) -> dict[Key, int]:
    """The journal's sums under the terminals' keys."""
    found: dict[Key, int] = {}
    for record in records:
        opening = record.opening if isinstance(record, Forwarded | Answered) else None
        if opening is not None and opening.key in books:
            key = (opening.terminal_id, opening.stan, opening.transmitted)
            found[key] = found.get(key, 0) + books[opening.key].taken
    return found
