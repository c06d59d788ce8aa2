"""The shell: the only Trio around a machine. It knows bytes, connections, commits and time, and no business word.

A *driver* owns one `Machine`: it stamps each event with a `Moment`, handles what waits in one *pass*, and carries out what the
`Outbox` releases. *Links* are the connections: they dial, listen, read and write, and hand the driver `Opened`, `Received`,
`Closed` and `Unreachable`. The *journal writer* owns the store in one thread and tells the driver what has become *durable*.
*Logs* print notices, with redaction as their last step.

    links = Links({"issuer": ("127.0.0.1", 9001)})
    port = await links.listen("acquirer", "127.0.0.1", 0)
    driver = Driver(machine, links=links, journal=JournalWriter(store), on_notice=notice_logger(LogFormat.CONSOLE))
    async with trio.open_nursery() as nursery:
        await nursery.start(driver.run)
        ...
        await driver.operate(Drain())

Any machine can be driven so: the switch, a terminal, a toy. `run` ends when a drained machine has hung up everywhere, and
raises `MachineFault` or `JournalFault` when our own side failed: the program ends, and the journal is restored next time.
"""

from switch.shell.disk_space import DiskSpace
from switch.shell.driver import Driver, MachineFault, system_clock
from switch.shell.journal_writer import Journal, JournalFault, JournalWriter
from switch.shell.links import Links, ListenError

__all__ = [
    "DiskSpace",
    "Driver",
    "Journal",
    "JournalFault",
    "JournalWriter",
    "Links",
    "ListenError",
    "MachineFault",
    "system_clock",
]
