"""Our codec and pyiso8583, the reference, on thousands of messages of every dialect: lawful ones, and damaged ones.

What is tried here in number, `test_codec` and `test_lenient` try on fewer messages that Hypothesis draws and shrinks.
"""

from collections.abc import Callable

import iso8583
import pytest

from switch.wire import DIALECTS, DecodeError, Dialect, EncodeError, Message
from switch.wire.layout import compile_scan
from tests.testing.mill import STRANGE, Mill, Values, fresh
from tests.testing.quota import quota

ALL = [dialect for dialect in (*DIALECTS.values(), STRANGE) if dialect.bitmap == "auto"]
"""The dialects that pyiso8583 can express: it knows no bitmap of fixed size."""

dialects = pytest.mark.parametrize("dialect", ALL, ids=[dialect.name for dialect in ALL])

CLASSES = "any content class"
PREFIXES = "length prefixes with sign, space, tab, underscore"
LENIENCIES: dict[str, str] = {
    "BMP-EMP-01": "empty secondary bitmap",
    "BMP-HEX-01": "whitespace or lower case in hex bitmaps",
    "FLD-A-01": CLASSES,
    "FLD-AN-01": CLASSES,
    "FLD-ANS-01": CLASSES,
    "FLD-B-01": "non-hex text in hex b fields",
    "FLD-BCD-01": "nibbles A-F in BCD numerics",
    "FLD-LL-01": PREFIXES,
    "FLD-LL-02": "zero-length variables",
    "FLD-LEN-03": "an odd count of half bytes of text",
    "FLD-N-01": CLASSES,
    "FLD-NS-01": CLASSES,
    "FLD-PAD-01": "an odd count filled on the side that the spec names second",
    "FLD-XN-01": CLASSES,
    "FLD-Z-01": CLASSES,
    "HDR-ISO-01": CLASSES,
    "MTI-CHR-01": "letters in the MTI",
}
"""Rule -> the leniency of pyiso8583 4.0.1 that breaks it: the only reasons for which we refuse what it accepts."""

WITNESSES: dict[str, tuple[str, bytes]] = {
    "BMP-EMP-01": ("iso87-ascii", b"0800" + b"8020000000000000" + b"0" * 16 + b"000001"),
    "BMP-HEX-01": ("iso87-ascii", b"0800" + b"00a0000000000000" + b"00000001" + b"000001"),
    "FLD-LL-01": ("iso87-ascii", b"0800" + b"0000000100000000" + b"+41234"),
    "FLD-LL-02": ("iso87-ascii", b"0800" + b"0000000100000000" + b"00"),
    "FLD-LEN-03": ("strange", b"00" + b"0800" + b"0000000000200000" + b"03AB"),
    "FLD-PAD-01": ("strange", b"00" + b"0800" + b"0000000100000000" + b"\x03\x12\x3f"),
    "FLD-N-01": ("iso87-ascii", b"0800" + b"0020000000000000" + b"00 001"),
    "FLD-BCD-01": ("iso87-binary", bytes.fromhex("0800" + "0020000000000000" + "00000A")),
    "FLD-B-01": ("iso87-ascii", b"0800" + b"0000000000001000" + b"no hex digits at"[:16]),
    "MTI-CHR-01": ("iso87-ascii", b"08Z0" + b"0020000000000000" + b"000001"),
}
"""For each leniency of a kind of its own a message that shows it."""


def reference_encode(dialect: Dialect, values: Values) -> bytes:
    document = {"t" if key == "mti" else str(key): value for key, value in values.items()}
    return bytes(iso8583.encode(document, dialect.spec)[0])


def reference_decode(dialect: Dialect, raw: bytes) -> Values | None:
    """What pyiso8583 reads, None when it refuses: by a KeyError, too, where the spec does not have a DE."""
    try:
        document, _ = iso8583.decode(raw, dialect.spec)
    except (iso8583.DecodeError, KeyError):
        return None
    names: dict[str, int | str] = {"t": "mti", "h": "h"}
    return {names.get(key) or int(key): value for key, value in document.items() if key not in ("p", "1")}


def values_of(message: Message) -> Values:
    header = message.header
    values: Values = {"mti": message.mti} if header is None else {"mti": message.mti, "h": header}
    values.update(message.values().items())
    return values


def read(dialect: Dialect, raw: bytes, mode: str = "strict") -> Message | DecodeError:
    try:
        return dialect.decode(raw, mode)  # type: ignore[arg-type]
    except DecodeError as error:
        return error


