"""BER-TLV: canonical forms only, with the byte of each fault, within bounds of depth and number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.limits import FRAME_BYTES_MAX, TLV_DEPTH_MAX, TLV_ELEMENTS_MAX
from switch.wire import TlvError, tlv
from switch.wire.rules import RULES

PRIMITIVE_TAGS = ("82", "95", "9A", "9F02", "9F26", "5F2A", "DF8129", "DF818302")
ICC = bytes.fromhex("9F2608AABBCCDDEEFF00119F360200018202380095050000000000")


def test_an_emv_field_is_cut_into_its_tags() -> None:
    """DE 55 of a chip purchase gives its tags in order with their values."""
    assert tlv.parse_flat(ICC) == {
        "9F26": bytes.fromhex("AABBCCDDEEFF0011"),
        "9F36": b"\x00\x01",
        "82": b"\x38\x00",
        "95": bytes(5),
    }
    assert tlv.encode(tlv.parse_flat(ICC)) == ICC


def test_constructed_objects_have_children() -> None:
    """The answer to SELECT opens into its templates, and any tag in it is found with its place in the whole."""
    fci = bytes.fromhex("6F18" + "8407A0000000031010" + "A50D" + "500B5649534120435245444954")
    (template,) = tlv.decode(fci)
    assert template.tag == "6F"
    assert [child.tag for child in template.children] == ["84", "A5"]
    label = tlv.find([template], "50")
    assert label is not None
    assert (label.value, label.offset) == (b"VISA CREDIT", 13)
    assert tlv.find([template], "9F38") is None
    assert tlv.encode([("6F", tlv.encode([("84", template.children[0].value), ("A5", template.children[1].value)]))]) == fci


@given(
    st.lists(
        st.tuples(
            st.sampled_from(PRIMITIVE_TAGS),
            st.binary(max_size=20) | st.just(bytes(127)) | st.just(bytes(128)) | st.just(bytes(300)),
        ),
        max_size=8,
    )
)
def test_what_is_encoded_decodes_to_itself(pairs: list[tuple[str, bytes]]) -> None:
    """Any tags and values come back, in order, whatever the size of their lengths."""
    encoded = tlv.encode(pairs)
    assert [(element.tag, element.value) for element in tlv.decode(encoded)] == pairs
    wrapped = tlv.encode([("70", encoded)])
    assert [(element.tag, element.value) for element in tlv.decode(wrapped)[0].children] == pairs


@given(st.binary(max_size=80))
def test_accepted_bytes_encode_to_themselves(data: bytes) -> None:
    """Random bytes are refused with a place inside of them, or encode to themselves."""
    try:
        elements = tlv.decode(data)
    except TlvError as error:
        refused = error
    else:
        assert tlv.encode([(element.tag, element.value) for element in elements]) == data
        return
    assert 0 <= refused.offset <= len(data)
    assert refused.rule in RULES


@pytest.mark.parametrize(
    ("data", "offset", "rule"),
    [
        ("9F8182830100", 0, "TLV-TAG-01"),
        ("82023800" + "9F", 4, "TLV-TAG-02"),
        ("9F81", 0, "TLV-TAG-02"),
        ("0082023800", 0, "TLV-TAG-03"),
        ("82023800FF", 4, "TLV-TAG-03"),
        ("8280380000", 1, "TLV-LEN-01"),
        ("82810238000000", 1, "TLV-LEN-02"),
        ("82820002" + "3800", 1, "TLV-LEN-02"),
        ("82828000" + "38", 1, "TLV-LEN-03"),
        ("820338", 1, "TLV-LEN-03"),
        ("9F36630001", 2, "TLV-LEN-03"),
        ("82", 1, "TLV-LEN-04"),
        ("8284FFFF", 1, "TLV-LEN-04"),
        ("70039F0203", 4, "TLV-LEN-03"),
        ("82FF3800", 1, "TLV-LEN-04"),
    ],
)
def test_what_is_not_canonical_is_refused_at_its_byte(data: str, offset: int, rule: str) -> None:
    """Each deviation has its rule and the byte where it shows."""
    with pytest.raises(TlvError) as refused:
        tlv.decode(bytes.fromhex(data))
    assert (refused.value.offset, refused.value.rule) == (offset, rule)


def test_a_tag_that_comes_twice_is_refused() -> None:
    """`parse_flat` refuses to choose between two values of one tag; `decode` shows both."""
    data = bytes.fromhex("82023800" + "9A03261122" + "82023C00")
    assert len(tlv.decode(data)) == 3
    with pytest.raises(TlvError) as refused:
        tlv.parse_flat(data)
    assert (refused.value.offset, refused.value.rule) == (9, "TLV-DUP-01")


def nested(depth: int) -> bytes:
    """Constructed objects inside of each other."""
    data = b""
    for _ in range(depth):
        data = tlv.encode([("70", data)])
    return data


def test_depth_is_bounded() -> None:
    """Nesting up to the limit is read; one level more, and as many as a frame can hold, are refused without harm."""
    assert tlv.decode(nested(TLV_DEPTH_MAX - 1))
    for depth in (TLV_DEPTH_MAX + 1, 2000):
        with pytest.raises(TlvError) as refused:
            tlv.decode(nested(depth))
        assert refused.value.rule == "TLV-DEP-01"


def test_number_is_bounded() -> None:
    """As many objects as the limit allows are read; one more is refused."""
    element = bytes.fromhex("9A00")
    assert len(tlv.decode(element * TLV_ELEMENTS_MAX)) == TLV_ELEMENTS_MAX
    with pytest.raises(TlvError) as refused:
        tlv.decode(element * (TLV_ELEMENTS_MAX + 1))
    assert refused.value.rule == "TLV-CNT-01"


@pytest.mark.parametrize(
    ("pair", "rule"),
    [
        (("", b""), "TLV-TAG-04"),
        (("9F2", b""), "TLV-TAG-04"),
        (("9f26", b""), "TLV-TAG-04"),
        (("8202", b""), "TLV-TAG-04"),
        (("9F", b""), "TLV-TAG-02"),
        (("82", bytes(FRAME_BYTES_MAX + 1)), "TLV-LEN-05"),
    ],
)
def test_what_could_not_be_read_back_is_not_encoded(pair: tuple[str, bytes], rule: str) -> None:
    """Tags that are none, and values that fit no message, are refused."""
    with pytest.raises(TlvError) as refused:
        tlv.encode([pair])
    assert refused.value.rule == rule


def test_an_object_does_not_show_its_value() -> None:
    """The representation of an object that holds a card number does not."""
    (element,) = tlv.decode(bytes.fromhex("5A084761739001010119"))
    assert "4761739001010119" not in repr(element).upper()
