"""The host port on TCP: connections, deadlines, and a turn for each of them. Nothing of what messages say.

The machine answers in a worker thread, some messages of one connection at a time: it waits for the disk before it speaks.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol, TypeVar

import trio

from keys.host.framing import FrameBuffer, FrameError, frame
from keys.host.limits import (
    CONNECTIONS_MAX,
    FRAME_SECONDS_MAX,
    FRAMES_PER_TURN_MAX,
    IDLE_SECONDS_MAX,
    READ_BYTES,
    SEND_SECONDS_MAX,
    STOP_SECONDS_MAX,
)

T = TypeVar("T")

_MS_PER_SECOND: Final = 1_000


class Answers(Protocol):
    """What a server serves; `machine.HostMachine` is one."""

    @property
    def message_bytes_min(self) -> int:
        """Shorter messages cannot be answered."""

    def answer(self, message: bytes, caller: str, now_ms: int, /) -> bytes:
        """The answer to one message."""


class Worker(Protocol):
    """Does something elsewhere, and gives what it gave."""

    def __call__(self, act: Callable[[], T], /) -> Awaitable[T]:
        """What the act gives, once it is done."""


class HostServer:
    """Serves a machine to TCP connections.

    Args:
        machine: gives the answers. Only this server calls it, and never twice at once.
        tell: hears a line about a connection that ended by somebody's fault.
        work: does what waits for the disk, elsewhere.
        renew: called before each turn, in the same place: lets the machine see what others have changed since.

    Resource handling:
        Connections live in a nursery of `serve`, which closes them and the listeners when it ends. At most
        `CONNECTIONS_MAX` are served; one more is closed at once.

    Error handling:
        A connection that breaks, is too slow, or sends a length that no message has, ends alone. A fault of ours in an
        answer ends the connection that asked, and is told by the name of its exception; the others go on.
    """

    def __init__(
        self,
        machine: Answers,
        tell: Callable[[str], None],
        *,
        work: Worker = trio.to_thread.run_sync,
        renew: Callable[[], None] = lambda: None,
    ) -> None:
        self._machine = machine
        self._tell = tell
        self._work = work
        self._renew = renew
        self._turn = trio.Lock()  # First come, first served: a connection that pipelines waits like any other.
        self._connections = 0
        self._stopping = trio.Event()
        self._reading: set[trio.CancelScope] = set()

    async def serve(self, listeners: Sequence[trio.SocketListener]) -> None:
        """Serve until `stop`."""
        async with trio.open_nursery() as nursery:
            async with trio.open_nursery() as accepting:
                for listener in listeners:
                    accepting.start_soon(_accept, listener, self.attend, nursery)
                await self._stopping.wait()
                accepting.cancel_scope.cancel()
            # Who only waits for more is let go; who is being answered has a little time.
            for scope in self._reading:
                scope.cancel()
            nursery.cancel_scope.deadline = trio.current_time() + STOP_SECONDS_MAX

    def stop(self) -> None:
        """Let `serve` come to its end: nothing new is taken, and what was received is answered."""
        self._stopping.set()

    async def between(self, act: Callable[[], None]) -> None:
        """Do something to what the machine stands on, between two messages."""
        async with self._turn:
            await self._work(act)

    async def attend(self, stream: trio.abc.Stream) -> None:
        """Serve one connection to its end."""
        async with stream:
            if self._connections >= CONNECTIONS_MAX:
                self._tell(f"connection refused: there are {CONNECTIONS_MAX} already")
                return
            self._connections += 1
            caller = "somebody"
            try:
                caller = _address(stream)
                await self._converse(stream, caller)
            except (trio.BrokenResourceError, trio.ClosedResourceError, OSError):
                pass
            except FrameError as error:
                self._tell(f"connection of {caller} ended: {error}")
            except Exception as error:  # noqa: BLE001  # One client's message must not end the others' service.
                self._tell(f"connection of {caller} ended by our own fault: {type(error).__name__}")
            finally:
                self._connections -= 1

    async def _converse(self, stream: trio.abc.Stream, caller: str) -> None:
        """Read, answer, send, and only then read again: who does not take answers is sent no more, and asked no more."""
        frames = FrameBuffer(self._machine.message_bytes_min)
        begun_at = 0.0
        while not self._stopping.is_set():
            if not frames.partial:
                begun_at = trio.current_time()
            wait = IDLE_SECONDS_MAX if not frames.partial else FRAME_SECONDS_MAX
            with trio.move_on_at(begun_at + wait) as scope:
                self._reading.add(scope)
                try:
                    data = await stream.receive_some(READ_BYTES)
                finally:
                    self._reading.discard(scope)
            if scope.cancelled_caught:
                if not self._stopping.is_set():
                    self._tell(f"connection of {caller} ended: {'an unfinished frame' if frames.partial else 'idle'}")
                return
            if not data:
                return
            was_partial = frames.partial
            messages = frames.feed(data)
            if not was_partial or messages:
                begun_at = trio.current_time()
            for start in range(0, len(messages), FRAMES_PER_TURN_MAX):
                await self._take_turn(stream, messages[start : start + FRAMES_PER_TURN_MAX], caller)
            if messages and frames.partial:
                frames.feed(b"")  # A bad length behind good messages: they were answered, now it ends.

    async def _take_turn(self, stream: trio.abc.Stream, messages: list[bytes], caller: str) -> None:
        now_ms = int(trio.current_time() * _MS_PER_SECOND)

        def answer() -> bytes:
            self._renew()
            return b"".join(frame(self._machine.answer(message, caller, now_ms)) for message in messages)

        async with self._turn:
            answers = await self._work(answer)
        with trio.move_on_after(SEND_SECONDS_MAX) as scope:
            await stream.send_all(answers)
        if scope.cancelled_caught:
            raise trio.BrokenResourceError


def _address(stream: trio.abc.Stream) -> str:
    return str(stream.socket.getpeername()[0]) if isinstance(stream, trio.SocketStream) else "memory"


async def _accept(
    listener: trio.SocketListener, handler: Callable[[trio.abc.Stream], Awaitable[object]], nursery: trio.Nursery
) -> None:
    """Accept until cancelled; the connections live on in the other nursery. Out of descriptors, Trio waits and tries again."""
    await trio.serve_listeners(handler, [listener], handler_nursery=nursery)
