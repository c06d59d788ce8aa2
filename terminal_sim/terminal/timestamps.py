"""Times and reference numbers as messages spell them, from the wall clock a machine is told. Not for deadlines."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc(wall_ms: int) -> datetime:
    """The moment in UTC."""
    return _EPOCH + timedelta(milliseconds=wall_ms)


def local(wall_ms: int, utc_offset_minutes: int) -> datetime:
    """The moment where the terminal stands."""
    return utc(wall_ms) + timedelta(minutes=utc_offset_minutes)


def transmitted(wall_ms: int) -> str:
    """DE 7, MMDDhhmmss in UTC (ISO 8583:1987)."""
    return f"{utc(wall_ms):%m%d%H%M%S}"


def retrieval_reference(wall_ms: int, stan: str) -> str:
    """DE 37: last digit of the year, day of the year, hour (UTC), STAN; unique for a terminal over ten years."""
    moment = utc(wall_ms)
    return f"{moment.year % 10}{moment:%j%H}{stan}"
