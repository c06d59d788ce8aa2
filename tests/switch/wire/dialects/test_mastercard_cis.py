"""A Mastercard CIS-style message, laid out by hand from the published table, and what is inside of its elements."""

import pytest

from switch.wire import DIALECTS, EncodeError
from switch.wire.findings import remarks_on

CIS = DIALECTS["mastercard-cis"]

DE_48 = "T" + "2001S" + "4207" + "0103" + "210" + "6105" + "10000" + "6315" + "MCC9F7C4G" + "251122" + "7104" + "18C "
DE_61 = "0000000000300840" + "10577"
PARTS = [
    ("text", "0100"),
    ("raw", "722004000081000B"),
    ("text", "16" + "5413330089010434"),
    ("text", "000000"),
    ("text", "000000001234"),
    ("text", "1122110000"),
    ("text", "000123"),
    ("text", "051"),
    ("text", "TERM0001"),
    ("text", f"{len(DE_48):03d}" + DE_48),
    ("text", f"{len(DE_61):03d}" + DE_61),
    ("text", "012" + "MCC9F7C4G   "),
    ("raw", "0011223344556677"),
]


def laid(parts: list[tuple[str, str]]) -> bytes:
    """Text in EBCDIC and raw bytes, one after the other."""
    return b"".join(value.encode("cp500") if kind == "text" else bytes.fromhex(value) for kind, value in parts)


def test_a_message_is_read_to_the_leaves() -> None:
    """Text and lengths are EBCDIC, the bitmap and DE 64 are raw, and subelements have the names and places of the table."""
    raw = laid(PARTS)
    message = CIS.decode(raw)
    assert (message.mti, message.fields) == ("0100", (2, 3, 4, 7, 11, 22, 41, 48, 61, 63, 64))
    assert message[64] == "0011223344556677"
    inside = message.subfields(48)
    assert [inside[path] for path in ("TCC", "20", "42.01.1", "42.01.3", "61.1", "63.1", "63.2", "71.1.1")] == [
        *("T", "S", "2", "0", "1", "MCC9F7C4G", "251122", "18"),
    ]
    assert [message.subfields(61)[path] for path in ("10", "12", "13", "14")] == ["0", "00", "840", "10577"]
    assert message.subfields(63)["1"] == "MCC"
    assert not [remark for remark in remarks_on(message) if "DE 48" in remark.words or "DE 61" in remark.words]


def test_a_broken_inside_is_a_warning() -> None:
    """A subelement that is longer than what is left breaks no message: it is told, and the rest is read."""
    raw = laid(PARTS).replace("7104".encode("cp500"), "7199".encode("cp500"))
    message = CIS.decode(raw)
    assert any("DE 48" in remark.words for remark in remarks_on(message))


@pytest.mark.parametrize("code", ["", "TT"])
def test_the_category_code_is_one_character(code: str) -> None:
    """Additional data are written with their category code, or not at all."""
    assert CIS.print_subfields(48, {"TCC": "T", "20": "S"}) == "T2001S"
    with pytest.raises(EncodeError):
        CIS.print_subfields(48, {"TCC": code, "20": "S"})
