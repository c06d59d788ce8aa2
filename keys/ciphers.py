"""Block ciphers with their contexts kept, key check values and parity: the only import of `cryptography` here.

Building a cipher costs ten times what using it does, so each object below builds its contexts once and keeps
them. A kept context that is fed anything but whole blocks would spoil every later result: lengths are checked
first. No policy lives here, and no key names: SoftHsm decides which object may be used for what.
"""

import hmac
from collections.abc import Callable
from enum import Enum
from typing import Final, NoReturn, final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
from cryptography.hazmat.primitives.cmac import CMAC

from keys.errors import MalformedInput, ProtectionMismatch
from keys.sensitive import Secret

TDES_BLOCK_BYTES: Final = 8
AES_BLOCK_BYTES: Final = 16
TDES_KEY_BYTES: Final = (8, 16, 24)
AES_KEY_BYTES: Final = (16, 24, 32)
AES_SIV_KEY_BYTES: Final = (32, 48, 64)  # RFC 5297 clause 2.2: two AES keys, one to authenticate and one to encipher.
HMAC_KEY_BYTES: Final = (16, 128)  # Of a key that is kept: from 128 bits, below which it is no secret, to a block of SHA-512.
KCV_DIGITS_TDES_MAX: Final = 6  # ANSI X9.24-1: at most three bytes, or the value becomes an oracle.
KCV_DIGITS_AES_MAX: Final = 10  # ANSI X9.24-1 and X9.143: at most five bytes.

_ODD_PARITY: Final = bytes(octet if octet.bit_count() % 2 else octet ^ 1 for octet in range(256))

_Update = Callable[[bytes], bytes]
_Chain = tuple[_Update, int]  # A context in CBC, and the block that it gave last as a number.

_number = int.from_bytes  # Kept: looking it up costs as much as calling it, and a MAC calls it three times.
_ECB: Final = ECB()
_CBC_FROM_ZEROES: Final = {size: CBC(bytes(size)) for size in (TDES_BLOCK_BYTES, AES_BLOCK_BYTES)}


class BlockCipher:
    """One key of a block cipher, in ECB, in CBC, chained for a MAC and as CMAC.

    Made through `Tdes` or `Aes`. Methods take whole blocks and raise MalformedInput for anything else.
    """

    __slots__ = ("_algorithm", "_chain", "_cmac", "_decrypt", "_encrypt", "block_bytes", "key_bytes")

    def __init__(self, algorithm: BlockCipherAlgorithm, *, block_bytes: int, key_bytes: int) -> None:
        self._algorithm = algorithm
        self.block_bytes = block_bytes
        self.key_bytes = key_bytes
        self._encrypt: _Update | None = None
        self._decrypt: _Update | None = None
        self._chain: _Chain | None = None
        self._cmac: CMAC | None = None

    def encrypt(self, blocks: bytes) -> bytes:
        """Whole blocks enciphered one by one (ECB)."""
        if not blocks or len(blocks) % self.block_bytes:
            self._refuse(blocks)
        if self._encrypt is None:
            self._encrypt = Cipher(self._algorithm, _ECB).encryptor().update
        return self._encrypt(blocks)

    def decrypt(self, blocks: bytes) -> bytes:
        """Whole blocks deciphered one by one (ECB)."""
        if not blocks or len(blocks) % self.block_bytes:
            self._refuse(blocks)
        if self._decrypt is None:
            self._decrypt = Cipher(self._algorithm, _ECB).decryptor().update
        return self._decrypt(blocks)

    def encrypt_cbc(self, iv: bytes, blocks: bytes) -> bytes:
        """Whole blocks enciphered in CBC from an initial vector of one block."""
        self._check_cbc(iv, blocks)
        context: CipherContext = Cipher(self._algorithm, CBC(iv)).encryptor()
        return context.update(blocks)

    def decrypt_cbc(self, iv: bytes, blocks: bytes) -> bytes:
        """Whole blocks deciphered in CBC from an initial vector of one block."""
        self._check_cbc(iv, blocks)
        context: CipherContext = Cipher(self._algorithm, CBC(iv)).decryptor()
        return context.update(blocks)

    def chain(self, blocks: bytes) -> bytes:
        """The last block of CBC from an initial vector of zeroes, in one call on a context that is reused.

        CBC goes on from the block it gave last, so XORing that block into the next message's first one starts
        the message as zeroes would. Without blocks the chain is still at its start: a block of zeroes.
        """
        if not blocks:
            return bytes(self.block_bytes)
        size = self.block_bytes
        if len(blocks) % size:
            self._refuse(blocks)
        update, carried = self._chain or _start_chain(self._algorithm, size)
        self._chain = None  # Interrupted from here on, the context is dropped rather than left half a message ahead.
        last = update((_number(blocks[:size]) ^ carried).to_bytes(size) + blocks[size:])[-size:]
        self._chain = update, _number(last)
        return last

    def cmac(self, data: bytes) -> bytes:
        """CMAC over any number of bytes (NIST SP 800-38B), one block."""
        if self._cmac is None:
            self._cmac = CMAC(self._algorithm)
        context = self._cmac.copy()
        context.update(data)
        return context.finalize()

    def _refuse(self, blocks: bytes) -> NoReturn:
        raise MalformedInput(f"a block cipher takes whole blocks of {self.block_bytes} bytes, not {len(blocks)} bytes")

    def _check_cbc(self, iv: bytes, blocks: bytes) -> None:
        if len(iv) != self.block_bytes:
            raise MalformedInput(f"an initial vector has {self.block_bytes} bytes, not {len(iv)}")
        if not blocks or len(blocks) % self.block_bytes:
            self._refuse(blocks)


