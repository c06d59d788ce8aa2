"""What shipped dialects know of the inside of DEs: bytes typed by hand from public layouts are read and written alike."""

import pytest

from switch.wire import DIALECTS, Dialect
from switch.wire.describe import describe
from switch.wire.findings import remarks_on
from switch.wire.subfields import check_layout

POSTILION = DIALECTS["postilion"]
VISA = DIALECTS["visa-base1"]
EBCDIC_R, EBCDIC_123 = "D9", "F1F2F3"

SAMPLES: list[tuple[str, Dialect, int, str, dict[str, str]]] = [
    ("processing code", DIALECTS["iso87-ascii"], 3, "003000", {"1": "00", "2": "30", "3": "00"}),
    ("entry mode, packed", DIALECTS["iso87-binary"], 22, "051", {"1": "05", "2": "1"}),
    ("entry mode of four digits", VISA, 22, "0510", {"1": "05", "2": "1", "3": "0"}),
    (
        "two balances in EBCDIC",
        DIALECTS["iso87-ebcdic"],
        54,
        "1001978C000000012345" + "2002840D000000000001",
        {
            "1.1": "10", "1.2": "01", "1.3": "978", "1.4": "C000000012345",
            "2.1": "20", "2.2": "02", "2.3": "840", "2.4": "D000000000001",
        },
    ),
    (
        "a message in DE 127",
        POSTILION,
        127,
        # Bits 2, 10, 20 and 25; in part 25 bits 2, 12 and 23.
        "4040108000000000" + ("06SWITCH" + "123" + "20261122").encode().hex().upper()
        # Its bitmap is sixteen characters; 12 + 16 + 2 characters follow.
        + ("0046" + "4010020000000000" + "000000001250" + "A1B2C3D4E5F60718" + "22").encode().hex().upper(),
        {"2": "SWITCH", "10": "123", "20": "20261122", "25.2": "000000001250", "25.12": "A1B2C3D4E5F60718", "25.23": "22"},
    ),
    (
        "payment service fields",
        VISA,
        62,
        # Bits 1, 2, 3 and 23.
        "E000020000000000" + EBCDIC_R + "0123456789012345" + "C1C2C3C4" + "C640",
        {"1": "R", "2": "123456789012345", "3": "ABCD", "23": "F "},
    ),
    ("private-use fields", VISA, 63, "A00000" + "0002" + "2501", {"1": "0002", "3": "2501"}),
    ("CVV2 in DE 126", VISA, 126, "0040000000000000" + "F1F040F1F2F3", {"10": "10 123"}),
    ("a certificate in DE 126", VISA, 126, "0400000000000000" + "03" + "0123", {"6": "123"}),
    ("response data of two columns", VISA, 44, "5Y", {"1": "5", "2": "Y"}),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "de", "value", "inside"), [row[1:] for row in SAMPLES], ids=[row[0] for row in SAMPLES])
def test_samples(dialect: Dialect, de: int, value: str, inside: dict[str, str]) -> None:
    """The parts are found with their values, the way back gives the same value, and nothing is found wrong with it."""
    message = dialect.decode(dialect.encode({"mti": "0800", de: value}))
    assert dict(message.subfields(de)) == inside
    assert dialect.print_subfields(de, inside) == value
    assert not [remark for remark in remarks_on(message) if remark.rule]


def test_names_and_places_reach_the_leaves() -> None:
    """Each part of a nested message has its name, and its place is where its bytes are."""
    value = SAMPLES[4][3]
    message = POSTILION.decode(POSTILION.encode({"mti": "0200", 127: value}))
    lines = {line.de: line for line in describe(message)}
    amount = lines["127.25.2"]
    assert (amount.name, amount.value) == ("Amount authorised", "000000001250")
    assert message.raw[amount.offset :].startswith(b"000000001250")
    assert lines["127.10"].value == "(3 hidden)"
    assert lines["127.25.12"].value == "(16 hidden)"
    assert lines["127.25"].value == ""


def test_xml_in_part_25_is_a_finding() -> None:
    """What older systems put there is no bitmap: the message is good, the finding names the part and its byte."""
    xml = "<IccData/>"
    value = "0000008000000000" + (f"{len(xml):04d}" + xml).encode().hex().upper()
    message = POSTILION.decode(POSTILION.encode({"mti": "0200", 127: value}))
    (remark,) = [remark for remark in remarks_on(message) if remark.rule]
    assert remark.rule == "BMP-LEN-01"
    assert "DE 127.25: " in remark.words
    assert remark.words.startswith(f"byte {message.raw.index(b'<Icc')}: ")


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_layouts_are_such_as_a_file_may_have(dialect: Dialect) -> None:
    """Every shipped layout passes the check of those in dialect files, belongs to a DE of the dialect, and names its parts."""
    for de, layout in dialect.subfields.items():
        assert de in dialect.codec.elements
        check_layout(layout, f"$.subfields.{de}")
    assert set(dialect.judged) <= set(dialect.subfields)
