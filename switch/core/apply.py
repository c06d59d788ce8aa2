"""Applying a record: the only code that changes durable state. It draws nothing, reads no clock and raises nothing.

What is true while the switch runs is true after a restart because both go through here, record by record.
"""

from collections.abc import Callable
from typing import Any

from switch.core.exchange import Signal, Transaction
from switch.core.state import Advice, State
from switch.core.tally import count_answer, count_reversal
from switch.ledger.records import (
    AccountOpened,
    AdviceEnded,
    AdviceOwed,
    AdviceSent,
    Answered,
    DayClosed,
    Expired,
    Forwarded,
    KeyEvent,
    Late,
    Ordered,
    Record,
    Reversed,
)


def apply(state: State, record: Record) -> None:
    """Change `state` by what `record` says has happened."""
    state.forgotten.clear()
    APPLIERS[type(record)](state, record)


def _account_opened(state: State, record: AccountOpened) -> None:
    state.book.open_account(record.account, record.currency, record.minor)


def _forwarded(state: State, record: Forwarded) -> None:
    transaction = state.transaction(record.opening.key)
    transaction.move(Signal.FORWARD)
    transaction.opening = record.opening
    transaction.route = record.route
    transaction.stan_out = record.stan_out
    transaction.vault = record.vault
    state.stans[record.route] = int(record.stan_out)


def _answered(state: State, record: Answered) -> None:
    transaction = state.transaction(record.key)
    transaction.move(Signal.ANSWER)
    if record.opening is not None:
        transaction.opening = record.opening
    transaction.approved = record.approved
    transaction.response_code = record.response_code
    transaction.approval_code = record.approval_code
    transaction.icc = record.icc
    transaction.postings = record.postings
    transaction.hold = record.hold
    if record.hold is None:
        state.finish(record.key)
    count_answer(state, transaction)
    _move_money(state, record, transaction)


def _move_money(state: State, record: Answered, transaction: Transaction) -> None:
    for posting in record.postings:
        state.book.post(posting)
    if record.hold is not None:
        state.book.place(record.hold)
    if record.released:
        _release(state, record.released)
    if transaction.opening is not None and (record.pin_tries is not None or record.atc is not None):
        state.book.count(transaction.opening.token, record.pin_tries, record.atc)


def _release(state: State, key: str) -> None:
    """End the hold of an authorisation in the book, and with it the reason to remember the authorisation for ever."""
    state.book.release(key)
    authorisation = state.transactions.get(key)
    if authorisation is not None:
        authorisation.hold = None
        state.finish(key)


def _expired(state: State, record: Expired) -> None:
    transaction = state.transaction(record.key)
    transaction.move(Signal.EXPIRE)
    transaction.response_code = record.response_code
    state.finish(record.key)


def _late(state: State, record: Late) -> None:
    """A late answer is recorded and changes nothing."""


def _reversed(state: State, record: Reversed) -> None:
    transaction = state.transaction(record.key)
    transaction.move(Signal.REVERSE)
    count_reversal(state, transaction)
    for posting in record.postings:
        state.book.post(posting)
    if record.released:
        _release(state, record.released)
    state.finish(record.key)


def _advice_owed(state: State, record: AdviceOwed) -> None:
    queue = state.saf.setdefault(record.link, {})
    queue[record.stan] = Advice(record.key, record.mti, record.stan, record.transmitted, record.vault)
    state.stans[record.link] = int(record.stan)
    transaction = state.transaction(record.key)
    if record.reversal:
        transaction.route, transaction.stan_out, transaction.vault = record.link, record.stan, record.reversal
    else:
        transaction.reversal_owed = True


def _advice_sent(state: State, record: AdviceSent) -> None:
    state.saf[record.link][record.stan].attempts = record.attempt


def _advice_ended(state: State, record: AdviceEnded) -> None:
    del state.saf[record.link][record.stan]


def _key_event(state: State, record: KeyEvent) -> None:
    """What the HSM has to say is for auditors; no state depends on it."""


def _ordered(state: State, record: Ordered) -> None:
    """What an order changed is not durable; that it was given is for auditors."""


def _day_closed(state: State, record: DayClosed) -> None:
    state.day = record.next_day
    state.totals = {}


APPLIERS: dict[type, Callable[[State, Any], None]] = {
    AccountOpened: _account_opened,
    Forwarded: _forwarded,
    Answered: _answered,
    Expired: _expired,
    Late: _late,
    Reversed: _reversed,
    AdviceOwed: _advice_owed,
    AdviceSent: _advice_sent,
    AdviceEnded: _advice_ended,
    KeyEvent: _key_event,
    Ordered: _ordered,
    DayClosed: _day_closed,
}
"""One row for each type of record; a test holds it against the union."""
