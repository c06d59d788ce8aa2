"""Issuer application data (tag 9F10) read: which scheme's format it is, its cryptogram version, results and counters.

Formats overlap nowhere in what is checked here; what is in none is refused, never guessed. What a cryptogram version
means stands in `profiles`.
"""

from enum import Enum
from typing import Final

import msgspec

from keys.errors import CryptogramUnsupported


class Scheme(Enum):
    """Whose format it is, and so whose cryptogram version numbers: they are given twice."""

    INTERAC = "Interac"
    MASTERCARD = "Mastercard"
    VISA = "Visa"


class IssuerApplicationData(msgspec.Struct, frozen=True):
    """What a card tells its issuer beside the cryptogram.

    Args:
        scheme: whose format it is.
        cvn: cryptogram version number.
        key_index: derivation key index.
        cvr: card verification results, with their own length byte where the format has one.
        counters: Mastercard's plain text or enciphered counters, 8 bytes; of others none.
    """

    scheme: Scheme
    cvn: int
    key_index: int
    cvr: bytes
    counters: bytes = b""


IAD_BYTES_MAX: Final = 32  # EMV Book 3 annex A.

# Visa (VIS 1.6 appendix F): the first byte says which format; the upper digit of the CVN says it again.
_VISA_HEAD_LENGTH: Final = 0x06  # Formats 0, 1 and 3: six bytes, then issuer discretionary data with its length.
_VISA_HEAD_BYTES: Final = 7
_VISA_CVR_LENGTH: Final = 0x03
_VISA_FORMATS: Final = (0x0, 0x1, 0x3)
_VISA_2_LENGTH: Final = 0x1F  # Format 2: 31 bytes, CVN before key index, five bytes of results.
_VISA_2_FORMAT: Final = 0x2

# Mastercard (M/Chip 4): key index, CVN, six bytes of results, two of a data authentication code, eight of counters.
_MASTERCARD_BYTES: Final = 18
_MASTERCARD_FORMAT: Final = 0x1

# Interac: the length of the rest, key index, CVN, results of four bytes with their length.
_INTERAC_CVNS: Final = (0x85,)
_INTERAC_CVR_LENGTH: Final = 0x04
_INTERAC_HEAD_BYTES: Final = 8


def decode_iad(iad: bytes) -> IssuerApplicationData:
    """The issuer application data in its fields.

    Raises:
        CryptogramUnsupported: it is in no format known.

    >>> decode_iad(bytes.fromhex("06011203A0B800")).cvn
    18
    >>> decode_iad(bytes.fromhex("0110A00003220000DAC000000000000000FF")).scheme.value
    'Mastercard'
    """
    if _is_visa(iad):
        return IssuerApplicationData(Scheme.VISA, iad[2], iad[1], iad[3:_VISA_HEAD_BYTES])
    if len(iad) == IAD_BYTES_MAX and iad[0] == _VISA_2_LENGTH and iad[1] >> 4 == _VISA_2_FORMAT:
        return IssuerApplicationData(Scheme.VISA, iad[1], iad[2], iad[3:8])
    if _is_interac(iad):
        return IssuerApplicationData(Scheme.INTERAC, iad[2], iad[1], iad[3:_INTERAC_HEAD_BYTES])
    if len(iad) == _MASTERCARD_BYTES and iad[1] >> 4 == _MASTERCARD_FORMAT:
        return IssuerApplicationData(Scheme.MASTERCARD, iad[1], iad[0], iad[2:8], iad[10:18])
    raise CryptogramUnsupported(
        "the issuer application data (tag 9F10) is in no format known: Visa 0/1/3 (06, key index, version, results of 03 and"
        " three bytes) or 2 (1F, 32 bytes), Mastercard M/Chip (18 bytes), Interac"
    )


def _is_visa(iad: bytes) -> bool:
    """Issuer discretionary data may follow the seven bytes: one byte of length, then as many bytes."""
    least = _VISA_HEAD_BYTES
    framed = least <= len(iad) <= IAD_BYTES_MAX and iad[0] == _VISA_HEAD_LENGTH and iad[3] == _VISA_CVR_LENGTH
    return framed and iad[2] >> 4 in _VISA_FORMATS and (len(iad) == least or iad[least] == len(iad) - least - 1)


def _is_interac(iad: bytes) -> bool:
    framed = _INTERAC_HEAD_BYTES <= len(iad) <= IAD_BYTES_MAX and iad[0] == len(iad) - 1
    return framed and iad[2] in _INTERAC_CVNS and iad[3] == _INTERAC_CVR_LENGTH
