"""Proves the PVV's inputs and its choice of digits; its published values are in test_vectors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ciphers import Tdes
from keys.decimals import decimals_first
from keys.errors import MalformedInput
from keys.pin import pvv
from keys.sensitive import Pan, Secret

PVK = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
PAN = Pan("5432101234567890")


def test_the_published_value():
    """PIN 1234 of card 5432101234567890 under index 1 (checked with AWS Payment Cryptography)."""
    assert pvv(PVK, PAN, 1, Secret(b"1234")) == "6776"


@given(st.integers(0, 9), st.text("0123456789", min_size=4, max_size=4))
def test_it_is_the_transformed_security_parameter(pvki, pin):
    """Eleven digits of PAN, index and PIN enciphered, decimals first: the definition, written out."""
    parameter = bytes.fromhex(f"10123456789{pvki}{pin}")
    assert pvv(PVK, PAN, pvki, Secret(pin.encode())) == decimals_first(Tdes(PVK).encrypt(parameter), 4)


def test_longer_pins_count_by_their_first_four_digits():
    """The parameter has room for four digits of the PIN: the leftmost."""
    assert pvv(PVK, PAN, 1, Secret(b"123456")) == pvv(PVK, PAN, 1, Secret(b"1234"))


@pytest.mark.parametrize(
    ("pan", "pvki", "pin"),
    [
        (Pan("54321012345"), 1, b"1234"),
        (PAN, -1, b"1234"),
        (PAN, 10, b"1234"),
        (PAN, 1, b"123"),
        (PAN, 1, b"12345678901234"),
        (PAN, 1, b"12a4"),
    ],
)
def test_other_inputs_are_refused(pan, pvki, pin):
    """A PAN too short for eleven digits, an index of two digits or a PIN that is none."""
    with pytest.raises(MalformedInput):
        pvv(PVK, pan, pvki, Secret(pin))
