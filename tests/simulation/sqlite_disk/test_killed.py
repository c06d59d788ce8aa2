"""A process is killed in the middle of a write, the next one finds what was written, and then the power goes."""

import pytest

from switch.core import restore
from tests.simulation.disk import Promised, wrecks
from tests.simulation.sqlite_disk.rig import SCENARIOS, Lost


@pytest.mark.parametrize("scenario", ["a first start", "batches", "opened again"])
def test_what_the_next_process_has_read_is_durable(rig, entries, scenario):
    """It answers repeats from what it finds, so no loss of power may take that away again, acknowledged before or not."""
    cut_power_after_every_kill(rig, rig.record(SCENARIOS[scenario], entries), entries)


def test_the_names_of_files_are_durable_too(rig, entries):
    """A WAL that was made by a process which died before it synced its name: who opens it must see to that. This is noticed."""
    with pytest.raises(Lost):
        cut_power_after_every_kill(rig, rig.record(SCENARIOS["a first start"], entries), entries, sync_names=False)


def cut_power_after_every_kill(rig, recorded, entries, *, sync_names=True):
    """At every step of a recording a process is killed; the next one opens what is there, adds a record, and the power goes."""
    for count in range(len(recorded.steps) + 1):
        disk = recorded.until(count)
        store = rig.open(disk, sync_names=sync_names)
        seq = restore(store.read()).seq
        disk.take(Promised(seq, seq))
        opened = len(disk.steps)
        store.append(entries[seq : seq + 1])
        disk.take(Promised(seq + 1, seq + 1))
        disk = disk.fork()
        store.close()
        for number, wreck in enumerate(wrecks(disk)):
            if number in (opened, len(disk.steps)):
                rig.recover(wreck.image(()), wreck.promised, entries)
