"""Proves the choice of decimal digits out of cipher text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.decimals import decimals_first


@pytest.mark.parametrize(
    ("block", "count", "digits"),
    [
        ("A1B2C3D4", 3, "123"),
        ("A1B2C3D4", 6, "123401"),
        ("ABCDEFAB", 4, "0123"),
        ("ABCDEFAB", 8, "01234501"),
        ("FF123456", 4, "1234"),
    ],
)
def test_decimals_come_first(block, count, digits):
    """Decimals in order, then letters in order, less ten."""
    assert decimals_first(bytes.fromhex(block), count) == digits


@given(st.binary(min_size=8, max_size=20), st.integers(1, 16))
def test_it_always_gives_so_many_digits(block, count):
    """Eight bytes are enough for sixteen digits, whatever they are."""
    digits = decimals_first(block, count)
    assert len(digits) == count
    assert digits.isdecimal()
