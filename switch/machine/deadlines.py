"""Deadlines by key: cheap to set, cheap to drop, asked for the earliest. Not a timer: nothing here waits."""

import heapq
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class _Entry(Generic[Key]):
    """A deadline that was set. It knows itself whether it still counts.

    A machine is asked after every event which one comes first, and would otherwise look up the same key each time.
    """

    __slots__ = ("key", "stale")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.stale = False


class Deadlines(Generic[Key]):
    """A heap of `(mono_ms, key)` with lazy removal; a key has at most one deadline.

    Equal deadlines expire in the order in which they were set, so that a run can be repeated.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, _Entry[Key]]] = []
        self._current: dict[Key, _Entry[Key]] = {}
        self._order = 0

    def __len__(self) -> int:
        return len(self._current)

    def set(self, key: Key, mono_ms: int) -> None:
        """Give `key` this deadline in place of any earlier one."""
        self.drop(key)
        self._order += 1
        entry = self._current[key] = _Entry(key)
        heapq.heappush(self._heap, (mono_ms, self._order, entry))

    def has(self, key: Key) -> bool:
        """True while `key` has a deadline."""
        return key in self._current

    def drop(self, key: Key) -> None:
        """Forget the deadline of `key`, if it has one."""
        entry = self._current.pop(key, None)
        if entry is not None:
            entry.stale = True

    def earliest(self) -> int | None:
        """The next deadline in milliseconds of the monotonic clock, or None."""
        self._discard_stale()
        return self._heap[0][0] if self._heap else None

    def expire(self, mono_ms: int) -> list[Key]:
        """Remove and return the keys whose deadline is at or before `mono_ms`, earliest first."""
        expired: list[Key] = []
        self._discard_stale()
        while self._heap and self._heap[0][0] <= mono_ms:
            key = heapq.heappop(self._heap)[2].key
            del self._current[key]
            expired.append(key)
            self._discard_stale()
        return expired

    def _discard_stale(self) -> None:
        heap = self._heap
        while heap and heap[0][2].stale:
            heapq.heappop(heap)
