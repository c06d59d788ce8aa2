"""Layouts: cached up to a bound, right beyond it, and compiled only for messages that were accepted."""

from itertools import combinations

import pytest

from switch.limits import HEADS_MAX, LAYOUTS_MAX
from switch.wire import DIALECTS, DecodeError, Dialect
from switch.wire.bitmap import mask_of
from switch.wire.dialect import make_codec
from switch.wire.layout import compile_scan

PLAIN = DIALECTS["iso87-ascii"]


@pytest.fixture
def dialect() -> Dialect:
    """A dialect of its own, so that other tests find an empty cache."""
    return Dialect("fresh", "", PLAIN.spec, PLAIN.content, PLAIN.names, make_codec(PLAIN.spec, PLAIN.content))


def test_hostile_bitmaps_do_not_grow_the_cache(dialect: Dialect) -> None:
    """More bitmaps than the bound are all read right; the cache stops at the bound and early bitmaps stay compiled."""
    values = {de: "0" * dialect.codec.elements[de].units_max for de in range(3, 28)}
    sets = [des for size in (2, 3) for des in combinations(values, size)][: LAYOUTS_MAX + 50]
    messages = [dialect.encode({"mti": "0200", **{de: values[de] for de in des}}) for des in sets]
    assert len(dialect.codec.layouts) == LAYOUTS_MAX
    for _ in range(2):
        for des, raw in zip(sets, messages, strict=True):
            message = dialect.decode(raw)
            assert message.fields == des
            assert all(message[de] == values[de] for de in des)
            assert message.with_fields({39: "00"})[39] == "00"
    assert len(dialect.codec.layouts) == LAYOUTS_MAX
    assert dialect.decode(messages[0]).layout.scan is not None
    assert dialect.decode(messages[-1]).layout.scan is None


def test_refused_messages_leave_nothing_behind(dialect: Dialect) -> None:
    """A bitmap whose message is refused takes no place in the cache."""
    for bit in range(2, 60):
        with pytest.raises(DecodeError):
            dialect.decode(b"0200" + f"{3 << bit:016X}".encode() + b"?")
    assert len(dialect.codec.layouts) == 0


def test_an_accepted_bitmap_is_compiled_at_once(dialect: Dialect) -> None:
    """After one message of a bitmap the next is read by generated code, from the same cached layout."""
    raw = dialect.encode({"mti": "0800", 7: "1122110000", 11: "000001", 70: "301"})
    first, second = dialect.decode(raw), dialect.decode(raw)
    assert first.layout is second.layout
    assert first.layout.scan is not None
    assert first.index == second.index


def test_neighbours_of_one_class_are_judged_at_once(dialect: Dialect) -> None:
    """The distance of a DE is counted from the end of the last variable element before it."""
    layout = dialect.codec.layouts.get(mask_of([2, 3, 4, 11, 35, 41]))
    assert [layout.slots[de][:3] for de in layout.des] == [
        (0, 2, -1),
        (1, 0, 6),
        (1, 6, 12),
        (1, 18, 6),
        (1, 26, -1),
        (2, 0, 8),
    ]
    scan = compile_scan(layout, dialect.codec.elements)
    body = b"16" + b"4" * 16 + b"0" * 24 + b"03" + b"1=2" + b"TERM0001"
    assert scan(b"x" * 20 + body, 20) == (20, 38, 67, 75)
    assert scan(b"x" * 20 + body + b"y", 20) is None
    assert scan(b"x" * 20 + body[:-1], 20) is None


def test_a_spec_that_cannot_be_spelled_is_refused_by_generated_code_too() -> None:
    """A fixed odd count without a filling digit has no spelling, so no message with it is ever accepted."""
    spec = {**DIALECTS["iso87-binary"].spec}
    spec["22"] = {"data_enc": "b", "len_enc": "ascii", "len_type": 0, "max_len": 3, "desc": "", "len_count": "nibbles"}
    dialect = Dialect.from_spec("odd", spec)
    raw = bytes.fromhex("0200" + "0000040000000000" + "0051")
    with pytest.raises(DecodeError) as refused:
        dialect.decode(raw)
    assert (refused.value.de, refused.value.rule) == (22, "FLD-LEN-03")
    layout = dialect.codec.layouts.get(mask_of([22]))
    assert compile_scan(layout, dialect.codec.elements)(raw, 10) is None


def test_bitmaps_of_one_two_and_three_parts_are_known_at_sight() -> None:
    """The second message of each has its MTI and bitmap among those that `Dialect.decode` looks up."""
    dialect = Dialect.from_spec("long", {**PLAIN.spec, "130": {**PLAIN.spec["11"]}})
    codec = dialect.codec
    for des, cut in (((11,), codec.head_of_one), ((11, 70), codec.head_of_two), ((11, 70, 130), codec.head_of_three)):
        raw = dialect.encode({"mti": "0800", **{de: "1" * codec.elements[de].units_max for de in des}})
        assert raw[cut] not in codec.heads
        message = dialect.decode(raw)
        assert len(raw[cut]) == message.body_offset
        assert codec.heads[raw[cut]][1:3] == (0, message.layout)
        assert dialect.decode(raw).values() == message.values()


def test_heads_are_bounded(dialect: Dialect) -> None:
    """More MTIs with a bitmap than the bound are all read right; no more than the bound are known at sight."""
    raw = dialect.encode({"mti": "0800", 7: "1122110000", 11: "000001", 70: "301"})
    for number in range(HEADS_MAX + 20):
        message = dialect.decode(f"{number:04d}".encode() + raw[4:])
        assert (message.mti, message[70]) == (f"{number:04d}", "301")
    assert len(dialect.codec.heads) == HEADS_MAX
    assert b"0000" + raw[4:36] in dialect.codec.heads
    assert f"{HEADS_MAX:04d}".encode() + raw[4:36] not in dialect.codec.heads
