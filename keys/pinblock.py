"""PIN blocks: the bytes in which a PIN travels, formats 0 to 4 of ISO 9564-1.

Decoding is strict and gives one identical error for every cause, PAN included: whoever can tell a bad digit from
a bad fill learns the PIN digit by digit. No frame that raises holds a clear digit in its locals, so that a
traceback that prints locals shows none either. What may be translated to what is SoftHsm's policy.
"""

from enum import Enum
from typing import Final

from keys.ciphers import AES_BLOCK_BYTES, TDES_BLOCK_BYTES, Aes, Tdes, aes, tdes
from keys.errors import MalformedInput, PinMismatch
from keys.sensitive import Pan, Secret

PIN_DIGITS_MIN: Final = 4
PIN_DIGITS_MAX: Final = 12  # ISO 9564-1 clause 8.1.
ENTROPY_BYTES: Final = 16  # What `encrypt_pin` is given, whichever format uses how much of it.
_FIELD_DIGITS: Final = 16
_FILL_DIGITS_MAX: Final = _FIELD_DIGITS - 2 - PIN_DIGITS_MIN
_FILL_LETTERS: Final = "abcdef"  # Of format 3 (ISO 9564-1 clause 9.3.5).
_ISO4_RANDOM_BYTES: Final = 8
_ISO4_PAN_DIGITS_MIN: Final = 12


class PinBlockFormat(Enum):
    """The formats of ISO 9564-1, by the digit that a block begins with."""

    ISO_0 = "0"
    ISO_1 = "1"
    ISO_2 = "2"
    ISO_3 = "3"
    ISO_4 = "4"


_FILLS: Final = ("f", "0123456789abcdef", "f", _FILL_LETTERS, "a")  # What the fill of each format may have.


def encrypt_pin(key: Secret | Tdes | Aes, block_format: PinBlockFormat, pin: Secret, pan: Pan, entropy: bytes) -> bytes:
    """An enciphered block of any format: 8 bytes under TDES, 16 bytes of format 4 under AES.

    Args:
        key: TDES, or AES for format 4.
        block_format: which block it shall be.
        pin: 4 to 12 ASCII digits.
        pan: the card number; formats 1 and 2 do not hold it.
        entropy: 16 fresh random bytes, for the fill of formats 1, 3 and 4.
    """
    if len(entropy) != ENTROPY_BYTES:
        raise MalformedInput(f"a PIN block is filled from {ENTROPY_BYTES} random bytes, not {len(entropy)}")
    match block_format:
        case PinBlockFormat.ISO_0:
            return _under_tdes(key).encrypt(encode_iso0(pin, pan).expose())
        case PinBlockFormat.ISO_1:
            return _under_tdes(key).encrypt(encode_iso1(pin, entropy).expose())
        case PinBlockFormat.ISO_2:
            return _under_tdes(key).encrypt(encode_iso2(pin).expose())
        case PinBlockFormat.ISO_3:
            return _under_tdes(key).encrypt(encode_iso3(pin, pan, fill_letters(entropy)).expose())
        case PinBlockFormat.ISO_4:
            return encrypt_iso4(_under_aes(key), pin, pan, entropy[:_ISO4_RANDOM_BYTES])


def decrypt_pin(key: Secret | Tdes | Aes, block_format: PinBlockFormat, block: bytes, pan: Pan) -> Secret:
    """The PIN of an enciphered block of any format; PinMismatch for every cause, a block of another length included."""
    if block_format is PinBlockFormat.ISO_4:
        return decrypt_iso4(_under_aes(key), block, pan)
    cipher = _under_tdes(key)
    if len(block) != TDES_BLOCK_BYTES:
        raise PinMismatch
    clear = Secret(cipher.decrypt(block))
    match block_format:
        case PinBlockFormat.ISO_0:
            return decode_iso0(clear, pan)
        case PinBlockFormat.ISO_1:
            return decode_iso1(clear)
        case PinBlockFormat.ISO_2:
            return decode_iso2(clear)
        case PinBlockFormat.ISO_3:
            return decode_iso3(clear, pan)


# Format 0: bound to the card, the same block for the same PIN every time.


