"""Undoing a transaction, for good and once: money back here, or a reversal owed to its issuer. Every way to undo ends here."""

from switch.core import saf
from switch.core.exchange import Transaction, TransactionState
from switch.core.traffic import Due
from switch.core.turn import Turn
from switch.domain.postings import Posting
from switch.domain.reasons import Reason
from switch.ledger.records import Expired, Reversed
from switch.machine import Severity


def undo(turn: Turn, key: str, cause: str) -> None:
    """Undo the transaction of `key`, known and not yet reversed.

    What was booked here is given back. What was forwarded, and not declined by its issuer, is reversed there: one advice is
    owed, unless one is owed already since the exchange expired.
    """
    transaction = turn.state.transactions[key]
    hold = transaction.hold
    exchange = turn.traffic.inflight.find(key)
    if exchange is not None:
        turn.traffic.inflight.close(exchange, answered=False)
        turn.traffic.deadlines.drop((Due.EXCHANGE, key))
        text = "reversed while its issuer has not answered; that answer will be too late"
        turn.notice("reversal.crossing", Severity.INFO, text, exchange=key)
    turn.record(
        Reversed(
            key=key,
            cause=cause,
            postings=tuple(Posting(posting.account, -posting.minor, posting.currency) for posting in transaction.postings),
            released=key if hold is not None else "",
        )
    )
    kind = "exchange.undelivered" if cause == "undelivered" else "exchange.reversed"
    turn.notice(kind, Severity.WARNING, _words(key, transaction, cause), exchange=key)
    if lacks_reversal(transaction):
        saf.owe_reversal(turn, key, transaction)


def expire(turn: Turn, key: str) -> None:
    """The issuer of a forwarded transaction did not answer: the outcome is unknown, so one reversal is owed, now."""
    transaction = turn.state.transactions[key]
    opening = transaction.opening
    assert opening is not None, "what was forwarded has been asked"
    turn.record(Expired(key, turn.codes(opening.link).code(Reason.TIMEOUT)))
    text = f"no answer from {transaction.route} in time; whatever it has decided is reversed"
    turn.notice("exchange.expired", Severity.WARNING, text, exchange=key)
    saf.owe_reversal(turn, key, transaction)


def lacks_reversal(transaction: Transaction) -> bool:
    """True when a transaction that has ended is to be reversed at its issuer, and the reversal is not owed yet.

    A process can end between the two records; whoever begins on its journal owes what it did not come to owe.
    """
    if not transaction.route or transaction.reversal_owed:
        return False
    match transaction.state:
        case TransactionState.EXPIRED:
            return True
        case TransactionState.REVERSED:
            return transaction.approved or not transaction.response_code
        case _:
            return False


def _words(key: str, transaction: Transaction, cause: str) -> str:
    opening = transaction.opening
    if opening is None:
        return f"{key}: a completion that a process ended before answering; reversed"
    place = f"{opening.mti} STAN {opening.stan} of {opening.terminal_id}"
    if cause == "undelivered":
        return f"{place}: its approval could not be delivered; reversed"
    return f"{place}: reversed by {opening.link}"
