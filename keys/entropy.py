"""Where random bytes come from. The HSM and its key stores draw no randomness but what they are given here."""

from typing import Protocol


class Entropy(Protocol):
    """The operating system's in production, a seeded generator in the lab."""

    def draw(self, count: int, /) -> bytes:
        """So many fresh bytes."""
