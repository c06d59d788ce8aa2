"""The cryptograms of one transaction: the card's (ARQC, TC, AAC) and the issuer's answer (ARPC), EMV Book 2 clause 8.

Bytes in, bytes out: which tags are covered, in which order and with which padding, `profiles` says. Issuers verify
through SoftHsm; the simulated card calls these directly.
"""

from typing import Final

from keys.ciphers import TDES_BLOCK_BYTES, Tdes, tdes, xor
from keys.errors import MalformedInput
from keys.mac import RETAIL_KEY_BYTES, retail_mac
from keys.sensitive import Secret

CRYPTOGRAM_BYTES: Final = 8
ARPC_RESPONSE_CODE_BYTES: Final = 2
CSU_BYTES: Final = 4
ARPC_METHOD_2_BYTES: Final = 4
PROPRIETARY_BYTES_MAX: Final = 8


def application_cryptogram(session_key: Secret | Tdes, data: bytes, padding: int) -> bytes:
    """ARQC, TC or AAC (EMV Book 2 8.1.2): eight bytes, MAC algorithm 3 over the data.

    Args:
        session_key: 16 bytes; the ICC master key itself where the cryptogram version has no session key.
        data: the values of the tags that the version covers, joined.
        padding: ISO/IEC 9797-1 padding method: 1 for the oldest versions, 2 for EMV's own.

    >>> key = Secret(bytes.fromhex("436B942AD637E08564B532B0EC97CB26"))
    >>> data = "000000004000 000000000000 0124 8000048000 0124 191105 01 52BF4585 1800 001C 06011203A0B800"
    >>> application_cryptogram(key, bytes.fromhex(data), 2).hex().upper()
    '7A788EA6B8A3E733'
    """
    return retail_mac(session_key, data, padding=padding, length=CRYPTOGRAM_BYTES)


def arpc_method_1(session_key: Secret | Tdes, arqc: bytes, arc: bytes) -> bytes:
    """The eight-byte ARPC of method 1 (EMV Book 2 8.2.1): the ARQC, XORed with the response code, under TDES.

    Args:
        session_key: 16 bytes.
        arqc: 8 bytes.
        arc: authorisation response code, 2 bytes.
    """
    cipher = tdes(session_key)
    _check_bytes("an ARPC key", cipher.key_bytes, RETAIL_KEY_BYTES)
    _check_bytes("an ARQC", len(arqc), CRYPTOGRAM_BYTES)
    _check_bytes("an authorisation response code", len(arc), ARPC_RESPONSE_CODE_BYTES)
    return cipher.encrypt(xor(arqc, arc.ljust(TDES_BLOCK_BYTES, b"\x00")))


def arpc_method_2(session_key: Secret | Tdes, arqc: bytes, csu: bytes, proprietary: bytes = b"") -> bytes:
    """The four-byte ARPC of method 2 (EMV Book 2 8.2.2): MAC algorithm 3, padding 2, over ARQC, CSU and issuer's data.

    Args:
        session_key: 16 bytes.
        arqc: 8 bytes.
        csu: card status update, 4 bytes.
        proprietary: proprietary authentication data, 0 to 8 bytes.

    >>> key = Secret(bytes.fromhex("436B942AD637E08564B532B0EC97CB26"))
    >>> arpc_method_2(key, bytes.fromhex("7A788EA6B8A3E733"), bytes(4)).hex().upper()
    '9AF514C1'
    """
    _check_bytes("an ARQC", len(arqc), CRYPTOGRAM_BYTES)
    _check_bytes("a card status update", len(csu), CSU_BYTES)
    if len(proprietary) > PROPRIETARY_BYTES_MAX:
        raise MalformedInput(
            f"proprietary authentication data has at most {PROPRIETARY_BYTES_MAX} bytes, not {len(proprietary)}"
        )
    return retail_mac(session_key, arqc + csu + proprietary, padding=2, length=ARPC_METHOD_2_BYTES)


def _check_bytes(what: str, given: int, required: int) -> None:
    if given != required:
        raise MalformedInput(f"{what} has {required} bytes, not {given}")
