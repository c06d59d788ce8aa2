"""Seeded entropy: SHA-256 in counter mode, the same bytes for the same seed in every process and every Python."""

import hashlib


class SeededEntropy:
    """An `Entropy` for the lab. Never for keys of any value: everybody can repeat it."""

    def __init__(self, seed: int | str) -> None:
        self._seed = str(seed).encode()
        self._count = 0
        self._left = b""

    def draw(self, n: int) -> bytes:
        """Return the next `n` bytes of the stream."""
        while len(self._left) < n:
            self._left += hashlib.sha256(self._seed + b"/" + str(self._count).encode()).digest()
            self._count += 1
        drawn, self._left = self._left[:n], self._left[n:]
        return drawn

    def below(self, bound: int) -> int:
        """An integer from 0 to `bound` - 1, evenly enough for simulation."""
        return int.from_bytes(self.draw(8)) % bound
