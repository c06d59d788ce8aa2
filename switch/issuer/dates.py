"""Expiry dates: YYMM against the clock. A card is valid through the last day of its month."""

from switch.domain.days import utc_date


def expired(expiry: str, wall_ms: int) -> bool:
    """True when the month `expiry` (YYMM, ISO 8583:1987 DE 14) has passed.

    Two-digit years are read as 2000 to 2099: no card in use expires in another century.
    """
    today = utc_date(wall_ms)
    return (2000 + int(expiry[:2]), int(expiry[2:])) < (today.year, today.month)
