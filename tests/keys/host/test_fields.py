"""Proves each form of field: what it reads, what it leaves, and that everything else is refused by a code and not believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import KeyNotFound, KeysError
from keys.host.codes import ErrorCode, Refusal
from keys.host.fields import (
    Account,
    Binary,
    BlockField,
    Characters,
    Choice,
    Counted,
    Digits,
    Flag,
    Hex,
    HexText,
    KeyField,
    KeySerialNumber,
    Optional,
    PinBlock,
    Reader,
    Until,
)
from keys.host.key_table import KeyTable
from keys.host.service import LAB_LMK
from keys.lab import lab_keystore
from keys.system import SystemEntropy

TABLE = KeyTable(lab_keystore(), LAB_LMK, SystemEntropy(), own=("pos.zak",))
HEX_FLAGGED = Counted(4, 100, "flag", ("1",), ";")

FORMS = {
    "hex": Hex(4),
    "hex text": HexText(3),
    "digits": Digits(3),
    "characters": Characters(3),
    "binary": Binary(3),
    "choice": Choice({"00": "", "01": ""}),
    "until": Until(";", 5),
    "counted": Counted(2, 16),
    "counted and ended": HEX_FLAGGED,
    "key": KeyField("any"),
    "block": BlockField("R"),
    "flag": Flag("*"),
    "optional": Optional(";", Digits(2)),
    "serial number": KeySerialNumber(),
    "account": Account(("source",)),
    "PIN block": PinBlock("key"),
}

SEEN = {"flag": "1", "source": "48", "key": "pos.zpk"}


def read(form, data, seen=None):
    """The value, and what is left."""
    reader = Reader(data, TABLE)
    value = form.read(reader, "field", seen or {})
    return value, reader.take(reader.left, "rest")


@pytest.mark.parametrize(
    ("form", "data", "value"),
    [
        (Hex(4), b"12AF", b"\x12\xaf"),
        (HexText(3), b"1AF", "1AF"),
        (Digits(3), b"007", "007"),
        (Characters(3), b"a b", "a b"),
        (Binary(3), b"\x00\xff;", b"\x00\xff;"),
        (Choice({"00": "", "01": ""}), b"01", "01"),
        (Until(";", 5), b"12345;", "12345"),
        (Until(";", 5), b";", ""),
        (Counted(2, 16), b"03\x00\x01\x02", b"\x00\x01\x02"),
        (KeyField("any"), b"N07pos.zpk", "pos.zpk"),
        (Flag("*"), b"*", "*"),
        (Flag("*"), b"", ""),
        (Optional(";", Digits(2)), b";42", "42"),
        (Optional(";", Digits(2)), b"", None),
        (KeySerialNumber(), b"A05" + 20 * b"1", bytes.fromhex("11" * 10)),
        (KeySerialNumber(), b"808" + 24 * b"1", bytes.fromhex("11" * 12)),
        (Account(()), b"173900101011", "173900101011"),
    ],
)
def test_a_form_reads_its_own_and_leaves_the_rest(form, data, value):
    """And what follows it, whatever it is, is left."""
    assert read(form, data + b"#rest") == (value, b"#rest")


def test_what_was_read_before_decides():
    """Hexadecimal data, the card number of format 48, the blocks of an AES key."""
    assert read(HEX_FLAGGED, b"0004ABCD;", {"flag": "1"}) == (b"\xab\xcd", b"")
    assert read(HEX_FLAGGED, b"0004ABCD;", {"flag": "0"}) == (b"ABCD", b"")
    assert read(Account(("source",)), b"4761739001010119;", {"source": "48"}) == ("4761739001010119", b"")
    assert read(PinBlock("key"), 32 * b"A", {"key": "journal.protect"}) == (bytes.fromhex("AA" * 16), b"")
    assert read(PinBlock("key"), 32 * b"A", {"key": "pos.zpk"}) == (bytes.fromhex("AA" * 8), 16 * b"A")


@pytest.mark.parametrize(
    ("form", "data", "code"),
    [
        (Hex(4), b"12a0", ErrorCode.INPUT),
        (Hex(4), b"12", ErrorCode.INPUT),
        (Hex(4), b"1 2 ", ErrorCode.INPUT),
        (Digits(3), b"+12", ErrorCode.INPUT),
        (Digits(2), "٣".encode(), ErrorCode.INPUT),
        (Characters(2), b"a\x00", ErrorCode.INPUT),
        (Choice({"00": ""}, ErrorCode.PIN_BLOCK_FORMAT), b"99", ErrorCode.PIN_BLOCK_FORMAT),
        (Until(";", 5), b"123456;", ErrorCode.INPUT),
        (Until(";", 5), b"12a;", ErrorCode.INPUT),
        (Counted(2, 16), b"11" + bytes(17), ErrorCode.DATA_LENGTH),
        (Counted(2, 16), b"05abcd", ErrorCode.DATA_LENGTH),
        (Counted(2, 16), b"-1a", ErrorCode.INPUT),
        (HEX_FLAGGED, b"0003ABC;", ErrorCode.DATA_LENGTH),
        (HEX_FLAGGED, b"0004ABCD!", ErrorCode.INPUT),
        (KeyField("any"), b"U" + 32 * b"A", ErrorCode.KEY_SCHEME),
        (KeyField("any"), b"N99pos.zpk", ErrorCode.INPUT),
        (KeyField("any"), b"SD00x1", ErrorCode.KEY_BLOCK),
        (KeyField("any"), b"SD0004", ErrorCode.KEY_BLOCK),
        (BlockField("R"), b"SD0100", ErrorCode.KEY_SCHEME),
        (KeySerialNumber(), b"FFF" + 20 * b"1", ErrorCode.INPUT),
        (KeySerialNumber(), b"A05" + 19 * b"1", ErrorCode.INPUT),
    ],
)
def test_what_is_not_of_the_form_is_refused(form, data, code):
    """By its code; the words name the field and no value."""
    with pytest.raises(Refusal) as caught:
        read(form, data, {"flag": "1"})
    assert caught.value.code is code
    assert "field" in caught.value.why


def test_a_key_of_the_ports_own_is_not_named():
    """As if there were none."""
    with pytest.raises(KeyNotFound):
        read(KeyField("any"), b"N07pos.zak")


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(data=st.binary(max_size=60))
def test_garbage_is_read_or_refused(form, data):
    """Nothing else is ever raised, and nothing is read twice."""
    try:
        value, rest = read(form, data, SEEN)
    except (Refusal, KeysError):
        return
    assert data.endswith(rest)
    assert value is not None or isinstance(form, Optional)
