"""One element: every form of length and value that a pyiso8583 spec can state, each with exactly one spelling."""

import iso8583
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switch.limits import FIELD_UNITS_MAX
from switch.wire.content import ANY, CONTENTS, ISO_HEADER, Content
from switch.wire.element import Element, prefix_table
from switch.wire.errors import EncodeError
from switch.wire.spec import FieldSpec


def element(data: str, prefix: str, size: int, longest: int, content: Content = ANY, **more: str) -> Element:
    spec = FieldSpec(data_enc=data, len_enc=prefix, len_type=size, max_len=longest, desc="")
    spec.update(more)  # type: ignore[typeddict-item]
    return Element(2, spec, content)


@pytest.mark.parametrize(
    ("tried", "value", "wire"),
    [
        (element("ascii", "ascii", 2, 19), "411", "30 33 34 31 31"),
        (element("ascii", "ascii", 0, 3), "411", "34 31 31"),
        (element("cp500", "cp500", 2, 19), "411", "F0 F3 F4 F1 F1"),
        (element("ascii", "cp500", 2, 19), "411", "F0 F3 34 31 31"),
        (element("latin-1", "bcd", 1, 25), "\xe9", "01 E9"),
        (element("latin-1", "b", 1, 255), "A" * 16, "10" + "41" * 16),
        (element("b", "bcd", 2, 999), "9F26", "00 02 9F 26"),
        (element("b", "ascii", 3, 999), "9F26", "30 30 32 9F 26"),
        (element("b", "b", 0, 2), "9F26", "9F 26"),
        (element("b", "bcd", 1, 19, len_count="nibbles", left_pad="0"), "411", "03 04 11"),
        (element("b", "bcd", 1, 19, len_count="nibbles", left_pad="F"), "411", "03 F4 11"),
        (element("b", "bcd", 1, 19, len_count="nibbles", right_pad="0"), "411", "03 41 10"),
        (element("b", "bcd", 1, 19, len_count="nibbles", right_pad="F"), "411", "03 41 1F"),
        (element("b", "b", 1, 19, len_count="nibbles", right_pad="F"), "4", "01 4F"),
        (element("b", "b", 1, 19, len_count="nibbles", left_pad="0", right_pad="F"), "411", "03 04 11"),
        (element("b", "b", 1, 19, len_count="nibbles"), "4111", "04 41 11"),
        (element("b", "ascii", 0, 3, len_count="nibbles", right_pad="F"), "978", "97 8F"),
        (element("ascii", "ascii", 2, 20, len_count="nibbles"), "411", "30 36 34 31 31"),
        (element("ascii", "ascii", 2, 19), "", "30 30"),
        (element("b", "ascii", 0, 9, CONTENTS["x+n"], len_count="nibbles", left_pad="0"), "C00000012", "0C 00 00 00 12"),
        (element("b", "ascii", 0, 9, CONTENTS["x+n"], len_count="nibbles", right_pad="0"), "C00000012", "C0 00 00 01 20"),
        (element("b", "ascii", 2, 37, CONTENTS["z"], len_count="nibbles", left_pad="0"), "4111D2", "30 36 41 11 D2"),
    ],
)
def test_each_form_has_its_spelling(tried: Element, value: str, wire: str) -> None:
    """A value is spelled as pyiso8583 spells it, and read back from it."""
    data = bytes.fromhex(wire)
    fixed = FieldSpec(data_enc="ascii", len_enc="ascii", len_type=0, max_len=0, desc="")
    spec = {"h": fixed, "t": fixed, "p": fixed, "1": fixed, "2": tried.spec}
    assert bytes(iso8583.encode({"t": "0200", "2": value}, spec)[0])[20:] == data
    assert tried.encode(value) == data
    units = tried.read_units(data, 0)
    assert isinstance(units, int)
    laid = data[tried.prefix_bytes :]
    assert tried.byte_count(units) == len(laid)
    assert tried.find_fault(laid, units) is None
    decode = tried.decode_odd if tried.decode_odd is not None and units & 1 else tried.decode
    assert decode(laid) == value


