"""A bit turns over while the journal lies on its disk: the record is named, or the file refused; no change is believed."""

import pytest

from switch.core import restore
from switch.machine import ChainError
from switch.store import StoreError
from terminal_sim.lab.prng import SeededEntropy
from tests.simulation.disk import Disk, wrecks
from tests.simulation.sqlite_disk.rig import Add, Close, Open
from tests.testing.quota import quota

COUNT = 150


@pytest.fixture
def at_rest(rig, entries):
    """The files of a journal that was closed in good order."""
    return files(rig.record((Open(), Add(70), Add(70), Add(10), Close()), entries))


@pytest.fixture
def in_use(rig, entries):
    """The files of one whose process was killed: the last records are in the WAL alone."""
    return files(rig.record((Open(), Add(70), Add(70), Add(2), Add(2), Add(6)), entries))


def test_a_bit_of_a_record_is_noticed_and_the_record_named(rig, entries, at_rest):
    """Each record in its turn: it is the first wrong one of the chain."""
    dice = SeededEntropy("bodies")
    assert list(at_rest) == ["journal.db"]
    for sealed in entries[:COUNT]:
        place = dice.below(len(sealed.body))
        changed = bytearray(sealed.body)
        changed[place] ^= 1 << dice.below(8)
        # Wherever it stands: a page that was split keeps a dead copy of what has moved.
        image = {"journal.db": at_rest["journal.db"].replace(sealed.body, changed)}
        with pytest.raises(ChainError) as error:
            opened(rig, image)
        assert error.value.seq == sealed.seq


def test_no_bit_of_the_file_is_believed_when_it_is_wrong(rig, entries, at_rest):
    """Wherever it is: refused, or in a place that says nothing about any record."""
    dice, refused = SeededEntropy("file"), 0
    for _ in range(quota(300)):
        image = flipped(at_rest, "journal.db", dice.below(8 * len(at_rest["journal.db"])))
        try:
            assert opened(rig, image) == entries[:COUNT]
        except (StoreError, ChainError):
            refused += 1
    assert refused > quota(100)


def test_a_bit_of_the_wal_never_changes_a_record(rig, entries, in_use):
    """SQLite takes a frame with a wrong checksum for the end of the WAL: records may be missing at the end; none is another."""
    dice, lengths = SeededEntropy("wal"), set()
    for _ in range(quota(100)):
        image = flipped(in_use, "journal.db-wal", dice.below(8 * len(in_use["journal.db-wal"])))
        try:
            found = opened(rig, image)
        except (StoreError, ChainError):
            continue
        assert found == entries[: len(found)]
        lengths.add(len(found))
    assert COUNT in lengths
    assert len(lengths) > 2


def files(disk):
    """All that was written, synced or not."""
    *_, wreck = wrecks(disk)
    return wreck.image(wreck.pending)


def opened(rig, image):
    """The records of a journal, its chain checked."""
    store = rig.open(Disk(image))
    try:
        found = list(store.read())
        restore(found)
        return found
    finally:
        store.close()


def flipped(image, name, bit):
    """The same files with one bit turned over."""
    content = bytearray(image[name])
    content[bit // 8] ^= 1 << bit % 8
    return {**image, name: bytes(content)}
