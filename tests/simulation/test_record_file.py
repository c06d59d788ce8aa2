"""A terminal's record file when the power goes at every step, also behind a kill: what was promised is there, in order."""

import os

import pytest

from terminal_sim.lab.prng import SeededEntropy
from terminal_sim.shell import RecordFile, RecordFileError
from terminal_sim.terminal import JOURNAL
from terminal_sim.terminal.records import StanAdvanced
from tests.simulation.disk import SURVIVALS, Cut, Disk, Promised, Synced, Wrote, wrecks
from tests.testing.quota import quota

NAME = "terminal.journal"
BATCHES = (1, 1, 3, 30, 2, 1, 12)


class Watched(Disk):
    """A disk that learns at each sync what was done to the real file since the last one."""

    def sync(self, descriptor):
        size, known = os.fstat(descriptor).st_size, len(self.files[0])
        if size < known:
            self.take(Cut(0, size))
        elif size > known:
            self.take(Wrote(0, known, os.pread(descriptor, size - known, known)))
        self.take(Synced(0))


@pytest.fixture(scope="module")
def entries():
    """A good chain."""
    made, previous = [], bytes(32)
    for seq in range(1, sum(BATCHES) + 2):
        made.append(JOURNAL.seal(StanAdvanced(f"{seq:06d}"), seq=seq, at=1_000 + seq, previous=previous))
        previous = made[-1].digest
    return made


@pytest.fixture
def open_on(tmp_path):
    """Opens a record file that holds what is on a disk."""

    def open_on(disk):
        (tmp_path / NAME).write_bytes(disk.files[0])
        return RecordFile(tmp_path / NAME, disk.sync)

    return open_on


@pytest.fixture
def recorded(open_on, entries):
    """Batches on an empty disk."""
    disk, seq = Watched({NAME: b""}), 0
    file = open_on(disk)
    for count in BATCHES:
        disk.take(Promised(seq + count, seq))
        file.append(entries[seq : seq + count])
        seq += count
        disk.take(Promised(seq, seq))
    file.close()
    return disk


@pytest.mark.parametrize("survival", SURVIVALS)
def test_no_acknowledged_record_is_lost(open_on, recorded, entries, survival):
    """Lines of the last batch may be there, whole ones; where sectors of it are missing in the middle, the file is refused."""
    dice, refused = SeededEntropy(survival), 0
    for _ in range(quota(5)):
        for wreck in wrecks(recorded):
            image = wreck.image(SURVIVALS[survival](wreck.pending, dice))
            try:
                file = open_on(Watched(image))
            except RecordFileError:
                refused += 1
                continue
            file.close()
            found = list(file.entries)
            assert wreck.promised.acknowledged_seq <= len(found) <= wreck.promised.begun_seq
            assert found == entries[: len(found)]
    assert not refused or survival == "scattered"


def test_what_the_next_process_has_read_is_durable(open_on, recorded, entries):
    """A process was killed before its sync; the next one reads whole lines, and acts on them: the power must not take them."""
    for count in range(len(recorded.steps) + 1):
        killed = Watched(recorded.image)
        for step in recorded.steps[:count]:
            killed.take(step)
        file = open_on(killed)
        file.close()
        *_, wreck = wrecks(killed)
        after = open_on(Watched(wreck.image(())))
        after.close()
        assert after.entries == file.entries


def test_a_sync_that_does_nothing_is_noticed(open_on, recorded, entries):
    """The harness sees a record file that forgets its syncs."""
    recorded.steps = [step for step in recorded.steps if not isinstance(step, Synced)]
    *_, wreck = wrecks(recorded)
    file = open_on(Watched(wreck.image(())))
    file.close()
    assert len(file.entries) < wreck.promised.acknowledged_seq