def encode_iso0(pin: Secret, pan: Pan) -> Secret:
    """The clear block of format 0 (ISO 9564-1 clause 9.3.2): the PIN field XORed with the account number field.

    Args:
        pin: 4 to 12 ASCII digits.
        pan: its rightmost twelve digits without the check digit are used.

    >>> encode_iso0(Secret(b"1234"), Pan("4012345678909")).expose().hex().upper()
    '041274EDCBA9876F'
    """
    check_pin(pin)
    return _joined(_field("0", pin, "f" * _FILL_DIGITS_MAX), pan)


def decode_iso0(block: Secret, pan: Pan) -> Secret:
    """The PIN of a clear block, as ASCII digits.

    Raises:
        PinMismatch: the block has another control nibble, length, digit, fill or card number, or is no block.
    """
    pin = _taken_apart(0, block, pan)
    if pin is None:
        raise PinMismatch
    return pin


def encrypt_iso0(key: Secret | Tdes, pin: Secret, pan: Pan) -> bytes:
    """The block of format 0 under TDES: the eight bytes that DE 52 carries.

    >>> key = Secret(bytes.fromhex("DDDDEEEEFFFFAAAABBBBCCCCDDDDEEEE"))
    >>> encrypt_iso0(key, Secret(b"1234"), Pan("5432101234567890")).hex().upper()
    '7F381DBF9F6906C4'
    """
    return tdes(key).encrypt(encode_iso0(pin, pan).expose())


def decrypt_iso0(key: Secret | Tdes, block: bytes, pan: Pan) -> Secret:
    """The PIN of an enciphered block; PinMismatch for every cause, a block of another length included."""
    cipher = tdes(key)
    if len(block) != TDES_BLOCK_BYTES:
        raise PinMismatch
    return decode_iso0(Secret(cipher.decrypt(block)), pan)


def translate_iso0(source: Secret | Tdes, target: Secret | Tdes, block: bytes, pan: Pan) -> bytes:
    """The block of format 0 under another key, read as strictly as by `decrypt_iso0`.

    A block that is accepted is the very block that its PIN and PAN give, so it is enciphered as it was found.

    >>> source = Secret(bytes.fromhex("DDDDEEEEFFFFAAAABBBBCCCCDDDDEEEE"))
    >>> target = Secret(bytes.fromhex("AABBCCDDEEFF00112233445566778899"))
    >>> translate_iso0(source, target, bytes.fromhex("7F381DBF9F6906C4"), Pan("5432101234567890")).hex().upper()
    '06C0408B869B2CEB'
    """
    opening, closing = tdes(source), tdes(target)
    if len(block) != TDES_BLOCK_BYTES:
        raise PinMismatch
    clear = Secret(opening.decrypt(block))
    if _taken_apart(0, clear, pan) is None:
        raise PinMismatch
    return closing.encrypt(clear.expose())


# Formats 1 and 2: bound to no card. Format 1 is for where the PAN is not known, format 2 for what a chip card is told.


def encode_iso1(pin: Secret, fill: bytes) -> Secret:
    """The clear block of format 1 (ISO 9564-1 clause 9.3.3): PIN and a transaction field, which is random here.

    Args:
        pin: 4 to 12 ASCII digits.
        fill: random bytes, at least as many as there is room for: five are always enough.

    >>> encode_iso1(Secret(b"123456"), bytes.fromhex("6ABCFDE1")).expose().hex().upper()
    '161234566ABCFDE1'
    """
    check_pin(pin)
    _check_fill(pin, 2 * len(fill))
    return Secret(bytes.fromhex(_field("1", pin, fill.hex())))


def decode_iso1(block: Secret) -> Secret:
    """The PIN of a clear block of format 1, whatever its transaction field; PinMismatch for every cause."""
    pin = _taken_apart(1, block, None)
    if pin is None:
        raise PinMismatch
    return pin


def encode_iso2(pin: Secret) -> Secret:
    """The clear block of format 2 (ISO 9564-1 clause 9.3.4), in which a terminal presents the PIN to a chip card.

    >>> encode_iso2(Secret(b"123456")).expose().hex().upper()
    '26123456FFFFFFFF'
    """
    check_pin(pin)
    return Secret(bytes.fromhex(_field("2", pin, "f" * _FILL_DIGITS_MAX)))


