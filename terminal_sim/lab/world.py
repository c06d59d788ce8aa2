"""The deterministic world: hosts, wires between them, disks, a virtual clock. What is sent arrives, unless a hazard says no.

The world carries out commands exactly as the real shell does: through the same outbox, with commits that take time, so that
journal before speech is seen and not assumed. It decides nothing: what goes wrong is asked of `hazards`, what it means is told
to `observers`.
"""

import heapq
from collections.abc import Callable, Sequence

from switch.limits import HANGUP_MS, PEER_LOST_MS
from switch.machine import (
    Append,
    ChainError,
    Closed,
    Command,
    Dial,
    Event,
    Hangup,
    Machine,
    Moment,
    Notify,
    Opened,
    Operate,
    Order,
    Outbox,
    Received,
    Send,
    Tick,
    Unreachable,
)
from terminal_sim.lab.clock import WallClock
from terminal_sim.lab.disk import Fold, read_image
from terminal_sim.lab.hazards import COMMIT_MS, Calm, Fate
from terminal_sim.lab.host import Host, Revive
from terminal_sim.lab.network import End, Passage, Speech, join_ends
from terminal_sim.lab.observer import Audience, Observer

NEW_YEAR_2026_MS = 1_767_225_600_000

TICKS_MAX = 2_000
"""How often a machine is woken at one moment: what is due then it carries out at once, and so what follows from that.
Somebody's own has a guard, which loses its patience sooner and says more.
"""

FAREWELL_STEP_MS = 50
"""How often a line that is hung up is looked at while bytes are still on it."""


class Restless(Exception):
    """A machine that wants to be woken at a moment, again and again: time would never go on."""


