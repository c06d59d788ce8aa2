"""Links: who may connect and whom we call. Numbers the connections, bounds them, and tells the driver what becomes of them.

The driver sees `send`, `hangup`, `dial`, `forget`, `quiet`, `stop_listening` and `run` only, so another transport with the same
methods can take this one's place. Not for what is said on a connection: that is the machine's.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from itertools import count
from typing import Any

import trio
from trio.abc import Listener, Stream

from switch import limits
from switch.machine import Closed, Notice, Severity, Unreachable
from switch.shell.connection import Connection, Post, reason_of


class ListenError(Exception):
    """A link cannot listen where it was told to: what, where, why, what next."""


class Links:
    """All connections of one machine.

    Args:
        targets: host and port of each party that may be dialled, by the name of its link.
        connect: opens a stream to a host and port, or raises OSError.
        connections_max: beyond it newcomers are refused and dials fail.

    Resource handling:
        Listeners and connections live as long as `run`.

    Error handling:
        What happens to one connection ends that one only; an exception in its task is noticed as `connection.fault`.
    """

    def __init__(
        self,
        targets: Mapping[str, tuple[str, int]] | None = None,
        *,
        connect: Callable[[str, int], Awaitable[Stream]] = trio.open_tcp_stream,
        connections_max: int = limits.CONNECTIONS_MAX,
    ) -> None:
        self._targets = dict(targets or {})
        self._connections_max = connections_max
        self._connect = connect
        self._numbers = count(1)
        self._connections: dict[int, Connection] = {}
        self._dialling = 0
        self._refused = 0
        self._listeners: list[tuple[str, Listener[Any]]] = []
        self._accepting: list[trio.CancelScope] = []
        self._nursery: trio.Nursery | None = None

    @property
    def quiet(self) -> bool:
        """True when no connection is open, ending or being made."""
        return not self._connections and not self._dialling

    async def listen(self, link: str, host: str, port: int) -> int:
        """Bind an address for the party `link`; connections are taken while `run` runs.

        Args:
            port: 0 for one that the system chooses.

        Returns:
            The port that was bound.

        Raises:
            ListenError: the address is in use, forbidden or unknown.
        """
        try:
            listeners = await trio.open_tcp_listeners(port, host=host)
        except OSError as error:
            raise ListenError(
                f"link {link}: cannot listen on {host}:{port}: {reason_of(error)}. "
                "Choose another address, or stop the program that has it: pointsman doctor"
            ) from error
        if port == 0:
            # A host with several addresses would get a port of its own on each; one port is what can be told to people.
            for surplus in listeners[1:]:
                await surplus.aclose()
            del listeners[1:]
        for listener in listeners:
            self.serve(link, listener)
        bound_port: int = listeners[0].socket.getsockname()[1]
        return bound_port

    def serve(self, link: str, listener: Listener[Any]) -> None:
        """Take connections of the party `link` from any listener, which is owned from here on."""
        if self._nursery is None:
            self._listeners.append((link, listener))
            return
        scope = trio.CancelScope()
        self._accepting.append(scope)
        self._nursery.start_soon(self._accept, link, listener, scope)

    def stop_listening(self) -> None:
        """Take no new connections; those that are open stay. Stopping twice does nothing."""
        while self._accepting:
            self._accepting.pop().cancel()

    def adopt(self, link: str, stream: Stream) -> int:
        """Make an open stream a connection of the party `link`; give its number. Only while `run` runs."""
        assert self._nursery is not None, "links are not running"
        if isinstance(stream, trio.SocketStream):
            _watch_peer(stream)
        connection = Connection(next(self._numbers), link, stream)
        self._connections[connection.conn] = connection
        self._nursery.start_soon(self._serve, connection)
        return connection.conn

    def dial(self, link: str) -> None:
        """Connect to the party `link`: `Opened` or `Unreachable` follows."""
        assert self._nursery is not None, "links are not running"
        self._dialling += 1
        self._nursery.start_soon(self._dial, link)

    def send(self, conn: int, data: bytes) -> None:
        """Put bytes on a connection; one that is gone swallows them."""
        connection = self._connections.get(conn)
        if connection is not None:
            connection.send(data)

    def hangup(self, conn: int, why: str) -> None:
        """Close a connection after what was sent before has left; `Closed` follows."""
        connection = self._connections.get(conn)
        if connection is not None:
            connection.hangup(why)

    def forget(self, conn: int) -> int:
        """Drop what is known of a connection whose `Closed` is being handled; give the number of its unsent `send`s.

        Until then sends to it are counted, because whoever sends them cannot know yet that it is gone.
        """
        return self._connections.pop(conn).unsent

    async def run(
        self,
        post: Post,
        on_notice: Callable[[Notice], None],
        *,
        task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
    ) -> None:
        """Serve all links until cancelled; then everything is closed at once."""
        self._post = post
        self._notify = on_notice
        async with trio.open_nursery() as nursery:
            self._nursery = nursery
            for link, listener in self._listeners:
                self.serve(link, listener)
            task_status.started()
            await trio.sleep_forever()

    async def _accept(self, link: str, listener: Listener[Stream], scope: trio.CancelScope) -> None:
        failing = False
        with scope:
            async with listener:
                while True:
                    try:
                        stream = await listener.accept()
                    except OSError as error:
                        # Descriptors or memory are used up, most likely by connections of ours: they will end.
                        if not failing:
                            why = f"link {link}: cannot take new connections ({reason_of(error)}); going on trying"
                            self._notify(Notice("accept.failing", Severity.ERROR, why, link))
                        failing = True
                        await trio.sleep(limits.ACCEPT_PAUSE_MS / 1000)
                        continue
                    if failing:
                        failing = False
                        self._notify(Notice("accept.mended", Severity.INFO, f"link {link}: taking connections again", link))
                    await self._admit(link, stream)

    async def _admit(self, link: str, stream: Stream) -> None:
        if len(self._connections) + self._dialling >= self._connections_max:
            if not self._refused:
                why = f"link {link}: all {self._connections_max} connections are taken; newcomers are refused"
                self._notify(Notice("connection.refused", Severity.WARNING, why, link))
            self._refused += 1
            await trio.aclose_forcefully(stream)
            return
        if self._refused:
            why = f"link {link}: there is room again; {self._refused} connections were refused"
            self._notify(Notice("connection.room", Severity.INFO, why, link))
            self._refused = 0
        self.adopt(link, stream)

    async def _dial(self, link: str) -> None:
        reached = await self._reach(link)
        if isinstance(reached, str):
            await self._post(Unreachable(link, reached))
        else:
            self.adopt(link, reached)
        self._dialling -= 1

    async def _reach(self, link: str) -> Stream | str:
        """The open stream, or why there is none."""
        target = self._targets.get(link)
        if target is None:
            return "no address is configured for it"
        if len(self._connections) + self._dialling > self._connections_max:
            return f"all {self._connections_max} connections are taken"
        host, port = target
        try:
            with trio.fail_after(limits.CONNECT_TIMEOUT_MS / 1000):
                return await self._connect(host, port)
        except trio.TooSlowError:
            return f"{host}:{port} did not answer within {limits.CONNECT_TIMEOUT_MS // 1000} s"
        except (OSError, UnicodeError) as error:  # UnicodeError: a name that cannot be a host's.
            return f"{host}:{port}: {reason_of(error)}"

    async def _serve(self, connection: Connection) -> None:
        try:
            await connection.run(self._post)
        except Exception as error:  # noqa: BLE001  # A fault in the task of one connection must not end the others.
            connection.cut("our own fault")
            text = f"link {connection.link}: connection {connection.conn} was given up over a fault of ours ({_name(error)})"
            self._notify(Notice("connection.fault", Severity.ERROR, text, connection.link, connection.conn))
        await self._post(Closed(connection.conn, connection.why))


def _watch_peer(stream: trio.SocketStream) -> None:
    """Let the system find a peer that vanished without a word: its host lost power, or a wall dropped the connection."""
    for level, option, value in (
        (trio.socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (trio.socket.IPPROTO_TCP, "TCP_KEEPIDLE", limits.KEEPALIVE_IDLE_S),
        (trio.socket.IPPROTO_TCP, "TCP_KEEPINTVL", limits.KEEPALIVE_INTERVAL_S),
        (trio.socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", limits.PEER_LOST_MS),
    ):
        # Not every system has each of them, and a socket that is already dead takes none.
        if hasattr(trio.socket, option):
            with suppress(OSError):
                stream.setsockopt(level, getattr(trio.socket, option), value)


def _name(error: BaseException) -> str:
    """The kind of the first exception inside. Not its text, which might quote what it stumbled over."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__
