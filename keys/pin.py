"""What an issuer tells the right PIN by: the Visa PVV, the IBM 3624 natural PIN and its offset; and fresh random PINs.

Clear PINs are Secrets. Who may generate a verification value and who only verify, and which decimalisation tables
are fit to be used, is SoftHsm's policy.
"""

from typing import Final

from keys.ciphers import TDES_BLOCK_BYTES, Tdes, tdes
from keys.decimals import decimals_first
from keys.errors import MalformedInput
from keys.pinblock import PIN_DIGITS_MAX, PIN_DIGITS_MIN, check_pin
from keys.sensitive import Pan, Secret

PVV_DIGITS: Final = 4
RANDOM_PIN_ENTROPY_BYTES: Final = 16
_PAN_DIGITS: Final = 11
_PIN_DIGITS: Final = 4
_BLOCK_DIGITS: Final = 2 * TDES_BLOCK_BYTES
_HEX: Final = "0123456789abcdef"


def pvv(pvk: Secret | Tdes, pan: Pan, pvki: int, pin: Secret) -> str:
    """The Visa PIN verification value, four digits.

    The rightmost eleven digits of the PAN without its check digit, the key index and the leftmost four digits
    of the PIN are enciphered; the decimal digits of the result are taken in order, then its letters less ten.

    Args:
        pvk: PIN verification key pair, 16 bytes.
        pan: at least 12 digits.
        pvki: PIN verification key index, 0 to 9 (Visa issues 1 to 6).
        pin: 4 to 12 ASCII digits.

    >>> pvk = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    >>> pvv(pvk, Pan("5432101234567890"), 1, Secret(b"1234"))
    '6776'
    """
    if len(pan) <= _PAN_DIGITS:
        raise MalformedInput(f"a PVV is made over a PAN of at least {_PAN_DIGITS + 1} digits, not {len(pan)}")
    if not 0 <= pvki <= 9:
        raise MalformedInput(f"a PIN verification key index is 0 to 9, not {pvki}")
    check_pin(pin)
    return decimals_first(tdes(pvk).encrypt(_security_parameter(pan, pvki, pin).expose()), PVV_DIGITS)


# IBM 3624: the PIN follows from the card by a key and a table; an offset lets the cardholder choose another.


def validation_data(layout: str, pan: Pan) -> str:
    """Sixteen hex digits made of a card number, by the layout that the key's terms have (`keys.terms.Terms`).

    >>> validation_data("PPPPPPPPPPPPFFFF", Pan("4761739001010119"))
    '173900101011FFFF'
    >>> validation_data("PPPPPPPPPPPPPPPK", Pan("4761739001010119"))
    '4761739001010119'
    """
    digits, count = pan.expose(), layout.count("P")
    if len(digits) <= count:
        raise MalformedInput(f"validation data of this key is made of a PAN of at least {count + 1} digits")
    return layout.replace("P" * count, digits[-count - 1 : -1]).replace("K", digits[-1])


def natural_pin(pvk: Secret | Tdes, validation_data: str, table: str, length: int) -> Secret:
    """The PIN that a card has by nature (IBM 3624 algorithm), ASCII digits.

    Args:
        pvk: PIN verification key, 8, 16 or 24 bytes.
        validation_data: 16 hex digits that the issuer chose for the card, mostly of its PAN.
        table: decimalisation table, 16 decimal digits: what each hex digit of the cipher text becomes.
        length: digits of the PIN, 4 to 12.

    >>> pvk = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    >>> natural_pin(pvk, "11223344556677FF", "1234567890123456", 4).expose()
    b'5518'
    """
    _check_pin_digits(length)
    return Secret(decimalise(_enciphered(pvk, validation_data), table, length).encode("ascii"))


def pin_offset(pvk: Secret | Tdes, validation_data: str, table: str, pin: Secret) -> str:
    """What must be added to the natural PIN, digit by digit without carry, to give this one; as many digits as it has.

    >>> pvk = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    >>> pin_offset(pvk, "1122334455667788", "1234567890123456", Secret(b"0000"))
    '6586'
    """
    check_pin(pin)
    natural = natural_pin(pvk, validation_data, table, len(pin))
    return _summed(pin.expose(), natural.expose(), -1).decode("ascii")


