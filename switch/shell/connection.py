"""One connection over one `trio.abc.Stream`: a task that reads, a task that writes, a bounded buffer between. No parsing."""

import os
from collections import deque
from collections.abc import Awaitable, Callable

import trio
from trio.abc import HalfCloseableStream, Stream

from switch import limits
from switch.machine import Event, Opened, Received

Post = Callable[[Event], Awaitable[None]]
"""Hands an event to the machine's owner; waits while too many wait already."""


class Connection:
    """A party's connection, from its opening until nobody asks for `unsent` any more.

    Args:
        conn: its number.
        link: name of the party.
        stream: the open stream, owned from here on.
    """

    __slots__ = (
        "_buffered_bytes",
        "_hanging_up",
        "_left_bytes",
        "_scope",
        "_stream",
        "_swallowed",
        "_waiting",
        "_work",
        "_writing",
        "conn",
        "link",
        "why",
    )

    def __init__(self, conn: int, link: str, stream: Stream) -> None:
        self.conn = conn
        self.link = link
        self.why = ""  # Why it ends, as soon as that is decided: the first reason stays.
        self._stream = stream
        self._scope = trio.CancelScope()
        self._work = trio.Event()
        self._waiting: deque[bytes] = deque()
        self._writing: list[bytes] = []
        self._left_bytes = 0
        self._buffered_bytes = 0
        self._swallowed = 0
        self._hanging_up = False

    @property
    def unsent(self) -> int:
        """How many of the last `send`s are known not to have left, not even with one byte."""
        unsent, start = len(self._waiting) + self._swallowed, 0
        for data in self._writing:
            unsent += start >= self._left_bytes
            start += len(data)
        return unsent

    def send(self, data: bytes) -> None:
        """Put the bytes behind all others. What is sent until the writer has its turn leaves as one write.

        A peer that leaves more than `limits.SEND_BUFFER_BYTES_MAX` unread is cut. What comes after an end is only counted.
        """
        if not self.why and self._buffered_bytes + len(data) > limits.SEND_BUFFER_BYTES_MAX:
            self.cut(f"the peer does not read: {self._buffered_bytes} bytes were waiting for it")
        if self.why:
            self._swallowed += 1
            return
        self._waiting.append(data)
        self._buffered_bytes += len(data)
        self._work.set()

    def hangup(self, why: str) -> None:
        """Let what was sent before leave, then close; at most `limits.HANGUP_MS` from now."""
        if self.why:
            return
        self.why = why
        self._hanging_up = True
        self._scope.deadline = trio.current_time() + limits.HANGUP_MS / 1000
        self._work.set()

    def cut(self, why: str) -> None:
        """Close at once."""
        self.why = self.why or why
        self._scope.cancel()

    async def run(self, post: Post) -> None:
        """Announce the connection, then read and write until it ends; `why` says afterwards what ended it.

        Resource handling:
            The stream is closed when this returns or raises.

        Error handling:
            What the peer or the network does is an end with a reason. An exception is our own fault.
        """
        try:
            with self._scope:
                await post(Opened(self.conn, self.link))
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._write)
                    await self._read(post)
        finally:
            await trio.aclose_forcefully(self._stream)

    async def _read(self, post: Post) -> None:
        try:
            while data := await self._stream.receive_some(limits.READ_BYTES_MAX):
                # Once we hang up nothing is handed over any more; but it is read, since closing over unread bytes makes the
                # system send a reset, which may cost the peer our last answer.
                if not self._hanging_up:
                    await post(Received(self.conn, bytes(data)))
        except trio.BrokenResourceError as error:
            self.cut(f"the connection broke ({reason_of(error)})")
        else:
            self.cut("the peer closed the connection")

    async def _write(self) -> None:
        try:
            while self._waiting or not self._hanging_up:
                if self._waiting:
                    await self._write_waiting()
                else:
                    await self._work.wait()
                    self._work = trio.Event()
            if isinstance(self._stream, HalfCloseableStream):
                await self._stream.send_eof()  # The reader sees the peer close, or the time of the hangup runs out.
            else:
                self._scope.cancel()
        except trio.TooSlowError:
            seconds = limits.SEND_STALL_MS // 1000
            self.cut(f"the peer does not read: {self._buffered_bytes} bytes were waiting for it and none left in {seconds} s")
        except (trio.BrokenResourceError, OSError) as error:
            self.cut(f"the connection broke ({reason_of(error)})")

    async def _write_waiting(self) -> None:
        """Write all that waits as one. If this raises, `_writing` and `_left_bytes` stay, for `unsent`."""
        self._writing = list(self._waiting)
        self._waiting.clear()
        data = b"".join(self._writing)
        if isinstance(self._stream, trio.SocketStream):
            await self._write_socket(self._stream, data)
        else:
            # How much of it a stream took before it failed is not told: all of it may have left.
            self._left_bytes = len(data)
            with trio.fail_after(limits.SEND_STALL_MS / 1000):
                await self._stream.send_all(data)
        self._writing = []
        self._left_bytes = 0
        self._buffered_bytes -= len(data)

    async def _write_socket(self, stream: trio.SocketStream, data: bytes) -> None:
        """As `send_all`, but the bytes that left are counted, and the peer has its time again with each of them."""
        with memoryview(data) as view:
            while self._left_bytes < len(data):
                with trio.fail_after(limits.SEND_STALL_MS / 1000), view[self._left_bytes :] as rest:
                    self._left_bytes += await stream.socket.send(rest)


def reason_of(error: BaseException) -> str:
    """What the system said, without addresses and numbers."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, trio.socket.gaierror):
            return str(cause.strerror)  # Resolvers have numbers of their own.
        if isinstance(cause, OSError) and cause.errno is not None:
            return os.strerror(cause.errno)  # The text of the exception may hold the address as well.
        cause = cause.exceptions[0] if isinstance(cause, BaseExceptionGroup) else cause.__cause__
    return "no reason given"
