"""Seeded entropy: SHA-256 in counter mode, the same bytes for the same seed in every process and every Python."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_BLOCKS = 16
"""Digests made at once: most draws then are a slice."""


class SeededEntropy:
    """An `Entropy` for the lab, and its dice. Never for keys of any value: everybody can repeat it."""

    def __init__(self, seed: int | str) -> None:
        self._seed = str(seed).encode()
        self._count = 0
        self._bytes = b""
        self._at = 0

    def draw(self, n: int) -> bytes:
        """Return the next `n` bytes of the stream."""
        end = self._at + n
        while end > len(self._bytes):
            self._bytes = self._bytes[self._at :] + self._more()
            self._at, end = 0, n
        drawn = self._bytes[self._at : end]
        self._at = end
        return drawn

    def below(self, bound: int) -> int:
        """An integer from 0 to `bound` - 1, evenly enough for simulation."""
        return int.from_bytes(self.draw(8)) % bound

    def between(self, low: int, high: int) -> int:
        """An integer from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        """True so many times in a hundred."""
        return self.below(100) < percent

    def pick(self, choices: Sequence[T]) -> T:
        """One of several."""
        return choices[self.below(len(choices))]

    def _more(self) -> bytes:
        start, self._count = self._count, self._count + _BLOCKS
        digests = (hashlib.sha256(self._seed + b"/%d" % count).digest() for count in range(start, self._count))
        return b"".join(digests)
