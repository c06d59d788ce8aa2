from itertools import product

import pytest

from terminal_sim.terminal.states import TRANSITIONS, Signal, State, follow


@pytest.mark.parametrize(("state", "signal"), list(product(State, Signal)))
def test_every_row_leads_on_and_every_missing_row_is_our_fault(state: State, signal: Signal) -> None:
    """The table is the only way between states."""
    follower = TRANSITIONS[state].get(signal)
    if follower is None:
        with pytest.raises(AssertionError, match=signal.value):
            follow(state, signal)
    else:
        assert follow(state, signal) is follower


def test_every_state_is_reached_and_left() -> None:
    """No state is an end, and none is out of reach."""
    reached = {follower for row in TRANSITIONS.values() for follower in row.values()}
    assert reached == set(State)
    assert all(TRANSITIONS[state] for state in State)
