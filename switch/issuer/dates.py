"""Expiry dates: YYMM against the clock. A card is valid through the last day of its month."""

from datetime import date, timedelta
from functools import lru_cache

from switch.limits import MOMENTS_KEPT

_DAY_MS = 86_400_000


def expired(expiry: str, wall_ms: int) -> bool:
    """True when the month `expiry` (YYMM, ISO 8583:1987 DE 14) has passed.

    Two-digit years are read as 2000 to 2099: no card in use expires in another century.
    """
    return (2000 + int(expiry[:2]), int(expiry[2:])) < _month(wall_ms // _DAY_MS)


@lru_cache(maxsize=MOMENTS_KEPT)
def _month(days: int) -> tuple[int, int]:
    """Year and month, `days` after 1970 began (UTC): all requests of a day ask for the same one."""
    today = date(1970, 1, 1) + timedelta(days=days)
    return today.year, today.month
