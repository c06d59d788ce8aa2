"""Card verification values: CVV on the stripe, iCVV in the chip, CVV2 on the back. One algorithm, three service codes.

The codes that tell them apart are set by SoftHsm's operations, never by a caller: otherwise a chip's value could be
written on a stripe. Dynamic values are not made here.
"""

from typing import Final

from keys.ciphers import TDES_BLOCK_BYTES, Tdes, tdes, xor
from keys.decimals import decimals_first
from keys.errors import MalformedInput
from keys.sensitive import Pan, Secret

CVV_DIGITS: Final = 3
CVV_DIGITS_MAX: Final = 5  # What the track has room for; cards carry three.
CVV2_SERVICE_CODE: Final = "000"
ICVV_SERVICE_CODE: Final = "999"
_CVK_BYTES: Final = 16
_INPUT_DIGITS: Final = 32


def cvv(cvk: Secret | Tdes, pan: Pan, expiry: str, service_code: str, length: int = CVV_DIGITS) -> str:
    """The card verification value of Visa and Mastercard (CVV, CVC), decimal digits.

    Args:
        cvk: card verification key pair, 16 bytes.
        pan: the card number.
        expiry: four digits, in the order that the value was made with: YYMM on track 2, YYMM or MMYY for CVV2.
        service_code: three digits; "999" makes an iCVV, "000" a CVV2.
        length: leftmost digits kept, 1 to 5.

    >>> cvk = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    >>> cvv(cvk, Pan("4123456789012345"), "8701", "101")
    '561'
    """
    cipher = tdes(cvk)
    if cipher.key_bytes != _CVK_BYTES:
        raise MalformedInput(f"a card verification key has {_CVK_BYTES} bytes, not {cipher.key_bytes}")
    _check_digits("an expiry date", expiry, 4)
    _check_digits("a service code", service_code, 3)
    if not 1 <= length <= CVV_DIGITS_MAX:
        raise MalformedInput(f"a CVV has 1 to {CVV_DIGITS_MAX} digits, not {length}")
    blocks = _input_blocks(pan, expiry, service_code).expose()
    chained = xor(cipher.left.encrypt(blocks[:TDES_BLOCK_BYTES]), blocks[TDES_BLOCK_BYTES:])
    return decimals_first(cipher.encrypt(chained), length)


def _check_digits(what: str, text: str, digits: int) -> None:
    if not (len(text) == digits and text.isascii() and text.isdigit()):
        raise MalformedInput(f"{what} has {digits} decimal digits and nothing else")


def _input_blocks(pan: Pan, expiry: str, service_code: str) -> Secret:
    """PAN, expiry and service code side by side, filled with zeroes to 32 digits in two blocks."""
    return Secret(bytes.fromhex(f"{pan.expose()}{expiry}{service_code}".ljust(_INPUT_DIGITS, "0")))
