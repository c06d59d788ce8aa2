"""A transaction's life in one table, and an exchange while it is open toward an issuer."""

from enum import Enum

import msgspec

from switch.core.plan import KeySet
from switch.domain.postings import Hold, Posting
from switch.ledger.records import Opening
from switch.wire import Message


class TransactionState(Enum):
    """Where a transaction stands."""

    __hash__ = object.__hash__  # As in `keys.policy`: a member is one object, and is looked up with each record.

    RECEIVED = "received"
    FORWARDED = "forwarded"
    ANSWERED = "answered"
    EXPIRED = "expired"
    REVERSED = "reversed"


class Signal(Enum):
    """What can happen to a transaction, named after the records that say so."""

    __hash__ = object.__hash__  # As in `keys.policy`: a member is one object, and is looked up with each record.

    FORWARD = "forward"
    ANSWER = "answer"
    EXPIRE = "expire"
    REVERSE = "reverse"


TRANSITIONS: dict[TransactionState, dict[Signal, TransactionState]] = {
    TransactionState.RECEIVED: {
        Signal.FORWARD: TransactionState.FORWARDED,
        Signal.ANSWER: TransactionState.ANSWERED,
        Signal.REVERSE: TransactionState.REVERSED,
    },
    TransactionState.FORWARDED: {
        Signal.ANSWER: TransactionState.ANSWERED,
        Signal.EXPIRE: TransactionState.EXPIRED,
        Signal.REVERSE: TransactionState.REVERSED,
    },
    TransactionState.ANSWERED: {Signal.REVERSE: TransactionState.REVERSED},
    TransactionState.EXPIRED: {Signal.REVERSE: TransactionState.REVERSED},
    TransactionState.REVERSED: {},
}
"""Rows are states, entries are what may happen there. A reversal may come first of all: RECEIVED then means "not seen yet"."""


class Transaction(msgspec.Struct):
    """What is remembered of one transaction: a fold of its records.

    Args:
        opening: the request; None while only a reversal of it has been seen.
        state: see `TRANSITIONS`.
        route: the issuer's link it was forwarded or advised to; empty when it was decided here.
        stan_out, vault: DE 11 toward the issuer, and the enciphered fields for its reversal.
        reversal_owed: True once its reversal stands in the queue of its issuer, there or gone.
        approved: True when its answer was an approval.
        response_code, approval_code, icc: the answer, for repeats.
        postings, hold: what it did to accounts, for its reversal.
    """

    opening: Opening | None = None
    state: TransactionState = TransactionState.RECEIVED
    route: str = ""
    stan_out: str = ""
    vault: bytes = b""
    reversal_owed: bool = False
    approved: bool = False
    response_code: str = ""
    approval_code: str = ""
    icc: str = ""
    postings: tuple[Posting, ...] = ()
    hold: Hold | None = None

    def move(self, signal: Signal) -> None:
        """Go where `TRANSITIONS` says; a missing row is our own fault."""
        follower = TRANSITIONS[self.state].get(signal)
        assert follower is not None, f"a transaction that is {self.state.value} cannot {signal.value}"
        self.state = follower


class Exchange(msgspec.Struct):
    """A request that waits for its issuer. Lives in memory only, and takes the request's secrets with it when it ends.

    Args:
        key: the transaction.
        conn: the connection that asked last; the answer goes there.
        request: the message as that connection sent it.
        match: what the issuer's answer is found by.
        keys, head: how that request came; see `Incoming`.
    """

    key: str
    conn: int
    request: Message
    match: tuple[str, ...]
    keys: KeySet
    head: bytes = b""
