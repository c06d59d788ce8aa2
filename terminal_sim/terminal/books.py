"""A terminal's durable memory: a fold of its records. `apply` is the only code that changes it; it raises nothing.

Not here: connections, deadlines, the order under way. They may be lost at any moment.
"""

from collections import OrderedDict
from collections.abc import Iterable

import msgspec

from switch.limits import TERMINAL_TRANSACTIONS_MAX
from switch.machine import GENESIS, Sealed
from terminal_sim.terminal.records import (
    JOURNAL,
    AdviceEnded,
    AdviceOwed,
    AdviceSent,
    Attempt,
    KeysChanged,
    LateAnswer,
    Outcome,
    Receipt,
    Record,
    StanAdvanced,
    TransactionKey,
    TransactionKind,
)

STAN_MAX = 999_999
"""DE 11 has six digits; after the last one comes 000001 (ISO 8583:1987 DE 11)."""

REVERSAL = "0420"
COMPLETION = "0220"
"""The advices that a terminal may owe."""


class Owed(msgspec.Struct, frozen=True):
    """An advice that the host has not acknowledged.

    Args:
        advice: what is owed.
        sent: whether it may have left before; then it goes out as a repeat.
    """

    advice: AdviceOwed
    sent: bool

    @property
    def key(self) -> TransactionKey:
        """The transaction that it speaks of."""
        return self.advice.key


