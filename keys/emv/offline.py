"""Offline data authentication: static (SDA), dynamic (DDA) and combined (CDA), made by a card, verified by a terminal.

EMV Book 2 clauses 5.4, 6.5 and 6.6. Keys come out of certificates (`certificates`); which data is static and what stands in
a DOL is the kernel's business, and comes as bytes.
"""

from hashlib import sha1
from typing import Final

import msgspec

from keys.emv.cryptogram import CRYPTOGRAM_BYTES
from keys.emv.rsa import HASH_ALGORITHM, HASH_BYTES, PrivateKey, PublicKey, check_hash, recover, room, sign
from keys.errors import MalformedInput, OfflineAuthenticationMismatch
from keys.sensitive import constant_time_equal

AUTHENTICATION_CODE_BYTES: Final = 2
DYNAMIC_NUMBER_BYTES: Final = (2, 8)
_PADDING: Final = b"\xbb"
_STATIC_FORMAT: Final = 0x03
_DYNAMIC_FORMAT: Final = 0x05


class Combined(msgspec.Struct, frozen=True):
    """What a combined signature says, beside that it is the card's.

    Args:
        number: ICC dynamic number (tag 9F4C), 2 to 8 bytes.
        cid: cryptogram information data (tag 9F27).
        cryptogram: tag 9F26, 8 bytes, which is nowhere else in the card's answer.
    """

    number: bytes
    cid: int
    cryptogram: bytes


def sign_static(issuer: PrivateKey, code: bytes, static_data: bytes) -> bytes:
    """Signed static application data (tag 93), written to the card by its issuer (EMV Book 2 5.1).

    Args:
        issuer: the issuer's key.
        code: data authentication code (tag 9F45), 2 bytes.
        static_data: the static data to be authenticated (EMV Book 3 10.3).
    """
    if len(code) != AUTHENTICATION_CODE_BYTES:
        raise MalformedInput(f"a data authentication code has {AUTHENTICATION_CODE_BYTES} bytes, not {len(code)}")
    head = bytes((_STATIC_FORMAT, HASH_ALGORITHM)) + code
    return sign(issuer, head.ljust(room(issuer.public), _PADDING), static_data)


def recover_static(issuer: PublicKey, signed: bytes, static_data: bytes) -> bytes:
    """The data authentication code (tag 9F45) of static data that is as its issuer signed it (EMV Book 2 5.4).

    Raises:
        OfflineAuthenticationMismatch: the data was changed, or another issuer signed it.
    """
    what = "the signed static data (tag 93)"
    message = _recovered(issuer, signed, _STATIC_FORMAT, static_data, what)
    return message[2 : 2 + AUTHENTICATION_CODE_BYTES]


def sign_dynamic(icc: PrivateKey, number: bytes, terminal_data: bytes) -> bytes:
    """Signed dynamic application data (tag 9F4B): the card's answer to INTERNAL AUTHENTICATE (EMV Book 2 6.5.1).

    Args:
        icc: the card's key.
        number: ICC dynamic number, 2 to 8 bytes.
        terminal_data: the values that the DDOL asked for, the unpredictable number among them.

    >>> from keys.lab_rsa import lab_rsa_key
    >>> key, challenge = lab_rsa_key("icc.1024"), bytes.fromhex("52BF4585")
    >>> signed = sign_dynamic(key, bytes.fromhex("0102030405060708"), challenge)
    >>> signed[:8].hex().upper(), recover_dynamic(key.public, signed, challenge).hex()
    ('2529998AA756C57C', '0102030405060708')
    """
    return _sign_dynamic(icc, _with_length(number), terminal_data)


def recover_dynamic(icc: PublicKey, signed: bytes, terminal_data: bytes) -> bytes:
    """The ICC dynamic number (tag 9F4C) from a card that holds its key (EMV Book 2 6.5.2).

    Raises:
        OfflineAuthenticationMismatch: the terminal's data was another, or another card signed it.
    """
    what = "the signed dynamic data (tag 9F4B)"
    return _number(_dynamic_data(icc, signed, terminal_data, what), what)[0]


