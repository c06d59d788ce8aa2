"""Delta debugging finds the few causes among many, and asks no more often than it may."""

from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.lab.minimise import minimise


@given(causes=st.lists(st.integers(), unique=True, min_size=1, max_size=40), data=st.data())
def test_what_is_needed_is_found(causes, data):
    """Where a fixed part of the causes is needed and nothing else matters, exactly that part is left, in order."""
    needed = data.draw(st.sets(st.sampled_from(causes)))
    kept = minimise(causes, lambda some: some if needed <= set(some) else None, 10_000)
    assert kept == [cause for cause in causes if cause in needed]


def test_what_had_no_part_in_it_is_left_out_at_once():
    """A failure says what happened in it: of a thousand causes the two are found in a few questions."""
    asked = []

    def fails(some):
        asked.append(some)
        return [cause for cause in some if cause < 4] if {1, 3} <= set(some) else None

    assert minimise(range(1_000), fails, 100) == [1, 3]
    assert len(asked) < 15


def test_it_stops_when_it_has_asked_often_enough():
    """What is left then still fails."""
    asked = []

    def fails(some):
        asked.append(some)
        return some if 7 in some else None

    assert 7 in minimise(range(1_000), fails, 5)
    assert len(asked) <= 6
