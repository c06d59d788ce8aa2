"""The money: what the terminals' receipts say against what the switch's journal says, by transaction. Believes neither.

The rule, per transaction: approved receipts - reversed = postings + open holds.
"""

from collections.abc import Iterable

import msgspec

from switch.ledger.records import Answered, Forwarded, Record
from switch.ledger.totals import Booked, book
from terminal_sim.terminal.books import Books
from terminal_sim.terminal.records import Outcome, TransactionKey, TransactionKind

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


def paid(books: Books) -> dict[Key, int]:
    """What each transaction of a terminal has cost its cardholder, by the terminal's own account: its receipts less reversals.

    A completion takes the place of the amount that its authorisation had set aside.
    """
    costs: dict[Key, int] = {}
    for receipt in books.receipts:
        key = receipt.original if receipt.kind is TransactionKind.COMPLETION and receipt.original else receipt.key
        reported = receipt.kind is TransactionKind.COMPLETION and receipt.outcome is Outcome.NO_ANSWER
        if receipt.kind is not TransactionKind.VOID and (receipt.approved or reported):
            costs[key] = receipt.minor
        if receipt.key in books.undone and receipt.kind is not TransactionKind.VOID:
            costs[key] = 0
    return costs
