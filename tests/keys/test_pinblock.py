"""Proves PIN block format 0: the standard's example, every defect refused alike, nothing clear in a traceback."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ciphers import Tdes
from keys.errors import MalformedInput, PinMismatch
from keys.pinblock import decode_iso0, decrypt_iso0, encode_iso0, encrypt_iso0, is_pin
from keys.sensitive import Pan, Secret

KEY = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
PAN = Pan("4761739001010119")

pins = st.text("0123456789", min_size=4, max_size=12).map(lambda text: Secret(text.encode()))
pans = st.text("0123456789", min_size=8, max_size=19).map(Pan)


def block_of(field, pan=PAN):
    """A clear block with that PIN field, well formed or not."""
    return Secret((int(field, 16) ^ int(pan.expose()[-13:-1], 16)).to_bytes(8, "big"))


def refusal(act, *arguments):
    """All that a caller can see of a refused block."""
    with pytest.raises(PinMismatch) as caught:
        act(*arguments)
    error = caught.value
    return type(error), error.args, str(error), error.__cause__, error.__context__, error.reason


def test_the_example_of_the_standard():
    """ANSI X9.24-1:2009 A.4: PIN 1234 of card 4012345678909."""
    block = encode_iso0(Secret(b"1234"), Pan("4012345678909"))
    assert block.expose().hex().upper() == "041274EDCBA9876F"
    assert decode_iso0(block, Pan("4012345678909")) == Secret(b"1234")


@given(pins, pans)
def test_round_trip(pin, pan):
    """What was encoded is decoded, in clear and under a key."""
    assert decode_iso0(encode_iso0(pin, pan), pan) == pin
    assert decrypt_iso0(KEY, encrypt_iso0(KEY, pin, pan), pan) == pin
    kept = Tdes(KEY)
    assert decrypt_iso0(kept, encrypt_iso0(kept, pin, pan), pan) == pin


@given(st.binary(max_size=12), pans)
def test_what_decodes_is_canonical(block, pan):
    """A block that is accepted at all is the very block that encoding its PIN gives."""
    try:
        pin = decode_iso0(Secret(block), pan)
    except PinMismatch:
        return
    assert is_pin(pin)
    assert encode_iso0(pin, pan).expose() == block


@pytest.mark.parametrize(
    "field",
    [
        "141234FFFFFFFFFF",  # format 1
        "341234FFFFFFFFFF",  # format 3
        "F41234FFFFFFFFFF",  # no format
        "00FFFFFFFFFFFFFF",  # no digits
        "03123FFFFFFFFFFF",  # three digits
        "0D1234567890123F",  # thirteen digits
        "0F12345678901234",  # fifteen, more than there is room for
        "04123AFFFFFFFFFF",  # a digit that is none
        "04FFFFFFFFFFFFFF",  # fill for digits
        "041234FFFFFFFFF0",  # fill at the end
        "0412340FFFFFFFFF",  # fill at the beginning
        "041234AFFFFFFFFF",  # format 3's fill
        "051234FFFFFFFFFF",  # length more than the digits
    ],
)
def test_every_defect_is_refused_alike(field):
    """Control nibble, length, digit and fill: one identical error, nothing chained to it (R5)."""
    good = refusal(decode_iso0, block_of("0412345FFFFFFFFF"), PAN)  # five digits where four are declared
    assert refusal(decode_iso0, block_of(field), PAN) == good
    assert refusal(decrypt_iso0, KEY, Tdes(KEY).encrypt(block_of(field).expose()), PAN) == good
    assert refusal(decrypt_iso0, KEY, bytes(7), PAN) == good
    assert refusal(decrypt_iso0, KEY, bytes(16), PAN) == good
    assert refusal(decode_iso0, Secret(b""), PAN) == good


def test_another_card_is_refused_alike():
    """A block read with another PAN gives the error of any other defect."""
    block = encode_iso0(Secret(b"1234"), PAN)
    assert refusal(decode_iso0, block, Pan("4111111111111111")) == refusal(decode_iso0, Secret(bytes(8)), PAN)


def test_the_check_digit_is_not_in_the_block():
    """Only the twelve digits before the check digit bind a block to its card (ISO 9564-1 clause 9.3.2.3)."""
    assert encode_iso0(Secret(b"1234"), PAN) == encode_iso0(Secret(b"1234"), Pan("4761739001010110"))
    assert encode_iso0(Secret(b"1234"), PAN) != encode_iso0(Secret(b"1234"), Pan("4761739001010129"))


@pytest.mark.parametrize("pin", [b"", b"123", b"1234567890123", b"12 4", b"12A4", b"+123", "١٢٣٤".encode()])
def test_only_4_to_12_digits_are_a_pin(pin):
    """Anything else is refused before a block is made, without being repeated."""
    with pytest.raises(MalformedInput, match="4 to 12 decimal digits") as caught:
        encode_iso0(Secret(pin), PAN)
    assert not is_pin(Secret(pin))
    assert len(pin) < 3 or pin.decode() not in str(caught.value)


def test_a_refusal_shows_no_digit_in_its_locals(locals_of):
    """The traceback of a refused block, printed with locals, holds neither the PIN field nor its digits (R8)."""
    field = "0C749318205617FE"
    with pytest.raises(PinMismatch) as caught:
        decrypt_iso0(KEY, Tdes(KEY).encrypt(block_of(field).expose()), PAN)
    shown = locals_of(caught.value)
    clear = block_of(field).expose()
    forms = ["749318205617", field, clear.hex(), repr(clear)[2:-1], repr(bytes.fromhex(field))[2:-1]]
    assert [form for form in forms if form in shown] == []
