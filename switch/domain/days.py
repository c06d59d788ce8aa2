"""Days of the calendar, in UTC. Which of them is a business day, and what a message states of one, is not judged here."""

from datetime import date, timedelta
from functools import lru_cache

from switch.limits import MOMENTS_KEPT

DAY_MS = 86_400_000


def utc_date(wall_ms: int) -> date:
    """The day that a moment is in, given in milliseconds since 1970 began: all moments of a day ask for the same one."""
    return _date(wall_ms // DAY_MS)


@lru_cache(maxsize=MOMENTS_KEPT)
def _date(days: int) -> date:
    return date(1970, 1, 1) + timedelta(days=days)
