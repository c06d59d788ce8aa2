"""Expiry dates: YYMM against the clock. A card is valid through the last day of its month."""

from datetime import UTC, datetime


def expired(expiry: str, wall_ms: int) -> bool:
    """True when the month `expiry` (YYMM, ISO 8583:1987 DE 14) has passed.

    Two-digit years are read as 2000 to 2099: no card in use expires in another century.
    """
    today = datetime.fromtimestamp(wall_ms / 1000, UTC)
    return (2000 + int(expiry[:2]), int(expiry[2:])) < (today.year, today.month)
