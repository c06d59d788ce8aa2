"""Hexadecimal text: the shapes people paste, and errors that name the character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.limits import HEX_TEXT_CHARS_MAX
from switch.wire import HexError
from switch.wire.hexinput import read_hex
from switch.wire.rules import RULES


@given(st.binary(min_size=1, max_size=64), st.sampled_from(["", " ", ":", ", ", "\n", "\t", " 0x", ", 0X"]), st.booleans())
def test_bytes_come_back_from_their_shapes(data: bytes, separator: str, upper: bool) -> None:
    """Plain and grouped digits of either case, with and without 0x, give the bytes."""
    text = separator.join(f"{byte:02X}" if upper else f"{byte:02x}" for byte in data)
    first = "0x" if "x" in separator.lower() else ""
    assert read_hex(first + text) == data
    assert read_hex(f"  {first}{text}\r\n") == data


@pytest.mark.parametrize(
    ("text", "offset", "rule"),
    [
        ("", 0, "HEX-LEN-02"),
        (" \n", 0, "HEX-LEN-02"),
        ("0x", 0, "HEX-ODD-01"),
        ("0200x1", 4, "HEX-CHR-01"),
        ("0200 F2Z0", 7, "HEX-CHR-01"),
        ("0200-F2", 4, "HEX-CHR-01"),
        ("02_00", 2, "HEX-CHR-01"),
        ("+0200", 0, "HEX-CHR-01"),
        ("٠٢", 0, "HEX-CHR-01"),
        ("0200 F2 0", 8, "HEX-ODD-01"),
        ("02000", 0, "HEX-ODD-01"),
        ("0" * (HEX_TEXT_CHARS_MAX + 2), HEX_TEXT_CHARS_MAX, "HEX-LEN-01"),
    ],
)
def test_what_is_no_hexadecimal_text_is_refused_at_its_character(text: str, offset: int, rule: str) -> None:
    """A stray character, an odd group and an empty text are refused by place and rule, and the text is not repeated."""
    with pytest.raises(HexError) as refused:
        read_hex(text)
    assert (refused.value.offset, refused.value.rule) == (offset, rule)
    assert rule in RULES
    assert str(refused.value).startswith(f"character {offset}: ")


@given(st.text(alphabet="0123456789abcdefxX ,:\n-_", max_size=40))
def test_any_text_gives_bytes_or_an_error(text: str) -> None:
    """Nothing but HexError comes out of text that is no hexadecimal form."""
    refused = None
    try:
        assert read_hex(text)
    except HexError as error:
        refused = error
    assert refused is None or 0 <= refused.offset <= len(text)
