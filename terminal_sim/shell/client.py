"""One terminal over TCP, as a library for other async code: orders in, receipts out. No business word beyond that.

Driver, links and journal writer are those of `switch.shell`; the terminal's records go to a file of its own.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import trio
from trio.abc import Stream

from keys.keystore import Keystore
from switch.machine import Drain, Entropy, Moment, Notice, Severity
from switch.shell import Driver, JournalFault, JournalWriter, Links, MachineFault, system_clock
from switch.wire import Dialect
from terminal_sim.card import Card
from terminal_sim.shell.record_file import RecordFile
from terminal_sim.terminal import PinPad, Receipt, RefusalReason, Terminal, TerminalKeys, TerminalProfile
from terminal_sim.terminal.orders import TerminalOrder
from terminal_sim.terminal.records import TransactionKey


class OrderFailed(Exception):
    """The terminal did not carry out an order, and sent nothing for it; the text says why and what to do.

    Args:
        reason: UNREACHABLE where the host could not be reached.
    """

    def __init__(self, reason: RefusalReason, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class _Waiter:
    """Somebody who waits for the end of an order: with a receipt, or with a refusal."""

    def __init__(self) -> None:
        self.ended = trio.Event()
        self.receipt: Receipt | None = None
        self.failure: OrderFailed | None = None


class Session:
    """A terminal that runs. Made by `open_terminal`.

    Args:
        terminal: to look at; it is owned by the driver, and orders go through `carry_out`.
    """

    def __init__(self, terminal: Terminal, driver: Driver, on_notice: Callable[[Notice], None]) -> None:
        self.terminal = terminal
        self._driver = driver
        self._on_notice = on_notice
        self._waiters: dict[str, _Waiter] = {}
        self._orders = 0
        self._heard = trio.Event()

    async def carry_out(self, order: TerminalOrder) -> Receipt:
        """Give an order and wait for its receipt, which is durable by then. Its `reference` is the session's to use.

        Cancelling stops the waiting, not the order.

        Raises:
            OrderFailed: the order was refused; nothing was sent.
        """
        self._orders += 1
        reference = str(self._orders)
        waiter = self._waiters[reference] = _Waiter()
        try:
            await self._driver.operate(msgspec.structs.replace(order, reference=reference))
            await waiter.ended.wait()
        finally:
            del self._waiters[reference]
        if waiter.failure is not None:
            raise waiter.failure
        assert waiter.receipt is not None, "an order ends with a receipt or a failure"
        return waiter.receipt

    async def settled(self) -> None:
        """Wait until the terminal is idle and owes nothing. Give it a deadline: a host that is away can take for ever."""
        while not self.terminal.idle:
            await self._heard.wait()

    def hear(self, notice: Notice) -> None:
        """Take a notice: end the wait that it is about, then pass it on. Called by the driver."""
        facts = dict(notice.facts)
        waiter = self._waiters.get(facts.get("reference", ""))
        if waiter is not None and notice.kind == "terminal.receipt":
            waiter.receipt = self.terminal.books.receipt_of(TransactionKey(*facts["key"].split("/")))
            waiter.ended.set()
        elif waiter is not None and notice.kind == "terminal.refused":
            waiter.failure = OrderFailed(RefusalReason(facts["reason"]), notice.text)
            waiter.ended.set()
        self._heard.set()
        self._heard = trio.Event()
        self._on_notice(notice)


@asynccontextmanager
async def open_terminal(
    profile: TerminalProfile,
    wallet: Mapping[str, Card],
    *,
    keystore: Keystore,
    entropy: Entropy,
    address: tuple[str, int],
    record_file: Path,
    keys: TerminalKeys | None = None,
    on_notice: Callable[[Notice], None] = lambda notice: None,
    explain: bool = False,
    dialect: Dialect | None = None,
    clock: Callable[[], Moment] = system_clock,
    connect: Callable[[str, int], Awaitable[Stream]] = trio.open_tcp_stream,
) -> AsyncIterator[Session]:
    """A terminal that runs for as long as the block: restored from its file, connected when it has something to say.

    Args:
        profile: what it is.
        wallet, entropy, explain, dialect: see `Terminal`.
        keystore, keys: where its keys are, and what they are called; see `PinPad`.
        address: host and port of the party that the profile calls its `link`.
        record_file: where its records are kept.
        on_notice: told everything; must be quick.
        clock, connect: time and streams, for those who bring their own.

    Resource handling:
        At the end of the block the open transaction is finished, waiting orders are refused and the line is closed. What is
        still owed stays in the file for the next run.

    Raises:
        RecordFileError: the file cannot be used, or belongs to a terminal that runs.
        ChainError: the file is not what was written.
        KeysError: the keystore lacks a key, or has one that may not do what is asked of it.
        MachineFault, JournalFault: our own fault; what was acknowledged is in the file.
    """
    file = RecordFile(record_file)
    writer = JournalWriter(file)
    try:
        if file.torn_bytes:
            text = f"{record_file}: the last {file.torn_bytes} bytes were a record that was never finished; they are cut off"
            on_notice(Notice("terminal.journal-torn", Severity.WARNING, text, profile.link))
        pin_pad = PinPad(keystore, entropy, keys)
        terminal = Terminal(profile, wallet, pin_pad, entropy, journal=file.entries, explain=explain, dialect=dialect)
        links = Links({profile.link: address}, connect=connect)
        sessions: list[Session] = []
        driver = Driver(
            terminal,
            links=links,
            journal=writer,
            on_notice=lambda notice: sessions[0].hear(notice),
            clock=clock,
        )
        sessions.append(Session(terminal, driver, on_notice))
        async with _running(driver):
            yield sessions[0]
    finally:
        # A thread that the disk still holds goes on using the file; it ends with the process.
        if not writer.left_behind:
            file.close()


@asynccontextmanager
async def _running(driver: Driver) -> AsyncIterator[None]:
    """Run the driver around a block, drain it at its end; errors of the block and of the driver come out as themselves."""
    failure: Exception | None = None
    fault: Exception | None = None
    try:
        async with trio.open_nursery() as nursery:
            await nursery.start(driver.run)
            try:
                yield
            except Exception as error:  # noqa: BLE001  (kept while the terminal drains, then raised)
                failure = error
            await driver.operate(Drain())
    except* (MachineFault, JournalFault) as faults:
        fault = faults.exceptions[0]
    if fault is not None:
        raise fault
    if failure is not None:
        raise failure
