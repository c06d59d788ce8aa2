"""A toy machine, journals that wait or fail on command, peers on memory streams, and a driver around them."""

import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import msgspec
import pytest
import trio
from trio.testing import MemoryReceiveStream, MemorySendStream

from switch.machine import (
    GENESIS,
    Append,
    Closed,
    Command,
    Dial,
    Drain,
    Event,
    Hangup,
    Moment,
    Notice,
    Notify,
    Opened,
    Operate,
    Order,
    Received,
    RecordCodec,
    Sealed,
    Send,
    Severity,
    Tick,
)
from switch.shell import Driver, JournalFault, JournalWriter, Links, MachineFault


class Noted(msgspec.Struct, frozen=True, tag="noted"):
    """What the toy remembers."""

    text: str


CODEC: RecordCodec[Noted] = RecordCodec(Noted, 1)


class Tell(Order, frozen=True, tag=True):
    """Send this text to this connection."""

    conn: int
    text: str


class Toy:
    """A machine that obeys the lines it receives.

    `say X` answers X; `note X` journals X, answers it and notices it; `call L` dials L; `in N` wants a tick in N ms, and says
    `tick` then; `bye` hangs up; `fail X` is a fault of ours.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.moments: list[Moment] = []
        self.hangs_up = True
        self._conns: dict[int, bytes] = {}
        self._deadline: int | None = None
        self._seq, self._previous = 0, GENESIS

    def handle(self, event: Event, now: Moment) -> list[Command]:
        self.events.append(event)
        self.moments.append(now)
        match event:
            case Opened(conn):
                self._conns[conn] = b""
            case Closed(conn):
                del self._conns[conn]
            case Received(conn, data):
                *lines, self._conns[conn] = (self._conns[conn] + data).split(b"\n")
                return [command for line in lines for command in self._obey(conn, line.decode(), now)]
            case Tick():
                self._deadline = None
                return [Send(conn, b"tick\n") for conn in self._conns]
            case Operate(Tell(conn, text)):
                return [Send(conn, text.encode())]
            case Operate(Drain()) if self.hangs_up:
                return [Hangup(conn, "draining") for conn in self._conns]
        return []

    def next_deadline(self) -> int | None:
        return self._deadline

    def _obey(self, conn: int, line: str, now: Moment) -> list[Command]:
        verb, _, rest = line.partition(" ")
        answer = Send(conn, f"{rest}\n".encode())
        match verb:
            case "say":
                return [answer]
            case "note":
                return [self._append(rest, now), answer, Notify(Notice("toy.noted", Severity.INFO, rest))]
            case "call":
                return [Dial(rest)]
            case "in":
                self._deadline = now.mono_ms + int(rest)
            case "bye":
                return [answer, Hangup(conn, "asked to")]
            case "fail":
                raise AssertionError(rest)
            case "crash":
                raise KeyError(rest)
        return []

    def _append(self, text: str, now: Moment) -> Append:
        self._seq += 1
        sealed = CODEC.seal(Noted(text), seq=self._seq, at=now.wall_ms, previous=self._previous)
        self._previous = sealed.digest
        return Append(sealed)


class Disk:
    """A journal whose appends wait at a gate, and fail when told to."""

    def __init__(self, *, is_open: bool = True) -> None:
        self.gate = threading.Event()
        self.busy = threading.Event()
        if is_open:
            self.gate.set()
        self.failing: Exception | None = None
        self.batches: list[list[Sealed]] = []
        self.threads: set[int] = set()

    def append(self, batch: Sequence[Sealed], /) -> None:
        self.threads.add(threading.get_ident())
        self.busy.set()
        assert self.gate.wait(30), "the test never opened the gate"
        if self.failing is not None:
            raise self.failing
        self.batches.append(list(batch))

    async def begun(self) -> None:
        """Until an append is under way."""
        await trio.to_thread.run_sync(self.busy.wait, 30)

    @property
    def texts(self) -> list[str]:
        return [CODEC.open(sealed).text for batch in self.batches for sealed in batch]


class Peer:
    """The other end of a connection, in memory; `stream` is our end."""

    def __init__(self) -> None:
        self.outgoing, self.incoming = MemorySendStream(), MemoryReceiveStream()
        self.stream = trio.StapledStream(self.outgoing, self.incoming)
        self.writes = 0

        async def count() -> None:
            self.writes += 1

        self.outgoing.send_all_hook = count

    def say(self, text: str) -> None:
        self.incoming.put_data(f"{text}\n".encode())

    def close(self) -> None:
        self.incoming.put_eof()

    async def hear(self) -> str:
        """What was written since the last time; waits for at least one byte. Empty at the end."""
        return bytes(await self.outgoing.get_data()).decode()

    def heard(self) -> str:
        """What was written since the last time, perhaps nothing."""
        try:
            return bytes(self.outgoing.get_data_nowait()).decode()
        except trio.WouldBlock:
            return ""

    def stop_reading(self) -> None:
        """From now on a write to it never ends."""
        self.outgoing.send_all_hook = trio.sleep_forever


class World:
    """A driver at work."""

    def __init__(self, driver: Driver, machine: Toy, links: Links, notices: list[Notice]) -> None:
        self.driver = driver
        self.machine = machine
        self.links = links
        self.notices = notices
        self.ended = trio.Event()
        self.fault: BaseException | None = None

    @property
    def kinds(self) -> list[str]:
        return [notice.kind for notice in self.notices]

    async def connect(self, link: str = "acquirer") -> Peer:
        """A new connection that the machine knows of."""
        peer = Peer()
        self.links.adopt(link, peer.stream)
        await settled()
        return peer

    async def run(self, task_status: trio.TaskStatus[None]) -> None:
        try:
            await self.driver.run(task_status=task_status)
        except (MachineFault, JournalFault) as error:
            self.fault = error
        self.ended.set()


async def settled() -> None:
    """Until every task waits for something."""
    await trio.testing.wait_all_tasks_blocked()


Driven = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture
def driven() -> Driven:
    """`async with driven(disk) as world:` runs a driver around a toy; further arguments are the driver's and the links'."""

    @asynccontextmanager
    async def drive(disk: Disk | None = None, *, links: Links | None = None, **options: object) -> AsyncIterator[World]:
        machine, links, disk = Toy(), links or Links(), disk or Disk()
        notices: list[Notice] = []
        driver = Driver(machine, links=links, journal=JournalWriter(disk), on_notice=notices.append, **options)
        async with trio.open_nursery() as nursery:
            world = World(driver, machine, links, notices)
            await nursery.start(world.run)
            try:
                yield world
            finally:
                disk.gate.set()
                nursery.cancel_scope.cancel()

    return drive


@pytest.fixture
def toy() -> type[Toy]:
    return Toy


@pytest.fixture
def tell() -> type[Tell]:
    return Tell


@pytest.fixture
def make_disk() -> type[Disk]:
    return Disk


@pytest.fixture
def make_peer() -> type[Peer]:
    return Peer


@pytest.fixture(name="settled")
def settled_fixture() -> Callable[[], object]:
    return settled
