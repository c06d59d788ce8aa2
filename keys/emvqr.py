"""The check value at the end of an EMV QR code (EMVCo QR Code Specification, Merchant-Presented Mode, tag 63).

No key is in it: it finds misreadings, not forgeries. Building and reading the payload itself is not done here.
"""

from binascii import crc_hqx
from typing import Final

_CRC_START: Final = 0xFFFF


def emvqr_crc(payload: str) -> str:
    """CRC-16/CCITT-FALSE over the payload in UTF-8, four upper-case hex digits.

    Args:
        payload: everything up to and with "6304", the tag and length of the check value itself.

    >>> emvqr_crc("123456789")
    '29B1'
    """
    return f"{crc_hqx(payload.encode('utf-8'), _CRC_START):04X}"
