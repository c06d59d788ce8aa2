"""The contract of every store in the table."""

import pytest

from switch.machine import GENESIS
from switch.store import STORES, StoreError


@pytest.fixture(params=sorted(STORES))
def store(request, tmp_path):
    opened = STORES[request.param](tmp_path / "journal.db")
    yield opened
    opened.close()


def test_an_empty_store_has_the_genesis_head(store):
    """Before the first record the head is what the first digest builds on."""
    assert store.head() == (0, GENESIS)
    assert list(store.read()) == []


def test_what_is_appended_is_read_back(store, chain, codec):
    """Entries come back equal and in order, and their chain verifies."""
    entries = chain(10)
    store.append(entries[:1])
    store.append(entries[1:4])
    store.append([])
    store.append(tuple(entries[4:]))
    assert list(store.read()) == entries
    assert len(list(codec.replay(store.read()))) == 10
    assert store.head() == (10, entries[-1].digest)


@pytest.mark.parametrize("first", [1, 3, 10, 11, 500])
def test_reading_starts_where_it_is_told(store, chain, first):
    """`read(first)` gives the entries from that number on, and nothing beyond the end."""
    store.append(chain(10))
    assert [sealed.seq for sealed in store.read(first)] == list(range(first, 11))


def test_a_journal_longer_than_one_page_is_read_whole(store, chain):
    """Reading goes on over the borders of its pages."""
    entries = chain(2_501)
    store.append(entries)
    assert list(store.read()) == entries


def test_appending_while_a_reading_is_under_way_disturbs_neither(store, chain):
    """A half-finished look at the journal holds no lock and misses nothing that was there."""
    entries = chain(1_500)
    store.append(entries[:1_200])
    reading = store.read()
    seen = [next(reading)]
    store.append(entries[1_200:])
    seen.extend(reading)
    assert seen[:1_200] == entries[:1_200]
    assert list(store.read()) == entries


@pytest.mark.parametrize("wrong", ["gap", "again", "inner gap", "order"])
def test_a_batch_out_of_place_is_refused_whole(store, chain, wrong):
    """No gap, no repetition, no disorder; and what was there, and what comes next, are unharmed."""
    entries = chain(10)
    store.append(entries[:3])
    batch = {
        "gap": entries[4:6],
        "again": entries[2:5],
        "inner gap": [entries[3], entries[5]],
        "order": [entries[4], entries[3]],
    }[wrong]
    with pytest.raises(StoreError, match=r"was given where record \d+ belongs"):
        store.append(batch)
    assert list(store.read()) == entries[:3]
    assert store.head() == (3, entries[2].digest)
    store.append(entries[3:])
    assert list(store.read()) == entries


def test_a_closed_store_says_so(store, chain):
    """Use after closing is an error in words, and closing twice is none."""
    store.append(chain(1))
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.append(chain(2)[1:])
    with pytest.raises(StoreError, match="closed"):
        list(store.read())


def test_an_error_says_what_where_why_and_what_next():
    """The four parts make one text and can be had one by one."""
    error = StoreError("cannot append to journal", "a/journal.db", "the disk is full", "Free some space")
    assert str(error) == "cannot append to journal a/journal.db: the disk is full. Free some space"
    assert (error.what, error.where, error.why, error.what_next)[2:] == ("the disk is full", "Free some space")
