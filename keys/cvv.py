"""Card verification values: CVV on the stripe, iCVV in the chip, CVV2 on the back; dCVV and CVC3 of one tap each.

The first three are one algorithm with three service codes, which SoftHsm's operations set and never a caller:
otherwise a chip's value could be written on a stripe. The dynamic values are made with a key of the card, which is
derived elsewhere (`keys.emv.derive`), and of its transaction counter, whose window is the issuer's to judge.
"""

from typing import Final

from keys.ciphers import TDES_BLOCK_BYTES, Tdes, tdes, xor
from keys.decimals import decimals_first
from keys.errors import MalformedInput
from keys.mac import retail_mac
from keys.sensitive import Pan, Secret

CVV_DIGITS: Final = 3
CVV_DIGITS_MAX: Final = 5  # What the track has room for; cards carry three.
CVC3_DIGITS_MAX: Final = 5  # Two bytes as a decimal number.
CVV2_SERVICE_CODE: Final = "000"
ICVV_SERVICE_CODE: Final = "999"
_CVK_BYTES: Final = 16
_INPUT_DIGITS: Final = 32
_ATC_BYTES: Final = 2
_IVCVC3_BYTES: Final = 2
_UNPREDICTABLE_NUMBER_BYTES: Final = 4


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
    _check_bytes("a card verification key", cipher.key_bytes, _CVK_BYTES)
    _check_digits("an expiry date", expiry, 4)
    _check_digits("a service code", service_code, 3)
    if not 1 <= length <= CVV_DIGITS_MAX:
        raise MalformedInput(f"a CVV has 1 to {CVV_DIGITS_MAX} digits, not {length}")
    blocks = _input_blocks(pan, expiry, service_code).expose()
    chained = xor(cipher.left.encrypt(blocks[:TDES_BLOCK_BYTES]), blocks[TDES_BLOCK_BYTES:])
    return decimals_first(cipher.encrypt(chained), length)


def dcvv(card_key: Secret | Tdes, pan: Pan, expiry: str, service_code: str, atc: bytes) -> str:
    """The dynamic CVV of Visa's contactless stripe mode, three digits.

    The CVV algorithm under the card's own key, with the transaction counter in place of the PAN's first four digits.

    Args:
        card_key: ICC master key, 16 bytes.
        pan: the card number.
        expiry: four digits, YYMM.
        service_code: three digits.
        atc: application transaction counter, 2 bytes, whose four digits of BCD stand in the track.

    >>> from keys.emv.derive import icc_master_key
    >>> imk, pan = Secret(bytes.fromhex("12345678123456781234567812345678")), Pan("1234567890123456")
    >>> dcvv(icc_master_key(imk, pan, "00"), pan, "1310", "226", bytes.fromhex("3210"))
    '422'
    """
    _check_bytes("a transaction counter", len(atc), _ATC_BYTES)
    return cvv(card_key, Pan(atc.hex() + pan.expose()[4:]), expiry, service_code)


def cvc3(card_key: Secret | Tdes, ivcvc3: bytes, un: bytes, atc: bytes, digits: int = CVV_DIGITS) -> str:
    """The dynamic CVC3 of Mastercard's contactless stripe mode: the last digits of two bytes as a decimal number.

    Args:
        card_key: ICC master key for CVC3, 16 bytes.
        ivcvc3: initial vector of the card's track, 2 bytes (`generate_ivcvc3`).
        un: unpredictable number, 4 bytes; zeroes before its digits.
        atc: application transaction counter, 2 bytes; zeroes where the card does not send it.
        digits: how many the track has room for, 1 to 5.

    >>> from keys.emv.derive import icc_master_key
    >>> key = icc_master_key(Secret(bytes.fromhex("01234567899876543210012345678998")), Pan("5123456789012345"), "00")
    >>> iv = generate_ivcvc3(key, bytes.fromhex("5123456789012345D35121010000000000000F"))
    >>> cvc3(key, iv, bytes.fromhex("00000899"), bytes.fromhex("005E"))
    '488'
    """
    cipher = _card_cipher(card_key)
    _check_bytes("an initial vector for CVC3", len(ivcvc3), _IVCVC3_BYTES)
    _check_bytes("an unpredictable number", len(un), _UNPREDICTABLE_NUMBER_BYTES)
    _check_bytes("a transaction counter", len(atc), _ATC_BYTES)
    if not 1 <= digits <= CVC3_DIGITS_MAX:
        raise MalformedInput(f"a CVC3 has 1 to {CVC3_DIGITS_MAX} digits, not {digits}")
    number = int.from_bytes(cipher.encrypt(ivcvc3 + un + atc)[-2:], "big")
    return f"{number:0{CVC3_DIGITS_MAX}d}"[-digits:]


def generate_ivcvc3(card_key: Secret | Tdes, track: bytes) -> bytes:
    """What a card's CVC3s begin with, 2 bytes: the end of MAC algorithm 3 with padding 2 over its static track.

    Args:
        card_key: ICC master key for CVC3, 16 bytes.
        track: track 1 data in ASCII, or track 2 data in BCD, with the fields that change left as they are on the card.
    """
    return retail_mac(_card_cipher(card_key), track, padding=2)[-_IVCVC3_BYTES:]


def _card_cipher(card_key: Secret | Tdes) -> Tdes:
    cipher = tdes(card_key)
    _check_bytes("a card's key", cipher.key_bytes, _CVK_BYTES)
    return cipher


def _check_bytes(what: str, given: int, required: int) -> None:
    if given != required:
        raise MalformedInput(f"{what} has {required} bytes, not {given}")


def _check_digits(what: str, text: str, digits: int) -> None:
    if not (len(text) == digits and text.isascii() and text.isdigit()):
        raise MalformedInput(f"{what} has {digits} decimal digits and nothing else")


def _input_blocks(pan: Pan, expiry: str, service_code: str) -> Secret:
    """PAN, expiry and service code side by side, filled with zeroes to 32 digits in two blocks."""
    return Secret(bytes.fromhex(f"{pan.expose()}{expiry}{service_code}".ljust(_INPUT_DIGITS, "0")))
