"""Proves the strict reading of hexadecimal text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.hexadecimal import parse_hex


@given(st.binary())
def test_bytes_come_back(octets):
    """From digits of either case."""
    assert parse_hex(octets.hex()) == parse_hex(octets.hex().upper()) == octets


@pytest.mark.parametrize("text", ["0", "0a FF", " 0a", "0a\n", "0g", "+1", "0x", "1_", "\uff10\uff11", "\u0661\u0662"])
def test_what_is_no_hex_is_none(text):
    """An odd digit, and all that `bytes.fromhex` or `int` would forgive."""
    assert parse_hex(text) is None