def decode_iso2(block: Secret) -> Secret:
    """The PIN of a clear block of format 2; PinMismatch for every cause."""
    pin = _taken_apart(2, block, None)
    if pin is None:
        raise PinMismatch
    return pin


# Format 3: format 0 with random letters for fill, so that no two blocks of one PIN are alike.


def encode_iso3(pin: Secret, pan: Pan, fill: str) -> Secret:
    """The clear block of format 3 (ISO 9564-1 clause 9.3.5).

    Args:
        pin: 4 to 12 ASCII digits.
        pan: its rightmost twelve digits without the check digit are used.
        fill: random letters A to F, at least as many as there is room for: ten are always enough.

    >>> encode_iso3(Secret(b"123456"), Pan("1112223334445550"), "AFBECDDC").expose().hex().upper()
    '361216759CFA8889'
    """
    check_pin(pin)
    _check_fill(pin, len(fill))
    letters = fill.lower()
    if letters.strip(_FILL_LETTERS):
        raise MalformedInput("the fill of a PIN block of format 3 has the letters A to F and nothing else")
    return _joined(_field("3", pin, letters), pan)


def decode_iso3(block: Secret, pan: Pan) -> Secret:
    """The PIN of a clear block of format 3; PinMismatch for every cause."""
    pin = _taken_apart(3, block, pan)
    if pin is None:
        raise PinMismatch
    return pin


def fill_letters(entropy: bytes) -> str:
    """Ten letters A to F out of 16 random bytes: the digits of one large number, whose bias is below 2 to the -100."""
    number = int.from_bytes(entropy, "big")
    letters = []
    for _ in range(_FILL_DIGITS_MAX):
        number, letter = divmod(number, len(_FILL_LETTERS))
        letters.append(_FILL_LETTERS[letter])
    return "".join(letters).upper()


# Format 4: for AES. PIN field and PAN field are two blocks, bound by enciphering twice.


def pin_field_iso4(pin: Secret, random: bytes) -> Secret:
    """The clear PIN field of format 4 (ISO 9564-1 clause 9.4.2.3): 16 bytes, the last eight of them random.

    >>> pin_field_iso4(Secret(b"1234"), bytes.fromhex("548ED7FD65495950")).expose().hex().upper()
    '441234AAAAAAAAAA548ED7FD65495950'
    """
    check_pin(pin)
    if len(random) != _ISO4_RANDOM_BYTES:
        raise MalformedInput(f"a PIN field of format 4 ends with {_ISO4_RANDOM_BYTES} random bytes, not {len(random)}")
    return Secret(bytes.fromhex(_field("4", pin, "a" * _FILL_DIGITS_MAX)) + random)


def decode_pin_field_iso4(field: Secret) -> Secret:
    """The PIN of a clear PIN field of format 4; PinMismatch for every cause."""
    if len(field) != AES_BLOCK_BYTES:
        raise PinMismatch
    pin = _pin_of(field.expose(), 4)
    if pin is None:
        raise PinMismatch
    return pin


def pan_field_iso4(pan: Pan) -> Secret:
    """The clear PAN field of format 4 (ISO 9564-1 clause 9.4.2.4): its first nibble is the PAN's length less 12.

    >>> pan_field_iso4(Pan("411111111111111")).expose().hex().upper()
    '34111111111111110000000000000000'
    """
    return Secret(_pan_field(pan).to_bytes(AES_BLOCK_BYTES, "big"))


def encrypt_iso4(key: Secret | Aes, pin: Secret, pan: Pan, random: bytes) -> bytes:
    """The block of format 4 (ISO 9564-1 clause 9.4.2.2): PIN field enciphered, XORed with the PAN field, enciphered.

    Args:
        key: AES.
        pin: 4 to 12 ASCII digits.
        pan: the card number, all digits of it.
        random: 8 fresh random bytes.

    >>> key = Secret(bytes.fromhex("00112233445566778899AABBCCDDEEFF"))
    >>> encrypt_iso4(key, Secret(b"1234"), Pan("432198765432109870"), bytes.fromhex("146C6601F4A8035C")).hex().upper()
    '88E33C3ACF404F234F10F889C364E377'
    """
    cipher = aes(key)
    once = int.from_bytes(cipher.encrypt(pin_field_iso4(pin, random).expose()), "big")
    return cipher.encrypt((once ^ _pan_field(pan)).to_bytes(AES_BLOCK_BYTES, "big"))


