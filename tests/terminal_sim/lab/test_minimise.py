"""Delta debugging finds the few causes among many, and asks no more often than it may."""

from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.lab.minimise import minimise


@given(causes=st.lists(st.integers(), unique=True, min_size=1, max_size=40), data=st.data())
def test_what_is_needed_is_found(causes, data):
    """Where a fixed part of the causes is needed and nothing else matters, exactly that part is left, in order."""
    needed = data.draw(st.sets(st.sampled_from(causes)))
    assert minimise(causes, lambda some: needed <= set(some), 10_000) == [cause for cause in causes if cause in needed]


def test_it_stops_when_it_has_asked_often_enough():
    """What is left then still fails."""
    asked = []

    def fails(some):
        asked.append(some)
        return 7 in some

    assert 7 in minimise(range(1_000), fails, 5)
    assert len(asked) <= 6
