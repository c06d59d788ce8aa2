"""The keys of one card and of one transaction, derived from the issuer's master key (EMV Book 2 annex A1).

For derivations only; what a derived key then makes is in `cryptogram`.
"""

from hashlib import sha1
from typing import Final, Literal

from keys.ciphers import TDES_BLOCK_BYTES, Tdes, odd_parity, tdes, xor
from keys.decimals import decimals_first
from keys.errors import MalformedInput
from keys.sensitive import Pan, Secret

MasterKeyOption = Literal["A", "B"]

ATC_BYTES: Final = 2
_MASTER_KEY_BYTES: Final = 16
_OPTION_A_DIGITS: Final = 16
_ALL_ONES: Final = b"\xff" * TDES_BLOCK_BYTES


def icc_master_key(imk: Secret | Tdes, pan: Pan, psn: str, option: MasterKeyOption = "A") -> Secret:
    """The card's master key (EMV Book 2 A1.4), 16 bytes of odd parity.

    Args:
        imk: issuer master key, 16 bytes.
        pan: the card number.
        psn: PAN sequence number, two digits; "00" where the card has none.
        option: A uses the rightmost 16 digits of PAN and sequence number; B hashes them where the PAN is
            longer than 16 digits, so that no digit is lost.

    >>> imk = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    >>> from keys.ciphers import kcv_tdes_legacy
    >>> kcv_tdes_legacy(icc_master_key(imk, Pan("9901234567890123"), "45"), digits=4)
    '1DA5'
    """
    cipher = _master(imk, "an issuer master key")
    if not (len(psn) == 2 and psn.isascii() and psn.isdigit()):
        raise MalformedInput('a PAN sequence number has two decimal digits: "00" where the card has none')
    match option:
        case "A":
            left = _rightmost_16(pan, psn)
        case "B":
            left = _rightmost_16(pan, psn) if len(pan) <= _OPTION_A_DIGITS else _hashed_16(pan, psn)
        case _:
            raise MalformedInput("an ICC master key is derived by option A or B")
    return odd_parity(Secret(cipher.encrypt(left + xor(left, _ALL_ONES))))


def common_session_key(mk: Secret | Tdes, diversifier: bytes) -> Secret:
    """The session key of the EMV common method (EMV Book 2 A1.3.1), 16 bytes of odd parity.

    Args:
        mk: ICC master key, 16 bytes.
        diversifier: R. The 2-byte ATC for application cryptograms, which six zero bytes follow, or all 8 bytes.

    >>> mk = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    >>> common_session_key(mk, bytes.fromhex("001C")).expose().hex().upper()
    'E9FB384AF807B940FEDCEA613461B0C4'
    """
    if len(diversifier) not in (ATC_BYTES, TDES_BLOCK_BYTES):
        raise MalformedInput(
            f"a session key is diversified by {ATC_BYTES} bytes (ATC) or {TDES_BLOCK_BYTES}, not {len(diversifier)}"
        )
    head, tail = diversifier[:2], diversifier[3:].ljust(5, b"\x00")
    blocks = head + b"\xf0" + tail + head + b"\x0f" + tail
    return odd_parity(Secret(_master(mk, "an ICC master key").encrypt(blocks)))


def _master(key: Secret | Tdes, what: str) -> Tdes:
    cipher = tdes(key)
    if cipher.key_bytes != _MASTER_KEY_BYTES:
        raise MalformedInput(f"{what} has {_MASTER_KEY_BYTES} bytes, not {cipher.key_bytes}")
    return cipher


def _rightmost_16(pan: Pan, psn: str) -> bytes:
    return bytes.fromhex((pan.expose() + psn)[-_OPTION_A_DIGITS:].zfill(_OPTION_A_DIGITS))


def _hashed_16(pan: Pan, psn: str) -> bytes:
    """Sixteen decimal digits of the SHA-1 of PAN and sequence number (EMV Book 2 A1.4.2)."""
    digits = pan.expose() + psn
    digest = sha1(bytes.fromhex(digits.zfill(len(digits) + len(digits) % 2)), usedforsecurity=False).digest()
    return bytes.fromhex(decimals_first(digest, _OPTION_A_DIGITS))