def sign_combined(
    icc: PrivateKey, *, number: bytes, cid: int, cryptogram: bytes, transaction_data: bytes, unpredictable_number: bytes
) -> bytes:
    """Signed dynamic application data (tag 9F4B) in the answer to GENERATE AC (EMV Book 2 6.6.1).

    Args:
        icc: the card's key.
        number: ICC dynamic number, 2 to 8 bytes.
        cid: cryptogram information data, 1 byte.
        cryptogram: TC or ARQC, 8 bytes.
        transaction_data: the values sent for PDOL, CDOL1 and CDOL2, and the answer's objects but this one, joined.
        unpredictable_number: tag 9F37, 4 bytes.
    """
    if len(cryptogram) != CRYPTOGRAM_BYTES:
        raise MalformedInput(f"a cryptogram has {CRYPTOGRAM_BYTES} bytes, not {len(cryptogram)}")
    said = _with_length(number) + bytes((cid,)) + cryptogram + _digest(transaction_data)
    return _sign_dynamic(icc, said, unpredictable_number)


def recover_combined(
    icc: PublicKey, signed: bytes, *, cid: int, transaction_data: bytes, unpredictable_number: bytes
) -> Combined:
    """The cryptogram and the dynamic number out of a combined signature (EMV Book 2 6.6.2).

    Args:
        icc: the card's recovered key.
        signed: tag 9F4B.
        cid: cryptogram information data as the answer has it in clear.
        transaction_data: as the card should have seen it, joined as it joins it.
        unpredictable_number: as the terminal has sent it.

    Raises:
        OfflineAuthenticationMismatch: the answer, the terminal's data or the number was another, or another card signed.
    """
    what = "the signed dynamic data (tag 9F4B)"
    number, rest = _number(_dynamic_data(icc, signed, unpredictable_number, what), what)
    if len(rest) != 1 + CRYPTOGRAM_BYTES + HASH_BYTES:
        raise OfflineAuthenticationMismatch(f"{what} says nothing of a cryptogram")
    if rest[0] != cid:
        raise OfflineAuthenticationMismatch(f"{what} is of another decision of the card (tag 9F27)")
    if not constant_time_equal(rest[1 + CRYPTOGRAM_BYTES :], _digest(transaction_data)):
        raise OfflineAuthenticationMismatch(f"{what} is of another transaction: what went between was changed")
    return Combined(number, cid, rest[1 : 1 + CRYPTOGRAM_BYTES])


def _sign_dynamic(icc: PrivateKey, said: bytes, also_hashed: bytes) -> bytes:
    head = bytes((_DYNAMIC_FORMAT, HASH_ALGORITHM, len(said))) + said
    if len(head) > room(icc.public):
        raise MalformedInput("the card's key is too short for what it should sign")
    return sign(icc, head.ljust(room(icc.public), _PADDING), also_hashed)


def _dynamic_data(icc: PublicKey, signed: bytes, also_hashed: bytes, what: str) -> bytes:
    message = _recovered(icc, signed, _DYNAMIC_FORMAT, also_hashed, what)
    length = message[2]
    if 3 + length > len(message):
        raise OfflineAuthenticationMismatch(f"{what} is shorter than it states")
    return message[3 : 3 + length]


def _recovered(key: PublicKey, signed: bytes, layout: int, also_hashed: bytes, what: str) -> bytes:
    message, digest = recover(key, signed, what)
    if tuple(message[:2]) != (layout, HASH_ALGORITHM):
        raise OfflineAuthenticationMismatch(f"{what} is of another kind: its format is not {layout:02X}")
    check_hash(digest, message + also_hashed, what)
    return message


def _with_length(number: bytes) -> bytes:
    least, most = DYNAMIC_NUMBER_BYTES
    if not least <= len(number) <= most:
        raise MalformedInput(f"an ICC dynamic number has {least} to {most} bytes, not {len(number)}")
    return bytes((len(number),)) + number


def _number(said: bytes, what: str) -> tuple[bytes, bytes]:
    """The dynamic number, which its length comes before, and what follows it."""
    least, most = DYNAMIC_NUMBER_BYTES
    if not said or not least <= said[0] <= most or len(said) < 1 + said[0]:
        raise OfflineAuthenticationMismatch(f"{what} has a dynamic number of another length than EMV gives it")
    return said[1 : 1 + said[0]], said[1 + said[0] :]


def _digest(data: bytes) -> bytes:
    return sha1(data, usedforsecurity=False).digest()
