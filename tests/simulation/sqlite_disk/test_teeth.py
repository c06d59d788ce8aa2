"""The harness sees what it is there for: stores and disks that forget one thing each are convicted by it."""

import apsw
import pytest

from terminal_sim.lab.prng import SeededEntropy
from tests.simulation.disk import SURVIVALS, NamesSynced, Synced, wrecks
from tests.simulation.sqlite_disk.rig import SCENARIOS, Lost


class Normal(apsw.Connection):
    """Asks for `synchronous = NORMAL` where the store asks for FULL."""

    def execute(self, statements, *rest):
        return super().execute(statements.replace("synchronous = FULL", "synchronous = NORMAL"), *rest)


def convict(rig, disk, entries, survival="nothing"):
    """The losses that the harness finds, one for each step at which there is one."""
    losses, dice = [], SeededEntropy("teeth")
    for wreck in wrecks(disk):
        try:
            rig.recover(wreck.image(SURVIVALS[survival](wreck.pending, dice)), wreck.promised, entries)
        except Lost as error:
            losses.append(str(error))
    return losses


@pytest.mark.parametrize("scenario", ["batches", "one by one", "killed"])
def test_synchronous_normal_loses_acknowledged_records(rig, entries, scenario):
    """What `synchronous = FULL` is there for: without it a commit returns before the WAL is on the disk."""

    def connect(path):
        connection = Normal(path, vfs="faulty")
        connection.execute("PRAGMA wal_autocheckpoint = 12")
        return connection

    assert convict(rig, rig.record(SCENARIOS[scenario], entries, connect), entries)
    assert not convict(rig, rig.record(SCENARIOS[scenario], entries), entries)


@pytest.mark.parametrize("survival", ["nothing", "torn", "scattered"])
def test_a_disk_that_lies_about_syncs_is_seen(rig, entries, survival):
    """Syncs of files that do nothing: then nobody could keep a promise, and the harness says so."""
    disk = rig.record(SCENARIOS["batches"], entries)
    disk.steps = [step for step in disk.steps if not isinstance(step, Synced | NamesSynced)]
    assert convict(rig, disk, entries, survival)


def test_every_step_counts(rig, entries):
    """Taking one sync of the WAL out of a recording, each in its turn, is noticed."""
    disk = rig.record(SCENARIOS["one by one"], entries)
    [*_, last] = [place for place, step in enumerate(disk.steps) if isinstance(step, Synced)]
    del disk.steps[last]
    assert convict(rig, disk, entries) == ["23 records are left; promised were Promised(begun_seq=24, acknowledged_seq=24)"]