def decrypt_iso4(key: Secret | Aes, block: bytes, pan: Pan) -> Secret:
    """The PIN of a block of format 4; PinMismatch for every cause, a block of another length included."""
    cipher = aes(key)
    if len(block) != AES_BLOCK_BYTES:
        raise PinMismatch
    once = int.from_bytes(cipher.decrypt(block), "big") ^ _pan_field(pan)
    pin = _pin_of(cipher.decrypt(once.to_bytes(AES_BLOCK_BYTES, "big")), 4)
    if pin is None:
        raise PinMismatch
    return pin


def is_pin(pin: Secret) -> bool:
    """Whether the secret is 4 to 12 ASCII digits."""
    return PIN_DIGITS_MIN <= len(pin) <= PIN_DIGITS_MAX and pin.expose().isdigit()


def check_pin(pin: Secret) -> None:
    """MalformedInput for a secret that is no PIN; the text does not say how many digits it has."""
    if not is_pin(pin):
        raise MalformedInput(f"a PIN has {PIN_DIGITS_MIN} to {PIN_DIGITS_MAX} decimal digits and nothing else")


def _check_fill(pin: Secret, given: int) -> None:
    """Says nothing of how many would have been enough for this PIN: that would tell its length."""
    if given < _FIELD_DIGITS - 2 - len(pin):
        raise MalformedInput(f"the fill of a PIN block has {_FILL_DIGITS_MAX} digits or more: there is too little of it")


def _under_tdes(key: Secret | Tdes | Aes) -> Tdes:
    if isinstance(key, Aes):
        raise MalformedInput("a PIN block of format 0 to 3 is enciphered by TDES, not by AES")
    return tdes(key)


def _under_aes(key: Secret | Tdes | Aes) -> Aes:
    if isinstance(key, Tdes):
        raise MalformedInput("a PIN block of format 4 is enciphered by AES, not by TDES")
    return aes(key)


def _field(control: str, pin: Secret, fill: str) -> str:
    """Control nibble, length, PIN, and as much of the fill as there is room for."""
    return f"{control}{len(pin):x}{pin.expose().decode('ascii')}{fill}"[:_FIELD_DIGITS]


def _joined(field: str, pan: Pan) -> Secret:
    return Secret((int(field, 16) ^ _account_field(pan)).to_bytes(TDES_BLOCK_BYTES, "big"))


def _taken_apart(control: int, block: Secret, pan: Pan | None) -> Secret | None:
    """The PIN, or None for any defect; without a PAN the block is not bound to one."""
    if len(block) != TDES_BLOCK_BYTES:
        return None
    clear = block.expose()
    if pan is not None:
        clear = (int.from_bytes(clear, "big") ^ _account_field(pan)).to_bytes(TDES_BLOCK_BYTES, "big")
    return _pin_of(clear, control)


def _pin_of(field: bytes, control: int) -> Secret | None:
    """The PIN of a field's first eight bytes, or None. Every check is made whatever the others gave."""
    length = field[0] & 0x0F
    text = field.hex()
    digits, fill = text[2 : 2 + length], text[2 + length : _FIELD_DIGITS]
    good = (
        (field[0] >> 4 == control)
        & (PIN_DIGITS_MIN <= length <= PIN_DIGITS_MAX)
        & digits.isdigit()
        & (not fill.strip(_FILLS[control]))
    )
    return Secret(digits.encode("ascii")) if good else None


def _account_field(pan: Pan) -> int:
    """Four zero nibbles and the rightmost twelve digits without the check digit, as one number (clause 9.3.2.3)."""
    return int(pan.expose()[-13:-1], 16)


def _pan_field(pan: Pan) -> int:
    """Length less twelve, the digits, and zeroes to 32 nibbles, as one number; a shorter PAN gets leading zeroes."""
    digits = pan.expose()
    over = len(digits) - _ISO4_PAN_DIGITS_MIN
    if over < 0:
        over = 0
    return over << 124 | int(digits, 16) << 4 * (31 - _ISO4_PAN_DIGITS_MIN - over)
