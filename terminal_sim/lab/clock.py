"""The wall clock of a world: what hosts believe the time to be. It may drift and step; the monotonic clock never does."""

from datetime import UTC, datetime, timedelta

HOUR_MS = 3_600_000

SUMMER_BEGINS, SUMMER_ENDS = 3, 10
"""Months on whose last Sunday, at 01:00 UTC, all of Europe changes its clocks (directive 2000/84/EC)."""


class WallClock:
    """Milliseconds since 1970 UTC as a function of the world's own time; `start_ms` is what it shows at the beginning."""

    def __init__(self, start_ms: int) -> None:
        self._start_ms = start_ms
        self._drift_ppm = 0

    def drift(self, ppm: int) -> None:
        """Run fast by so many millionths, slow when negative: from the beginning on."""
        self._drift_ppm = ppm

    def step(self, by_ms: int) -> None:
        """Jump ahead, or back when negative, for good."""
        self._start_ms += by_ms

    def at(self, mono_ms: int) -> int:
        """What it shows when the world's time is `mono_ms`."""
        return self._start_ms + mono_ms + mono_ms * self._drift_ppm // 1_000_000


def summer_changes(wall_ms: int) -> list[tuple[int, int]]:
    """When local time jumps in Europe in the year of a moment, from that moment on, and by how much: both in milliseconds."""
    year = datetime.fromtimestamp(wall_ms / 1000, UTC).year
    changes = ((_last_sunday(year, SUMMER_BEGINS), HOUR_MS), (_last_sunday(year, SUMMER_ENDS), -HOUR_MS))
    return [(at_ms, by_ms) for at_ms, by_ms in changes if at_ms >= wall_ms]


def _last_sunday(year: int, month: int) -> int:
    """01:00 UTC on the last Sunday of a month of 31 days."""
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return int((last - timedelta(days=(last.weekday() + 1) % 7)).timestamp()) * 1000
