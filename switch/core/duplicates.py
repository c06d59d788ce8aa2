"""Repeats: the same request once more is answered with the first answer; the same key with other contents is refused."""

from enum import Enum

from switch.core.exchange import Transaction, TransactionState
from switch.ledger.records import Opening


class Sameness(Enum):
    """What a request is to what has been seen before."""

    NEW = "new"
    OPEN_REPEAT = "repeat of a request that is still open"
    ANSWERED_REPEAT = "repeat of a request that has its answer"
    UNDONE = "its transaction has been reversed"
    CLASH = "its key was used for another request"


def compare(opening: Opening, seen: Transaction | None) -> Sameness:
    """Judge a request against the transaction of the same key, if there is one; without an answer it is no repeat yet."""
    if seen is None or seen.state is TransactionState.RECEIVED:
        return Sameness.NEW
    if seen.opening is not None and seen.opening.fingerprint != opening.fingerprint:
        return Sameness.CLASH
    match seen.state:
        case TransactionState.REVERSED:
            return Sameness.UNDONE
        case TransactionState.FORWARDED:
            return Sameness.OPEN_REPEAT
        case _:
            return Sameness.ANSWERED_REPEAT
