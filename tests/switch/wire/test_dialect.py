"""Dialects: encoding and decoding as whole, and dialects of which no more is known than a pyiso8583 spec."""

import iso8583.specs
import msgspec
import pytest

from switch.wire import DIALECTS, DecodeError, Dialect, EncodeError, SpecError
from switch.wire.dialect import make_codec

ASCII = DIALECTS["iso87-ascii"]


def test_a_foreign_spec_reads_what_its_charsets_can_spell() -> None:
    """From a bare spec nothing is known of content: any character and empty elements pass, and nothing is shown in clear."""
    foreign = Dialect.from_spec("foreign", iso8583.specs.default_ascii)
    raw = foreign.encode({"mti": "0200", 2: "", 11: "ab cd\x1b", 70: "???"})
    message = foreign.decode(raw)
    assert (message[2], message[11], message[70]) == ("", "ab cd\x1b", "???")
    assert foreign.sensitive == tuple(foreign.codec.elements)
    assert foreign.names[11] == iso8583.specs.default_ascii["11"]["desc"]
    with pytest.raises(DecodeError):
        ASCII.decode(raw)


def test_a_foreign_spec_is_still_strict_about_spelling() -> None:
    """Length prefixes, bitmaps and MTI have one spelling in every dialect, and a byte outside of the charset is refused."""
    foreign = Dialect.from_spec("foreign", iso8583.specs.default_ascii)
    for raw, rule in (
        (b"02004000000000000000+5abcde", "FLD-LL-01"),
        (b"0200400000000000000002\xc3\xa9", "FLD-ENC-01"),
        (b"0200a000000000000000" + b"0" * 22, "BMP-HEX-01"),
        (b"02A00000000000000000", "MTI-CHR-01"),
    ):
        with pytest.raises(DecodeError) as refused:
            foreign.decode(raw)
        assert refused.value.rule == rule


def test_elements_above_128_have_a_third_bitmap() -> None:
    """A spec with tertiary elements is read and written as pyiso8583 does."""
    spec = {**iso8583.specs.default_ascii, "130": iso8583.specs.default_ascii["48"]}
    dialect = Dialect.from_spec("tertiary", spec)
    for values in ({130: "abc"}, {3: "000000", 70: "301", 130: "abc"}):
        raw = dialect.encode({"mti": "0800", **values})
        assert raw == bytes(iso8583.encode({"t": "0800"} | {str(de): value for de, value in values.items()}, spec)[0])
        for _ in range(2):
            message = dialect.decode(raw)
            assert {de: message[de] for de in message.fields} == values
        assert message.with_fields(drop=(130,)).raw == dialect.encode(
            {"mti": "0800", **{de: value for de, value in values.items() if de != 130}}
        )
        with pytest.raises(EncodeError) as refused:
            message.with_mac(lambda _: b"1" * 8)
        assert refused.value.rule == "ENC-MAC-01"


@pytest.mark.parametrize(
    ("values", "de", "rule"),
    [
        ({}, "MTI", "ENC-MTI-01"),
        ({"mti": "200"}, "MTI", "ENC-MTI-01"),
        ({"mti": 200}, "MTI", "ENC-MTI-01"),
        ({"mti": "02O0"}, "MTI", "ENC-MTI-01"),
        ({"mti": "0200", "2": "4111111111111111"}, None, "ENC-KEY-01"),
        ({"mti": "0200", "t": "0200"}, None, "ENC-KEY-01"),
        ({"mti": "0200", 1: "0" * 16}, 1, "ENC-DE-02"),
        ({"mti": "0200", 0: "0"}, 0, "ENC-DE-01"),
        ({"mti": "0200", 2: "4111-1111"}, 2, "ENC-CHR-01"),
    ],
)
def test_what_cannot_be_encoded_is_named(values: dict[int | str, str], de: int | str | None, rule: str) -> None:
    """Values that make no message are refused by DE and rule, and are not in the text."""
    with pytest.raises(EncodeError) as refused:
        ASCII.encode(values)
    assert (refused.value.de, refused.value.rule) == (de, rule)
    assert "4111" not in str(refused.value)


def test_bytes_and_bytearrays_are_read_alike() -> None:
    """A message keeps its own bytes, whatever it was read from."""
    raw = bytearray(ASCII.encode({"mti": "0800", 11: "000001"}))
    message = ASCII.decode(raw)
    raw[-1:] = b"2"
    assert message[11] == "000001"


def test_an_unknown_content_class_is_refused() -> None:
    """A dialect cannot be made with a class that could not be checked."""
    with pytest.raises(SpecError) as refused:
        make_codec(ASCII.spec, {2: "numeric"})
    assert refused.value.rule == "SPC-CNT-01"


def test_its_representation_is_its_name() -> None:
    """`repr` does not print 128 elements."""
    assert repr(ASCII) == "<Dialect iso87-ascii>"


def test_a_mode_that_there_is_not_is_refused() -> None:
    """A misspelt mode raises, and never reads more than strict reading would."""
    broken = ASCII.encode({"mti": "0200", 11: "000001"}).replace(b"000001", b"00000A")
    for mode in ("Strict", "strikt", "", None):
        with pytest.raises(ValueError, match="strict, lenient, structure"):
            ASCII.decode(broken, mode)  # type: ignore[arg-type]


def test_a_header_begins_what_is_said_first() -> None:
    """Where the dialect has one it stands before each message that does not bring its own; its size is known."""
    spec = {**ASCII.spec, "h": {**ASCII.spec["h"], "max_len": 12}}
    dialect = msgspec.structs.replace(Dialect.from_spec("with a header", spec), header="ISO026000010")
    values: dict[int | str, str] = {"mti": "0800", 11: "000001"}
    assert dialect.encode(values).startswith(b"ISO0260000100800")
    assert dialect.encode({**values, "h": "ISO016000010"}).startswith(b"ISO0160000100800")
    assert (dialect.header_bytes, ASCII.header_bytes) == (12, 0)


def test_values_are_suited_to_longer_elements_and_back() -> None:
    """The filler comes and goes; a digit that is no filler is kept, for the other dialect to refuse."""
    visa = DIALECTS["visa-base1"]
    assert visa.suit({11: "000001", 22: "051", 35: "4111111111111111=3112"}) == {
        11: "000001",
        22: "0510",
        35: "4111111111111111D3112",
    }
    assert visa.unsuit({11: "000001", 22: "0510"}) == {11: "000001", 22: "051"}
    assert visa.unsuit({22: "0515"}) == {22: "0515"}
    assert ASCII.unsuit({22: "051"}) == ASCII.suit({22: "051"}) == {22: "051"}
