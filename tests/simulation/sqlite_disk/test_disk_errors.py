"""A disk that refuses: from the first error on nothing more is taken, nothing is retried and trusted; promises are kept."""

import apsw
import pytest

from switch.store import StoreError
from terminal_sim.lab.prng import SeededEntropy
from tests.simulation.disk import SURVIVALS, Disk, Promised, wrecks

BATCHES = (1, 30, 2, 40, 7)
ERRORS = {
    "sync": apsw.IOError("disk I/O error"),
    "write": apsw.FullError("database or disk is full"),
    "truncate": apsw.IOError("disk I/O error"),
}
"""What fails, and how: EIO of fsync, ENOSPC, and EIO once more."""


@pytest.mark.parametrize("act", ERRORS)
def test_a_disk_that_breaks_down_at_any_call(rig, entries, act):
    """Opening or appending is refused in words; then every append, though the disk is well again; promised records are kept."""
    good = 0
    while not survives(rig, entries, act, good):
        good += 1
    assert good > {"sync": 10, "write": 50, "truncate": 0}[act]


def survives(rig, entries, act, good):
    """Append batches on a disk that takes so many calls and then breaks down; True when that is late enough for all of them."""
    disk, seq, error, store = Disk(), 0, None, None
    rig.vfs.fail(act, good, ERRORS[act])
    try:
        store = rig.open(disk)
        for count in BATCHES:
            disk.take(Promised(seq + count, seq))
            store.append(entries[seq : seq + count])
            seq += count
            disk.take(Promised(seq, seq))
    except StoreError as caught:
        error = caught
    rig.vfs.heal()
    if error is not None:
        assert str(ERRORS[act]) in str(error)
    if store is not None:
        assert store.head()[0] == seq
        if error is not None:
            with pytest.raises(StoreError, match="an earlier write failed"):
                store.append(entries[seq : seq + 1])
        store.close()
    judge(rig, disk, entries)
    return error is None


def judge(rig, disk, entries):
    """Whatever the power takes at the breakdown, behind it, or after the store was closed: what was promised is there."""
    dice = SeededEntropy("errors")
    last = len(disk.steps)
    for number, wreck in enumerate(wrecks(disk)):
        if number == last or dice.chance(2):
            for survival in SURVIVALS.values():
                rig.recover(wreck.image(survival(wreck.pending, dice)), wreck.promised, entries)
