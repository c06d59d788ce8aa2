"""RSA with message recovery, as EMV's certificates and signatures use it (EMV Book 2 annexes A2.1 and B2.1).

For the arithmetic and the frame around a message; what messages say is in `certificates` and `offline`. It is a simulator:
Python's integers take a time that depends on their values, so no private key of value belongs here.
"""

from hashlib import sha1
from typing import Final, final

import msgspec

from keys.errors import MalformedInput, OfflineAuthenticationMismatch
from keys.sensitive import constant_time_equal

HASH_BYTES: Final = 20  # SHA-1: the only hash algorithm that EMV Book 2 annex B3 has.
HASH_ALGORITHM: Final = 0x01
PUBLIC_KEY_ALGORITHM: Final = 0x01  # RSA (EMV Book 2 annex B2.1).
MODULUS_BYTES_MAX: Final = 248  # EMV Book 2 annex D1.1: what fits into the commands and records of a card.
MODULUS_BYTES_MIN: Final = 64
EXPONENTS: Final = (3, 65_537)  # EMV Book 2 annex B2.1 allows these two.

_HEADER: Final = 0x6A
_TRAILER: Final = 0xBC
_FRAME_BYTES: Final = 2 + HASH_BYTES


class PublicKey(msgspec.Struct, frozen=True):
    """An RSA public key: modulus and exponent, both big-endian and without leading zeroes."""

    modulus: bytes
    exponent: bytes

    def __post_init__(self) -> None:
        if not MODULUS_BYTES_MIN <= len(self.modulus) <= MODULUS_BYTES_MAX or not self.modulus[0]:
            raise MalformedInput(f"an RSA modulus has {MODULUS_BYTES_MIN} to {MODULUS_BYTES_MAX} bytes, the first not zero")
        if int.from_bytes(self.exponent, "big") not in EXPONENTS or not self.exponent[0]:
            raise MalformedInput("an RSA public exponent is 3 or 65537, without leading zeroes")


@final
class PrivateKey:
    """An RSA private key. It prints as its size.

    Args:
        p: a prime.
        q: another.
        exponent: the public one, 3 or 65537.
    """

    __slots__ = ("_d_p", "_d_q", "_inverse", "_p", "_q", "public")

    def __init__(self, p: int, q: int, exponent: int) -> None:
        modulus = p * q
        self.public = PublicKey(_octets(modulus), _octets(exponent))
        self._p, self._q = p, q
        self._d_p, self._d_q = pow(exponent, -1, p - 1), pow(exponent, -1, q - 1)
        self._inverse = pow(q, -1, p)

    def raise_block(self, block: bytes) -> bytes:
        """The block to the private exponent, by the remainders of both primes (RFC 8017 5.1.2)."""
        number = int.from_bytes(block, "big")
        of_p, of_q = pow(number % self._p, self._d_p, self._p), pow(number % self._q, self._d_q, self._q)
        raised = of_q + self._q * ((of_p - of_q) * self._inverse % self._p)
        return raised.to_bytes(len(self.public.modulus), "big")

    def __repr__(self) -> str:
        return f"PrivateKey({8 * len(self.public.modulus)} bits)"


def room(key: PublicKey) -> int:
    """How many bytes of message a signature under the key gives back."""
    return len(key.modulus) - _FRAME_BYTES


def sign(key: PrivateKey, message: bytes, also_hashed: bytes) -> bytes:
    """The signature from which `message` is recovered, and which covers `also_hashed` beside it (EMV Book 2 A2.1.2).

    Args:
        key: the signer's.
        message: as many bytes as the key has room for; it does not begin with zero.
        also_hashed: what the verifier knows already.
    """
    if len(message) != room(key.public):
        raise MalformedInput(f"a signature under this key holds {room(key.public)} bytes, not {len(message)}")
    digest = sha1(message + also_hashed, usedforsecurity=False).digest()
    return key.raise_block(bytes((_HEADER,)) + message + digest + bytes((_TRAILER,)))


def recover(key: PublicKey, signature: bytes, what: str) -> tuple[bytes, bytes]:
    """The message in the signature and its hash, which is yet to be verified (EMV Book 2 A2.1.3).

    Args:
        key: the signer's.
        signature: as long as the key's modulus.
        what: the name of the thing for errors, with its tag.

    Raises:
        OfflineAuthenticationMismatch: the length, the header or the trailer is wrong: another key, or another signature.
    """
    if len(signature) != len(key.modulus):
        raise OfflineAuthenticationMismatch(
            f"{what} has {len(signature)} bytes, and the key that should have signed it {len(key.modulus)}"
        )
    raised = pow(int.from_bytes(signature, "big"), int.from_bytes(key.exponent, "big"), int.from_bytes(key.modulus, "big"))
    block = raised.to_bytes(len(key.modulus), "big")
    if (block[0], block[-1]) != (_HEADER, _TRAILER):
        raise OfflineAuthenticationMismatch(f"{what} is not signed by the key that should have signed it")
    return block[1 : -1 - HASH_BYTES], block[-1 - HASH_BYTES : -1]


def check_hash(digest: bytes, covered: bytes, what: str) -> None:
    """OfflineAuthenticationMismatch if the recovered hash is not the one of what it should cover."""
    if not constant_time_equal(sha1(covered, usedforsecurity=False).digest(), digest):
        raise OfflineAuthenticationMismatch(f"{what} covers other data than was given: its hash is another")


def _octets(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
