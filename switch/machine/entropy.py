"""Where random bytes come from: an argument, never a call of the core's own."""

from typing import Protocol


class Entropy(Protocol):
    """A source of bytes: `os.urandom` in production, a seeded generator in the lab."""

    def draw(self, n: int) -> bytes:
        """Return `n` bytes."""
