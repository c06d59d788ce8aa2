"""A GICC-style message, laid out by hand from the public facts: packed digits, EBCDIC text behind EBCDIC lengths."""

from switch.wire import DIALECTS

GICC = DIALECTS["gicc"]

PARTS = [
    bytes.fromhex("0100" + "7222040000A00810"),
    bytes.fromhex("15" + "0378282246310005" + "000000" + "000000001234" + "1122110000" + "000123" + "251122" + "0051"),
    "TERM0001".encode("cp500"),
    "11ACME BERLIN".encode("cp500"),
    b"04" + bytes.fromhex("00112233"),
    "01400501ABC00302D".encode("cp500"),
]


def test_a_message_is_read_as_it_is_laid() -> None:
    """Odd digits are filled on the left, DE 15 has six, text lengths are EBCDIC digits and DE 53 is raw behind ASCII ones."""
    raw = b"".join(PARTS)
    message = GICC.decode(raw)
    assert message.values() == {
        2: "378282246310005",
        3: "000000",
        4: "000000001234",
        7: "1122110000",
        11: "000123",
        15: "251122",
        22: "051",
        41: "TERM0001",
        43: "ACME BERLIN",
        53: "00112233",
        60: "00501ABC00302D",
    }
    assert GICC.encode({"mti": "0100", **message.values()}) == raw


def test_objects_have_their_length_first() -> None:
    """A length of three digits counts the tag of two digits and the value behind it."""
    message = GICC.decode(b"".join(PARTS))
    inside = message.subfields(60)
    assert (inside["01"], inside["02"]) == ("ABC", "D")
    assert GICC.print_subfields(60, {"01": "ABC", "02": "D"}) == "00501ABC00302D"
