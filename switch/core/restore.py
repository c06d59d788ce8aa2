"""Start-up: the state as the journal tells it. Checks the chain on the way; no record is trusted that it does not cover."""

from collections.abc import Iterable

from switch.core.apply import apply
from switch.core.state import State
from switch.ledger.chain import JOURNAL
from switch.machine.sealing import Sealed


def restore(entries: Iterable[Sealed], before: State | None = None) -> State:
    """Give the state that a process begins with.

    Args:
        entries: its journal.
        before: what the oldest entries came to, where these are not kept; it is gone on with.

    Raises:
        ChainError: naming the first record that is wrong.
    """
    state = State() if before is None else before
    fold(state, entries)
    return state


def fold(state: State, entries: Iterable[Sealed]) -> None:
    """Fold into a state what follows the last record that is in it.

    Raises:
        ChainError: naming the first record that is wrong; those before it are in the state.
    """
    for sealed, record in JOURNAL.replay(entries, seq=state.seq, digest=state.digest):
        apply(state, record)
        state.seq, state.digest = sealed.seq, sealed.digest