def pin_from_offset(pvk: Secret | Tdes, validation_data: str, table: str, offset: str) -> Secret:
    """The PIN that has this offset: 4 to 12 digits, as many as the offset.

    >>> pvk = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    >>> pin_from_offset(pvk, "1122334455667788", "1234567890123456", "6586").expose()
    b'0000'
    """
    if not (offset.isascii() and offset.isdigit()):
        raise MalformedInput("a PIN offset has decimal digits and nothing else")
    natural = natural_pin(pvk, validation_data, table, len(offset))
    return Secret(_summed(natural.expose(), offset.encode("ascii"), 1))


def decimalise(block: bytes, table: str, count: int) -> str:
    """The first so many hex digits of the block, each replaced by what stands at its place in the table.

    Args:
        block: eight bytes of cipher text.
        table: 16 decimal digits.
        count: 1 to 16.

    >>> decimalise(bytes.fromhex("E5C1BD67B66AE7C6"), "8351296477461538", 6)
    '391365'
    """
    if len(block) != TDES_BLOCK_BYTES:
        raise MalformedInput(f"{TDES_BLOCK_BYTES} bytes are decimalised, not {len(block)}")
    if not (len(table) == len(_HEX) and table.isascii() and table.isdigit()):
        raise MalformedInput(f"a decimalisation table has {len(_HEX)} decimal digits and nothing else")
    if not 1 <= count <= _BLOCK_DIGITS:
        raise MalformedInput(f"1 to {_BLOCK_DIGITS} digits are decimalised, not {count}")
    return block.hex()[:count].translate(str.maketrans(_HEX, table))


def random_pin(entropy: bytes, digits: int) -> Secret:
    """A PIN of so many digits out of random bytes, every one as likely as any other.

    One large number modulo the number of PINs: the bias is below 2 to the -88 (the simple modular method of
    NIST SP 800-90A A.5.3, which asks for -64).

    Args:
        entropy: 16 fresh random bytes.
        digits: 4 to 12.

    >>> random_pin(bytes.fromhex("000000000000000000000000075BCD15"), 4)
    Secret(4 bytes)
    """
    _check_pin_digits(digits)
    if len(entropy) != RANDOM_PIN_ENTROPY_BYTES:
        raise MalformedInput(f"a PIN is drawn from {RANDOM_PIN_ENTROPY_BYTES} random bytes, not {len(entropy)}")
    return Secret(b"%0*d" % (digits, int.from_bytes(entropy, "big") % 10**digits))


def _security_parameter(pan: Pan, pvki: int, pin: Secret) -> Secret:
    """The transformed security parameter: sixteen digits in eight bytes. It holds the clear PIN."""
    head = pan.expose()[-_PAN_DIGITS - 1 : -1]
    return Secret(bytes.fromhex(f"{head}{pvki}{pin.expose()[:_PIN_DIGITS].decode('ascii')}"))


def _enciphered(pvk: Secret | Tdes, validation_data: str) -> bytes:
    if len(validation_data) != _BLOCK_DIGITS or validation_data.lower().strip(_HEX):
        raise MalformedInput(f"PIN validation data has {_BLOCK_DIGITS} hex digits and nothing else")
    return tdes(pvk).encrypt(bytes.fromhex(validation_data))


def _summed(one: bytes, other: bytes, sign: int) -> bytes:
    """Digit by digit modulo ten, ASCII in and out."""
    zero = ord("0")
    return bytes(zero + ((left - zero) + sign * (right - zero)) % 10 for left, right in zip(one, other, strict=True))


def _check_pin_digits(digits: int) -> None:
    if not PIN_DIGITS_MIN <= digits <= PIN_DIGITS_MAX:
        raise MalformedInput(f"a PIN has {PIN_DIGITS_MIN} to {PIN_DIGITS_MAX} digits, not {digits}")
