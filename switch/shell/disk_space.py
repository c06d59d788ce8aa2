"""How much is free where a journal is written: looked at now and then, told when it has become too little or enough again.

What a machine does about it is its own business. Not for a disk that is full: a write that fails ends the program.
"""

import time
from collections.abc import Callable

from switch import limits
from switch.machine import JournalLow, JournalRoom, Order


class DiskSpace:
    """Looks at the free space of a journal's file system. Belongs to the writer's thread.

    Args:
        free_bytes: asks the system.
        pause_ms: how long a look is good for; its owner sleeps no longer (`pause_s`). Others fill the disk as well, and while
            it is low nothing is written that would wake anybody.
    """

    def __init__(self, free_bytes: Callable[[], int], *, pause_ms: int = limits.JOURNAL_LOOK_MS) -> None:
        self._free_bytes = free_bytes
        self.pause_s = pause_ms / 1000
        self._next_look_s = 0.0
        self._low = False

    def look(self) -> Order | None:
        """What a machine must be told, if it is time to look and there is something to tell."""
        if time.monotonic() < self._next_look_s:
            return None
        self._next_look_s = time.monotonic() + self.pause_s
        try:
            free = self._free_bytes()
        except OSError:
            return None  # A disk that is in trouble is found by the write that fails.
        if not self._low and free < limits.JOURNAL_LOW_BYTES:
            self._low = True
            return JournalLow(free)
        if self._low and free >= limits.JOURNAL_ROOM_BYTES:
            self._low = False
            return JournalRoom()
        return None
