"""What only the operating system gives: random bytes that are fit for keys, and the time of day.

For the host port and the commands, which hand both on. The HSM and its key stores take theirs as arguments (`entropy`).
"""

import os
import time
from typing import Final

_NS_PER_MS: Final = 1_000_000


class SystemEntropy:
    """The operating system's random bytes."""

    def draw(self, count: int, /) -> bytes:
        """So many bytes fit for keys."""
        return os.urandom(count)


def wall_ms() -> int:
    """The time of day: milliseconds since 1970 UTC."""
    return time.time_ns() // _NS_PER_MS
