"""Proves the inputs of PVV and IBM 3624, their choice of digits, and fresh PINs; published values are in test_vectors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ciphers import Tdes
from keys.decimals import decimals_first
from keys.errors import MalformedInput
from keys.pin import decimalise, natural_pin, pin_from_offset, pin_offset, pvv, random_pin
from keys.sensitive import Pan, Secret

PVK = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
PAN = Pan("5432101234567890")
TABLE = "0123456789012345"

pins = st.text("0123456789", min_size=4, max_size=12).map(lambda text: Secret(text.encode()))


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


# IBM 3624.


@given(st.binary(min_size=8, max_size=8), st.integers(4, 12))
def test_the_natural_pin_is_the_decimalised_cipher_text(validation, length):
    """Validation data enciphered, letters less ten by the usual table: the definition, written out."""
    digits = "".join(str(int(digit, 16) % 10) for digit in Tdes(PVK).encrypt(validation).hex())
    assert natural_pin(PVK, validation.hex().upper(), TABLE, length) == Secret(digits[:length].encode())
    assert natural_pin(Tdes(PVK), validation.hex(), TABLE, length) == natural_pin(PVK, validation.hex(), TABLE, length)


@given(pins, st.binary(min_size=8, max_size=8), st.text("0123456789", min_size=16, max_size=16))
def test_offset_and_pin_undo_each_other(pin, validation, table):
    """Every PIN has one offset of its length, and every offset one PIN, whatever the table."""
    offset = pin_offset(PVK, validation.hex(), table, pin)
    assert len(offset) == len(pin)
    assert pin_from_offset(PVK, validation.hex(), table, offset) == pin
    assert pin_offset(PVK, validation.hex(), table, natural_pin(PVK, validation.hex(), table, len(pin))) == "0" * len(pin)


@given(st.binary(min_size=8, max_size=8), st.integers(1, 16), st.permutations("0123456789ABCDEF"))
def test_decimalisation_takes_each_digit_by_its_place(block, count, places):
    """A table in which only one place is not zero shows where the block has that digit."""
    digit = int(places[0], 16)
    table = "0" * digit + "7" + "0" * (15 - digit)
    expected = "".join("7" if each == places[0] else "0" for each in block.hex().upper())
    assert decimalise(block, table, count) == expected[:count]


@pytest.mark.parametrize(
    "act",
    [
        lambda: natural_pin(PVK, "1122334455667788", TABLE, 3),
        lambda: natural_pin(PVK, "1122334455667788", TABLE, 13),
        lambda: natural_pin(PVK, "11223344556677", TABLE, 4),
        lambda: natural_pin(PVK, "112233445566778G", TABLE, 4),
        lambda: natural_pin(PVK, "11 2233445566778", TABLE, 4),
        lambda: natural_pin(PVK, "1122334455667788", TABLE[:-1], 4),
        lambda: natural_pin(PVK, "1122334455667788", "0123456789ABCDEF", 4),
        lambda: natural_pin(PVK, "1122334455667788", "٠١٢٣٤٥٦٧٨٩٠١٢٣٤٥", 4),
        lambda: pin_offset(PVK, "1122334455667788", TABLE, Secret(b"123")),
        lambda: pin_offset(PVK, "1122334455667788", TABLE, Secret(b"12A4")),
        lambda: pin_from_offset(PVK, "1122334455667788", TABLE, "123"),
        lambda: pin_from_offset(PVK, "1122334455667788", TABLE, "12F4"),
        lambda: pin_from_offset(PVK, "1122334455667788", TABLE, "-123"),
        lambda: pin_from_offset(PVK, "1122334455667788", TABLE, "١٢٣٤"),
        lambda: decimalise(bytes(7), TABLE, 4),
        lambda: decimalise(bytes(8), TABLE, 0),
        lambda: decimalise(bytes(8), TABLE, 17),
        lambda: random_pin(bytes(15), 4),
        lambda: random_pin(bytes(16), 3),
        lambda: random_pin(bytes(16), 13),
    ],
)
def test_other_inputs_of_ibm_3624_are_refused(act):
    """PINs and offsets of 4 to 12 digits, 16 hex digits of validation data, 16 decimal digits of table (R11)."""
    with pytest.raises(MalformedInput):
        act()


@given(st.binary(min_size=16, max_size=16), st.integers(4, 12))
def test_a_random_pin_is_a_pin(entropy, digits):
    """So many digits, leading zeroes kept, and nothing but what was drawn decides them."""
    pin = random_pin(entropy, digits).expose()
    assert len(pin) == digits
    assert int(pin) == int.from_bytes(entropy, "big") % 10**digits


def test_every_digit_of_a_random_pin_is_as_likely():
    """Over many draws each digit comes in each place about as often as any other."""
    drawn = [random_pin((n * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128).to_bytes(16, "big"), 4).expose() for n in range(5000)]
    for place in zip(*drawn, strict=True):
        assert all(380 < place.count(digit) < 620 for digit in b"0123456789")
