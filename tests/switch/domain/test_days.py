"""The day of a moment: to the millisecond, before 1970 as after it."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.domain.days import DAY_MS, utc_date

LEAP_DAY_MS = 1_835_395_200_000


@pytest.mark.parametrize(
    ("wall_ms", "day"),
    [
        (0, date(1970, 1, 1)),
        (-1, date(1969, 12, 31)),
        (LEAP_DAY_MS - 1, date(2028, 2, 28)),
        (LEAP_DAY_MS, date(2028, 2, 29)),
        (LEAP_DAY_MS + DAY_MS - 1, date(2028, 2, 29)),
        (LEAP_DAY_MS + DAY_MS, date(2028, 3, 1)),
    ],
)
def test_a_day_begins_with_its_first_millisecond(wall_ms, day):
    """And ends with its last one."""
    assert utc_date(wall_ms) == day


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_it_is_the_day_that_the_calendar_has(wall_ms):
    """As the standard library tells it, from 1970 to 2100."""
    assert utc_date(wall_ms) == datetime.fromtimestamp(wall_ms // 1000, UTC).date()
