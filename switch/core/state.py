"""The durable state: a fold of the journal. Read by everyone in the core, changed only by `apply` and by sealing."""

from collections import OrderedDict

import msgspec
from msgspec.structs import replace

from switch.core.exchange import Transaction, TransactionState
from switch.issuer.book import Book
from switch.ledger.records import Total
from switch.limits import SAF_ENTRIES_MAX, TRANSACTIONS_MAX
from switch.machine.sealing import GENESIS


class Advice(msgspec.Struct):
    """An entry of a link's store-and-forward queue.

    Args:
        key: the transaction it speaks of.
        mti: of its first attempt.
        stan, transmitted: DE 11 and DE 7 of all attempts: a repeat is the same message.
        vault: its enciphered fields.
        attempts: how often it has been sent.
    """

    key: str
    mti: str
    stan: str
    transmitted: str
    vault: bytes
    attempts: int = 0


class State:
    """What the switch knows after a restart as before it.

    `transactions` are in the order in which they were first seen, those last that were found unfinished at the bound; `saf`
    holds the advices of each issuer link by STAN, in the order in which they became owed; `stans` is the last STAN used toward
    each issuer link; `day` is the business day, YYYYMMDD, empty while none has been closed; `totals` are what was counted in
    it, by acquirer, issuer and currency.

    Args:
        transactions_max: see `TRANSACTIONS_MAX`; all folds of one journal need the same one.
    """

    def __init__(self, transactions_max: int = TRANSACTIONS_MAX) -> None:
        self.transactions_max = transactions_max
        self.seq = 0
        self.digest = GENESIS
        self.book = Book()
        # Not a plain dict: finding the first entry of one skips all that were taken out before it, which is slow at the bound.
        self.transactions: OrderedDict[str, Transaction] = OrderedDict()
        self.saf: dict[str, dict[str, Advice]] = {}
        self.stans: dict[str, int] = {}
        self.day = ""
        self.totals: dict[tuple[str, str, str], Total] = {}

    def queue_full(self, link: str) -> bool:
        """True when so much waits for an issuer link that nothing new may be sent there."""
        return len(self.saf.get(link, ())) >= SAF_ENTRIES_MAX

    def transaction(self, key: str) -> Transaction:
        """The transaction of this key, made when it is new; the oldest finished one makes room."""
        found = self.transactions.get(key)
        if found is None:
            found = self.transactions[key] = Transaction()
            # Two looks for each newcomer: with one, every look at an unfinished one would leave the table larger for good.
            for _ in range(2):
                if len(self.transactions) > self.transactions_max:
                    self._forget_oldest()
        return found

    def copy(self) -> "State":
        """The same state, on which a fold can go on while this one stays as it is."""
        twin = State(self.transactions_max)
        twin.seq, twin.digest = self.seq, self.digest
        twin.book = self.book.copy()
        twin.transactions = OrderedDict((key, replace(transaction)) for key, transaction in self.transactions.items())
        twin.saf = {link: {stan: replace(advice) for stan, advice in queue.items()} for link, queue in self.saf.items()}
        twin.stans = dict(self.stans)
        twin.day, twin.totals = self.day, dict(self.totals)
        return twin

    def _forget_oldest(self) -> None:
        """Forget the oldest if it is finished; else it goes to the end, so that the next look meets another."""
        oldest, transaction = next(iter(self.transactions.items()))
        if transaction.state is TransactionState.FORWARDED or transaction.hold is not None:
            self.transactions.move_to_end(oldest)
        else:
            del self.transactions[oldest]
