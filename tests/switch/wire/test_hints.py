"""Hints: what the sender most likely meant, named only where it makes the message close exactly."""

import pytest

from switch.wire import DIALECTS, DecodeError, Dialect

ASCII, BINARY = DIALECTS["iso87-ascii"], DIALECTS["iso87-binary"]
RAW = Dialect.from_spec(
    "raw",
    {
        **BINARY.spec,
        "2": {"data_enc": "b", "len_enc": "bcd", "len_type": 1, "max_len": 19, "desc": ""},
        "32": {"data_enc": "b", "len_enc": "b", "len_type": 1, "max_len": 60, "desc": ""},
    },
)


def packed(elements: str, *des: int) -> bytes:
    """A message in packed digits with DEs below 65, their bytes given in hexadecimal."""
    return bytes.fromhex(f"0200{sum(1 << (64 - de) for de in des):016X}{elements}")


@pytest.mark.parametrize(
    ("dialect", "raw", "hint"),
    [
        (RAW, packed("16" + "41" * 8, 2), "16 bytes, and 8 remain; if the prefix counted BCD digits"),
        (BINARY, packed("08" + "41" * 8 + "06" + "51" * 6 + "00", 2, 32, 39), None),
        (BINARY, packed("08" + "41" * 8 + "06" + "51" * 6 + "3030", 2, 32, 39), "; if length prefixes counted bytes"),
        (BINARY, packed("10" + "41" * 8 + "000000", 2, 3), "; if length prefixes were binary"),
        (RAW, packed("08" + "41" * 8 + "12" + "51" * 12, 2, 32), "; if the prefix were packed digits"),
        (ASCII, b"0200" + b"4020000000000000" + b"184111111111111111" + b"000001", "; if length prefixes counted itself too"),
        (ASCII, b"0200" + b"0000000000000200" + b"0049F360200", "; if length prefixes counted bytes"),
        (ASCII, b"0200" + b"4000000000000000" + b"1641111111", None),
    ],
)
def test_a_hint_names_the_reading_that_closes(dialect: Dialect, raw: bytes, hint: str | None) -> None:
    """Where another reading of the length prefixes makes the message end exactly it is named, and else nothing is said."""
    with pytest.raises(DecodeError) as refused:
        dialect.decode(raw)
    if hint is None:
        assert "would" not in refused.value.why
    else:
        assert hint in refused.value.why
        assert refused.value.why.endswith(" the message would close exactly")


@pytest.mark.parametrize(
    ("dialect", "raw", "hint"),
    [
        (ASCII, "0100".encode("cp500") + b"7000000000000000", "; in EBCDIC it would be 0100"),
        (ASCII, bytes.fromhex("08002000000000000000"), "; in packed digits it would be 0800"),
        (
            ASCII,
            bytes.fromhex("6000010002") + b"08002000000000000000",
            "; behind 5 bytes, as many as a TPDU has, in ASCII it would be 0800",
        ),
        (ASCII, b"GET / HTTP/1.1", ""),
    ],
)
def test_a_hint_finds_an_mti_that_is_written_otherwise(dialect: Dialect, raw: bytes, hint: str) -> None:
    """Bytes without an MTI that would have one in another charset, or behind a header, are told so."""
    with pytest.raises(DecodeError) as refused:
        dialect.decode(raw)
    assert refused.value.why == "it must be four decimal digits" + hint
