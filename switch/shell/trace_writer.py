"""The writer thread of a trace: lines go in at once and are spelled and written there, so that the loop never waits for them.

A trace is for people who look for something; it never stops or slows what it is of. One that cannot keep up ends, and says so.
"""

from collections.abc import Callable, Iterable
from queue import SimpleQueue
from typing import BinaryIO

import trio

from switch import limits
from switch.machine.trace import Line, TraceCodec, TracePen

Expand = Callable[[Line], Iterable[Line]]
"""What is written for a line; called in the thread alone."""


class TraceWriter:
    """Owns an open file from `run` until `run` has ended, and closes it.

    Args:
        file: where the trace goes.
        expand: makes the lines that are written of one that was given.
        on_end: told on the loop, once, why a trace ends before what it is of.

    Resource handling:
        A disk that does not come back within `limits.JOURNAL_STOP_MS` after `finish` costs the thread, which is left behind.

    Error handling:
        Nothing is raised. A refused write, or more than `limits.TRACE_WAITING_MAX` lines that wait, ends the trace.
    """

    def __init__(self, file: BinaryIO, *, expand: Expand, on_end: Callable[[str], None]) -> None:
        self._file = file
        self._expand = expand
        self._on_end = on_end
        self._pen = TracePen(TraceCodec())
        self._queue: SimpleQueue[Line | None] = SimpleQueue()
        self._shield = trio.CancelScope(shield=True)
        self._why = ""
        self._refused = ""

    def put(self, line: Line) -> None:
        """Give a line to the thread and return at once."""
        if self._why:
            return
        if self._refused:
            self.end(self._refused)
        elif self._queue.qsize() >= limits.TRACE_WAITING_MAX:
            self.end("it could not keep up")
        else:
            self._queue.put(line)

    def end(self, why: str) -> None:
        """Take no more lines; what was put before is written."""
        if not self._why:
            self._why = why
            self._on_end(why)

    async def run(self) -> None:
        """Write until `finish`. Not cancelled by its surroundings: what was handed over is written."""
        with self._shield:
            await trio.to_thread.run_sync(self._write, abandon_on_cancel=True, limiter=trio.CapacityLimiter(1))

    def finish(self) -> None:
        """Let the thread write what waits and end."""
        self._queue.put(None)
        self._shield.deadline = trio.current_time() + limits.JOURNAL_STOP_MS / 1000

    def _write(self) -> None:
        try:
            with self._file:
                while (line := self._queue.get()) is not None:
                    for written in self._expand(line):
                        self._file.write(self._pen.write(written))
                    if self._queue.empty():
                        self._file.flush()
                self._file.write(self._pen.end(self._why or "complete"))
        except OSError as error:
            self._refused = f"it could not be written: {error.strerror or type(error).__name__}"
