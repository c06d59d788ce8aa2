"""What TCP can do to the bytes of one direction: cut, delay, hold, lose with the connection. It never changes or reorders any.

A `Pipe` says when bytes arrive; whoever has the clock delivers them. What a *peer* can do wrong is `peer_faults`' business.
"""

from collections import deque

import msgspec

from switch.limits import READ_BYTES_MAX

CHUNKS_MAX = 6
"""Reads that a message which is cut arrives in, at most."""

DROP_BYTES = 16
"""Bytes that arrive together where a line carries few in a second: a message comes drop by drop, and not late but whole."""


class Arrival(msgspec.Struct, frozen=True):
    """Bytes that arrive together, not before `at_ms`."""

    at_ms: int
    data: bytes


class Pipe:
    """One direction of a connection.

    `latency_ms` is how long bytes take; `bytes_per_s` how many pass in a second, 0 for any number. While it is blocked it
    delivers nothing and `unsent` counts the sends since then: not a byte of them has left.
    """

    def __init__(self, latency_ms: int) -> None:
        self.latency_ms = latency_ms
        self.bytes_per_s = 0
        self.unsent = 0
        self._waiting: deque[Arrival] = deque()
        self._last_ms = 0
        self._blocked_until_ms = 0

    @property
    def empty(self) -> bool:
        """True when nothing is under way."""
        return not self._waiting

    def push(self, data: bytes, now_ms: int, *, cuts: tuple[int, ...] = (), lag_ms: int = 0, counted: bool = True) -> int:
        """Put bytes in; give the time at which the first of them can be looked for.

        Args:
            cuts: offsets at which they are cut into reads of their own, in order.
            lag_ms: by how much later than usual they arrive, and all behind them with them.
            counted: False for what its speaker does not know that it said, or not when: it is not told of its fate either.
        """
        if counted and now_ms < self._blocked_until_ms:
            self.unsent += 1
        if self.bytes_per_s and not cuts:
            cuts = tuple(range(DROP_BYTES, len(data), DROP_BYTES))
        first_ms = 0
        start = 0
        for end in (*cuts, len(data)):
            piece = data[start:end]
            start = end
            at_ms = max(now_ms + self.latency_ms + lag_ms, self._last_ms + bool(cuts))
            if self.bytes_per_s:
                at_ms = max(at_ms, self._last_ms + 1000 * len(piece) // self.bytes_per_s)
            self._last_ms = at_ms
            self._waiting.append(Arrival(at_ms, piece))
            first_ms = first_ms or at_ms
        return max(first_ms, self._blocked_until_ms)

    def pull(self, now_ms: int) -> bytes | None:
        """The bytes that one read brings now, those of several messages when they have come; None when there are none."""
        if not self._waiting or now_ms < self._blocked_until_ms or self._waiting[0].at_ms > now_ms:
            return None
        self.unsent = 0
        data = self._waiting.popleft().data
        while self._waiting and self._waiting[0].at_ms <= now_ms and len(data) + len(self._waiting[0].data) <= READ_BYTES_MAX:
            data += self._waiting.popleft().data
        return data

    def next_ms(self) -> int | None:
        """When the next bytes arrive, if nothing comes between; None when none are under way."""
        return max(self._waiting[0].at_ms, self._blocked_until_ms) if self._waiting else None

    def block(self, until_ms: int) -> None:
        """Deliver nothing before then."""
        self._blocked_until_ms = max(self._blocked_until_ms, until_ms)

    def heal(self, now_ms: int) -> None:
        """Be a good line again, from now on."""
        self._blocked_until_ms = min(self._blocked_until_ms, now_ms)
        self.bytes_per_s = 0
        self._last_ms = min(self._last_ms, now_ms)
        self._waiting = deque(Arrival(min(arrival.at_ms, now_ms), arrival.data) for arrival in self._waiting)
