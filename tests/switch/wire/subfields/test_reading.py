"""Subfields are found to the leaves with their places, and what breaks a layout is refused by path, byte and rule."""

import pytest

from switch.limits import SUBFIELDS_MAX, TLV_DEPTH_MAX
from switch.wire.errors import SubfieldError
from switch.wire.rules import RULES
from switch.wire.subfields import (
    BerTlv,
    Bitmapped,
    DataSet,
    DataSets,
    Groups,
    InnerLayout,
    Part,
    Positional,
    Subfield,
    Subfields,
    Tagged,
    read_bytes,
    write_bytes,
)

PACKED = {"data_enc": "b", "len_count": "nibbles", "left_pad": "0"}

AMOUNTS = Groups((Part("", "account type", 2, "n"), Part("", "currency", 3, "n"), Part("", "amount", 4, "x+n")))
NAME = Positional((Part("", "street", 3, "ans"), Part("", "city", 2, "a"), Part("", "country", 0, "a")))
SHORT = Positional((Part("", "one", 1, "n"), Part("", "two", 1, "n"), Part("", "three", 2, "n", len_type=1)), short=True)
CHIP = Bitmapped((Part("2", "amount", 4, "n"), Part("18", "tail", 2, "b")), size=1, hexadecimal=True, extends=True)
INNER_MESSAGE = Bitmapped(
    (
        Part("2", "key", 9, "ans", len_type=2),
        Part("10", "CVV2", 3, "n"),
        Part("25", "chip data", 99, "any", len_type=2, inner=CHIP),
        Part("30", "packed", 5, "n", **PACKED),
    ),
    extends=True,
)
PLAIN_BITS = Bitmapped((Part("1", "first", 2, "an", data_enc="cp500"), Part("3", "raw", 2, "b", data_enc="b")), size=3)
CIS = Tagged((Part("61", "POS", 5, "n"), Part("92", "CVV2", 3, "n")), lead=Part("TCC", "category", 1, "a"))
LTV = Tagged((Part("01", "sum", 9, "n"),), length=3, order="length-tag", counts="tag-and-value")
LTV_VALUE = Tagged((), tag=1, length=1, length_form="bcd", order="length-tag")
RAW_TAGS = Tagged((Part("DF01", "digits", 4, "n", **PACKED),), tag=2, length=1, length_form="b", raw_tags=True)
FIXED = Tagged((Part("AA", "fixed", 3, "an"), Part("BB", "own length", 9, "ans", len_type=1)), length=0)
TOKENS = Tagged((), tag=2, length=5, mark="! ", gap=" ")
BER = BerTlv((Part("DF20", "text", 4, "ans"), Part("DF21", "in digits", 4, "n", **PACKED)))
SETS = DataSets(
    (
        DataSet("01", "objects", (Part("80", "code", 2, "ans"),)),
        DataSet("71", "address", (Part("1", "code", 2, "n"), Part("15", "far", 1, "a"), Part("22", "further", 1, "a"))),
    )
)

SUMS = [(1, 1, "10"), (1, 2, "978"), (1, 3, "C001"), (2, 1, "20"), (2, 2, "840"), (2, 3, "D002")]

