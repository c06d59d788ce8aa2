"""Free space: when a machine is told that there is too little and that there is enough, and how often the disk is asked."""

import pytest
import trio

from switch import limits
from switch.machine import JournalLow, JournalRoom, Operate
from switch.shell import DiskSpace, Driver, JournalWriter, Links

LOW, ROOM = limits.JOURNAL_LOW_BYTES, limits.JOURNAL_ROOM_BYTES


class Gauge:
    """A disk's free bytes, one for each look; the last ones stay."""

    def __init__(self, *free):
        self.free, self.looks = list(free), 0

    def __call__(self):
        self.looks += 1
        found = self.free.pop(0) if len(self.free) > 1 else self.free[0]
        if isinstance(found, OSError):
            raise found
        return found


def told(*free):
    """What is told by as many looks."""
    space = DiskSpace(Gauge(*free), pause_ms=0)
    return [order for _ in free if (order := space.look()) is not None]


@pytest.mark.parametrize(
    ("free", "orders"),
    {
        "enough": ((LOW, LOW, LOW), []),
        "too little, told once": ((LOW, LOW - 1, 0), [JournalLow(LOW - 1)]),
        "at once": ((5,), [JournalLow(5)]),
        "not yet enough": ((5, LOW, ROOM - 1), [JournalLow(5)]),
        "enough again": ((5, ROOM, ROOM), [JournalLow(5), JournalRoom()]),
        "again and again": ((5, ROOM, 6), [JournalLow(5), JournalRoom(), JournalLow(6)]),
        "a disk in trouble says nothing": (
            (OSError(5, "I/O error"), 5, OSError(5, "I/O error"), ROOM),
            [JournalLow(5), JournalRoom()],
        ),
    }.values(),
)
def test_what_is_told(free, orders):
    """Below the one bound, and from twice that on; nothing in between."""
    assert told(*free) == orders


def test_a_look_is_good_for_a_while():
    """The system is asked once in a pause, however many commits there are."""
    gauge = Gauge(LOW)
    space = DiskSpace(gauge, pause_ms=3_600_000)
    for _ in range(100):
        assert space.look() is None
    assert gauge.looks == 1


async def test_the_writer_looks_though_nothing_is_written(make_disk):
    """Others fill the disk, and the first record would meet a full one; and room is found though nothing wakes the writer."""
    orders, seen = [], trio.Event()

    def hear(order):
        orders.append(order)
        if isinstance(order, JournalRoom):
            seen.set()

    writer = JournalWriter(make_disk(), DiskSpace(Gauge(LOW, 5, 5, 5, ROOM), pause_ms=0))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(writer.run, lambda: None, hear)
        try:
            with trio.fail_after(30):
                await seen.wait()
        finally:
            writer.finish()
    assert orders == [JournalLow(5), JournalRoom()]


async def test_the_driver_hands_it_over_as_an_event(make_disk, toy):
    """So that a trace holds it, and the machine may act on it."""
    machine = toy()
    journal = JournalWriter(make_disk(), DiskSpace(Gauge(5, ROOM), pause_ms=0))
    driver = Driver(machine, links=Links(), journal=journal, on_notice=lambda notice: None)
    with trio.fail_after(30):
        async with trio.open_nursery() as nursery:
            await nursery.start(driver.run)
            while len(machine.events) < 2:
                await trio.lowlevel.checkpoint()
            nursery.cancel_scope.cancel()
    assert machine.events[:2] == [Operate(JournalLow(5)), Operate(JournalRoom())]
