"""The wall clock of a world: what hosts believe the time to be. It may drift and step; the monotonic clock never does."""


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
