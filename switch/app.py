"""Composition: store, state, machine and shell put together and run. The only module of the switch that knows all of them."""

import os
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import trio

from keys.keystore import MemoryKeystore
from keys.selftest import check_known_answers
from switch.compose import compose, make_switch
from switch.config import Config, ConfigError
from switch.core import CloseDay, SwitchPlan, restore
from switch.machine import Drain, Notice, Severity
from switch.machine.entropy import RecordingEntropy
from switch.reload import Change, change
from switch.shell import DiskSpace, Driver, JournalWriter, Links
from switch.shell.trace_writer import TraceWriter
from switch.store import STORES, Store
from switch.tracing import SwitchTrace, TraceTarget, WireReader
from switch.wire.dialect_file import DialectFile


class SystemEntropy:
    """The operating system's random bytes: the only source outside the lab."""

    def draw(self, n: int) -> bytes:
        """Return `n` bytes fit for keys."""
        return os.urandom(n)


class Configured:
    """The configuration in force, and how another one takes its place.

    Args:
        config: what the switch was made from.
        keystore: what it has its keys from.
        accepted: the names of the keys that its links speak under or accept, when it is asked.
        files: what its dialect files said then.
        read: reads the configuration again, from a thread; None where there is no file.
        on_keys: told when the contents of keys have changed.
    """

    def __init__(
        self,
        config: Config,
        keystore: MemoryKeystore,
        *,
        accepted: Callable[[], tuple[str, ...]],
        files: tuple[DialectFile, ...],
        read: Callable[[], Config] | None,
        on_keys: Callable[[], None],
    ) -> None:
        self._config = config
        self._keystore = keystore
        self._accepted = accepted
        self._files = files
        self._read = read
        self._on_keys = on_keys

    async def take_over(self, driver: Driver) -> Notice:
        """Read it again and have the driver's switch run by it, all of it or nothing; what to tell about that."""
        if self._read is None:
            return Notice("config.none", Severity.WARNING, "there is no configuration file to read again: see --config")
        try:
            # A file may be one that never ends; the stop does not wait for it.
            wanted = await trio.to_thread.run_sync(self._compare, self._read, self._accepted(), abandon_on_cancel=True)
        except ConfigError as error:
            text = f"the configuration stays as it was: {'; '.join(error.problems)}"
            return Notice("config.refused", Severity.ERROR, text)
        if wanted.keys or wanted.gone:
            wanted.put(self._keystore)
            self._on_keys()
        self._config = wanted.config
        for order in wanted.orders:
            await driver.operate(order)
        # The next reading is compared with what is in force by then: a key that was ordered a moment ago is one in use.
        await driver.caught_up()
        return Notice("config.read", Severity.INFO, f"the configuration was read again: {wanted.words}")

    def _compare(self, read: Callable[[], Config], accepted: tuple[str, ...]) -> Change:
        return change(self._config, read(), self._keystore, accepted=accepted, files=self._files)


class Service:
    """A switch that runs.

    Args:
        ports: the port that each acquirer's link listens on.
        counts: how often each kind of notice was given so far.
        driver: of the switch.
        configured: its configuration.
        tell: takes what there is to say about that.
    """

    def __init__(
        self,
        ports: dict[str, int],
        counts: Counter[str],
        driver: Driver,
        *,
        configured: Configured,
        tell: Callable[[Notice], None],
    ) -> None:
        self.ports = ports
        self.counts = counts
        self._driver = driver
        self._configured = configured
        self._tell = tell

    async def stop(self) -> None:
        """Answer what is open, then hang up everywhere; `run_switch` returns when that is done."""
        await self._driver.operate(Drain())

    async def reload(self) -> None:
        """Read configuration and key store again; a notice says what has changed, or why nothing has."""
        self._tell(await self._configured.take_over(self._driver))

    async def close_day(self, day: str = "") -> None:
        """End the business day and begin this one (YYYYMMDD), or the calendar day after the present one."""
        await self._driver.operate(CloseDay(day))


