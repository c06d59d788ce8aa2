"""For commands that take long: how far they are, now and then, and an end when somebody wants one. Computes nothing."""

import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Self, TextIO

from switch.cli.exits import complain
from terminal_sim.lab.trial import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM)

TERMINAL_S = 0.5
"""Real seconds between two reports to a terminal, where one takes the place of the other."""

PIPE_S = 10.0
"""The same where each is a line of its own."""

_CLEAR = "\r\x1b[K"


class Patience:
    """How long somebody waits, as a context: within it the first signal only marks that it is enough.

    `seconds` counts from the beginning; `heard` is the signal, or 0.

    Args:
        screen: where reports go; what is reported is not part of the result.
        clock: real seconds.
    """

    def __init__(self, screen: TextIO | None = None, clock: Callable[[], float] = time.perf_counter) -> None:
        self.heard = 0
        self._screen = sys.stderr if screen is None else screen
        self._rewrites = self._screen.isatty()
        self._clock = clock
        self._begun = self._told = clock()
        self._before: list[tuple[int, object]] = []
        self._shown = False

    def __enter__(self) -> Self:
        self._before = [(number, signal.signal(number, self._hear)) for number in SIGNALS]
        return self

    def __exit__(self, *exc: object) -> None:
        self.clear()
        for number, before in self._before:
            signal.signal(number, before)  # type: ignore[arg-type]

    @property
    def seconds(self) -> float:
        """Real seconds since the beginning."""
        return self._clock() - self._begun

    def tell(self, text: str) -> None:
        """Say how far it is, unless that was said a moment ago.

        Raises:
            Interrupted: a signal was heard since the last time.
        """
        if self.heard:
            raise Interrupted
        now = self._clock()
        if now - self._told < (TERMINAL_S if self._rewrites else PIPE_S):
            return
        self._told = now
        if self._rewrites:
            self._shown = True
            self._screen.write(_CLEAR + text)
            self._screen.flush()
        else:
            complain(text)

    def clear(self) -> None:
        """Take the last report from the terminal: what comes now is the result."""
        if self._shown:
            self._shown = False
            self._screen.write(_CLEAR)
            self._screen.flush()

    def _hear(self, number: int, frame: FrameType | None) -> None:
        """The first signal waits for the next report; a second one does what signals do."""
        self.heard = number
        for known, before in self._before:
            signal.signal(known, before)  # type: ignore[arg-type]
