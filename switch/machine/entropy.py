"""Where random bytes come from: an argument, never a call of the core's own."""

from collections import deque
from collections.abc import Iterable
from typing import Protocol


class Entropy(Protocol):
    """A source of bytes: `os.urandom` in production, a seeded generator in the lab."""

    def draw(self, n: int) -> bytes:
        """Return `n` bytes."""


class RecordingEntropy:
    """Passes draws on, and remembers them for a trace."""

    def __init__(self, source: Entropy) -> None:
        self._source = source
        self._drawn: list[bytes] = []

    def draw(self, n: int) -> bytes:
        """See `Entropy`."""
        drawn = self._source.draw(n)
        self._drawn.append(drawn)
        return drawn

    def take(self) -> tuple[bytes, ...]:
        """What was drawn since this was asked last."""
        drawn = tuple(self._drawn)
        self._drawn.clear()
        return drawn


class RecordedEntropy:
    """Gives the draws of a trace again."""

    def __init__(self) -> None:
        self._draws: deque[bytes] = deque()

    @property
    def empty(self) -> bool:
        """True when everything was drawn."""
        return not self._draws

    def load(self, draws: Iterable[bytes]) -> None:
        """What comes next, and nothing else."""
        self._draws = deque(draws)

    def draw(self, n: int) -> bytes:
        """See `Entropy`. Another draw than the recorded one is a difference, which ends the replay."""
        assert self._draws, f"{n} bytes are drawn where the trace has no draw"
        drawn = self._draws.popleft()
        assert len(drawn) == n, f"{n} bytes are drawn where the trace has {len(drawn)}"
        return drawn
