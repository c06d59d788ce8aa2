"""Generated readers and writers give what the careful code gives, decline what it refuses, and are bounded in number."""

from collections.abc import Mapping
from itertools import combinations, islice

import iso8583.specs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.limits import READERS_MAX, SPLICES_MAX, WRITERS_MAX
from switch.wire import DIALECTS, Dialect, EncodeError, Message
from switch.wire.bitmap import mask_of
from switch.wire.content import ANY
from switch.wire.dialect import make_codec
from switch.wire.straight import compile_reader, compile_spell, compile_splice, compile_writer
from terminal_sim.testing.strategies import element_values, message_values, messages
from tests.testing.quota import tried

ASCII, BINARY = DIALECTS["iso87-ascii"], DIALECTS["iso87-binary"]
_PACKED = {"data_enc": "b", "len_enc": "bcd", "len_type": 1, "max_len": 19, "desc": "", "len_count": "nibbles"}
_TEXT = {"data_enc": "cp500", "len_enc": "bcd", "len_type": 1, "max_len": 60, "desc": ""}
ODD = Dialect.from_spec(
    "odd",
    {
        **iso8583.specs.default_ascii,
        "2": {**_PACKED, "right_pad": "F"},
        "3": {**_PACKED, "len_type": 0, "max_len": 7, "right_pad": "F"},
        "4": {**_PACKED, "len_type": 0, "max_len": 7, "left_pad": "F"},
        "32": {**_PACKED, "left_pad": "0"},
        "33": {**_PACKED, "len_count": "bytes"},
        "43": {**_TEXT, "len_type": 0},
        "44": {**_TEXT, "data_enc": "utf-8"},
        "46": {**_TEXT, "data_enc": "utf-8", "len_enc": "utf-8", "len_type": 2},
        "47": {**_TEXT, "len_count": "nibbles", "max_len": 61},
        "48": _TEXT,
        "54": {**_TEXT, "data_enc": "cp1252", "len_enc": "ascii"},
        "59": {**_TEXT, "len_count": "nibbles", "len_type": 0},
    },
)
ALL = (*DIALECTS.values(), ODD)

dialects = pytest.mark.parametrize("dialect", ALL, ids=[dialect.name for dialect in ALL])
quick = tried(10)


@dialects
@quick
@given(data=st.data())
def test_a_reader_gives_what_is_read_one_by_one(dialect: Dialect, data: st.DataObject) -> None:
    """Any DEs, present or not, in any order and twice, are read at once as they are read alone; so are all of them."""
    message = data.draw(messages(dialect))
    codec = dialect.codec
    des = tuple(data.draw(st.lists(st.sampled_from([*message.fields, *sorted(codec.elements)[:40]]), max_size=9)))
    alone = tuple(message.get(de) for de in des)
    everything = {de: message[de] for de in message.fields}
    index = dialect.decode(message.raw).index
    assert index is not None
    assert compile_reader(message.layout, codec.elements, des)(message.raw, index) == alone
    assert compile_spell(message.layout, codec.elements)(message.raw, index) == everything
    assert message.read(*des) == alone
    assert message.values() == everything
    assert list(message.values()) == list(message.fields)


def spoiled(draw: st.DrawFn, value: str) -> object:
    """A value with a character put in or changed, cut or prolonged, or no text at all; it may still be lawful."""
    odd = draw(st.sampled_from([" ", "\t", "_", "a", "d", "F", "=", "é", "٣", "²", "€", "0", ""]))
    at = draw(st.integers(0, len(value)))
    return draw(
        st.sampled_from(
            [value[:at] + odd + value[at:], value[:at] + odd + value[at + 1 :], value + value[:1], value.encode(), 7]
        )
    )


