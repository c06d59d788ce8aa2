"""The money: what the terminals' receipts say against what the switch's journal says, by transaction. Believes neither.

The rule, per transaction: approved receipts - reversed = postings + open holds.
"""

from collections.abc import Iterable

import msgspec

from switch.ledger.records import Answered, Forwarded, Record
from switch.ledger.totals import Booked, book
from terminal_sim.terminal import TransactionKey

Key = TransactionKey
"""How both sides know a transaction: terminal, STAN, DE 7."""


class Difference(msgspec.Struct, frozen=True):
    """A transaction on which the two sides disagree, in minor units."""

    key: Key
    receipts: int
    booked: int

    def __str__(self) -> str:
        place = f"terminal {self.key.terminal_id}, STAN {self.key.stan}, sent {self.key.transmitted}"
        return f"{place}: receipts say {self.receipts}, the journal says {self.booked} minor units"


class Judgement(msgspec.Struct, frozen=True):
    """How many transactions were compared, and those that differ, in the order of the journal."""

    compared: int
    differences: tuple[Difference, ...]


def judge(receipts: dict[Key, int], records: Iterable[Record]) -> Judgement:
    """Compare what terminals hold as paid with what the journal has booked.

    Args:
        receipts: minor units that each transaction has cost the cardholder by the terminals' own account; reversed and
            declined ones may be 0 or absent.
        records: the whole journal.
    """
    kept = list(records)
    booked = _by_terminal(kept, book(kept))
    keys = dict.fromkeys((*booked, *receipts))
    pairs = ((key, receipts.get(key, 0), booked.get(key, 0)) for key in keys)
    return Judgement(len(keys), tuple(Difference(key, told, found) for key, told, found in pairs if told != found))


def _by_terminal(records: list[Record], books: dict[str, Booked]) -> dict[Key, int]:
    """The journal's sums under the terminals' keys."""
    found: dict[Key, int] = {}
    for record in records:
        opening = record.opening if isinstance(record, Forwarded | Answered) else None
        if opening is not None and opening.key in books:
            key = Key(opening.terminal_id, opening.stan, opening.transmitted)
            found[key] = found.get(key, 0) + books[opening.key].taken
    return found
