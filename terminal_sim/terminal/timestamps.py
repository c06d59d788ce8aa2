"""Times and reference numbers as messages spell them, from the wall clock a machine is told. Not for deadlines."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from switch.limits import SECONDS_KEPT

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LocalTime(NamedTuple):
    """A moment where the terminal stands: YYMMDD and hhmmss."""

    date: str
    time: str


def local(wall_ms: int, utc_offset_minutes: int) -> LocalTime:
    """The moment where the terminal stands."""
    text, _ = _print(wall_ms // 1000 + utc_offset_minutes * 60)
    return LocalTime(text[:6], text[6:])


def transmitted(wall_ms: int) -> str:
    """DE 7, MMDDhhmmss in UTC (ISO 8583:1987)."""
    return _print(wall_ms // 1000)[0][2:]


def retrieval_reference(wall_ms: int, stan: str) -> str:
    """DE 37: last digit of the year, day of the year, hour (UTC), STAN; unique for a terminal over ten years."""
    text, day_of_year = _print(wall_ms // 1000)
    return f"{text[1]}{day_of_year}{text[6:8]}{stan}"


@lru_cache(maxsize=SECONDS_KEPT)
def _print(second: int) -> tuple[str, str]:
    """YYMMDDhhmmss and the day of the year, three digits."""
    moment = _EPOCH + timedelta(seconds=second)
    return f"{moment:%y%m%d%H%M%S}", f"{moment:%j}"
