"""Start-up: the state as the journal tells it. Checks the chain on the way; no record is trusted that it does not cover."""

from collections.abc import Iterable

from switch.core.apply import apply
from switch.core.state import State
from switch.ledger.chain import JOURNAL
from switch.machine.sealing import Sealed


def restore(entries: Iterable[Sealed]) -> State:
    """Fold a whole journal into a state.

    Raises:
        ChainError: naming the first record that is wrong.
    """
    state = State()
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
