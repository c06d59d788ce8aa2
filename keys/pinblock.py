"""PIN blocks: the eight bytes in which a PIN travels, bound to its card number. Format 0 of ISO 9564-1.

Decoding is strict and gives one identical error for every cause, PAN included: whoever can tell a bad digit from
a bad fill learns the PIN digit by digit. No frame that raises holds a clear digit in its locals, so that a
traceback that prints locals shows none either. What may be translated to what is SoftHsm's policy.
"""

from typing import Final

from keys.ciphers import TDES_BLOCK_BYTES, Tdes, tdes
from keys.errors import MalformedInput, PinMismatch
from keys.sensitive import Pan, Secret

PIN_DIGITS_MIN: Final = 4
PIN_DIGITS_MAX: Final = 12  # ISO 9564-1 clause 8.1.
_BLOCK_DIGITS: Final = 16


def encode_iso0(pin: Secret, pan: Pan) -> Secret:
    """The clear block of format 0 (ISO 9564-1 clause 9.3.2): the PIN field XORed with the account number field.

    Args:
        pin: 4 to 12 ASCII digits.
        pan: its rightmost twelve digits without the check digit are used.

    >>> encode_iso0(Secret(b"1234"), Pan("4012345678909")).expose().hex().upper()
    '041274EDCBA9876F'
    """
    if not is_pin(pin):
        raise MalformedInput(f"a PIN has {PIN_DIGITS_MIN} to {PIN_DIGITS_MAX} decimal digits and nothing else")
    return _joined(pin, pan)


def decode_iso0(block: Secret, pan: Pan) -> Secret:
    """The PIN of a clear block, as ASCII digits.

    Raises:
        PinMismatch: the block has another control nibble, length, digit, fill or card number, or is no block.
    """
    pin = _taken_apart(block, pan)
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


def is_pin(pin: Secret) -> bool:
    """Whether the secret is 4 to 12 ASCII digits."""
    return PIN_DIGITS_MIN <= len(pin) <= PIN_DIGITS_MAX and pin.expose().isdigit()


def _joined(pin: Secret, pan: Pan) -> Secret:
    field = f"0{len(pin):X}{pin.expose().decode('ascii')}".ljust(_BLOCK_DIGITS, "F")
    return Secret((int(field, 16) ^ _account_field(pan)).to_bytes(TDES_BLOCK_BYTES, "big"))


def _taken_apart(block: Secret, pan: Pan) -> Secret | None:
    """The PIN, or None for any defect. Every check is made whatever the others gave."""
    if len(block) != TDES_BLOCK_BYTES:
        return None
    field = f"{int.from_bytes(block.expose(), 'big') ^ _account_field(pan):016X}"
    length = int(field[1], 16)
    digits, fill = field[2 : 2 + length], field[2 + length :]
    checks = [
        field[0] == "0",
        PIN_DIGITS_MIN <= length <= PIN_DIGITS_MAX,
        digits.isdigit(),
        fill == "F" * len(fill),
    ]
    return Secret(digits.encode("ascii")) if all(checks) else None


def _account_field(pan: Pan) -> int:
    """Four zero nibbles and the rightmost twelve digits without the check digit, as one number (clause 9.3.2.3)."""
    return int(pan.expose()[-13:-1], 16)