@final
class Tdes(BlockCipher):
    """Triple DES (ISO/IEC 18033-3), with one, two or three keys; one key makes it single DES.

    >>> Tdes(Secret(bytes.fromhex("12345678123456781234567812345678"))).encrypt(bytes.fromhex("0011223344556677")).hex()
    'abfa6f3c28a8cb0c'
    """

    __slots__ = ("_key", "_left", "_left_chain")

    def __init__(self, key: Secret) -> None:
        _check_key_bytes("a TDES key", len(key), TDES_KEY_BYTES)
        super().__init__(TripleDES(_tdes_24(key.expose())), block_bytes=TDES_BLOCK_BYTES, key_bytes=len(key))
        self._key = key
        self._left: Tdes | None = None
        self._left_chain: _Chain | None = None

    @property
    def left(self) -> "Tdes":
        """Single DES under the key's first eight bytes: what the CVV begins with."""
        if self._left is None:
            self._left = Tdes(Secret(self._key.expose()[:8]))
        return self._left

    def retail(self, blocks: bytes) -> bytes:
        """One block: all blocks but the last chained by single DES under the key's first eight bytes, the last under all of it.

        That is MAC algorithm 3 of ISO/IEC 9797-1 for a key of sixteen bytes, because enciphering under K1, K2, K1 is both its
        last step of CBC and its output transformation. The chain goes on from message to message as in `chain`.
        """
        size, count = TDES_BLOCK_BYTES, len(blocks)
        if not count or count % size:
            self._refuse(blocks)
        if count == size:
            return self.encrypt(blocks)
        update, carried = self._left_chain or _start_chain(TripleDES(self._key.expose()[:size] * 3), size)
        self._left_chain = None
        chained = _number(update((_number(blocks[:size]) ^ carried).to_bytes(size) + blocks[size:-size])[-size:])
        self._left_chain = update, chained
        encrypt = self._encrypt or self.encrypt
        return encrypt((chained ^ _number(blocks[-size:])).to_bytes(size))

    def variant(self, mask: bytes) -> "Tdes":
        """A cipher under the key XORed with a mask of its length, as some standards make one key of another."""
        return Tdes(Secret(xor(self._key.expose(), mask)))


@final
class Aes(BlockCipher):
    """AES (FIPS 197) under a key of 16, 24 or 32 bytes.

    >>> key = Secret(bytes.fromhex("000102030405060708090A0B0C0D0E0F"))
    >>> Aes(key).encrypt(bytes.fromhex("00112233445566778899AABBCCDDEEFF")).hex()
    '69c4e0d86a7b0430d8cdb78070b4c55a'
    """

    __slots__ = ()

    def __init__(self, key: Secret) -> None:
        _check_key_bytes("an AES key", len(key), AES_KEY_BYTES)
        super().__init__(AES(key.expose()), block_bytes=AES_BLOCK_BYTES, key_bytes=len(key))


@final
class AesSiv:
    """Deterministic authenticated encryption (RFC 5297) under a key of 32, 48 or 64 bytes.

    The same plaintext in the same context gives the same result, so the context names what it belongs to.
    """

    __slots__ = ("_siv",)

    def __init__(self, key: Secret) -> None:
        _check_key_bytes("an AES-SIV key", len(key), AES_SIV_KEY_BYTES)
        self._siv = AESSIV(key.expose())

    def encrypt(self, plaintext: bytes, context: bytes) -> bytes:
        """16 bytes of synthetic initial vector, which authenticates both arguments, and the cipher text."""
        if not plaintext:
            raise MalformedInput("there is nothing to protect: the plaintext is empty")
        return self._siv.encrypt(plaintext, [context])

    def decrypt(self, protected: bytes, context: bytes) -> bytes:
        """The plaintext; ProtectionMismatch if anything of it, of its context or of the key is not the same."""
        try:
            return self._siv.decrypt(protected, [context])
        except InvalidTag:
            pass
        raise ProtectionMismatch("the protected bytes were changed, or belong to another context or key")


class HashName(Enum):
    """The hash functions of HMAC (FIPS 180-4), by their usual names."""

    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"


