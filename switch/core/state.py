"""The durable state: a fold of the journal. Read by everyone in the core, changed only by `apply` and by sealing."""

from collections import deque

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

    `transactions` are in the order in which they were first seen, and `forgotten` those that the last record has pushed out;
    `saf` holds the advices of each issuer link by STAN, in the order in which they became owed; `stans` is the last STAN used
    toward each issuer link; `day` is the business day, YYYYMMDD, empty while none has been closed; `totals` are what was
    counted in it, by acquirer, issuer and currency.

    Args:
        transactions_max: see `TRANSACTIONS_MAX`; all folds of one journal need the same one.
    """

    def __init__(self, transactions_max: int = TRANSACTIONS_MAX) -> None:
        self.transactions_max = transactions_max
        self.seq = 0
        self.digest = GENESIS
        self.book = Book()
        self.transactions: dict[str, Transaction] = {}
        self.forgotten: list[str] = []
        self._queues: dict[str, deque[str]] = {}  # By acquirer: its transactions, the oldest first.
        self._set_aside: dict[str, None] = {}  # Those that came to their turn before they were finished, and are in no queue.
        self.saf: dict[str, dict[str, Advice]] = {}
        self.stans: dict[str, int] = {}
        self.day = ""
        self.totals: dict[tuple[str, str, str], Total] = {}

    def queue_full(self, link: str) -> bool:
        """True when so much waits for an issuer link that nothing new may be sent there."""
        return len(self.saf.get(link, ())) >= SAF_ENTRIES_MAX

    def transaction(self, key: str) -> Transaction:
        """The transaction of this key, made when it is new; the oldest finished one makes room.

        It is one of the acquirer's that has most: whoever floods us pushes out what is its own.
        """
        found = self.transactions.get(key)
        if found is None:
            found = self.transactions[key] = Transaction()
            self._line_up(key)
        return found

    def finish(self, key: str) -> None:
        """A transaction may be forgotten from now on; one that was passed over as unfinished stands last in line again."""
        if key in self._set_aside:
            del self._set_aside[key]
            self._line_up(key)

    def copy(self) -> "State":
        """The same state, on which a fold can go on while this one stays as it is."""
        twin = State(self.transactions_max)
        twin.seq, twin.digest = self.seq, self.digest
        twin.book = self.book.copy()
        twin.transactions = {key: replace(transaction) for key, transaction in self.transactions.items()}
        twin._queues = {acquirer: deque(queue) for acquirer, queue in self._queues.items()}
        twin._set_aside = dict(self._set_aside)
        twin.saf = {link: {stan: replace(advice) for stan, advice in queue.items()} for link, queue in self.saf.items()}
        twin.stans = dict(self.stans)
        twin.day, twin.totals = self.day, dict(self.totals)
        return twin

    def _line_up(self, key: str) -> None:
        """Put a transaction behind the others of its acquirer. What is unfinished stands beside those that make room."""
        own = self._queues.setdefault(key.partition("/")[0], deque())
        if len(self.transactions) - len(self._set_aside) > self.transactions_max:
            longest = max(self._queues.values(), key=len)
            self._pass(own if len(own) == len(longest) else longest)
        own.append(key)

    def _pass(self, queue: deque[str]) -> None:
        """Have the first in line go: it is forgotten, or set aside while it cannot be."""
        key = queue.popleft()
        transaction = self.transactions[key]
        if transaction.state is TransactionState.FORWARDED or transaction.hold is not None:
            self._set_aside[key] = None
        else:
            del self.transactions[key]
            self.forgotten.append(key)
