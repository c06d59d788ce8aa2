"""Composition: store, state, machine and shell put together and run. The only module of the switch that knows all of them."""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import trio

from keys.selftest import check_known_answers
from switch.compose import compose, make_switch
from switch.config import Config
from switch.core import restore
from switch.machine import Drain, Notice
from switch.shell import Driver, JournalWriter, Links
from switch.store import STORES, Store


class SystemEntropy:
    """The operating system's random bytes: the only source outside the lab."""

    def draw(self, n: int) -> bytes:
        """Return `n` bytes fit for keys."""
        return os.urandom(n)


class Service:
    """A switch that runs.

    Args:
        ports: the port that each acquirer's link listens on.
        counts: how often each kind of notice was given so far.
    """

    def __init__(self, ports: dict[str, int], counts: Counter[str], driver: Driver) -> None:
        self.ports = ports
        self.counts = counts
        self._driver = driver

    async def stop(self) -> None:
        """Answer what is open, then hang up everywhere; `run_switch` returns when that is done."""
        await self._driver.operate(Drain())


async def run_switch(
    config: Config,
    *,
    on_notice: Callable[[Notice], None],
    self_test: Callable[[], None] = check_known_answers,
    task_status: trio.TaskStatus[Service] = trio.TASK_STATUS_IGNORED,
) -> None:
    """Run a switch until its `Service` is stopped.

    The HSM's self-test comes before everything else: a switch that computes wrongly opens neither journal nor port.

    Resource handling:
        The journal is opened first and closed last; where its disk stalls it is left to the end of the process. Every
        listening socket is closed when the stop begins.

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
    journal = JournalWriter(store)
    try:
        switch = make_switch(composition, entropy=SystemEntropy(), state=restore(store.read()))
        links = Links(composition.connect)
        ports = {name: await links.listen(name, host, port) for name, (host, port) in composition.listen.items()}
        driver = Driver(switch, links=links, journal=journal, on_notice=tell)
        await driver.run(task_status=_Ready(task_status, Service(ports, counts, driver)))
    finally:
        # A stalled disk holds the writer inside the store: closing would wait for it, or pull the ground from under it.
        if not journal.left_behind:
            store.close()


class _Ready(trio.TaskStatus[None]):
    """Passes the driver's "started" on, with the service that has started."""

    def __init__(self, outer: trio.TaskStatus[Service], service: Service) -> None:
        self._outer = outer
        self._service = service

    def started(self, value: None = None) -> None:
        self._outer.started(self._service)


def open_store(config: Config) -> Store:
    """The journal of a configuration, owned from here on."""
    return STORES[config.journal.store](journal_path(config))


def journal_path(config: Config) -> Path:
    """Where the journal of a configuration is kept."""
    return Path(config.state_dir) / config.journal.path
