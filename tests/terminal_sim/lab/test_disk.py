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
    """One entry acknowledged, two being written."""
    made = Disk()
    made.append(sealed(1))
    made.commit()
    made.append(sealed(2))
    made.append(sealed(3))
    return made


def test_wherever_the_power_goes_a_prefix_is_left(disk):
    """Byte by byte: what was acknowledged is there, and of the rest only whole entries count."""
    size = len(disk.unwritten())
    counts = []
    for survivors in range(size + 1):
        again = Disk()
        again.durable, again.pending = list(disk.durable), list(disk.pending)
        again.lose_power(survivors)
        entries = read_image(again.image())
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        counts.append(len(entries))
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (1, 3)


def test_a_commit_takes_everything_that_waits(disk):
    """And a new one begins with the next entry."""
    assert [entry.seq for entry in disk.commit()] == [2, 3]
    assert disk.append(sealed(4))
    assert not disk.append(sealed(5))


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
    assert len(disk.commit()) == len(disk.durable)
