"""The writer thread: batches, order, what is reported, and its two ways to fail."""

import threading

import pytest
import trio

from switch import limits
from switch.machine import GENESIS, Sealed
from switch.shell import JournalFault, JournalWriter


def entry(seq: int) -> Sealed:
    return Sealed(seq, 0, "noted", b"{}", GENESIS)


@pytest.fixture
def reports() -> list[int]:
    return []


async def test_records_are_written_in_order_and_reported(make_disk, reports):
    """Everything appended is committed before `run` ends, by one thread that is not the loop's, and reported in order."""
    disk = make_disk()
    writer = JournalWriter(disk)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(writer.run, lambda: reports.append(writer.durable_seq))
        for seq in range(1, 1001):
            writer.append(entry(seq))
        assert writer.waiting > 0
        writer.finish()
    assert [sealed.seq for batch in disk.batches for sealed in batch] == list(range(1, 1001))
    assert (writer.waiting, writer.durable_seq) == (0, 1000)
    assert reports == sorted(reports)
    assert reports[-1] == 1000
    assert len(disk.threads) == 1
    assert threading.get_ident() not in disk.threads


async def test_a_batch_is_bounded(make_disk, reports):
    """What waits is shared out over commits of the greatest allowed size, none of them empty."""
    disk = make_disk()
    writer = JournalWriter(disk)
    for seq in range(1, 2 * limits.JOURNAL_BATCH_MAX + 8):
        writer.append(entry(seq))
    writer.finish()
    await writer.run(lambda: reports.append(writer.durable_seq))
    assert [len(batch) for batch in disk.batches] == [limits.JOURNAL_BATCH_MAX, limits.JOURNAL_BATCH_MAX, 7]


async def test_nothing_to_write_is_nothing_to_do(make_disk, reports):
    """A writer that was never used makes no commit and no report."""
    disk = make_disk()
    writer = JournalWriter(disk)
    writer.finish()
    await writer.run(lambda: reports.append(0))
    assert (disk.batches, reports) == ([], [])


async def test_a_failure_is_final(make_disk, reports):
    """It is raised once; the records behind it are not written, though the disk would take them again."""
    disk = make_disk()
    disk.failing = OSError(28, "No space left on device")
    writer = JournalWriter(disk)
    writer.append(entry(1))
    with pytest.raises(JournalFault, match="No space left on device") as caught:
        await writer.run(lambda: reports.append(0))
    assert caught.value.__cause__ is disk.failing
    disk.failing = None
    writer.append(entry(2))
    writer.finish()
    await trio.testing.wait_all_tasks_blocked()
    assert (disk.batches, reports, writer.waiting) == ([], [], 2)


async def test_what_is_durable_is_told_while_the_next_batch_waits(make_disk, reports):
    """Each commit is reported when it is done, not when all is done."""
    disk = make_disk()
    writer, durable = JournalWriter(disk), trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(writer.run, durable.set)
        writer.append(entry(1))
        await durable.wait()
        assert (writer.durable_seq, writer.waiting) == (1, 0)
        disk.gate.clear()
        writer.append(entry(2))
        assert (writer.durable_seq, writer.waiting) == (1, 1)
        disk.gate.set()
        writer.finish()
    assert (writer.durable_seq, writer.waiting) == (2, 0)


async def test_cancelling_does_not_lose_records(make_disk, settled):
    """The surroundings cannot stop the writer, only `finish` can, and it writes first."""
    disk = make_disk(is_open=False)
    writer, ended = JournalWriter(disk), trio.Event()

    async def run() -> None:
        try:
            await writer.run(lambda: None)
        finally:
            ended.set()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run)
        writer.append(entry(1))
        await disk.begun()
        nursery.cancel_scope.cancel()
        with trio.CancelScope(shield=True):
            await settled()
        assert not ended.is_set()
        writer.append(entry(2))
        writer.finish()
        disk.gate.set()
    assert [sealed.seq for batch in disk.batches for sealed in batch] == [1, 2]


async def test_a_disk_that_does_not_come_back_is_given_up(make_disk, mock_clock, settled):
    """Stopping is bounded: the thread is left behind and the fault is told."""
    disk = make_disk(is_open=False)
    writer = JournalWriter(disk)
    ended = trio.Event()

    async def run() -> None:
        with pytest.raises(JournalFault, match="the disk did not answer within 5 s"):
            await writer.run(lambda: None)
        ended.set()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(run)
        writer.append(entry(1))
        await disk.begun()
        writer.finish()
        mock_clock.jump(limits.JOURNAL_STOP_MS / 1000 - 0.001)
        await settled()
        assert not ended.is_set()
        assert not writer.left_behind
        mock_clock.jump(0.001)
        await ended.wait()
    assert writer.left_behind, "so that nobody closes the journal under the thread"
    disk.gate.set()
