"""Deadlines by key: cheap to set, cheap to drop, asked for the earliest. Not a timer: nothing here waits."""

import heapq
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Deadlines(Generic[Key]):
    """A heap of `(mono_ms, key)` with lazy removal; a key has at most one deadline.

    Equal deadlines expire in the order in which they were set, so that a run can be repeated.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Key]] = []
        self._current: dict[Key, tuple[int, int]] = {}
        self._order = 0

    def __len__(self) -> int:
        return len(self._current)

    def set(self, key: Key, mono_ms: int) -> None:
        """Give `key` this deadline in place of any earlier one."""
        self._order += 1
        self._current[key] = (mono_ms, self._order)
        heapq.heappush(self._heap, (mono_ms, self._order, key))

    def has(self, key: Key) -> bool:
        """True while `key` has a deadline."""
        return key in self._current

    def drop(self, key: Key) -> None:
        """Forget the deadline of `key`, if it has one."""
        self._current.pop(key, None)

    def earliest(self) -> int | None:
        """The next deadline in milliseconds of the monotonic clock, or None."""
        self._discard_stale()
        return self._heap[0][0] if self._heap else None

    def expire(self, mono_ms: int) -> list[Key]:
        """Remove and return the keys whose deadline is at or before `mono_ms`, earliest first."""
        expired: list[Key] = []
        self._discard_stale()
        while self._heap and self._heap[0][0] <= mono_ms:
            key = heapq.heappop(self._heap)[2]
            del self._current[key]
            expired.append(key)
            self._discard_stale()
        return expired

    def _discard_stale(self) -> None:
        heap, current = self._heap, self._current
        while heap and current.get(heap[0][2]) != (heap[0][0], heap[0][1]):
            heapq.heappop(heap)