@dialects
@tried(12)
@given(data=st.data())
def test_a_writer_gives_what_careful_encoding_gives_or_declines(dialect: Dialect, data: st.DataObject) -> None:
    """For lawful and spoiled values a writer's bytes are those of the careful code; what that refuses it declines."""
    values: dict[int | str, object] = {"mti": "0200"}
    header = dialect.codec.header
    if header is not None:
        values["h"] = data.draw(element_values(header))
    values.update(data.draw(message_values(dialect)).items())
    order = data.draw(st.permutations(list(values)))
    codec = make_codec(dialect.spec, dialect.content, dialect.bitmap, header=header.content if header is not None else ANY)
    raw = codec.encode({key: values[key] for key in order})  # type: ignore[misc]
    layout = codec.layouts.get(mask_of(key for key in order if isinstance(key, int)))
    assert codec.read_with_care(raw).fault is None
    mtis = {"0200": codec.encode_head("0200", 0)[: codec.mti_bytes]}
    writer = compile_writer(layout, codec.elements, tuple(order), mtis, header)
    if writer is None:
        assert dialect is ODD or len(layout.des) < 2
        return
    assert writer(values) == raw  # type: ignore[arg-type]
    if header is not None and data.draw(st.booleans()):
        values["h"] = data.draw(st.composite(spoiled)(values["h"]))
    for de in [key for key in values if isinstance(key, int)]:
        if data.draw(st.booleans()):
            again = data.draw(element_values(codec.elements[de]))
            values[de] = again if data.draw(st.booleans()) else data.draw(st.composite(spoiled)(again))
    written = writer(values)  # type: ignore[arg-type]
    try:
        careful, _ = codec._encode_with_care(values)  # type: ignore[arg-type]
    except EncodeError:
        assert written is None
    else:
        assert written in (careful, None)


@dialects
@quick
@given(data=st.data())
def test_a_splice_gives_what_a_new_encoding_gives_or_declines(dialect: Dialect, data: st.DataObject) -> None:
    """Lawful and spoiled values, there or not, some others dropped: all is as the careful code makes it, or there is none."""
    message = data.draw(messages(dialect))
    codec = dialect.codec
    fixed = [de for de in sorted(codec.elements) if not codec.elements[de].prefix_bytes]
    picked = st.one_of(*[st.sampled_from(some) for some in (message.fields, fixed, sorted(codec.elements)) if some])
    des = tuple(data.draw(st.lists(picked, unique=True, min_size=1, max_size=3)))
    drop = tuple(data.draw(st.sets(st.sampled_from([64, 128, *message.fields]), max_size=3)) - set(des))
    values = {de: data.draw(element_values(codec.elements[de])) for de in des}
    careful = dialect.decode(dialect.encode({de: value for de, value in written(message).items() if de not in drop} | values))
    splice = compile_splice(message.layout, careful.layout, codec.elements, des, Message)
    spliced = splice(message, tuple(values.values()))
    assert spliced is not None
    assert (spliced, spliced.index or spliced.locate(), spliced.layout) == (careful, careful.index, careful.layout)
    assert message.with_fields(values, drop=drop) == careful
    spoilt = {de: data.draw(st.composite(spoiled)(value)) for de, value in values.items()}
    given = tuple(spoilt.values())
    try:
        again = dialect.encode(written(careful) | spoilt)  # type: ignore[arg-type]
    except EncodeError:
        assert splice(message, given) is None  # type: ignore[arg-type]
        with pytest.raises(EncodeError):
            message.with_fields(spoilt, drop=drop)  # type: ignore[arg-type]
    else:
        spliced = splice(message, given)  # type: ignore[arg-type]
        assert spliced is None or spliced.raw == again


def written(message: Message) -> dict[int | str, str]:
    """All of a message, as `encode` takes it."""
    header = {"h": message.header} if message.header is not None else {}
    return {"mti": message.mti, **header, **message.values()}


def test_what_a_splice_has_moved_is_found_when_it_is_read() -> None:
    """Where a DE that varies is set or dropped there is no index yet; every DE is left to the careful code where a bitmap has
    many splices."""
    dialect = Dialect("fresh", "", ASCII.spec, ASCII.content, ASCII.names, make_codec(ASCII.spec, ASCII.content))
    values = {de: "0" * dialect.codec.elements[de].units_max for de in range(3, 4 + SPLICES_MAX)}
    message = dialect.decode(dialect.encode({"mti": "0200", 2: "4111111111111111", **values}))
    bare = dialect.codec.layouts.get(message.layout.mask & ~(1 << 2))
    spliced = compile_splice(message.layout, bare, dialect.codec.elements, (3,), Message)(message, ("010000",))
    assert spliced is not None
    assert spliced.index is None
    assert spliced.values() == {de: value for de, value in (message.values() | {3: "010000"}).items() if de != 2}
    for fields in ({2: "4761739001010119"}, {32: "123456"}, {3: "010000", 32: "123456"}):
        assert message.with_fields(fields).values() == dict(sorted((message.values() | fields).items()))
        spliced = message.layout.splices[tuple(fields), ()](message, tuple(fields.values()))
        assert spliced is not None
        assert spliced.index is None
    for de, value in values.items():
        changed = value.replace("0", "1")
        assert message.with_fields({de: changed})[de] == changed
    assert len(message.layout.splices) == SPLICES_MAX


