"""PIN verification values: four digits from which an issuer tells the right PIN without keeping it.

The Visa PVV only. Clear PINs are Secrets; who may generate a PVV, and who only verify, is SoftHsm's policy.
"""

from typing import Final

from keys.ciphers import Tdes, tdes
from keys.decimals import decimals_first
from keys.errors import MalformedInput
from keys.pinblock import PIN_DIGITS_MAX, PIN_DIGITS_MIN, is_pin
from keys.sensitive import Pan, Secret

PVV_DIGITS: Final = 4
_PAN_DIGITS: Final = 11
_PIN_DIGITS: Final = 4


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
    if not is_pin(pin):
        raise MalformedInput(f"a PIN has {PIN_DIGITS_MIN} to {PIN_DIGITS_MAX} decimal digits and nothing else")
    return decimals_first(tdes(pvk).encrypt(_security_parameter(pan, pvki, pin).expose()), PVV_DIGITS)


def _security_parameter(pan: Pan, pvki: int, pin: Secret) -> Secret:
    """The transformed security parameter: sixteen digits in eight bytes. It holds the clear PIN."""
    head = pan.expose()[-_PAN_DIGITS - 1 : -1]
    return Secret(bytes.fromhex(f"{head}{pvki}{pin.expose()[:_PIN_DIGITS].decode('ascii')}"))
