"""A checkpoint: a host that begins on it and on the entries behind is one that has read all entries."""

import pytest

from switch.machine import GENESIS, ChainError
from terminal_sim.lab.checkpoint import Checkpoint
from terminal_sim.lab.issuer_books import JOURNAL, Completed, Decided, IssuerBooks, Key, Undone


def key(number, mti="0100"):
    """A message's."""
    return Key(mti, f"{number:06d}", "1122093000", "LAB00001")


@pytest.fixture
def entries():
    """The journal of an issuer that has taken every kind of record."""
    records = []
    for number in range(1, 5):
        transaction = ("LAB00001", f"{number:012d}")
        records.append(Decided(key(number), transaction, 100 * number, "00", "000001", ""))
        records.append(Completed(key(number, "0220"), transaction, 90 * number, key(number)))
        records.append(Undone(key(number, "0220") if number % 2 else key(number + 100)))
    sealed, digest = [], GENESIS
    for seq, record in enumerate(records, 1):
        sealed.append(JOURNAL.seal(record, seq=seq, at=0, previous=digest))
        digest = sealed[-1].digest
    return sealed


@pytest.fixture
def checkpoint():
    """A fresh one."""
    return Checkpoint(IssuerBooks(), IssuerBooks.fold)


def test_wherever_it_stands_a_host_begins_on_the_whole(entries, checkpoint):
    """Entry by entry, and the host that began before changes nothing about the one that begins next."""
    whole = vars(checkpoint.begin(entries))
    for place, sealed in enumerate(entries, 1):
        checkpoint.take([sealed])
        assert vars(checkpoint.begin(entries[place:])) == whole


def test_entries_that_do_not_follow_are_refused(entries, checkpoint):
    """The chain is checked across the checkpoint."""
    checkpoint.take(entries[:3])
    with pytest.raises(ChainError, match="missing: record 5 follows record 3"):
        checkpoint.begin(entries[4:])
    with pytest.raises(ChainError, match="missing: record 1 follows record 3"):
        checkpoint.take(entries)


def test_a_host_begins_as_it_is_started(entries):
    """By what starts it, where that is named, on a memory of its own."""

    def restore(entries, books):
        books.fold(entries)
        books.decided.clear()
        return books

    checkpoint = Checkpoint(IssuerBooks(), IssuerBooks.fold, restore)
    checkpoint.take(entries[:3])
    assert not checkpoint.begin(entries[3:]).decided
