"""Sealed records: what was sealed comes back, what was changed is found, what is not ours is refused as such."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.machine import GENESIS, ChainError, RecordCodec, Sealed


class Said(msgspec.Struct, frozen=True, tag="said"):
    """A record with text, bytes and a number."""

    text: str
    data: bytes = b""
    number: int | None = None


class Done(msgspec.Struct, frozen=True, tag="done"):
    """A record with nothing in it."""


CODEC: RecordCodec[Said | Done] = RecordCodec(Said | Done, 3)
RECORDS = st.one_of(
    st.builds(Done),
    st.builds(Said, st.text(), st.binary(max_size=40), st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))),
)


def chain(records, start=1):
    entries, previous = [], GENESIS
    for seq, record in enumerate(records, start):
        entries.append(CODEC.seal(record, seq=seq, at=1_000 + seq, previous=previous))
        previous = entries[-1].digest
    return entries


@given(st.lists(RECORDS, max_size=6))
def test_what_is_sealed_comes_back(records):
    """Any text, any bytes, any number: equal records, in order."""
    entries = chain(records)
    assert [record for _, record in CODEC.replay(entries)] == records
    assert [CODEC.open(sealed) for sealed in entries] == records


@given(record=RECORDS, seq=st.integers(1, 2**40), at=st.integers(0, 2**45))
def test_the_same_record_in_the_same_place_has_the_same_bytes(record, seq, at):
    """Canonical: nothing of the process, of hashing or of order gets in."""
    first, second = (CODEC.seal(record, seq=seq, at=at, previous=GENESIS) for _ in range(2))
    assert first == second
    assert json.loads(first.body)["seq"] == seq
    assert CODEC.seal(record, seq=seq, at=at, previous=b"\x01" * 32).digest != first.digest


@given(records=st.lists(RECORDS, min_size=1, max_size=4), data=st.data())
def test_any_changed_byte_is_found_and_the_record_named(records, data):
    """Body, digest or a column: the first wrong record is the one that was changed."""
    entries = chain(records)
    place = data.draw(st.integers(0, len(entries) - 1))
    entries[place] = data.draw(_spoilt(entries[place]))
    good = []
    with pytest.raises(ChainError) as error:
        good.extend(CODEC.replay(entries))
    assert len(good) == place
    assert error.value.seq == place + 1


@given(records=st.lists(RECORDS, min_size=2, max_size=5), data=st.data())
def test_records_that_are_missing_or_moved_are_found(records, data):
    """A gap, a swap, or a chain that does not start at its beginning."""
    entries = chain(records)
    place = data.draw(st.integers(0, len(entries) - 2))
    if data.draw(st.booleans()):
        del entries[place]
    else:
        entries[place], entries[place + 1] = entries[place + 1], entries[place]
    with pytest.raises(ChainError) as error:
        list(CODEC.replay(entries))
    assert error.value.seq == place + 1


def test_a_chain_sealed_again_from_the_middle_is_found():
    """Who changes a record and reseals it and all after it still fails at the first digest that was kept."""
    records = [Said("a"), Said("b"), Said("c")]
    kept, forged = chain(records), chain([Said("a"), Said("B"), Said("c")])
    with pytest.raises(ChainError) as error:
        list(CODEC.replay([kept[0], forged[1], kept[2]]))
    assert error.value.seq == 3


def test_a_tail_cut_off_is_good_as_far_as_it_goes():
    """A prefix is a chain: who wants to notice the cut keeps the last digest elsewhere."""
    assert len(list(CODEC.replay(chain([Done()] * 5)[:3]))) == 3


@pytest.mark.parametrize("version", [0, 2, 4, 99])
def test_another_version_is_refused_and_never_misread(version):
    """Same bytes, other meaning: the text names both versions."""
    other: RecordCodec[Said | Done] = RecordCodec(Said | Done, version)
    sealed = other.seal(Said("x"), seq=1, at=1, previous=GENESIS)
    with pytest.raises(ChainError, match=f"version {version}; this program reads 3"):
        CODEC.open(sealed)


GARBAGE = [
    b"",
    b"\xff\xfe",
    b"null",
    b"[]",
    b"{}",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"version":3,"seq":1,"at":1,"record":{"type":"said","text":"' + b"\xff" + b'"}}',
    b'{"version":3,"seq":1,"at":1,"record":{"type":"said","text":"x","data":"!!!"}}',
    b'{"version":3,"seq":1,"at":1,"record":{"type":"nobody"}}',
    b'{"version":3,"seq":1,"at":1,"record":{"type":"done"},"more":1}',
    b'{"version":3,"seq":1,"at":1,"record":{"type":"done","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    b'{"version":"3","seq":1,"at":1,"record":{"type":"done"}}',
    b'{"version":3,"seq":1e400,"at":1,"record":{"type":"done"}}',
    b'{"version":3,"seq":' + b"9" * 5_000 + b',"at":1,"record":{"type":"done"}}',
]


@pytest.mark.parametrize("body", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_a_chain_error_and_nothing_else(body):
    """Whatever a disk may hold: the record is named, no other exception leaves."""
    with pytest.raises(ChainError) as error:
        CODEC.open(Sealed(7, 1, "done", body, bytes(32)))
    assert error.value.seq == 7


@given(st.binary(max_size=200))
def test_noise_is_a_chain_error_and_nothing_else(body):
    """Any bytes at all."""
    with pytest.raises(ChainError):
        CODEC.open(Sealed(7, 1, "done", body, bytes(32)))


def test_columns_that_contradict_the_body_are_found():
    """A row whose number, time or kind was altered beside its body."""
    sealed = CODEC.seal(Done(), seq=1, at=5, previous=GENESIS)
    for changed in ({"seq": 2}, {"at": 6}, {"kind": "said"}):
        with pytest.raises(ChainError, match="columns"):
            CODEC.open(msgspec.structs.replace(sealed, **changed))


def _spoilt(sealed):
    bodies = st.integers(0, len(sealed.body) - 1).map(lambda at: {"body": _flip(sealed.body, at)})
    digests = st.integers(0, 31).map(lambda at: {"digest": _flip(sealed.digest, at)})
    columns = st.sampled_from([{"at": sealed.at + 1}, {"kind": "nothing"}, {"body": sealed.body + b" "}])
    return st.one_of(bodies, digests, columns).map(lambda change: msgspec.structs.replace(sealed, **change))


def _flip(data, at):
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)