class World:
    """Hosts, wires and the clock.

    Args:
        wall_ms: wall clock at the beginning, milliseconds since 1970 UTC.
        hazards: what can go wrong.
        observers: who is told what happens, in this order.
    """

    def __init__(
        self, wall_ms: int = NEW_YEAR_2026_MS, *, hazards: Calm | None = None, observers: Sequence[Observer] = ()
    ) -> None:
        self.mono_ms = 0
        self.clock = WallClock(wall_ms)
        self.hazards = hazards or Calm()
        self.hosts: dict[str, Host] = {}
        self._audience = Audience(observers)
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._order = 0
        self._conns = 0
        self._ends: dict[tuple[str, int], End] = {}
        # By end that hangs up, or is gone without its frozen host knowing: sends since then, which never leave.
        self._swallowed: dict[tuple[str, int], int] = {}
        for observer in observers:
            observer.placed(self)

    @property
    def now(self) -> Moment:
        """The present, on both clocks."""
        return Moment(self.mono_ms, self.clock.at(self.mono_ms))

    @property
    def ends(self) -> list[End]:
        """The ends of all connections that stand, in the order in which they were made."""
        return list(self._ends.values())

    # Building.

    def add(
        self, name: str, machine: Machine, durable_seq: int = 0, *, revive: Revive | None = None, fold: Fold | None = None
    ) -> Host:
        """Put a machine into the world; it begins to run with the next step.

        Args:
            durable_seq: the last entry of its journal.
            revive: makes it anew when it has died; one without is gone for good.
            fold: keeps a checkpoint of its journal, on which `revive` begins; see `Disk`.
        """
        host = self.hosts[name] = Host(name, machine, durable_seq, revive, fold)
        self._plan_tick(host)
        return host

    def join(self, dialler: Host, link: str, listener: Host, as_link: str, speech: Speech | None = None) -> None:
        """Run a wire: when `dialler` dials `link`, `listener` sees a connection of its link `as_link`.

        Args:
            speech: how messages are spelled there, for those who read along.
        """
        dialler.wires[link] = (listener, as_link, speech)

    def at(self, delay_ms: int, action: Callable[[], None]) -> None:
        """Have something done so many milliseconds from now."""
        self._order += 1
        heapq.heappush(self._agenda, (self.mono_ms + delay_ms, self._order, action))

    def operate(self, host: Host, order: Order) -> None:
        """Give a machine an order, now."""
        self.at(0, lambda: self._handle(host, Operate(order)))

    def run(self, for_ms: int) -> None:
        """Let time pass, from one thing that happens to the next."""
        until = self.mono_ms + for_ms
        agenda = self._agenda
        while agenda and agenda[0][0] <= until:
            at, _, action = heapq.heappop(agenda)
            self.mono_ms = at
            action()
        self.mono_ms = until

    # What can befall a host or a line.

    def kill(self, host: Host) -> None:
        """End a process at once: what it had not handed to the system is gone, and its peers see their connections close."""
        host.disk.end_process(self.hazards.survivors(host))
        self._end_host(host)
        for end in self._ends_of(host):
            self._end_line(end, f"{host.name} is gone")
        self.hazards.died(host)

    def cut_power(self, host: Host) -> None:
        """Take a host's power away: what was not synced is gone, and its peers are told nothing."""
        host.disk.lose_power(self.hazards.survivors(host) or 0)
        self._end_host(host)
        for end in self._ends_of(host):
            self.half_open(end)
        self.hazards.died(host)

    def _end_host(self, host: Host) -> None:
        host.alive = False
        host.tick_ms = None
        for event in host.backlog:
            if isinstance(event, Closed):
                del self._swallowed[host.name, event.conn]
        host.backlog.clear()
        host.frozen = False
        if self.hosts.get(host.name) is host and host.revive is None:
            del self.hosts[host.name]
        for tell in self._audience.died:
            tell(host)

    def _ends_of(self, host: Host) -> list[End]:
        return [end for end in self._ends.values() if end.host is host]

    def restart(self, host: Host) -> None:
        """Have a dead host begin again on what its disk holds. Bytes that were changed there must be noticed."""
        assert host.revive is not None, f"nobody knows how {host.name} begins again"
        assert not host.alive, f"{host.name} is running"
        image = host.disk.image()
        found = self.hazards.found(host, image)
        damage: ChainError | ValueError | None = None
        if found != image:
            try:
                host.revive(read_image(found))
            except (ChainError, ValueError) as error:
                damage = error
        entries = read_image(image)
        host.machine = host.revive(entries)
        host.disk.begin(entries)
        host.outbox = Outbox(host.disk.seq)
        host.alive = True
        host.life += 1
        for tell in self._audience.revived:
            tell(host, entries, damage, found != image)
        self._plan_tick(host)

    def freeze(self, host: Host, for_ms: int) -> None:
        """Have a host do nothing for a while; then it reads all that has come, and only then looks at the clock."""
        if host.frozen or not host.alive:
            return
        host.frozen = True
        life = host.life
        self.at(for_ms, lambda: self._thaw(host, life))

    def block(self, end: End, for_ms: int) -> None:
        """Hold what is sent from an end of a line."""
        end.pipe.block(self.mono_ms + for_ms)
        end.waking_ms = None
        self._wake(end)

    def heal(self, end: End) -> None:
        """Let everything that is held on a line go on."""
        end.pipe.heal(self.mono_ms)
        end.waking_ms = None
        self._wake(end)

    def reset(self, end: End) -> None:
        """Break a line: what is under way on it, in both directions, is lost, and both ends hear of it."""
        self._end_line(end, "connection reset by peer")

    def half_open(self, end: End) -> None:
        """Take one end of a line away; the other one hears of it when the system gives the peer up."""
        far = end.far
        self._drop(end, "connection reset by peer")
        self.at(PEER_LOST_MS, lambda: self._drop(far, "no acknowledgement"))

    def slip(self, end: End, data: bytes, fault: str) -> None:
        """Have a message said on a line that its host there has not said."""
        self._put(Passage(end, data, self.mono_ms, fault=fault), counted=False)

    # Running.

    def _handle(self, host: Host, event: Event) -> None:
        if not host.alive:
            return
        if host.frozen:
            host.backlog.append(event)
            return
        now = Moment(self.mono_ms, self.clock.at(self.mono_ms) + host.skew_ms)
        commands = host.machine.handle(event, now)
        for tell in self._audience.handled:
            tell(host, event, now, commands)
        fate = self.hazards.fate(host, event)
        if fate is Fate.DIE:
            self.kill(host)
            return
        self._carry_out(host, host.outbox.push(commands))
        if fate is Fate.DIE_LATER:
            self.kill(host)
        elif fate is Fate.LOSE_POWER:
            self.cut_power(host)
        else:
            self._plan_tick(host)

    def _plan_tick(self, host: Host) -> None:
        """Have the machine woken at its next deadline, unless that is planned already."""
        deadline = host.machine.next_deadline()
        if deadline is None or host.tick_ms == deadline:
            return
        host.tick_ms = deadline
        self.at(max(0, deadline - self.mono_ms), lambda: self._tick(host, deadline))

    def _tick(self, host: Host, planned_ms: int) -> None:
        if host.tick_ms == planned_ms:
            host.tick_ms = None
            if not host.frozen:
                self._count_tick(host)
                self._handle(host, Tick())

    def _count_tick(self, host: Host) -> None:
        if host.ticked_ms != self.mono_ms:
            host.ticked_ms, host.ticks = self.mono_ms, 0
        host.ticks += 1
        if host.ticks > TICKS_MAX:
            raise Restless(f"{host.name} has looked at the clock {TICKS_MAX} times at one moment, and wants to again")

    def _thaw(self, host: Host, life: int) -> None:
        if host.life != life or not host.alive:
            return
        host.frozen = False
        waiting, host.backlog = host.backlog, []
        for event in waiting:
            if isinstance(event, Closed):  # Counted at the last moment, as by the real shell's driver.
                unsent = self._swallowed.pop((host.name, event.conn), 0) + host.outbox.forget(event.conn)
                event = Closed(event.conn, event.why, event.unsent + unsent)
            self._handle(host, event)
        if host.alive:
            self._plan_tick(host)

    def _carry_out(self, host: Host, commands: list[Command]) -> None:
        for command in commands:
            match command:
                case Send(conn=conn, data=data):
                    self._say(host, conn, data)
                case Append(sealed=sealed):
                    host.disk.append(sealed)
                case Notify(notice=notice):
                    host.notices.append(notice)
                    for tell in self._audience.noticed:
                        tell(host, notice)
                case Dial(link=link):
                    life = host.life
                    latency_ms = self.hazards.latency_ms(host, link)
                    self.at(latency_ms, lambda link=link, life=life, ms=latency_ms: self._connect(host, link, life, ms))  # type: ignore[misc]
                case Hangup(conn=conn, why=why):
                    self._hang_up(host, conn, why)
        self._start_commit(host)

    # Disks.

    def _start_commit(self, host: Host) -> None:
        """Have what waits made durable; what comes while that is done waits for the next commit."""
        if not host.disk.write():
            return
        life, takes_ms = host.life, self.hazards.commit_ms(host)
        self.at(COMMIT_MS if takes_ms is None else takes_ms, lambda: self._commit(host, life, refused=takes_ms is None))

    def _commit(self, host: Host, life: int, *, refused: bool) -> None:
        if not host.alive or host.life != life:
            return
        if refused:
            host.disk.refuse()
            self.kill(host)
            return
        written = host.disk.commit(lies=self.hazards.lies(host))
        for tell in self._audience.committed:
            tell(host, written)
        self._carry_out(host, host.outbox.durable(written[-1].seq))

    # Lines.

    def _connect(self, host: Host, link: str, life: int, latency_ms: int) -> None:
        if not host.alive or host.life != life:
            return
        wire = host.wires.get(link)
        refusal = self.hazards.refusal(host, link)
        if wire is None or not wire[0].alive or refusal:
            self._handle(host, Unreachable(link, refusal or "connection refused"))
            return
        far_host, far_link, speech = wire
        near, far = End(host, self._conns + 1, latency_ms), End(far_host, self._conns + 2, latency_ms)
        self._conns += 2
        join_ends(near, far, speech)
        self._ends[far_host.name, far.conn] = far
        self._handle(far_host, Opened(far.conn, far_link))
        if near.gone:
            self._handle(host, Unreachable(link, "connection reset by peer"))
            return
        self._ends[host.name, near.conn] = near
        self._handle(host, Opened(near.conn, link))

    def _say(self, host: Host, conn: int, data: bytes) -> None:
        name = (host.name, conn)
        if name in self._swallowed:
            self._swallowed[name] += 1
            return
        end = self._ends.get(name)
        if end is None:
            return
        passage = Passage(end, data, self.mono_ms)
        for tell in self._audience.said:
            tell(passage)
        uttered = self.hazards.utter(passage)
        if uttered is None:
            self._put(passage, counted=True)
            return
        for utterance in uttered:
            said = passage
            if utterance.fault:
                said = Passage(end, utterance.data, self.mono_ms, fault=utterance.fault, forged=utterance.forged)
            if utterance.after_ms:
                self.at(utterance.after_ms, lambda said=said: self._put(said, counted=False))  # type: ignore[misc]
            else:
                self._put(said, counted=said is passage)

    def _put(self, passage: Passage, *, counted: bool) -> None:
        end = passage.speaker
        if not end.gone:
            end.push(passage, self.mono_ms, *self.hazards.shape(passage), counted=counted)
            self._wake(end)

    def _wake(self, end: End) -> None:
        """Have bytes delivered when the next ones arrive, unless that is planned already."""
        next_ms = end.pipe.next_ms()
        if next_ms is None or end.far.gone or (end.waking_ms is not None and end.waking_ms <= next_ms):
            return
        end.waking_ms = next_ms
        self.at(max(0, next_ms - self.mono_ms), lambda: self._pump(end, next_ms))

    def _pump(self, end: End, planned_ms: int) -> None:
        if end.waking_ms != planned_ms:
            return
        end.waking_ms = None
        far = end.far
        while not far.gone:
            data, whole = end.pull(self.mono_ms)
            if data is None:
                break
            for passage in whole:
                for tell in self._audience.heard:
                    tell(passage)
            self._handle(far.host, Received(far.conn, data))
        self._wake(end)

    def _hang_up(self, host: Host, conn: int, why: str) -> None:
        """Close a connection when what was sent on it before has arrived, or when that takes too long."""
        end = self._ends.get((host.name, conn))
        if end is not None and (host.name, conn) not in self._swallowed:
            self._swallowed[host.name, conn] = 0
            until_ms = self.mono_ms + HANGUP_MS
            self.at(end.pipe.latency_ms, lambda: self._end_when_empty(end, why, until_ms))

    def _end_when_empty(self, end: End, why: str, until_ms: int) -> None:
        if end.pipe.empty or self.mono_ms >= until_ms:
            self._end_line(end, why)
        else:
            self.at(FAREWELL_STEP_MS, lambda: self._end_when_empty(end, why, until_ms))

    def _end_line(self, end: End, why: str) -> None:
        far = end.far
        self._drop(far, why)
        self._drop(end, why)

    def _drop(self, end: End, why: str) -> None:
        """One end of a line is gone, and its host hears of it."""
        if end.gone:
            return
        end.gone = True
        name = (end.host.name, end.conn)
        if self._ends.pop(name, None) is None:
            return  # It was never told that it is there.
        unsent = self._swallowed.pop(name, 0) + end.pipe.unsent
        for tell in self._audience.closed:
            tell(end)
        if end.host.frozen:
            self._swallowed[name] = unsent  # It goes on speaking there until it hears of the end.
            self._handle(end.host, Closed(end.conn, why))
        else:
            self._handle(end.host, Closed(end.conn, why, unsent + end.host.outbox.forget(end.conn)))