@pytest.mark.parametrize(
    ("tried", "value", "rule"),
    [
        (element("ascii", "ascii", 2, 19), "4" * 20, "ENC-LEN-02"),
        (element("ascii", "ascii", 2, 19, CONTENTS["n"]), "", "ENC-LEN-02"),
        (element("ascii", "ascii", 0, 3), "41", "ENC-LEN-01"),
        (element("ascii", "ascii", 0, 3), "\xe9\xe9\xe9", "ENC-CHR-01"),
        (element("latin-1", "ascii", 0, 3, CONTENTS["ans"]), "\xe9\xe9\xe9", "ENC-CHR-01"),
        (element("ascii", "ascii", 0, 3, CONTENTS["n"]), "²²²", "ENC-CHR-01"),
        (element("b", "b", 0, 2), "9F2", "ENC-LEN-03"),
        (element("b", "b", 0, 2), "9f26", "ENC-CHR-01"),
        (element("b", "b", 0, 2), "9F 2", "ENC-CHR-01"),
        (element("b", "b", 1, 19, len_count="nibbles"), "411", "ENC-LEN-03"),
        (element("b", "b", 0, 9, CONTENTS["x+n"], len_count="nibbles", left_pad="0"), "C0000001D", "ENC-CHR-01"),
        (element("b", "b", 0, 6, CONTENTS["n"], len_count="nibbles", left_pad="0"), "00A000", "ENC-CHR-01"),
        (element("ascii", "ascii", 0, 9, CONTENTS["x+n"]), "000000012", "ENC-CHR-01"),
        (element("ascii", "ascii", 0, 2), 12, "ENC-TYP-01"),
    ],
)
def test_what_has_no_spelling_is_refused(tried: Element, value: str, rule: str) -> None:
    """A value that breaks length, content or form is refused by DE and rule, and is not in the text."""
    with pytest.raises(EncodeError) as refused:
        tried.encode(value)
    assert (refused.value.de, refused.value.rule) == (2, rule)
    assert "4111" not in str(refused.value)


def test_a_text_counted_in_half_bytes_has_an_even_count() -> None:
    """Where a text's length counts half bytes, an odd one would be spelled otherwise and is refused."""
    tried = element("ascii", "ascii", 2, 20, len_count="nibbles")
    assert tried.find_fault(b"411", 5) == (0, "an odd count (5) cannot be spelled here", "FLD-LEN-03")


@given(
    data=st.binary(min_size=1, max_size=6),
    name=st.sampled_from(sorted(CONTENTS)),
    form=st.sampled_from(["ascii", "cp500", "b"]),
)
@settings(deadline=None)
def test_accepted_bytes_are_encoded_again(data: bytes, name: str, form: str) -> None:
    """For every content class and charset, bytes without a fault decode to a value that encodes to them."""
    tried = element(form, "b", 1, 6, CONTENTS[name])
    if tried.find_fault(data, len(data)) is None:
        assert tried.encode(tried.decode(data)) == bytes([len(data)]) + data


@given(data=st.binary(min_size=1, max_size=4), odd=st.booleans(), pads=st.sampled_from([("left_pad", "0"), ("right_pad", "F")]))
@settings(deadline=None)
def test_accepted_digits_are_encoded_again(data: bytes, odd: bool, pads: tuple[str, str]) -> None:
    """Packed digits of odd and even count, filled on either side, decode to a value that encodes to them."""
    tried = element("b", "b", 1, 8, CONTENTS["n"], len_count="nibbles", **dict([pads]))
    units = 2 * len(data) - odd
    if tried.find_fault(data, units) is None:
        decode = tried.decode_odd if odd and tried.decode_odd is not None else tried.decode
        assert tried.encode(decode(data)) == bytes([units]) + data


def test_prefix_tables_are_bounded() -> None:
    """A prefix of six digits does not make a table of a million entries: no value can be longer than a frame holds."""
    tried = element("b", "ascii", 6, 999_999)
    assert tried.units_max == FIELD_UNITS_MAX
    assert len(tried.lengths) == FIELD_UNITS_MAX + 1
    assert tried.read_units(b"999999", 0) == (f"length prefix says 999999, the longest is {FIELD_UNITS_MAX}", "FLD-LL-03")
    assert prefix_table("bcd", 1, 1, 999) == {bytes.fromhex(f"{units:02d}"): units for units in range(1, 100)}
    assert len(prefix_table("b", 1, 1, 999)) == 255


@pytest.mark.parametrize(
    ("data", "place"),
    [(b"ISO026000040", None), (b"1SO026000040", 0), (b"ISO02600004X", 11), (b"ISOO26000040", 3), (b"ISI026000040", 2)],
)
def test_a_class_may_open_with_a_word(data: bytes, place: int | None) -> None:
    """Text of such a class begins with its word, and the first byte that does not fit is named; in EBCDIC as in ASCII."""
    for charset in ("ascii", "cp500"):
        tried = element(charset, "ascii", 0, 12, ISO_HEADER)
        fault = tried.find_fault(data.decode().encode(charset), 12)
        assert (fault and (fault[0], fault[2])) == (None if place is None else (place, "HDR-ISO-01"))


def test_a_word_needs_its_room() -> None:
    """Nothing that is too short for the word, or that has no letters, is of the class."""
    assert element("ascii", "ascii", 0, 2, ISO_HEADER).find_fault(b"IS", 2) is not None
    assert element("b", "b", 0, 4, ISO_HEADER).find_fault(b"ISO0", 4) is not None
    assert element("ascii", "ascii", 0, 3, ISO_HEADER).find_fault(b"ISO", 3) is None
