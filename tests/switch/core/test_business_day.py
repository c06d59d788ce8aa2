"""Business days by themselves: whatever is ordered whenever, they follow one another, and none is far from the calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switch.core import CloseDay
from switch.ledger.records import DayClosed
from switch.limits import BUSINESS_DAYS_AHEAD_MAX, BUSINESS_DAYS_BEHIND_MAX
from switch.machine import Moment

TODAY = date(2026, 1, 1)
"""Of a desk's clock."""

DAY_MS = 86_400_000


def printed(day):
    return f"{day:%Y%m%d}"


def in_days(count):
    """A day by its distance from the desk's first one."""
    return printed(TODAY + timedelta(days=count))


@settings(max_examples=50)
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("close"), st.integers(-40, 80)),
            st.tuples(st.just("close next"), st.just(0)),
            st.tuples(st.just("clock"), st.integers(-30, 60)),
        ),
        max_size=12,
    )
)
def test_days_only_grow_and_none_is_far_ahead_of_the_calendar(new_desk, steps):
    """Any orders under any wall clock, against a model: a day is taken when it is later than the last and not too late."""
    desk, today, present = new_desk(), 0, None
    desk.tick()
    for what, number in steps:
        if what == "clock":
            today, desk.now = number, Moment(desk.now.mono_ms + 1, desk.now.wall_ms + (number - today) * DAY_MS)
            continue
        day = number if what == "close" else (today if present is None else present) + 1
        desk.order(CloseDay(in_days(day) if what == "close" else ""))
        least = today - BUSINESS_DAYS_BEHIND_MAX if present is None else present + 1
        if least <= day <= today + BUSINESS_DAYS_AHEAD_MAX:
            present = day
        assert desk.state.day == ("" if present is None else in_days(present))
    closed = [record for record in desk.records if isinstance(record, DayClosed)]
    assert all(record.day < record.next_day for record in closed)
    assert [record.day for record in closed[1:]] == [record.next_day for record in closed[:-1]]
    desk.audit()


@pytest.mark.parametrize(
    ("next_day", "closed"),
    [(in_days(-1), in_days(-2)), (in_days(0), in_days(-1)), (in_days(1), in_days(0)), (in_days(5), in_days(0))],
)
def test_the_day_that_ends_is_before_the_one_that_begins(desk, next_day, closed):
    """The first one is that of the calendar, unless what follows it is no later: then it is the day before that."""
    desk.order(CloseDay(next_day))
    assert desk.records[-1] == DayClosed(closed, next_day, ())


def test_a_refusal_tells_nobody(desk, bank):
    """No issuer hears of a day that was not taken, and the journal neither."""
    written = len(desk.journal)
    desk.order(CloseDay("20270101"))
    assert bank.take() == []
    assert len(desk.journal) == written
    assert desk.told("day.closed") == []
