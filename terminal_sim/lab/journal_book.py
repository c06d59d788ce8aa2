"""What the switch's journal says that each transaction has cost, record by record: the embedded issuer's side of the money."""

from switch.ledger.records import Answered, Forwarded, Record, Reversed
from switch.ledger.totals import Bookings
from terminal_sim.lab.actor import Transaction


class JournalBook:
    """A fold of its own, so that it can judge the switch's. `twice` are transactions that were booked a second time."""

    def __init__(self) -> None:
        self.twice: dict[Transaction, None] = {}
        self._bookings = Bookings()
        self._transactions: dict[str, Transaction] = {}  # By key of the journal.
        self._keys: dict[Transaction, dict[str, bool]] = {}  # Of its records: whether they have booked.

    def take(self, record: Record) -> Transaction | None:
        """Add what a record says; give the transaction that it is about, where it is about one."""
        opening = record.opening if isinstance(record, Forwarded | Answered) else None
        if opening is not None:
            transaction = self._transactions[opening.key] = (opening.terminal_id, opening.rrn.rstrip())
            keys = self._keys.setdefault(transaction, {})
            books = isinstance(record, Answered) and bool(record.postings or record.hold)
            if books and keys.get(opening.key):
                self.twice[transaction] = None
            keys[opening.key] = books or keys.get(opening.key, False)
        self._bookings.add(record)
        if opening is not None:
            return self._transactions[opening.key]
        return self._transactions.get(record.key) if isinstance(record, Answered | Reversed) else None

    def cost(self, transaction: Transaction) -> int:
        """What a transaction has cost, in minor units."""
        booked = self._bookings.booked
        return sum(booked[key].taken for key in self._keys.get(transaction, ()) if key in booked)

    def costs(self) -> dict[Transaction, int]:
        """The same for all that are remembered."""
        return {transaction: self.cost(transaction) for transaction in self._keys}

    def forget(self, transaction: Transaction) -> None:
        """It has been judged."""
        for key in self._keys.pop(transaction, ()):
            self._bookings.forget(key)
            del self._transactions[key]