@dialects
def test_lawful_messages_are_written_and_read_as_the_reference_does(dialect: Dialect) -> None:
    """5,000 messages: the same bytes as pyiso8583's, and the same values from them, all at once and one by one."""
    ours = fresh(dialect)
    for values in Mill(dialect).values(quota(5_000)):
        raw = reference_encode(dialect, values)
        assert ours.encode(values) == raw
        message = ours.decode(raw)
        assert values_of(message) == values == reference_decode(dialect, raw)
        assert all(message[de] == values[de] for de in message.fields)


@dialects
def test_on_damaged_bytes_only_named_leniencies_divide_us(dialect: Dialect) -> None:
    """5,000 damaged messages: what we accept the reference accepts alike and both write again; else the reason has a name.

    Read leniently they are what the reference reads, or refused by both.
    """
    mill, ours = Mill(dialect, 1), fresh(dialect)
    for values in mill.values(quota(5_000)):
        raw = mill.damage(ours.encode(values))
        strict, lenient, reference = read(ours, raw), read(ours, raw, "lenient"), reference_decode(dialect, raw)
        if isinstance(strict, Message):
            found = values_of(strict)
            assert found == reference
            assert ours.encode(found) == raw == reference_encode(dialect, found)
        else:
            assert 0 <= strict.offset <= len(raw)
            assert reference is None or strict.rule in LENIENCIES, strict
            if strict.partial is not None:
                assert strict.partial.with_fields({39: "0" * ours.codec.elements[39].units_max})[39]
        assert (values_of(lenient) if isinstance(lenient, Message) else None) == reference


@dialects
def test_a_splice_is_what_the_reference_makes_of_the_changed_fields(dialect: Dialect) -> None:
    """1,000 pairs of messages: the fields of the second put into the first, some of the first left out."""
    mill, ours = Mill(dialect, 2), fresh(dialect)
    pairs = mill.values(2 * quota(1_000))
    for number, (before, changes) in enumerate(zip(pairs, pairs, strict=True)):
        fields = {de: value for de, value in changes.items() if isinstance(de, int)}
        drop = tuple(de for de in before if isinstance(de, int) and de not in fields and (de + number) % 3 == 0)
        mti = changes["mti"] if before.get("h") == changes.get("h") or not getattr(dialect, "header_answer", "") else None
        message = ours.decode(ours.encode(before))
        after = message.with_fields(fields, mti=mti, drop=drop)
        wanted = {key: value for key, value in before.items() if key not in drop} | fields
        wanted["mti"] = mti or before["mti"]
        assert after.raw == reference_encode(dialect, wanted)
        assert values_of(after) == wanted
        assert values_of(message) == before


@dialects
def test_compiled_and_careful_reading_agree_on_damage(dialect: Dialect) -> None:
    """1,000 messages damaged behind the bitmap: the compiled scan finds the careful walk's index, or both refuse."""
    mill, ours = Mill(dialect, 3), fresh(dialect)
    lawful = [ours.decode(ours.encode(values)) for values in mill.values(40)]
    for message in lawful:
        start = message.body_offset
        scan = compile_scan(message.layout, ours.codec.elements)
        assert scan(message.raw, start) == message.index
        for _ in range(quota(25)):
            raw = message.raw[:start] + mill.damage(message.raw[start:])
            reading = ours.codec.read_with_care(raw)
            assert scan(raw, start) == (reading.index if reading.fault is None else None)


@dialects
def test_compiled_and_careful_writing_agree_on_damage(dialect: Dialect) -> None:
    """1,000 sets of values, one of them spoiled in each: a codec with its writers ready does what one without them does."""
    mill, ours = Mill(dialect, 4), fresh(dialect)
    for values in mill.values(quota(1_000)):
        assert ours.encode(values) == ours.encode(values)
        key = [*values][len(values) // 2]
        spoiled = {**values, key: mill.spoil(values[key])}
        assert written(ours.codec.encode, spoiled) == written(careful(ours), spoiled)


def written(encode: Callable[[Values], bytes], values: Values) -> bytes | None:
    try:
        return encode(values)
    except EncodeError:
        return None


def careful(dialect: Dialect) -> Callable[[Values], bytes]:
    """The encoding that no generated writer is asked for."""
    return lambda values: dialect.codec._encode_with_care(values)[0]


@pytest.mark.parametrize("rule", WITNESSES)
def test_each_leniency_is_one(rule: str) -> None:
    """The reference accepts the message, and we refuse it by that rule: no row of the table is a guess."""
    name, raw = WITNESSES[rule]
    dialect = STRANGE if name == STRANGE.name else DIALECTS[name]
    assert reference_decode(dialect, raw) is not None
    refused = read(dialect, raw)
    assert isinstance(refused, DecodeError)
    assert refused.rule == rule


def test_each_kind_of_leniency_has_a_witness() -> None:
    """Of the content classes one stands for all."""
    assert {LENIENCIES[rule] for rule in WITNESSES} == set(LENIENCIES.values())
