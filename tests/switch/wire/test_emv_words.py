"""EMV tags in words: each bit is named once, and the tables are as long as the tags (EMV Book 3 annex C)."""

import pytest

from switch.wire.emv_words import TAG_BITS, tag_meaning
from switch.wire.tags import TAGS, may_show


@pytest.mark.parametrize("tag", TAG_BITS)
def test_tables(tag: str) -> None:
    """A table is of a tag that is known and shown, and has eight bits for each byte, no meaning twice."""
    assert tag in TAGS
    assert may_show(tag)
    assert all(len(bits) == 8 for bits in TAG_BITS[tag])
    words = [meaning for bits in TAG_BITS[tag] for meaning in bits if meaning]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("tag", "value", "meaning"),
    [
        ("95", "0000000000", "no bit set"),
        (
            "95",
            "8000048000",
            "offline data authentication was not performed; online PIN entered; transaction exceeds the floor limit",
        ),
        ("95", "0100000000", "byte 1 bit 1 (reserved)"),
        ("95", "80000480", ""),
        ("82", "2000", "DDA supported"),
        ("9B", "E800", ""),
        ("9F34", "1E0300", "signature, if the terminal supports it: result unknown"),
        (
            "9F34",
            "420302",
            "enciphered PIN verified online, if the terminal supports it, then the next method if it fails: successful",
        ),
        ("9F34", "3F0000", "no CVM performed, always: result unknown"),
        ("9F27", "80", "ARQC (online requested)"),
        ("9F27", "C0", "reserved type of cryptogram"),
        ("9F26", "AABB", ""),
    ],
)
def test_meanings(tag: str, value: str, meaning: str) -> None:
    """Known values read as EMV defines them; what no table has, or has another length, has no words."""
    if tag == "9B":
        assert "offline data authentication was performed" in tag_meaning(tag, bytes.fromhex(value))
    else:
        assert tag_meaning(tag, bytes.fromhex(value)) == meaning