async def run_switch(
    config: Config,
    *,
    on_notice: Callable[[Notice], None],
    self_test: Callable[[], None] = check_known_answers,
    trace: TraceTarget | None = None,
    reread: Callable[[], Config] | None = None,
    task_status: trio.TaskStatus[Service] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Run a switch until its `Service` is stopped.

    Args:
        config: what it is made from.
        on_notice: told what there is to say; must be quick and must not raise.
        self_test: raises when the HSM computes wrongly.
        trace: where a trace is written to.
        reread: reads the configuration again, when its `Service` is told to reload; called in a thread.

    The HSM's self-test comes before everything else: a switch that computes wrongly opens neither journal nor port.

    Resource handling:
        The journal is opened first and closed last; where its disk stalls it is left to the end of the process. Every
        listening socket is closed when the stop begins. The file of a trace is closed when all is over.

    Raises:
        SelfTestFailed: when the HSM does not compute what was published; nothing was started.
        ConfigError: when the configuration cannot be used.
        StoreError: when the journal cannot be opened.
        ChainError: when the journal is not what was written; nothing was started.
        ListenError: when an address cannot be listened on.
        MachineFault, JournalFault: our own fault; what was acknowledged is in the journal.
    """
    self_test()
    counts: Counter[str] = Counter()

    def tell(notice: Notice) -> None:
        counts[notice.kind] += 1
        on_notice(notice)

    composition = compose(config)
    store = open_store(config)
    journal = JournalWriter(store, _disk_space(journal_path(config)))
    try:
        entropy = RecordingEntropy(SystemEntropy())
        entries = tuple(store.read()) if trace else store.read()
        switch = make_switch(composition, entropy=entropy if trace else SystemEntropy(), state=restore(entries))
        links = Links(composition.connect)
        ports = {name: await links.listen(name, host, port) for name, (host, port) in composition.listen.items()}
        async with AsyncExitStack() as stack:
            on_turn, on_keys = None, _nothing
            if trace is not None:
                writer = await stack.enter_async_context(_writing(trace, composition.plan, tell))
                traced = SwitchTrace(config, tuple(entries), entropy, writer, full=trace.full)
                on_turn, on_keys = traced.handled, traced.forget_keys
            driver = Driver(switch, links=links, journal=journal, on_notice=tell, on_turn=on_turn)
            configured = Configured(
                config,
                composition.keystore,
                accepted=lambda: switch.keys_accepted,
                files=composition.dialect_files,
                read=reread,
                on_keys=on_keys,
            )
            service = Service(ports, counts, driver, configured=configured, tell=tell)
            await driver.run(task_status=_Ready(task_status, service))
    finally:
        # A stalled disk holds the writer inside the store: closing would wait for it, or pull the ground from under it.
        if not journal.left_behind:
            store.close()


@asynccontextmanager
async def _writing(trace: TraceTarget, plan: SwitchPlan, tell: Callable[[Notice], None]) -> AsyncIterator[TraceWriter]:
    """The writer of a trace, which writes until the block ends."""

    def ended(why: str) -> None:
        tell(Notice("trace.ended", Severity.WARNING, f"the trace ends here, {why}; the switch goes on"))

    writer = TraceWriter(trace.file, expand=WireReader(plan, full=trace.full).lines_of, on_end=ended)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(writer.run)
        try:
            yield writer
        finally:
            writer.finish()


class _Ready(trio.TaskStatus[None]):
    """Passes the driver's "started" on, with the service that has started."""

    def __init__(self, outer: trio.TaskStatus[Service], service: Service) -> None:
        self._outer = outer
        self._service = service

    def started(self, value: None = None) -> None:
        self._outer.started(self._service)


def _nothing() -> None:
    """Nobody wants to know."""


def _disk_space(journal: Path) -> DiskSpace | None:
    """The space where a journal is; a store without a file has no disk that could run low."""
    return DiskSpace(lambda: shutil.disk_usage(journal).free) if journal.is_file() else None


def open_store(config: Config) -> Store:
    """The journal of a configuration, owned from here on."""
    return STORES[config.journal.store](journal_path(config))


def journal_path(config: Config) -> Path:
    """Where the journal of a configuration is kept."""
    return Path(config.state_dir) / config.journal.path
