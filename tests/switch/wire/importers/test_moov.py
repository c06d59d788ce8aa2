"""moov-io specs: encodings, prefixes and lengths mean what they mean there; the rest is listed by field."""

import json

import pytest

from switch.wire import Dialect, SpecError
from switch.wire.dialect_file import file_of, make_of
from switch.wire.importers import Options, read_spec


def field(kind="String", length=4, enc="ASCII", prefix="ASCII.Fixed", **more):
    return {"type": kind, "length": length, "description": kind, "enc": enc, "prefix": prefix, **more}


MTI, BITMAP = field(), field("Bitmap", 8, "Binary", "Binary.Fixed")


def read(fields, **heads):
    text = json.dumps({"name": "x", "fields": {"0": MTI, "1": BITMAP} | heads.get("heads", {}) | fields})
    kind, imported = read_spec(text, Options())
    assert kind == "moov-io/iso8583 JSON"
    return imported


def test_fields_as_moov_writes_them() -> None:
    """Text after text lengths, packed digits after packed lengths, raw bytes after binary lengths, one byte for each L."""
    imported = read(
        {
            "2": field("String", 19, "BCD", "BCD.LL"),
            "3": field("Numeric", 6),
            "35": field("Track2", 37, "ASCII", "ASCII.LL"),
            "52": field("Binary", 8, "HexToASCII", "Hex.Fixed"),
            "55": field("Binary", 255, "Binary", "Binary.LL"),
        }
    )
    dialect = Dialect.from_spec("imported", imported.spec)
    raw = b"0200" + bytes.fromhex("6000000020001200") + b"\x05\x04\x11\x11" + b"003000" + b"054111=" + b"0123456789ABCDEF"
    message = dialect.decode(raw + b"\x00\x02\x9f\x36")
    assert [message[de] for de in message.fields] == ["41111", "003000", "4111=", "0123456789ABCDEF", "9F36"]
    assert imported.content == {3: "n", 35: "z", 52: "b", 55: "b"}
    assert imported.unmapped == {}


def composite(prefix="ASCII.LLL", **more):
    return {"type": "Composite", "length": 99, "description": "parts", "prefix": prefix, **more}


PARTS = {"1": field(length=2), "10": field(length=1), "2": field(length=9, prefix="ASCII.L")}


@pytest.mark.parametrize(
    ("entry", "value", "inside"),
    [
        (composite(tag={"sort": "StringsByInt"}, subfields=PARTS), b"AB3xyzC", {"1": "AB", "2": "xyz", "10": "C"}),
        (
            composite(tag={"length": 2, "enc": "ASCII"}, subfields={"0A": field(prefix="ASCII.LL"), "0B": field("Numeric", 3)}),
            b"0A02xy0B123",
            {"0A": "xy", "0B": "123"},
        ),
        (composite(tag={"enc": "BerTLVTag"}, subfields={"9F36": field()}), bytes.fromhex("9F36020001"), {"9F36": "0001"}),
        (
            composite(bitmap={"length": 8, "enc": "HexToASCII", "disableAutoExpand": True}, subfields=PARTS),
            b"C000000000000000AB1x",
            {"1": "AB", "2": "x"},
        ),
        (
            composite(bitmap={"length": 8, "enc": "Binary"}, subfields={"2": composite("ASCII.LL", subfields=PARTS)}),
            bytes.fromhex("4000000000000000") + b"04AB1x",
            {"2.1": "AB", "2.2": "x"},
        ),
    ],
)
def test_composites_are_read_to_their_parts(entry, value, inside) -> None:
    """By place, by tag, by BER tag and by bitmap, one within the other too, from bytes typed by hand."""
    imported = read({"48": entry})
    assert imported.unmapped == {}
    dialect = make_of(file_of("mine", "", imported.spec, imported.content, subfields=imported.subfields), {})
    spelled = value.hex().upper() if imported.spec["48"]["data_enc"] == "b" else value.decode()
    message = dialect.decode(dialect.encode({"mti": "0200", 48: spelled}))
    assert dict(message.subfields(48)) == inside