class Books:
    """What the terminal remembers.

    Args:
        stan: the one spent last before all records.
        transactions_max: how many transactions are remembered; the oldest that have ended make room.

    `seq` and `digest` are those of the last record that is in it; `stan` is the last one spent; `attempts` all requests by key
    and `unsettled` those without a receipt; `receipt_number` that of the latest receipt; `owed` the open advices in the order
    in which they came to be owed; `undone` the transactions that were reversed or will be, with True once the host has
    acknowledged it; `completed` the authorisations that were completed, with their completion; `counters` the cards'
    transaction counters by card name; `late` the codes of answers that came too late; `keys` the keys that it was ordered to
    take last. `costs` is what each transaction has cost its cardholder, in minor units: receipts less reversals, where a
    completion takes the place of the amount that its authorisation had set aside; `net` is the same by DE 41 and DE 37.
    """

    def __init__(self, stan: int = 0, transactions_max: int = TERMINAL_TRANSACTIONS_MAX) -> None:
        self.transactions_max = transactions_max
        self.seq, self.digest = 0, GENESIS
        self.stan = stan
        # Not a plain dict: finding the first entry of one skips all that were taken out before it.
        self.attempts: OrderedDict[TransactionKey, Attempt] = OrderedDict()
        self.unsettled: dict[TransactionKey, Attempt] = {}
        self.receipt_number = 0
        self.owed: dict[tuple[str, TransactionKey], Owed] = {}
        self.undone: dict[TransactionKey, bool] = {}
        self.completed: dict[TransactionKey, TransactionKey] = {}
        self.counters: dict[str, int] = {}
        self.late: dict[TransactionKey, str] = {}
        self.keys: KeysChanged | None = None
        self.costs: dict[TransactionKey, int] = {}
        self.net: dict[tuple[str, str], int] = {}
        self._receipt_of: dict[TransactionKey, Receipt] = {}
        self._latest: dict[str, TransactionKey] = {}

    @property
    def receipts(self) -> list[Receipt]:
        """Those of all transactions that are remembered, in order."""
        return list(self._receipt_of.values())

    def copy(self) -> "Books":
        """The same books, to be written on while these stay as they are."""
        twin = Books(self.stan, self.transactions_max)
        twin.seq, twin.digest, twin.receipt_number = self.seq, self.digest, self.receipt_number
        twin.attempts, twin.unsettled = OrderedDict(self.attempts), dict(self.unsettled)
        twin.owed, twin.undone, twin.completed = dict(self.owed), dict(self.undone), dict(self.completed)
        twin.counters, twin.late, twin.keys = dict(self.counters), dict(self.late), self.keys
        twin.costs, twin.net = dict(self.costs), dict(self.net)
        twin._receipt_of, twin._latest = dict(self._receipt_of), dict(self._latest)
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
            case Attempt():
                self._attempt(record)
            case Receipt():
                self._settle(record)
            case AdviceOwed():
                self._owe(record)
            case AdviceSent(key=key, mti=mti):
                owed = self.owed.get((mti, key))
                if owed is not None:
                    self.owed[mti, key] = Owed(owed.advice, sent=True)
            case AdviceEnded(key=key, mti=mti):
                self.owed.pop((mti, key), None)
                if mti == REVERSAL:
                    self.undone[key] = True
            case LateAnswer(key=key, response_code=code):
                self.late[key] = code
            case StanAdvanced(stan=stan):
                self.stan = int(stan)
            case KeysChanged():
                self.keys = record

    def next_stan(self) -> str:
        """The STAN after the last one spent."""
        return f"{self.stan % STAN_MAX + 1:06d}"

    def next_owed(self) -> Owed | None:
        """The advice that is owed longest."""
        return next(iter(self.owed.values()), None)

    def receipt_of(self, key: TransactionKey) -> Receipt | None:
        """The receipt of a transaction."""
        return self._receipt_of.get(key)

    def latest(self, stan: str) -> TransactionKey | None:
        """The latest transaction with this STAN."""
        return self._latest.get(stan)

    def _attempt(self, attempt: Attempt) -> None:
        key = attempt.key
        self.stan = int(attempt.stan)
        self.attempts[key] = attempt
        self.unsettled[key] = attempt
        self._latest[attempt.stan] = key
        if attempt.kind is TransactionKind.COMPLETION and attempt.original is not None:
            self.completed[attempt.original] = key
        if attempt.atc:
            self.counters[attempt.card] = max(attempt.atc, self.counters.get(attempt.card, 0))
        # Two looks for each newcomer: one may meet a transaction that has not ended.
        for _ in range(2):
            if len(self.attempts) > self.transactions_max:
                self._forget_oldest()

    def _forget_oldest(self) -> None:
        """Forget the oldest transaction if it has ended; else it goes to the end, so that the next look meets another."""
        key, attempt = next(iter(self.attempts.items()))
        if self._is_under_way(key):
            self.attempts.move_to_end(key)
            return
        del self.attempts[key]
        if key in self.costs:
            self.net.pop((attempt.terminal_id, attempt.rrn), None)
        for table in (self._receipt_of, self.undone, self.completed, self.late, self.costs):
            table.pop(key, None)
        if self._latest.get(attempt.stan) == key:
            del self._latest[attempt.stan]

    def _is_under_way(self, key: TransactionKey) -> bool:
        """Whether a transaction is open or owed, or is the original of one that is."""
        open_keys = (*self.unsettled, *(owed.key for owed in self.owed.values()))
        attempts = [self.attempts[open_key] for open_key in open_keys if open_key in self.attempts]
        return any(key in (attempt.key, attempt.original) for attempt in attempts)

    def _settle(self, receipt: Receipt) -> None:
        key = receipt.key
        self.unsettled.pop(key, None)
        self.receipt_number = receipt.number
        self._receipt_of[key] = receipt
        if receipt.kind is TransactionKind.COMPLETION and receipt.outcome is Outcome.DECLINED and receipt.original is not None:
            self.completed.pop(receipt.original, None)
        voided = receipt.kind is TransactionKind.VOID and receipt.outcome is Outcome.APPROVED
        if voided and receipt.original is not None:
            self.undone[receipt.original] = True
            self._refund(receipt.original)
        reported = receipt.kind is TransactionKind.COMPLETION and receipt.outcome is Outcome.NO_ANSWER
        if receipt.kind is not TransactionKind.VOID and (receipt.approved or reported):
            self._charge(receipt, key, receipt.minor)
        if key in self.undone:
            self._refund(key)

    def _refund(self, key: TransactionKey) -> None:
        """A transaction costs nothing any more, if it ever did."""
        receipt = self._receipt_of.get(key)
        if receipt is not None and receipt.kind is not TransactionKind.VOID:
            self._charge(receipt, key, 0)

    def _charge(self, receipt: Receipt, own_key: TransactionKey, minor: int) -> None:
        """What a receipt comes to, under the key of the transaction that it is a part of."""
        key = (receipt.original if receipt.kind is TransactionKind.COMPLETION else None) or own_key
        self.costs[key] = minor
        attempt = self.attempts.get(key)
        if attempt is not None:
            self.net[attempt.terminal_id, attempt.rrn] = minor

    def _owe(self, advice: AdviceOwed) -> None:
        if advice.mti == REVERSAL:
            self.stan = int(advice.stan)
            self.undone[advice.key] = False
            self._refund(advice.key)
        # A completion is repeated under its own STAN, and has been sent once before it can be owed.
        self.owed[advice.mti, advice.key] = Owed(advice, sent=advice.mti == COMPLETION)
