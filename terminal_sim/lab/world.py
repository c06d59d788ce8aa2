"""The deterministic world: machines, wires between them, a virtual clock. No faults yet: what is sent arrives, in order.

The world carries out commands exactly as the real shell does: through the same outbox, with commits that take time, so that
journal before speech is seen and not assumed.
"""

import heapq
from collections.abc import Callable

from switch.machine import (
    Append,
    Closed,
    Command,
    Dial,
    Event,
    Hangup,
    Machine,
    Moment,
    Notice,
    Notify,
    Opened,
    Operate,
    Order,
    Outbox,
    Received,
    Sealed,
    Send,
    Tick,
    Unreachable,
)

LATENCY_MS = 2
"""From one end of a wire to the other."""

COMMIT_MS = 1
"""From an append to its being durable; appends that wait share one commit."""


class Host:
    """A machine in the world.

    `journal` is what it has made durable; `notices` is what it has told; `wires` says where each of its links leads.
    """

    def __init__(self, name: str, machine: Machine, durable_seq: int) -> None:
        self.name = name
        self.machine = machine
        self.outbox = Outbox(durable_seq)
        self.journal: list[Sealed] = []
        self.notices: list[Notice] = []
        self.wires: dict[str, tuple[Host, str]] = {}
        self.alive = True
        self.tick_ms: int | None = None  # When a tick is planned for it.
        self._pending: list[Sealed] = []

    def append(self, sealed: Sealed) -> bool:
        """Take an entry that is not durable yet; True when a commit must be started for it."""
        self._pending.append(sealed)
        return len(self._pending) == 1

    def commit(self) -> int:
        """Make everything appended so far durable, and give the last sequence number."""
        self.journal += self._pending
        seq = self._pending[-1].seq
        self._pending = []
        return seq


class Line:
    """One open connection: two ends, each known to its host by a number of its own."""

    def __init__(self, near: Host, near_conn: int, far: Host, far_conn: int) -> None:
        self.ends = {(near.name, near_conn): (far, far_conn), (far.name, far_conn): (near, near_conn)}


class World:
    """Hosts, wires and the clock.

    Args:
        wall_ms: wall clock at the beginning, milliseconds since 1970 UTC.
    """

    def __init__(self, wall_ms: int = 1_767_225_600_000) -> None:
        self.mono_ms = 0
        self._wall_offset_ms = wall_ms
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._order = 0
        self._conns = 0
        self._hosts: dict[str, Host] = {}
        self._lines: dict[tuple[str, int], Line] = {}
        self._swallowed: dict[tuple[str, int], int] = {}  # By end that hangs up: sends since then, which never leave.

    @property
    def now(self) -> Moment:
        """The present, on both clocks."""
        return Moment(self.mono_ms, self._wall_offset_ms + self.mono_ms)

    def add(self, name: str, machine: Machine, durable_seq: int = 0) -> Host:
        """Put a machine into the world; it begins to run with the next step."""
        host = self._hosts[name] = Host(name, machine, durable_seq)
        self._plan_tick(host)
        return host

    def join(self, dialler: Host, link: str, listener: Host, as_link: str) -> None:
        """Run a wire: when `dialler` dials `link`, `listener` sees a connection of its link `as_link`."""
        dialler.wires[link] = (listener, as_link)

    def operate(self, host: Host, order: Order) -> None:
        """Give a machine an order, now."""
        self._at(0, lambda: self._handle(host, Operate(order)))

    def kill(self, host: Host) -> None:
        """End a host at once: what was not durable is gone, and its peers see their connections close."""
        host.alive = False
        del self._hosts[host.name]
        for name, conn in [end for end in self._lines if end[0] == host.name]:
            self._hang_up(host, conn, f"{name} is gone")

    def run(self, for_ms: int) -> None:
        """Let time pass, from one thing that happens to the next."""
        until = self.mono_ms + for_ms
        while self._agenda and self._agenda[0][0] <= until:
            at, _, action = heapq.heappop(self._agenda)
            self.mono_ms = at
            action()
        self.mono_ms = until

    def _at(self, delay_ms: int, action: Callable[[], None]) -> None:
        self._order += 1
        heapq.heappush(self._agenda, (self.mono_ms + delay_ms, self._order, action))

    def _handle(self, host: Host, event: Event) -> None:
        if host.alive:
            self._carry_out(host, host.outbox.push(host.machine.handle(event, self.now)))
            self._plan_tick(host)

    def _plan_tick(self, host: Host) -> None:
        """Have the machine woken at its next deadline, unless that is planned already."""
        deadline = host.machine.next_deadline()
        if deadline is None or host.tick_ms == deadline:
            return
        host.tick_ms = deadline
        self._at(max(0, deadline - self.mono_ms), lambda: self._tick(host, deadline))

    def _tick(self, host: Host, planned_ms: int) -> None:
        if host.tick_ms == planned_ms:
            host.tick_ms = None
            self._handle(host, Tick())

    def _carry_out(self, host: Host, commands: list[Command]) -> None:
        for command in commands:
            match command:
                case Append(sealed=sealed):
                    if host.append(sealed):
                        self._at(COMMIT_MS, lambda: self._commit(host))
                case Send(conn=conn, data=data):
                    self._deliver(host, conn, data)
                case Notify(notice=notice):
                    host.notices.append(notice)
                case Dial(link=link):
                    self._dial(host, link)
                case Hangup(conn=conn, why=why):
                    if (host.name, conn) in self._lines:
                        self._swallowed.setdefault((host.name, conn), 0)
                    self._at(LATENCY_MS, lambda conn=conn, why=why: self._hang_up(host, conn, why))  # type: ignore[misc]

    def _commit(self, host: Host) -> None:
        if host.alive:
            self._carry_out(host, host.outbox.durable(host.commit()))

    def _deliver(self, host: Host, conn: int, data: bytes) -> None:
        line = self._lines.get((host.name, conn))
        if (host.name, conn) in self._swallowed:
            self._swallowed[host.name, conn] += 1
        elif line is not None:
            far, far_conn = line.ends[host.name, conn]
            self._at(LATENCY_MS, lambda: self._receive(far, far_conn, data))

    def _receive(self, host: Host, conn: int, data: bytes) -> None:
        if (host.name, conn) in self._lines:
            self._handle(host, Received(conn, data))

    def _dial(self, host: Host, link: str) -> None:
        wire = host.wires.get(link)
        if wire is None or not wire[0].alive:
            self._at(LATENCY_MS, lambda: self._handle(host, Unreachable(link, "connection refused")))
            return
        self._at(LATENCY_MS, lambda: self._connect(host, link, *wire))

    def _connect(self, host: Host, link: str, far: Host, far_link: str) -> None:
        if not far.alive:
            self._handle(host, Unreachable(link, "connection refused"))
        if not (host.alive and far.alive):
            return
        near_conn, far_conn = self._conns + 1, self._conns + 2
        self._conns += 2
        line = Line(host, near_conn, far, far_conn)
        self._lines.update(dict.fromkeys(line.ends, line))
        self._handle(far, Opened(far_conn, far_link))
        self._handle(host, Opened(near_conn, link))

    def _hang_up(self, host: Host, conn: int, why: str) -> None:
        line = self._lines.get((host.name, conn))
        if line is None:
            return
        for name, end in line.ends:
            del self._lines[name, end]
        for far, far_conn in line.ends.values():
            unsent = self._swallowed.pop((far.name, far_conn), 0) + far.outbox.forget(far_conn)
            if far.alive:
                self._handle(far, Closed(far_conn, why, unsent))
