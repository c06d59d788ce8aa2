"""The rig, and a journal for it to lose."""

import pytest

from terminal_sim.lab.prng import SeededEntropy
from terminal_sim.testing.stateful import write_journal
from tests.simulation.sqlite_disk.rig import Rig


@pytest.fixture(scope="session")
def rig(tmp_path_factory):
    """One for all: a file system is registered with SQLite once."""
    rig = Rig(tmp_path_factory.mktemp("journal"))
    yield rig
    rig.vfs.unregister()


@pytest.fixture(autouse=True)
def healthy(rig):
    """No test inherits another's faults."""
    rig.vfs.heal()


@pytest.fixture(scope="session")
def entries():
    """A lawful journal, longer than any scenario."""
    return write_journal(260, SeededEntropy("sqlite-disk").below).entries