@dialects
def test_the_second_encoding_is_the_first(dialect: Dialect) -> None:
    """Once a writer is there, encoding gives the same bytes, and refuses by the same rule as before."""
    if 11 not in dialect.codec.elements:
        return
    shape = {de: dialect.codec.elements[de] for de in (3, 11)}
    values: Mapping[int | str, str] = {"mti": "0800", **{de: "0" * element.units_max for de, element in shape.items()}}
    assert dialect.encode(values) == dialect.encode(values)
    for _ in range(2):
        with pytest.raises(EncodeError) as refused:
            dialect.encode({**values, 11: "1"})
        assert refused.value.rule == "ENC-LEN-01"
        with pytest.raises(EncodeError) as refused:
            dialect.encode({**values, "mti": "08"})
        assert refused.value.rule == "ENC-MTI-01"


def test_readers_and_writers_are_bounded() -> None:
    """More sets of DEs than the bounds are read and written right, and no more than the bounds are compiled."""
    dialect = Dialect("fresh", "", ASCII.spec, ASCII.content, ASCII.names, make_codec(ASCII.spec, ASCII.content))
    values = {de: "0" * dialect.codec.elements[de].units_max for de in range(3, 28)}
    for des in islice(combinations(values, 3), WRITERS_MAX + 20):
        for _ in range(2):
            raw = dialect.encode({"mti": "0200", **{de: values[de] for de in des}})
        assert dialect.decode(raw).values() == {de: values[de] for de in des}
    assert len(dialect.codec._writers) == WRITERS_MAX
    message = dialect.decode(dialect.encode({"mti": "0200", **values}))
    assert message.layout.scan is None
    first = dialect.decode(dialect.encode({"mti": "0200", 3: "000000", 4: values[4], 5: values[5]}))
    for de in range(3, 3 + READERS_MAX + 5):
        assert first.read(de) == (first.get(de),)
    assert len(first.layout.readers) == READERS_MAX


@pytest.mark.parametrize("dialect", [ASCII, BINARY], ids=["text", "packed"])
@pytest.mark.parametrize(
    ("de", "value"),
    [
        (52, "0123456789abcdef"),
        (52, "01234567 9ABCDEF"),
        (35, "4761739001010119d2812"),
        (55, "9f2608AABBCCDDEEFF0011"),
        (11, "12 456"),
        (11, "1234567"),
        (11, "٣23456"),
        (2, ""),
    ],
)
def test_a_writer_lets_no_unlawful_value_through(dialect: Dialect, de: int, value: str) -> None:
    """Values that careful encoding refuses are refused too when the writer of their keys is there.

    The codec is a fresh one: that of the shipped dialect may have all its writers from other tests already.
    """
    codec = make_codec(dialect.spec, dialect.content, dialect.bitmap)
    good: dict[int | str, str] = {
        "mti": "0200",
        2: "4761739001010119",
        11: "000123",
        35: "4761739001010119D2812",
        52: "0123456789ABCDEF",
        55: "9F2608AABBCCDDEEFF0011",
    }
    assert codec.encode(good) == codec.encode(good)
    assert codec._writers[tuple(good)](good) == codec.encode(good)
    with pytest.raises(EncodeError) as refused:
        codec.encode({**good, de: value})
    assert refused.value.de == de


@pytest.mark.parametrize("dialect", [ASCII, BINARY], ids=["text", "packed"])
@pytest.mark.parametrize(
    ("de", "value"), [(52, "0123456789abcdef"), (11, "12 456"), (11, "12A456"), (11, "12345"), (11, b"123456")]
)
def test_a_splice_lets_no_unlawful_value_through(dialect: Dialect, de: int, value: str) -> None:
    """Values that careful encoding refuses are declined by the splice of their DE, and refused by the message."""
    values: dict[int | str, str] = {"mti": "0200", 11: "000123", 52: "0123456789ABCDEF"}
    message = dialect.decode(dialect.encode(values))
    splice = compile_splice(message.layout, message.layout, dialect.codec.elements, (de,), Message)
    assert splice(message, (values[de],)) == message
    assert splice(message, (value,)) is None  # type: ignore[arg-type]
    with pytest.raises(EncodeError):
        message.with_fields({de: value})