@final
class Hmac:
    """HMAC (FIPS 198-1) under a key of 1 to 128 bytes, keyed once and copied for each message.

    >>> Hmac(Secret(b"Jefe")).digest(b"what do ya want for nothing?").hex()[:16]
    '5bdcc146bf60754e'
    """

    __slots__ = ("_keyed",)

    def __init__(self, key: Secret, hash_name: HashName = HashName.SHA256) -> None:
        most = HMAC_KEY_BYTES[1]
        if not 1 <= len(key) <= most:
            raise MalformedInput(f"an HMAC key has 1 to {most} bytes, not {len(key)}")
        self._keyed = hmac.new(key.expose(), digestmod=hash_name.value)

    def digest(self, data: bytes) -> bytes:
        """All bytes of the MAC: 32, 48 or 64."""
        context = self._keyed.copy()
        context.update(data)
        return context.digest()


def _start_chain(algorithm: BlockCipherAlgorithm, block_bytes: int) -> _Chain:
    context: CipherContext = Cipher(algorithm, _CBC_FROM_ZEROES[block_bytes]).encryptor()
    return context.update, 0


def tdes(key: Secret | Tdes) -> Tdes:
    """A cipher for the key, or the cipher itself where the caller has kept one."""
    return key if isinstance(key, Tdes) else Tdes(key)


def aes(key: Secret | Aes) -> Aes:
    """A cipher for the key, or the cipher itself where the caller has kept one."""
    return key if isinstance(key, Aes) else Aes(key)


def xor(one: bytes, other: bytes) -> bytes:
    """Two values of one length, XORed."""
    assert len(one) == len(other), (len(one), len(other))
    return (_number(one) ^ _number(other)).to_bytes(len(one))


def odd_parity(key: Secret) -> Secret:
    """The DES key with the low bit of each byte set so that its number of ones is odd (FIPS 46-3)."""
    return Secret(key.expose().translate(_ODD_PARITY))


def kcv_tdes_legacy(key: Secret, *, digits: int = 6) -> str:
    """The check value of a TDES key: the first hex digits of a block of zeroes enciphered (ANSI X9.24-1 annex A).

    Args:
        key: 16 or 24 bytes. A single DES key is refused: the check value of half a key would let the halves
            be searched for one by one.
        digits: 4 or 6.

    >>> kcv_tdes_legacy(Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")))
    '08D7B4'
    """
    _check_key_bytes("a TDES key with a check value", len(key), TDES_KEY_BYTES[1:])
    _check_kcv_digits(digits, KCV_DIGITS_TDES_MAX)
    return Tdes(key).encrypt(bytes(TDES_BLOCK_BYTES)).hex().upper()[:digits]


def kcv_aes_cmac(key: Secret, *, digits: int = 10) -> str:
    """The check value of an AES key: the first hex digits of the CMAC of a block of zeroes (ANSI X9.24-1 annex A).

    >>> kcv_aes_cmac(Secret(bytes.fromhex("3F419E1CB7079442AA37474C2EFBF8B8")))
    '08793E25AB'
    """
    _check_kcv_digits(digits, KCV_DIGITS_AES_MAX)
    return Aes(key).cmac(bytes(AES_BLOCK_BYTES)).hex().upper()[:digits]


def kcv_aes_ecb_zero(key: Secret, *, digits: int = 6) -> str:
    """The check value of an AES key as older tools print it: the first hex digits of a block of zeroes enciphered.

    ANSI X9.24-1 and X9.143 do not have it: it is here to compare with those who do.

    >>> kcv_aes_ecb_zero(Secret(bytes.fromhex("000102030405060708090A0B0C0D0E0F")))
    'C6A13B'
    """
    _check_kcv_digits(digits, KCV_DIGITS_AES_MAX)
    return Aes(key).encrypt(bytes(AES_BLOCK_BYTES)).hex().upper()[:digits]


def kcv_hmac(key: Secret, *, digits: int = 6) -> str:
    """The check value of an HMAC key: the first hex digits of the HMAC-SHA-256 of a block of 16 zero bytes.

    No standard that we know fixes one; this follows the AES rule.
    """
    _check_kcv_digits(digits, KCV_DIGITS_AES_MAX)
    return Hmac(key).digest(bytes(AES_BLOCK_BYTES)).hex().upper()[:digits]


def _tdes_24(key: bytes) -> bytes:
    """Always 24 bytes (K K K, or K1 K2 K1): `cryptography` deprecates the shorter forms."""
    if len(key) == 8:
        return key * 3
    if len(key) == 16:
        return key + key[:8]
    return key


def _check_key_bytes(what: str, given: int, allowed: tuple[int, ...]) -> None:
    if given not in allowed:
        raise MalformedInput(f"{what} has {' or '.join(map(str, allowed))} bytes, not {given}")


def _check_kcv_digits(digits: int, digits_max: int) -> None:
    if not 4 <= digits <= digits_max:
        raise MalformedInput(f"a check value of this kind has 4 to {digits_max} hex digits, not {digits}")
