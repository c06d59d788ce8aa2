"""The driver: one task that owns a machine, hands it what happens and carries out what it says. It reads and writes nothing.

Journal before speech is kept by `switch.machine.Outbox`: what a machine says behind a record waits until the writer has
reported that record as durable, while further events are handled.
"""

import math
import time
import traceback
from collections import deque
from collections.abc import Callable

import trio

from switch import limits
from switch.machine import (
    Append,
    Closed,
    Command,
    Dial,
    Drain,
    Event,
    Hangup,
    Machine,
    Moment,
    Notice,
    Notify,
    Operate,
    Order,
    Outbox,
    Send,
    Severity,
    Tick,
)
from switch.shell.journal_writer import JournalFault, JournalWriter
from switch.shell.links import Links
from switch.shell.redaction import redact_text


class MachineFault(Exception):
    """The machine raised: our own fault. Its state is not to be trusted, so the program must end and restore."""


def system_clock() -> Moment:
    """Now, on Trio's monotonic clock and on the host's wall clock."""
    return Moment(round(trio.current_time() * 1000), time.time_ns() // 1_000_000)


class Driver:
    """Runs one machine over real time and real links.

    Args:
        machine: owned from here on; nobody else may call it while `run` runs.
        links: its connections.
        journal: the writer of its journal. What is already in the journal was restored into the machine before.
        on_notice: told what the machine and the links have to say; must be quick and must not raise.
        on_turn: told each event with what the machine said to it, for a trace; must be quick and must not raise.
        clock: gives the Moment of each event; its milliseconds are slept in Trio's time.
        grace_ms: after an order to drain, how long the machine has to hang up everywhere.

    Error handling:
        `run` raises `MachineFault` or `JournalFault` and lets nothing out that still waited for the journal.
    """

    def __init__(
        self,
        machine: Machine,
        *,
        links: Links,
        journal: JournalWriter,
        on_notice: Callable[[Notice], None],
        on_turn: Callable[[Event, Moment, list[Command]], None] | None = None,
        clock: Callable[[], Moment] = system_clock,
        grace_ms: int = limits.STOP_CUT_MS,
    ) -> None:
        self._machine = machine
        self._links = links
        self._journal = journal
        self._notify = on_notice
        self._on_turn = on_turn
        self._clock = clock
        self._grace_ms = grace_ms
        self._outbox = Outbox()
        self._inbox: deque[Event] = deque()
        self._room = trio.lowlevel.ParkingLot()
        self._passed = trio.lowlevel.ParkingLot()
        self._work = trio.Event()
        self._cut_at: int | None = None

    async def operate(self, order: Order) -> None:
        """Give the machine an order; it stands in line with all other events.

        `Drain` also stops the listening, and lets `run` return as soon as the machine has hung up everywhere and all it said
        is journalled and sent, or the grace is over.
        """
        await self._post(Operate(order))

    async def caught_up(self) -> None:
        """Wait until what stands in line now has been handled. Only while `run` runs."""
        last = self._inbox[-1] if self._inbox else None
        while any(event is last for event in self._inbox):
            await self._passed.park()

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Drive the machine until it is drained, or for ever.

        Raises:
            MachineFault: the machine raised.
            JournalFault: a record could not be made durable.
        """
        fault: Exception | None = None
        try:
            async with trio.open_nursery() as nursery:
                try:
                    nursery.start_soon(self._journal.run, self._wake, self._order_now)
                    await nursery.start(self._links.run, self._post, self._notify)
                    task_status.started()
                    await self._own()
                finally:
                    self._journal.finish()
                    nursery.cancel_scope.cancel()
        except* (MachineFault, JournalFault) as faults:
            fault = faults.exceptions[0]
        if fault is not None:
            raise fault

    async def _own(self) -> None:
        while True:
            self._carry_out(self._outbox.durable(self._journal.durable_seq))
            self._handle_waiting()
            self._passed.unpark_all()
            if self._is_due():
                await self._let_reads_pass()
                if not self._is_lagging():
                    self._handle(Tick())
            # Asked before the rest: what was handled just now may have been the last thing, and nothing would end the sleep.
            if self._finished():
                return
            await self._rest()

    def _finished(self) -> bool:
        if self._cut_at is None:
            return False
        if self._links.quiet and not self._inbox and self._outbox.empty and not self._journal.waiting:
            return True
        if self._clock().mono_ms < self._cut_at:
            return False
        text = f"stopping: not everything had ended within {self._grace_ms / 1000:g} s; what is left is cut"
        self._notify(Notice("driver.cut", Severity.WARNING, text))
        return True

    def _handle_waiting(self) -> None:
        """One pass over what waits, bounded so that the sockets have their turn."""
        for _ in range(min(len(self._inbox), limits.PASS_EVENTS_MAX)):
            if self._is_lagging():
                return
            self._handle(self._inbox.popleft())
            if self._room:
                self._room.unpark()

    def _is_lagging(self) -> bool:
        """True while so much waits for the disk that the machine is given nothing more, not even a tick."""
        return self._journal.waiting >= limits.JOURNAL_WAITING_MAX

    def _is_due(self) -> bool:
        deadline = self._machine.next_deadline()
        return deadline is not None and deadline <= self._clock().mono_ms

    async def _let_reads_pass(self) -> None:
        """Handle what was here before the tick, perhaps unread: our own lateness must not turn an answer into a timeout.

        It ends when a look at the sockets brought nothing, or when the tick has waited `limits.TICK_DELAY_MS_MAX`.
        """
        enough_at = self._clock().mono_ms + limits.TICK_DELAY_MS_MAX
        while True:
            # Twice: readers that became ready together with us run before or after us, and what they read next takes a turn.
            await trio.lowlevel.checkpoint()
            await trio.lowlevel.checkpoint()
            if not self._inbox or self._is_lagging() or self._clock().mono_ms >= enough_at:
                return
            self._handle_waiting()

    async def _rest(self) -> None:
        """Let others run; sleep until an event, a commit or a deadline when nothing can be done before."""
        if self._inbox and not self._is_lagging():
            await trio.lowlevel.checkpoint()
            return
        wanted_at = None if self._is_lagging() else self._machine.next_deadline()
        deadlines = [at for at in (wanted_at, self._cut_at) if at is not None]
        seconds = max(min(deadlines) - self._clock().mono_ms, 0) / 1000 if deadlines else math.inf
        with trio.move_on_after(seconds):
            await self._work.wait()
        self._work = trio.Event()

    def _handle(self, event: Event) -> None:
        if isinstance(event, Closed):
            # Counted at the last moment: what was sent after the end and before now went nowhere as well.
            unsent = self._links.forget(event.conn) + self._outbox.forget(event.conn)
            event = Closed(event.conn, event.why, unsent)
        now = self._clock()
        try:
            commands = self._machine.handle(event, now)
        except Exception as error:
            raise MachineFault(f"the machine failed on {type(event).__name__}: {_account_of(error)}") from error
        if self._on_turn is not None:
            self._on_turn(event, now, commands)
        self._carry_out(self._outbox.push(commands))
        if isinstance(event, Operate) and isinstance(event.order, Drain) and self._cut_at is None:
            self._cut_at = now.mono_ms + self._grace_ms
            self._links.stop_listening()

    def _carry_out(self, commands: list[Command]) -> None:
        for command in commands:
            match command:
                case Send(conn, data):
                    self._links.send(conn, data)
                case Append(sealed):
                    self._journal.append(sealed)
                case Notify(notice):
                    self._notify(notice)
                case Hangup(conn, why):
                    self._links.hangup(conn, why)
                case Dial(link):
                    self._links.dial(link)

    async def _post(self, event: Event) -> None:
        """Put an event in line; wait while too many wait, which holds back whoever reads."""
        while len(self._inbox) >= limits.EVENTS_WAITING_MAX:
            await self._room.park()
        self._inbox.append(event)
        self._work.set()

    def _order_now(self, order: Order) -> None:
        """Put an order in line without waiting: the few that the shell gives itself come from where nobody can wait."""
        self._inbox.append(Operate(order))
        self._work.set()

    def _wake(self) -> None:
        self._work.set()


def _account_of(error: Exception) -> str:
    """What went wrong and where in the code; only an assertion's text is ours to repeat, and it holds no card data."""
    frames = traceback.extract_tb(error.__traceback__)
    text = f"{type(error).__name__} in {frames[-1].name}, line {frames[-1].lineno}" if frames else type(error).__name__
    return redact_text(f"{text}: {error}" if isinstance(error, AssertionError) and str(error) else text)
