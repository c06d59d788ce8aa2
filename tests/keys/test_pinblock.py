"""Proves PIN block formats 0 to 4: the standard's examples, every defect refused alike, nothing clear in a traceback."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ciphers import Aes, Tdes
from keys.errors import MalformedInput, PinMismatch
from keys.pinblock import (
    PinBlockFormat,
    decode_iso0,
    decode_iso1,
    decode_iso2,
    decode_iso3,
    decode_pin_field_iso4,
    decrypt_iso0,
    decrypt_iso4,
    decrypt_pin,
    encode_iso0,
    encode_iso1,
    encode_iso3,
    encrypt_iso0,
    encrypt_iso4,
    encrypt_pin,
    fill_letters,
    is_pin,
    pan_field_iso4,
    pin_field_iso4,
    translate_iso0,
)
from keys.sensitive import Pan, Secret

AES_KEY = Secret(bytes.fromhex("00112233445566778899AABBCCDDEEFF"))
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


@given(st.integers(0, 2**64 - 1), pans, pins)
def test_translation_is_reading_and_writing_anew(noise, pan, pin):
    """The same block as by way of the PIN, and the same refusal for what cannot be read, of whatever size."""
    other = Secret(bytes(range(16)))
    block = encrypt_iso0(KEY, pin, pan)
    assert translate_iso0(KEY, Tdes(other), block, pan) == encrypt_iso0(other, decrypt_iso0(KEY, block, pan), pan)
    good = refusal(decode_iso0, Secret(bytes(8)), PAN)
    wrong = [each for each in (noise.to_bytes(8, "big"), block[:7], block + b"\x00", b"") if not readable(each, pan)]
    assert [refusal(translate_iso0, KEY, other, each, pan) == good for each in wrong] == [True] * len(wrong)
    assert len(wrong) >= 3


def readable(block, pan):
    try:
        return bool(decrypt_iso0(KEY, block, pan))
    except PinMismatch:
        return False


# The other formats.

DECODERS = {
    "1": lambda field: decode_iso1(Secret(bytes.fromhex(field))),
    "2": lambda field: decode_iso2(Secret(bytes.fromhex(field))),
    "3": lambda field: decode_iso3(block_of(field), PAN),
    "4": lambda field: decode_pin_field_iso4(Secret(bytes.fromhex(field) + bytes(8))),
}
RIGHT = {"1": "1412340123456789", "2": "241234FFFFFFFFFF", "3": "341234ABCDEFABCD", "4": "441234AAAAAAAAAA"}
WRONG_FILLS = {"2": "0AE", "3": "0589", "4": "0BF"}  # Of format 1 every fill is right.


@pytest.mark.parametrize("control", RIGHT)
def test_every_format_is_read(control):
    """The field of each format gives its PIN."""
    assert DECODERS[control](RIGHT[control]) == Secret(b"1234")


@pytest.mark.parametrize("control", RIGHT)
def test_every_defect_of_every_format_is_refused_alike(control):
    """Another control nibble, a length that no PIN has, a digit that is none, another fill: one identical error (R5)."""
    right, decode = RIGHT[control], DECODERS[control]
    good = refusal(decode_iso0, Secret(bytes(8)), PAN)
    wrong = [f"{other}{right[1:]}" for other in "0123456789ABCDEF" if other != control]
    wrong += [f"{right[0]}{length}{right[2:]}" for length in "0123DEF"]
    wrong += [f"{right[:2]}{digit}{right[3:]}" for digit in "ABCDEF"]
    wrong += [right[:where] + fill + right[where + 1 :] for fill in WRONG_FILLS.get(control, "") for where in range(6, 16)]
    assert [refusal(decode, field) == good for field in wrong] == [True] * len(wrong)


@pytest.mark.parametrize("size", [0, 7, 9, 15, 17])
def test_what_is_no_block_is_refused_alike(size):
    """A block of another size, clear or enciphered, is one more defect and no other error."""
    good = refusal(decode_iso0, Secret(bytes(8)), PAN)
    acts = [
        lambda: decode_iso1(Secret(bytes(size))),
        lambda: decode_iso2(Secret(bytes(size))),
        lambda: decode_iso3(Secret(bytes(size)), PAN),
        lambda: decode_pin_field_iso4(Secret(bytes(size))),
        lambda: decrypt_iso4(AES_KEY, bytes(size), PAN),
        *[lambda each=each: decrypt_pin(key_of(each), each, bytes(size), PAN) for each in PinBlockFormat],
    ]
    assert [refusal(act) == good for act in acts] == [True] * len(acts)


@given(st.sampled_from(PinBlockFormat), pins, pans, st.binary(min_size=16, max_size=16))
def test_every_format_comes_back(block_format, pin, pan, entropy):
    """What was enciphered in a format is deciphered in it, with a key or with a kept cipher."""
    key = key_of(block_format)
    cipher = Aes(key) if block_format is PinBlockFormat.ISO_4 else Tdes(key)
    block = encrypt_pin(key, block_format, pin, pan, entropy)
    assert len(block) == (16 if block_format is PinBlockFormat.ISO_4 else 8)
    assert decrypt_pin(key, block_format, block, pan) == pin
    assert decrypt_pin(cipher, block_format, encrypt_pin(cipher, block_format, pin, pan, entropy), pan) == pin


@given(pins, st.binary(min_size=16, max_size=16), st.sampled_from(PinBlockFormat), st.sampled_from(PinBlockFormat))
def test_no_format_is_read_as_another(pin, entropy, made, read):
    """The control nibble tells the formats under one key apart."""
    if made is not read and PinBlockFormat.ISO_4 not in (made, read):
        block = encrypt_pin(KEY, made, pin, PAN, entropy)
        assert refusal(decrypt_pin, KEY, read, block, PAN) == refusal(decode_iso0, Secret(bytes(8)), PAN)


@pytest.mark.parametrize("block_format", [PinBlockFormat.ISO_1, PinBlockFormat.ISO_3, PinBlockFormat.ISO_4])
def test_random_fill_makes_every_block_another(block_format):
    """Of formats with random fill no two blocks of one PIN are equal, of the others all are (R7)."""
    blocks = [encrypt_pin(key_of(block_format), block_format, Secret(b"1234"), PAN, bytes([n]) * 16) for n in range(32)]
    assert len(set(blocks)) == 32


def test_a_block_of_format_4_belongs_to_its_card():
    """With another PAN, a longer one or another check digit the block is refused: all of the PAN is in it."""
    block = encrypt_iso4(AES_KEY, Secret(b"1234"), PAN, bytes(8))
    for other in ("4111111111111111", "4761739001010110", "47617390010101190", "476173900101011"):
        assert refusal(decrypt_iso4, AES_KEY, block, Pan(other)) == refusal(decode_iso0, Secret(bytes(8)), PAN)


@pytest.mark.parametrize(
    ("pan", "field"),
    [("47617390", "0000047617390000"), ("476173900101", "0476173900101000"), ("4761739001010119", "4476173900101011")],
)
def test_the_pan_field_begins_with_a_length(pan, field):
    """Its first nibble is the length less twelve; shorter numbers get leading zeroes (ISO 9564-1 clause 9.4.2.4)."""
    assert pan_field_iso4(Pan(pan)).expose().hex().startswith(field)


@given(st.binary(min_size=16, max_size=16))
def test_fill_letters(entropy):
    """Ten letters A to F, whatever is drawn."""
    assert len(fill_letters(entropy)) == 10
    assert set(fill_letters(entropy)) <= set("ABCDEF")


def test_fill_letters_are_evenly_spread():
    """Over many draws each letter comes in each place about as often as any other."""
    drawn = [fill_letters((number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128).to_bytes(16, "big")) for number in range(3000)]
    for place in zip(*drawn, strict=True):
        assert all(350 < place.count(letter) < 650 for letter in "ABCDEF")


@pytest.mark.parametrize(
    "act",
    [
        lambda: encode_iso1(Secret(b"1234"), bytes(4)),
        lambda: encode_iso3(Secret(b"1234"), PAN, "ABCDEFABC"),
        lambda: encode_iso3(Secret(b"1234"), PAN, "ABCDEFABC9"),
        lambda: pin_field_iso4(Secret(b"1234"), bytes(7)),
        lambda: encrypt_pin(KEY, PinBlockFormat.ISO_3, Secret(b"1234"), PAN, bytes(15)),
        lambda: encrypt_pin(Aes(AES_KEY), PinBlockFormat.ISO_0, Secret(b"1234"), PAN, bytes(16)),
        lambda: encrypt_pin(Tdes(KEY), PinBlockFormat.ISO_4, Secret(b"1234"), PAN, bytes(16)),
        lambda: decrypt_pin(Tdes(KEY), PinBlockFormat.ISO_4, bytes(16), PAN),
        *[
            lambda each=each: encrypt_pin(key_of(each), each, Secret(b"12A4"), PAN, bytes(16))
            for each in PinBlockFormat
        ],
    ],
)  # fmt: skip
def test_other_inputs_are_refused(act):
    """Too little fill, a fill of other letters, a cipher of another kind, and what is no PIN."""
    with pytest.raises(MalformedInput):
        act()


@pytest.mark.parametrize("block_format", PinBlockFormat)
def test_a_refusal_of_any_format_shows_no_digit_in_its_locals(block_format, locals_of):
    """The traceback of a refused block of any format, printed with locals, holds neither the PIN nor its field (R8)."""
    entropy = bytes(range(16))
    pin, key, cipher = Secret(b"749318205617"), key_of(block_format), Tdes(KEY)
    if block_format is PinBlockFormat.ISO_4:
        field = pin_field_iso4(pin, bytes(8)).expose()[:7] + b"\x66" + bytes(8)
        once = int.from_bytes(Aes(key).encrypt(field), "big") ^ int.from_bytes(pan_field_iso4(PAN).expose(), "big")
        block = Aes(key).encrypt(once.to_bytes(16, "big"))
    else:
        clear = cipher.decrypt(encrypt_pin(key, block_format, pin, PAN, entropy))
        block = cipher.encrypt(bytes([clear[0] ^ 0x80]) + clear[1:])
    with pytest.raises(PinMismatch) as caught:
        decrypt_pin(key, block_format, block, PAN)
    shown = locals_of(caught.value)
    assert "749318205617" not in shown
    assert repr(bytes.fromhex("749318205617"))[2:-1] not in shown


def key_of(block_format):
    return AES_KEY if block_format is PinBlockFormat.ISO_4 else KEY
