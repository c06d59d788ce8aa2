"""Public key certificates of EMV: a scheme certifies its issuers, an issuer its cards (EMV Book 2 clauses 5.3 and 6.3, 6.4).

A test authority makes them here and a terminal recovers keys from them. Where a card keeps them and which records are
static data is the kernel's business; lists of revoked certificates are its own, and for that it gets the serial number.
"""

from hashlib import sha1
from typing import Final

import msgspec

from keys.emv.rsa import (
    HASH_ALGORITHM,
    PUBLIC_KEY_ALGORITHM,
    PrivateKey,
    PublicKey,
    check_hash,
    recover,
    room,
    sign,
)
from keys.errors import MalformedInput, OfflineAuthenticationMismatch
from keys.sensitive import Pan, constant_time_equal

SERIAL_BYTES: Final = 3
RID_BYTES: Final = 5
_PADDING: Final = 0xBB
_IDENTIFIER_DIGITS: Final = (3, 8)
_CENTURY_TURNS: Final = 50  # Years from 50 on are of the last century.
# Behind the name: expiry, serial number, two algorithms, the key's length and its exponent's.
_FIXED_BYTES: Final = 2 + SERIAL_BYTES + 4


class _Kind(msgspec.Struct, frozen=True):
    """One kind of certificate: its format byte, how long the name in it is, and what errors call it."""

    layout: int
    name_bytes: int
    what: str


_ISSUER: Final = _Kind(0x02, 4, "the issuer's certificate (tag 90)")
_ICC: Final = _Kind(0x04, 10, "the card's certificate (tag 9F46)")


class AuthorityKey(msgspec.Struct, frozen=True):
    """A scheme's public key as terminals are loaded with it (EMV Book 2 clause 11.2.2).

    Args:
        rid: the scheme's registered identifier, 5 bytes.
        index: which of its keys (tag 8F), 1 byte.
        key: the public key.

    Raises:
        MalformedInput: the identifier or the index has another size.

    >>> from keys.lab_rsa import lab_authorities
    >>> lab_authorities()[0].checksum.hex().upper()
    'AEF03BC2550B2EFADF061000FD5F0E4618E11EE0'
    """

    rid: bytes
    index: int
    key: PublicKey

    def __post_init__(self) -> None:
        if len(self.rid) != RID_BYTES:
            raise MalformedInput(f"a registered identifier has {RID_BYTES} bytes, not {len(self.rid)}")
        if not 0 <= self.index <= 0xFF:
            raise MalformedInput("an authority's key index is one byte")

    @property
    def checksum(self) -> bytes:
        """SHA-1 over identifier, index, modulus and exponent, by which a terminal sees that it was loaded whole."""
        covered = self.rid + bytes((self.index,)) + self.key.modulus + self.key.exponent
        return sha1(covered, usedforsecurity=False).digest()


class Certificate(msgspec.Struct, frozen=True):
    """A certified public key as a card keeps it.

    Args:
        signed: the certificate (tag 90 of an issuer, 9F46 of a card).
        remainder: the rightmost bytes of the modulus that found no room (tag 92 or 9F48), often none.
        exponent: the public exponent (tag 9F32 or 9F47).
    """

    signed: bytes
    remainder: bytes
    exponent: bytes


class Recovered(msgspec.Struct, frozen=True):
    """A public key that was recovered, and the certificate's serial number for a list of those revoked."""

    key: PublicKey
    serial: bytes


def certify_issuer(ca: PrivateKey, issuer: PublicKey, *, identifier: str, expiry: str, serial: bytes) -> Certificate:
    """The issuer's certificate (EMV Book 2 5.1).

    Args:
        ca: the authority's key.
        issuer: the key to be certified, not longer than the authority's.
        identifier: the leftmost 3 to 8 digits of the issuer's card numbers.
        expiry: last month in which it is good, MMYY.
        serial: 3 bytes.
    """
    least, most = _IDENTIFIER_DIGITS
    if not (least <= len(identifier) <= most and _is_number(identifier)):
        raise MalformedInput(f"an issuer identifier has {least} to {most} digits")
    return _certify(ca, issuer, _ISSUER, name=identifier, expiry=expiry, serial=serial, also_hashed=b"")


def certify_icc(issuer: PrivateKey, icc: PublicKey, *, pan: Pan, expiry: str, serial: bytes, static_data: bytes) -> Certificate:
    """The card's certificate (EMV Book 2 6.1), which covers the card's static data as well.

    Args:
        issuer: the issuer's key.
        icc: the card's key, not longer than the issuer's.
        pan: the card number.
        expiry: last month in which it is good, MMYY.
        serial: 3 bytes.
        static_data: the static data to be authenticated (EMV Book 3 10.3).
    """
    return _certify(issuer, icc, _ICC, name=pan.expose(), expiry=expiry, serial=serial, also_hashed=static_data)


def recover_issuer_key(ca: PublicKey, certificate: Certificate, *, pan: Pan, month: str) -> Recovered:
    """The issuer's public key (EMV Book 2 5.3).

    Args:
        ca: the authority's key, by the index that the card named.
        certificate: tags 90, 92 and 9F32.
        pan: the card number, which must begin with the issuer's identifier.
        month: the present one, YYMM.

    Raises:
        OfflineAuthenticationMismatch: it is not the authority's, was changed, is another issuer's or has expired.

    >>> from keys.lab_rsa import lab_rsa_key
    >>> ca, issuer = lab_rsa_key("test-ca.1408"), lab_rsa_key("issuer.1152").public
    >>> certificate = certify_issuer(ca, issuer, identifier="476173", expiry="1230", serial=bytes(3))
    >>> recover_issuer_key(ca.public, certificate, pan=Pan("4761739001010119"), month="2611").key == issuer
    True
    """
    name, recovered = _recover(ca, certificate, _ISSUER, month=month, also_hashed=b"")
    identifier = name.hex().upper().rstrip("F")
    if not (len(identifier) >= _IDENTIFIER_DIGITS[0] and pan.expose().startswith(identifier)):
        raise OfflineAuthenticationMismatch(
            f"{_ISSUER.what} is another issuer's: its identifier does not begin the card number"
        )
    return recovered


