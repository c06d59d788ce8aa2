"""Start-up: the state as the journal tells it. Checks the chain on the way; no record is trusted that it does not cover."""

from collections.abc import Iterable

from switch.core.apply import apply
from switch.core.state import State
from switch.ledger.chain import JOURNAL
from switch.machine.sealing import Sealed


def restore(entries: Iterable[Sealed]) -> State:
    """Fold a journal into a state.

    Raises:
        ChainError: naming the first record that is wrong.
    """
    state = State()
    for sealed, record in JOURNAL.replay(entries):
        apply(state, record)
        state.seq, state.digest = sealed.seq, sealed.digest
    return state