GOOD: list[tuple[str, InnerLayout, bytes, dict[str, str]]] = [
    ("groups", AMOUNTS, b"10978C00120840D002", {f"{group}.{part}": value for group, part, value in SUMS}),
    ("nothing of groups", AMOUNTS, b"", {}),
    ("a rest", NAME, b"1 AXYES", {"1": "1 A", "2": "XY", "3": "ES"}),
    ("an empty rest", NAME, b"1 AXY", {"1": "1 A", "2": "XY"}),
    ("cut short", SHORT, b"12", {"1": "1", "2": "2"}),
    ("whole", SHORT, b"12" + b"234", {"1": "1", "2": "2", "3": "34"}),
    (
        "an inner message",
        INNER_MESSAGE,
        bytes.fromhex("4000008400000000") + b"03KEY" + b"06401234" + bytes.fromhex("012345"),
        {"2": "KEY", "25.2": "1234", "30": "12345"},
    ),
    ("a bitmap that extends twice", CHIP, b"C0" + b"80" + b"40" + b"1234" + b"AB", {"2": "1234", "18": "AB"}),
    ("no bit", CHIP, b"00", {}),
    ("first bit of a plain bitmap", PLAIN_BITS, bytes.fromhex("A00000C1F10102"), {"1": "A1", "3": "0102"}),
    ("a category code first", CIS, b"R61020092" + b"03123", {"TCC": "R", "61": "00", "92": "123"}),
    ("a tag twice", CIS, b"R9901A9901B", {"TCC": "R", "99": "A", "99:2": "B"}),
    ("length before tag, counting it", LTV, b"003019" + b"00299", {"01": "9", "99": ""}),
    ("length before tag, packed", LTV_VALUE, b"\x03Aabc\x00B", {"A": "abc", "B": ""}),
    ("tags of any bytes", RAW_TAGS, bytes.fromhex("DF01021234" + "0000" + "01FF"), {"DF01": "1234", "0000": "\xff"}),
    ("tags without lengths", FIXED, b"AA123BB2xy", {"AA": "123", "BB": "xy"}),
    ("tokens", TOKENS, b"! Q100002 ab! C400000 ", {"Q1": "ab", "C4": ""}),
    ("objects", BER, bytes.fromhex("9F360200017003500141DF20024142"), {"9F36": "0001", "70.50": "41", "DF20": "AB"}),
    ("an object in digits", BER, bytes.fromhex("DF21021234"), {"DF21": "1234"}),
    ("an object twice", BER, bytes.fromhex("500141500142"), {"50": "41", "50:2": "42"}),
    ("a data set of objects", SETS, bytes.fromhex("010004" + "80024142"), {"01.80": "AB"}),
    ("a data set with a bitmap", SETS, bytes.fromhex("710004" + "4000") + b"12", {"71.1": "12"}),
    ("a bitmap of two words", SETS, bytes.fromhex("710006" + "C00100") + b"12A", {"71.1": "12", "71.15": "A"}),
    ("a bitmap of three words", SETS, bytes.fromhex("710005" + "80008100") + b"Z", {"71.22": "Z"}),
    ("objects behind a bitmap", SETS, bytes.fromhex("71000740013132" + "8101AA"), {"71.1": "12", "71.81": "AA"}),
    ("an unknown data set", SETS, bytes.fromhex("020003" + "8101AA" + "020003" + "8101AB"), {"02.81": "AA", "02:2.81": "AB"}),
]  # fmt: skip

BAD: list[tuple[str, InnerLayout, bytes, str, int, str]] = [
    ("a wrong digit", AMOUNTS, b"10978X001", "1.3", 5, "FLD-XN-01"),
    ("half a group", AMOUNTS, b"10978C00110", "2.2", 11, "SUB-END-01"),
    ("missing", NAME, b"1 A", "2", 3, "SUB-END-01"),
    ("what follows", Positional((Part("", "one", 1, "n"),)), b"12", "", 1, "SUB-END-02"),
    ("a sign in a length", SHORT, b"12+34", "3", 2, "FLD-LL-01"),
    ("an unknown bit", INNER_MESSAGE, bytes.fromhex("2000000000000000"), "3", 8, "SUB-UNK-01"),
    ("half a bitmap", INNER_MESSAGE, bytes.fromhex("20000000"), "", 0, "BMP-LEN-01"),
    ("an empty further bitmap", INNER_MESSAGE, bytes.fromhex("8000000000000000" + "0" * 16), "", 8, "BMP-EMP-01"),
    ("lower case in a bitmap", CHIP, b"c0", "", 0, "BMP-HEX-01"),
    ("deeper", INNER_MESSAGE, bytes.fromhex("0000008000000000") + b"0640123X", "25.2", 15, "FLD-N-01"),
    ("a bitmap in a wrong charset", INNER_MESSAGE, bytes.fromhex("0000008000000000") + b"024Z", "25", 10, "BMP-HEX-01"),
    ("a wrong filling digit", INNER_MESSAGE, bytes.fromhex("0000000400000000" + "912345"), "30", 8, "FLD-PAD-01"),
    ("no category code", CIS, b"", "TCC", 0, "SUB-END-01"),
    ("half a tag", CIS, b"R6", "", 1, "SUB-LEN-01"),
    ("a sign in the length of an object", CIS, b"R61+1", "61", 3, "SUB-LEN-04"),
    ("a blank in a tag", CIS, b"R6 0100", "", 1, "SUB-TAG-01"),
    ("a length beyond the end", CIS, b"R6103", "61", 3, "SUB-END-01"),
    ("an object too long", CIS, b"R6106000000", "61", 5, "SUB-LEN-03"),
    ("a length that does not count its tag", LTV, b"00101", "01", 0, "SUB-LEN-04"),
    ("a half byte A in a length", LTV_VALUE, b"\x0aA", "A", 0, "SUB-LEN-04"),
    ("an unknown tag without length", FIXED, b"CC1", "CC", 0, "SUB-UNK-01"),
    ("no mark", TOKENS, b"! Q100000 xx", "", 10, "SUB-TAG-01"),
    ("a filler in objects", BER, bytes.fromhex("50014100"), "", 3, "TLV-TAG-03"),
    ("a letter in packed digits", BER, bytes.fromhex("DF21021A34"), "DF21", 3, "FLD-BCD-01"),
    ("half a data set", SETS, bytes.fromhex("7100"), "71", 0, "SUB-LEN-01"),
    ("an empty data set", SETS, bytes.fromhex("710000"), "71", 1, "SUB-LEN-02"),
    ("a data set whose bitmap announces nothing", SETS, bytes.fromhex("7100020000"), "71", 1, "SUB-LEN-02"),
    ("an unknown data set whose bitmap announces nothing", SETS, bytes.fromhex("8000020000"), "80", 1, "SUB-LEN-02"),
    ("a data set beyond the end", SETS, bytes.fromhex("7100054000"), "71", 1, "SUB-END-01"),
    ("identifier 00", SETS, bytes.fromhex("00000100"), "00", 0, "SUB-TAG-01"),
    ("a data set whose elements are unknown", SETS, bytes.fromhex("720003400041"), "72.1", 5, "SUB-UNK-01"),
    ("a word that is not needed", SETS, bytes.fromhex("710003" + "800000"), "71", 3, "BMP-EMP-01"),
    ("half a bitmap of a data set", SETS, bytes.fromhex("71000140"), "71", 3, "BMP-LEN-01"),
    ("no object behind a bitmap", SETS, bytes.fromhex("7100044001") + b"12", "71", 7, "SUB-END-02"),
    ("bytes behind a bitmap", SETS, bytes.fromhex("7100054000") + b"123", "71", 7, "SUB-END-02"),
]  # fmt: skip


