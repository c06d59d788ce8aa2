"""A watch over machines of somebody's own: a method that never comes back is ended, and named. It measures nothing else.

The laboratory's clock is virtual and stands still meanwhile; only here is a real one. A system without SIGALRM watches nothing.
"""

import signal
from types import FrameType
from typing import Self

from terminal_sim.lab.failure import Overdue
from terminal_sim.lab.guard import asked_in

LOOK_S = 1.0
"""Real seconds between two looks."""

LOOKS_MAX = 30
"""Looks at one and the same call until it is ended. They are counted, and time is not: a computer that slept has not looked."""


class Watch:
    """Looks now and then at what runs, as a context of the main thread.

    Args:
        look_s: how often.
        looks_max: how often at the same call of an actor's method before `Overdue` is raised in it, again and again as long as
            the method does not let it out.
    """

    def __init__(self, look_s: float = LOOK_S, looks_max: int = LOOKS_MAX) -> None:
        self._look_s = look_s
        self._looks_max = looks_max
        self._seen: FrameType | None = None
        self._looks = 0
        self._before: object = None

    def __enter__(self) -> Self:
        if hasattr(signal, "setitimer"):
            self._before = signal.signal(signal.SIGALRM, self._look)
            signal.setitimer(signal.ITIMER_REAL, self._look_s, self._look_s)
        return self

    def __exit__(self, *exc: object) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._before)  # type: ignore[arg-type]
        self._seen = None

    def _look(self, number: int, frame: FrameType | None) -> None:
        asked = asked_in(frame)
        # The frame itself is kept, so that no other one can have its place in memory and be taken for it.
        self._looks = self._looks + 1 if asked is self._seen else 1
        self._seen = asked
        if asked is not None and self._looks > self._looks_max:
            raise Overdue(self._looks_max * self._look_s)