def test_a_composite_of_characters_is_text() -> None:
    """A processing code in parts is read as it is without them: its value is six digits, not their bytes."""
    code = composite("ASCII.Fixed", tag={"sort": "StringsByInt"}, subfields=dict.fromkeys("123", field(length=2)))
    imported = read({"3": code | {"length": 6}})
    dialect = make_of(file_of("mine", "", imported.spec, imported.content, subfields=imported.subfields), {})
    message = dialect.decode(dialect.encode({"mti": "0200", 3: "201030"}))
    assert (message[3], message.raw[-6:]) == ("201030", b"201030")
    assert dict(message.subfields(3)) == {"1": "20", "2": "10", "3": "30"}
    for other in (field("Binary", 2, "Binary"), field(prefix="Binary.L")):
        assert read({"48": composite(subfields={"1": field(length=2), "2": other})}).spec["48"]["data_enc"] == "b"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (composite(tag={"length": 2, "enc": "Binary"}, subfields=PARTS), "its tags have no equal here"),
        (composite(tag={"length": 2, "enc": "ASCII"}, subfields=PARTS), "no key that can come here"),
        (composite(bitmap={"length": 8, "enc": "EBCDIC"}, subfields=PARTS), "its bitmap has no equal here"),
        (composite(subfields={"1": field(prefix="Hex.LL")}), "in its part 1, its prefix has no equal here"),
        (composite(subfields={"1": 5}), "its part 1 is no object"),
        (composite(subfields={}), "there are none"),
    ],
)
def test_composites_without_an_equal(entry, words) -> None:
    """They are listed with the reason, and no layout is made of them."""
    imported = read({"48": entry})
    assert words in imported.unmapped["48"]
    assert ("48" in imported.spec, imported.subfields) == (True, {})


def test_composites_in_composites_without_end() -> None:
    """However deep they are nested, the file is read and the field listed."""
    entry = field()
    for _ in range(300):
        entry = composite(subfields={"1": entry})
    assert "nested too deeply" in read({"48": entry}).unmapped["48"]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (field(prefix="Hex.LL"), "its prefix has no equal"),
        (field(prefix="BerTLV"), "its prefix has no equal"),
        (field(enc="BerTLVTag"), "its encoding has no equal"),
        (field(length="4"), "its length is no number"),
        (field(length=True), "its length is no number"),
        (field(length=-4), "its length is no number"),
    ],
)
def test_what_is_left_out(entry, words) -> None:
    """A field without an equal is listed, and no part of the spec."""
    imported = read({"48": entry})
    assert words in imported.unmapped["48"]
    assert "48" not in imported.spec


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (field("Composite", 99, None, "ASCII.LL", subfields={"1": {}, "2": {}}, tag={"length": 2}), "its 2 parts"),
        (field(padding={"type": "Left", "pad": "0"}), "its padding is part of the value"),
        (field("Track2", 37, "ASCIIToHex", "Binary.L"), "counts bytes"),
    ],
)
def test_what_is_kept_with_a_remark(entry, words) -> None:
    """Parts, padding and lengths that count otherwise are told, and the field is kept."""
    imported = read({"48": entry})
    assert words in imported.unmapped["48"]
    assert "48" in imported.spec


def test_bitmaps() -> None:
    """A bitmap in text is read; one of sixteen bytes at once, and one that does not expand, are told."""
    assert read({}, heads={"1": field("Bitmap", 8, "HexToASCII", "Hex.Fixed")}).spec["p"]["max_len"] == 16
    assert "fixed16" in read({}, heads={"1": field("Bitmap", 16, "Binary", "Binary.Fixed")}).unmapped["1"]
    assert "bit 1" in read({}, heads={"1": BITMAP | {"disableAutoExpand": True}}).unmapped["1"]


@pytest.mark.parametrize(
    "text",
    [
        '{"fields": {"0": {"enc": 1}}}',
        '{"fields": [], "enc": 1}',
        '{"fields": {"0": 1}, "enc": 1}',
        '{"fields", "enc"',
        json.dumps({"fields": {"0": MTI}}),
        json.dumps({"fields": {"1": BITMAP}}),
        json.dumps({"fields": {"0": field(prefix="ASCII.LL"), "1": BITMAP}}),
    ],
)
def test_spoilt_files(text) -> None:
    """What has no MTI or no bitmap, or is no JSON, is refused."""
    with pytest.raises(SpecError):
        read_spec(text, Options())