@pytest.mark.parametrize(("layout", "data", "values"), [row[1:] for row in GOOD], ids=[row[0] for row in GOOD])
def test_values_by_path(layout, data, values) -> None:
    """Each kind of layout gives its leaves, and the same values give the same bytes."""
    assert dict(Subfields(read_bytes(layout, data))) == values
    assert write_bytes(layout, values) == data
    assert write_bytes(layout, Subfields(read_bytes(layout, data))) == data


@pytest.mark.parametrize(("layout", "data", "path", "offset", "rule"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_breaks_a_layout(layout, data, path, offset, rule) -> None:
    """The fault is named by path, byte and rule."""
    with pytest.raises(SubfieldError) as caught:
        read_bytes(layout, data)
    assert (caught.value.path, caught.value.offset, caught.value.rule) == (path, offset, rule)
    assert rule in RULES


def test_places() -> None:
    """A subfield says where it, its value and what follows it begin, however deep it lies."""
    data = bytes.fromhex("4000008400000000") + b"03KEY" + b"06401234" + bytes.fromhex("012345")
    (key, chip, packed) = read_bytes(INNER_MESSAGE, data)
    assert [half // 2 for half in (key.start, key.value_start, key.end)] == [8, 10, 13]
    (amount,) = chip.children
    assert data[amount.start // 2 : amount.end // 2] == b"1234"
    assert (packed.start, packed.end) == (2 * 21, 2 * len(data))


@pytest.mark.parametrize(
    ("layout", "data"),
    [
        (Tagged((), tag=1, length=1), b"A0" * (SUBFIELDS_MAX + 1)),
        (BerTlv(), bytes.fromhex("5000") * (SUBFIELDS_MAX + 1)),
        (AMOUNTS, b"10978C001" * SUBFIELDS_MAX),
        (DataSets(), bytes.fromhex("0100025000") * SUBFIELDS_MAX),
    ],
    ids=["tagged", "ber", "groups", "data sets"],
)
def test_the_number_is_bounded(layout, data) -> None:
    """More subfields than the limit are refused, by our own bound or by that of BER-TLV."""
    with pytest.raises(SubfieldError) as caught:
        read_bytes(layout, data)
    assert caught.value.rule in ("SUB-CNT-01", "TLV-CNT-01")


def test_empty_objects_and_depth() -> None:
    """333 empty objects are read, and ten thousand levels refused at the limit."""
    assert len(read_bytes(BerTlv(), bytes.fromhex("5F2A00") * 333)) == 333
    assert len(read_bytes(Tagged(), b"0100" * 333)) == 333
    nested = b""
    for _ in range(10_000):
        nested = b"\xe1" + _length(len(nested)) + nested
        if len(nested) > 60_000:
            break
    with pytest.raises(SubfieldError) as caught:
        read_bytes(BerTlv(), nested)
    assert caught.value.rule == "TLV-DEP-01"
    assert TLV_DEPTH_MAX < 10


def test_nothing_is_shown_by_accident() -> None:
    """Neither a subfield, nor what holds them, nor an error shows a value."""
    found = read_bytes(CIS, b"R9203123")
    assert "123" not in repr(found) + repr(Subfields(found))
    assert isinstance(found[0], Subfield)
    with pytest.raises(SubfieldError) as caught:
        read_bytes(CIS, b"R920312X")
    assert "12X" not in str(caught.value)
    assert str(caught.value) == "byte 7: DE 92: the value must hold digits only [FLD-N-01]"


def _length(size: int) -> bytes:
    if size < 128:
        return bytes([size])
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(digits)]) + digits