def recover_icc_key(issuer: PublicKey, certificate: Certificate, *, pan: Pan, month: str, static_data: bytes) -> Recovered:
    """The card's public key (EMV Book 2 6.4).

    Args:
        issuer: the issuer's recovered key.
        certificate: tags 9F46, 9F48 and 9F47.
        pan: the card number.
        month: the present one, YYMM.
        static_data: the static data to be authenticated, as the card gave it out.

    Raises:
        OfflineAuthenticationMismatch: it is not the issuer's, it or the static data was changed, it is another card's, or
            it has expired.
    """
    name, recovered = _recover(issuer, certificate, _ICC, month=month, also_hashed=static_data)
    if not constant_time_equal(name, _name(pan.expose(), _ICC.name_bytes)):
        raise OfflineAuthenticationMismatch(f"{_ICC.what} is of another card number")
    return recovered


def _certify(
    signer: PrivateKey, key: PublicKey, kind: _Kind, *, name: str, expiry: str, serial: bytes, also_hashed: bytes
) -> Certificate:
    if len(key.modulus) > len(signer.public.modulus):
        raise MalformedInput("a certified key is not longer than the key that certifies it")
    if not (_is_number(expiry) and len(expiry) == 4 and 1 <= int(expiry[:2]) <= 12):
        raise MalformedInput("a certificate's expiry is a month, MMYY")
    if len(serial) != SERIAL_BYTES:
        raise MalformedInput(f"a certificate's serial number has {SERIAL_BYTES} bytes, not {len(serial)}")
    sizes = bytes((HASH_ALGORITHM, PUBLIC_KEY_ALGORITHM, len(key.modulus), len(key.exponent)))
    head = bytes((kind.layout,)) + _name(name, kind.name_bytes) + bytes.fromhex(expiry) + serial + sizes
    space = room(signer.public) - len(head)
    kept, remainder = key.modulus[:space], key.modulus[space:]
    message = head + kept.ljust(space, bytes((_PADDING,)))
    return Certificate(sign(signer, message, remainder + key.exponent + also_hashed), remainder, key.exponent)


def _recover(
    signer: PublicKey, certificate: Certificate, kind: _Kind, *, month: str, also_hashed: bytes
) -> tuple[bytes, Recovered]:
    """Whom the certificate is of, and the key."""
    message, digest = recover(signer, certificate.signed, kind.what)
    check_hash(digest, message + certificate.remainder + certificate.exponent + also_hashed, kind.what)
    head = 1 + kind.name_bytes + _FIXED_BYTES
    if len(message) <= head or message[0] != kind.layout:
        raise OfflineAuthenticationMismatch(f"{kind.what} is of another kind: its format is not {kind.layout:02X}")
    name, fixed = message[1 : 1 + kind.name_bytes], message[1 + kind.name_bytes : head]
    _check_expiry(fixed[:2], month, kind.what)
    if (fixed[-4], fixed[-3]) != (HASH_ALGORITHM, PUBLIC_KEY_ALGORITHM):
        raise OfflineAuthenticationMismatch(f"{kind.what} names an algorithm that EMV does not have")
    key = _whole_key(message[head:], certificate, kind, modulus_bytes=fixed[-2], exponent_bytes=fixed[-1])
    return name, Recovered(key, fixed[2 : 2 + SERIAL_BYTES])


def _whole_key(kept: bytes, certificate: Certificate, kind: _Kind, *, modulus_bytes: int, exponent_bytes: int) -> PublicKey:
    """The key of what the certificate has of it, padding or the first bytes of the modulus, and what is beside it."""
    modulus = kept[:modulus_bytes] + certificate.remainder
    if len(modulus) != modulus_bytes or len(certificate.remainder) != max(0, modulus_bytes - len(kept)):
        raise OfflineAuthenticationMismatch(f"{kind.what} and the rest of its key are not as long as the key it states")
    if len(certificate.exponent) != exponent_bytes:
        raise OfflineAuthenticationMismatch(f"{kind.what} states another length of exponent than is there")
    try:
        return PublicKey(modulus, certificate.exponent)
    except MalformedInput:
        pass
    raise OfflineAuthenticationMismatch(f"{kind.what} holds a key that EMV does not allow")


def _check_expiry(expiry: bytes, month: str, what: str) -> None:
    """Months as numbers of which the later is the greater; a month that is none has expired long ago."""
    if not (len(month) == 4 and _is_number(month)):
        raise MalformedInput("the present month is YYMM")
    digits = expiry.hex()
    last = _months(digits[2:], digits[:2]) if _is_number(digits) and 1 <= int(digits[:2]) <= 12 else 0
    if last < _months(month[:2], month[2:]):
        raise OfflineAuthenticationMismatch(f"{what} has expired")


def _months(year: str, month: str) -> int:
    century = 1900 if int(year) >= _CENTURY_TURNS else 2000
    return 12 * (century + int(year)) + int(month)


def _name(digits: str, count: int) -> bytes:
    return bytes.fromhex(digits.ljust(2 * count, "F"))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
