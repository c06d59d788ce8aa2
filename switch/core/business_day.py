"""The business day: which one it is, and how it ends. Whose messages count in it is `switch.core.tally`'s business."""

from datetime import date, timedelta

from switch.core.asking import CUT_OVER, ask
from switch.core.turn import Turn
from switch.domain.days import utc_date
from switch.ledger.records import DayClosed
from switch.limits import BUSINESS_DAYS_AHEAD_MAX, BUSINESS_DAYS_BEHIND_MAX
from switch.machine import Severity


def day_after(turn: Turn) -> str:
    """The calendar day after the present business day, YYYYMMDD."""
    present = _parsed(_present_day(turn))
    assert present is not None, "a business day is a day"
    return _printed(min(present, date.max - timedelta(days=1)) + timedelta(days=1))


def close_day(turn: Turn, next_day: str) -> str:
    """End the present business day with its totals, begin another and say so to the issuers; or why that cannot be done.

    A switch that has stood still may be far behind the calendar, and closes day after day. A journal that has closed none yet
    is in the day of the calendar, or in the one that is still yesterday's somewhere.
    """
    following = _parsed(next_day)
    if following is None:
        return "a day is eight digits, YYYYMMDD, that a calendar has"
    if turn.state.day and next_day <= turn.state.day:
        return f"days only grow, and the present one is {turn.state.day}"
    today = _today(turn)
    ahead = (following - today).days
    if not turn.state.day and ahead < -BUSINESS_DAYS_BEHIND_MAX:
        return f"{next_day} lies {-ahead} days in the past, and a first day no more than {BUSINESS_DAYS_BEHIND_MAX}"
    if ahead > BUSINESS_DAYS_AHEAD_MAX:
        return f"{next_day} lies {ahead} days ahead of the calendar ({_printed(today)}), and may {BUSINESS_DAYS_AHEAD_MAX}"
    day = min(_present_day(turn), _printed(following - timedelta(days=1)))
    totals = turn.state.totals
    turn.record(DayClosed(day, next_day, tuple(totals[key] for key in sorted(totals))))
    turn.notice("day.closed", Severity.INFO, f"business day {day} is closed; it is {next_day} now", facts=(("day", day),))
    for link in turn.traffic.links.values():
        connection = link.online()
        if link.dialled and connection is not None:
            ask(turn, connection, CUT_OVER, {15: next_day[4:]})
    return ""


def _present_day(turn: Turn) -> str:
    return turn.state.day or _printed(_today(turn))


def _today(turn: Turn) -> date:
    return utc_date(turn.now.wall_ms)


def _parsed(day: str) -> date | None:
    if not (len(day) == len("YYYYMMDD") and day.isascii() and day.isdigit()):
        return None
    try:
        return date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return None


def _printed(day: date) -> str:
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"
