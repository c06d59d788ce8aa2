"""The wall clock of a world: it goes with the world's time, drifts from the beginning on, and a step is for good."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.lab.clock import HOUR_MS, WallClock, summer_changes

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


def wall_ms(text):
    """A moment of UTC in milliseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("2024-03-31", "2024-10-27"),
        ("2025-03-30", "2025-10-26"),
        ("2026-03-29", "2026-10-25"),
        ("2027-03-28", "2027-10-31"),
        ("2028-03-26", "2028-10-29"),
    ],
)
def test_summer_time(begins, ends):
    """It begins and ends on the last Sundays of March and October, at one o'clock UTC, on these dates."""
    first, last = wall_ms(f"{begins}T01:00:00"), wall_ms(f"{ends}T01:00:00")
    assert summer_changes(wall_ms(f"{begins[:4]}-01-01T00:00:00")) == [(first, HOUR_MS), (last, -HOUR_MS)]
    assert summer_changes(first + 1) == [(last, -HOUR_MS)]
    assert summer_changes(last + 1) == []
