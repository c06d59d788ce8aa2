"""A disk in the lab: after a loss of power it holds what was acknowledged, and at most more of what was written."""

import msgspec
import pytest

from switch.machine import GENESIS, RecordCodec
from terminal_sim.lab.disk import ENTRIES_KEPT, Disk, read_image


class Noted(msgspec.Struct, frozen=True, tag="noted"):
    """Something to remember."""

    number: int


CODEC = RecordCodec(Noted, 1)


def sealed(seq):
    """An entry."""
    return CODEC.seal(Noted(seq), seq=seq, at=0, previous=GENESIS)


@pytest.fixture
def disk():
    """One entry acknowledged, one handed to the system, one that waits in its process."""
    made = Disk()
    made.append(sealed(1))
    made.write()
    made.commit()
    made.append(sealed(2))
    made.write()
    made.append(sealed(3))
    return made


def copy(disk):
    """The same disk, to be broken."""
    again = Disk()
    again.begin(disk.durable)
    again.written, again.pending, again.lied = list(disk.written), list(disk.pending), disk.lied
    return again


def left_on(disk):
    """The numbers of the entries that are found on it."""
    return [entry.seq for entry in read_image(disk.image())]


@pytest.mark.parametrize("end", [Disk.end_process, Disk.lose_power])
def test_wherever_writing_ends_a_prefix_is_left(disk, end):
    """Byte by byte: what was acknowledged is there, and of the rest only whole entries count."""
    size = len(disk.unheard())
    counts = []
    for survivors in range(size + 1):
        again = copy(disk)
        end(again, survivors)
        assert left_on(again) == list(range(1, len(left_on(again)) + 1))
        counts.append(len(left_on(again)))
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (1, 3)


def test_what_the_system_has_outlives_its_process(disk):
    """It would be lost with the power; what the process had kept to itself is lost with the process."""
    again = copy(disk)
    disk.end_process()
    again.lose_power()
    assert (left_on(disk), left_on(again)) == ([1, 2], [1])


def test_a_disk_that_lies_keeps_what_it_said_until_the_power_goes(disk):
    """Then what it had acknowledged is gone, and all behind it."""
    disk.commit(lies=True)
    disk.write()
    again = copy(disk)
    disk.end_process()
    assert left_on(disk) == [1, 2, 3]
    again.durable, again.written = [sealed(1), sealed(2)], [sealed(3)]
    again.lose_power(len(again.unheard()))
    assert left_on(again) == [1]


def test_an_honest_sync_makes_good_what_was_lied_about(disk):
    """It takes all that the system has."""
    disk.commit(lies=True)
    disk.write()
    disk.commit()
    disk.lose_power()
    assert left_on(disk) == [1, 2, 3]


def test_whoever_begins_again_has_synced_what_it_believes(disk):
    """What a killed process has left could be read before it was durable."""
    disk.end_process()
    disk.begin(read_image(disk.image()))
    disk.lose_power()
    assert left_on(disk) == [1, 2]


def test_a_commit_takes_what_was_handed_over(disk):
    """What comes meanwhile waits for the next one."""
    assert not disk.write()
    assert [entry.seq for entry in disk.commit()] == [2]
    assert disk.write()
    assert [entry.seq for entry in disk.commit()] == [3]
    assert not disk.write()


def test_what_a_disk_refuses_is_in_nobodys_hands(disk):
    """The death of the process takes it as well."""
    disk.refuse()
    disk.end_process()
    assert left_on(disk) == [1]


def test_a_line_that_is_no_entry_is_refused(disk):
    """A torn end is not, but a hole in the middle is."""
    with pytest.raises(ValueError, match="JSON"):
        read_image(b"{nonsense\n" + disk.image())


def test_a_checkpoint_takes_the_oldest_entries_once_and_in_order():
    """The disk keeps few, and those that it keeps are the ones that follow."""
    taken = []
    disk = Disk(taken.extend)
    for seq in range(1, 5 * ENTRIES_KEPT):
        disk.append(sealed(seq))
        disk.write()
        disk.commit()
        assert len(disk.durable) < 2 * ENTRIES_KEPT
        assert disk.seq == seq
    kept = [*taken, *disk.durable]
    assert [entry.seq for entry in kept] == list(range(1, 5 * ENTRIES_KEPT))
    assert len(disk.durable) >= ENTRIES_KEPT


def test_without_a_checkpoint_all_is_kept():
    """Nobody else could tell what the oldest entries came to."""
    disk = Disk()
    for seq in range(1, 3 * ENTRIES_KEPT):
        disk.append(sealed(seq))
    disk.write()
    assert len(disk.commit()) == len(disk.durable)
