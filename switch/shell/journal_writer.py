"""The writer thread of a journal: records go in at once, their durability is reported in batches. No word on what is in them.

A hop to a thread and back costs as much as a commit of ten records, so the thread stays: it takes all that waits, commits it in
one transaction and reports the last `seq` back to the loop. While it commits, the machine goes on and the next batch gathers.
"""

from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Protocol

import trio

from switch import limits
from switch.machine import Order, Sealed
from switch.shell.disk_space import DiskSpace
from switch.shell.redaction import redact_text


class Journal(Protocol):
    """What the writer needs of a store."""

    def append(self, batch: Sequence[Sealed], /) -> None:
        """Make all of the batch durable, or raise and count none of it as written."""


class JournalFault(Exception):
    """The journal was not written. Nothing that waited for it may be said, so the program must end."""


class JournalWriter:
    """Owns a journal from `run` until `run` has ended; the caller closes it afterwards, unless the thread was `left_behind`.

    Args:
        journal: written by the thread alone.
        space: of its disk, looked at now and then, whether anything is written or not.

    A thread's work is invisible to Trio's autojump clock: tests that use one set its threshold above zero.

    Resource handling:
        The thread ends when `finish` was called and everything that waited is committed. A disk that does not come back within
        `limits.JOURNAL_STOP_MS` costs the thread, which is left behind, and raises `JournalFault`.

    Error handling:
        The first failed append is final. `run` raises `JournalFault`, and what was appended behind it is not written.
    """

    def __init__(self, journal: Journal, space: DiskSpace | None = None) -> None:
        self._journal = journal
        self._space = space
        self._queue: SimpleQueue[Sealed | None] = SimpleQueue()
        self._shield = trio.CancelScope(shield=True)
        self._waiting = 0
        self._durable_seq = 0

    @property
    def waiting(self) -> int:
        """Records appended and not yet known to be durable."""
        return self._waiting

    @property
    def durable_seq(self) -> int:
        """`seq` of the last record committed by this writer; 0 before the first."""
        return self._durable_seq

    @property
    def left_behind(self) -> bool:
        """True when the thread did not come back. It is still inside the journal, which must not be closed under it."""
        return self._shield.cancelled_caught

    def append(self, sealed: Sealed) -> None:
        """Give a record to the thread and return at once."""
        self._waiting += 1
        self._queue.put(sealed)

    async def run(self, on_durable: Callable[[], None], on_space: Callable[[Order], None] | None = None) -> None:
        """Write until `finish`; call `on_durable` after each commit and `on_space` with what the space asks for.

        Not cancelled by its surroundings: records that were handed over are written. Only `finish` ends it.

        Raises:
            JournalFault: an append failed, or the disk did not come back in time.
        """
        token = trio.lowlevel.current_trio_token()
        try:
            with self._shield:
                await trio.to_thread.run_sync(
                    self._write, token, on_durable, on_space, abandon_on_cancel=True, limiter=trio.CapacityLimiter(1)
                )
        except Exception as error:
            raise JournalFault(f"the journal was not written: {redact_text(str(error))}") from error
        if self.left_behind:
            seconds = limits.JOURNAL_STOP_MS // 1000
            raise JournalFault(f"the journal was not written: the disk did not answer within {seconds} s")

    def finish(self) -> None:
        """Let the thread commit what waits and end."""
        self._queue.put(None)
        self._shield.deadline = trio.current_time() + limits.JOURNAL_STOP_MS / 1000

    def _write(
        self,
        token: trio.lowlevel.TrioToken,
        on_durable: Callable[[], None],
        on_space: Callable[[Order], None] | None,
    ) -> None:
        try:
            self._look(token, on_space)
            while (batch := self._next_batch()) is not None:
                if batch:
                    self._journal.append(batch)
                    token.run_sync_soon(self._report, batch[-1].seq, len(batch), on_durable)
                self._look(token, on_space)
        except trio.RunFinishedError:
            return  # We were left behind while the disk stalled, and nobody listens any more.

    def _look(self, token: trio.lowlevel.TrioToken, on_space: Callable[[Order], None] | None) -> None:
        order = self._space.look() if self._space is not None else None
        if order is not None and on_space is not None:
            token.run_sync_soon(on_space, order)

    def _next_batch(self) -> list[Sealed] | None:
        """All that waits, at most a batch; nothing when the disk is to be looked at meanwhile, None at the end."""
        batch: list[Sealed] = []
        try:
            entry = self._queue.get(timeout=self._space.pause_s if self._space is not None else None)
            while entry is not None:
                batch.append(entry)
                if len(batch) == limits.JOURNAL_BATCH_MAX:
                    return batch
                entry = self._queue.get_nowait()
        except Empty:
            return batch
        if not batch:
            return None
        self._queue.put(None)  # The end was met behind these records; the next call meets it again.
        return batch

    def _report(self, seq: int, count: int, on_durable: Callable[[], None]) -> None:
        self._durable_seq = seq
        self._waiting -= count
        on_durable()
