"""The switch's records: each type survives sealing, whatever it holds."""

import hashlib
import typing

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.domain.postings import Hold, Posting
from switch.ledger import JOURNAL, Record
from switch.ledger.records import Answered, Forwarded, Opening
from switch.machine import GENESIS, ChainError, Sealed

TYPES = typing.get_args(Record)


def values(kind):
    """Any record of a type, every optional field sometimes left out."""
    strategies = {
        str: st.text(max_size=12),
        int: st.integers(-(10**12), 10**12),
        bool: st.booleans(),
        bytes: st.binary(max_size=24),
        Posting: st.builds(Posting, st.text(max_size=8), st.integers(-(10**12), 10**12), st.just("978")),
        Hold: st.builds(Hold, st.text(max_size=8), st.text(max_size=8), st.integers(0, 10**12), st.just("978")),
    }
    fields = {}
    for field in msgspec.structs.fields(kind):
        fields[field.name] = _of(field.type, strategies)
    return st.builds(kind, **fields)


def _of(hint, strategies):
    if hint in strategies:
        return strategies[hint]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return values(hint)
    arguments = [entry for entry in typing.get_args(hint) if entry not in (type(None), Ellipsis)]
    if typing.get_origin(hint) is tuple:
        return st.lists(_of(arguments[0], strategies), max_size=3).map(tuple)
    return st.one_of(st.none(), _of(arguments[0], strategies))


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_a_record_survives_sealing(kind, data):
    """Sealed and opened it is equal, and its columns say what it is."""
    record = data.draw(values(kind))
    sealed = JOURNAL.seal(record, seq=1, at=2, previous=GENESIS)
    assert JOURNAL.open(sealed) == record
    assert sealed.kind == kind.__struct_config__.tag


def test_every_kind_has_a_name_of_its_own():
    """The tag in a stored journal tells the types apart."""
    tags = [kind.__struct_config__.tag for kind in TYPES]
    assert len(set(tags)) == len(tags)
    assert all(isinstance(tag, str) for tag in tags)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_records_are_values(kind):
    """Frozen, and of what can be hashed: no list and no dict that somebody could change after sealing."""
    assert kind.__struct_config__.frozen
    assert not [f.name for f in msgspec.structs.fields(kind) if typing.get_origin(f.type) in (list, dict, set)]


@given(st.binary(max_size=300))
def test_the_journal_refuses_noise(body):
    """Nothing but a `ChainError` leaves, whatever a disk holds."""
    with pytest.raises(ChainError):
        JOURNAL.open(Sealed(1, 1, "answered", body, bytes(32)))


def test_what_older_journals_say_beside_is_read_over():
    """`forwarded` named a DE 7 once, which nobody asked for; its record is read as one without, and its chain holds."""
    record = Forwarded(Opening("k", "pos", "0200", "f", "purchase", 1, "978", "000001", "0101000000"), "bank", "000002", b"v")
    body = JOURNAL.seal(record, seq=1, at=2, previous=GENESIS).body
    older = body.replace(b'"stan_out":', b'"transmitted_out":"0101000000","stan_out":')
    assert older != body
    sealed = Sealed(1, 2, "forwarded", older, hashlib.sha256(GENESIS + older).digest())
    assert [opened for _, opened in JOURNAL.replay([sealed])] == [record]


def test_a_journal_holds_nothing_that_can_be_left_out():
    """Defaults are not written: a decline is a short record, and reads back whole."""
    record = Answered("k", False, "wrong-pin", "issuer", "55")
    body = JOURNAL.seal(record, seq=1, at=2, previous=GENESIS).body
    assert b"postings" not in body
    assert JOURNAL.open(JOURNAL.seal(record, seq=1, at=2, previous=GENESIS)).postings == ()


@pytest.mark.parametrize("kind", [*TYPES, Opening], ids=lambda kind: kind.__name__)
def test_no_record_has_a_place_for_what_must_not_be_kept(kind):
    """PIN, track, verification value and cryptogram have no field."""
    forbidden = ("pin_block", "track", "cvv", "arqc", "pan", "expiry")
    assert not [field for field in kind.__struct_fields__ if field in forbidden]
    assert Forwarded.__struct_fields__[-1] == "vault"
