"""The wall clock of a world: it goes with the world's time, drifts from the beginning on, and a step is for good."""

from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.lab.clock import WallClock

MS = st.integers(0, 10**9)


@given(start=MS, mono=MS, steps=st.lists(st.integers(-3_600_000, 3_600_000), max_size=4))
def test_steps_add_up(start, mono, steps):
    """Whenever they happen."""
    clock = WallClock(start)
    for step in steps:
        clock.step(step)
    assert clock.at(mono) == start + mono + sum(steps)


@given(mono=MS, ppm=st.integers(-16_000, 16_000))
def test_it_drifts_by_millionths(mono, ppm):
    """Nothing at the beginning; never by more than was said, and never backwards."""
    clock = WallClock(0)
    clock.drift(ppm)
    assert clock.at(0) == 0
    assert abs(clock.at(mono) - mono - mono * ppm / 1_000_000) < 1
    assert clock.at(mono) <= clock.at(mono + 1_000)
