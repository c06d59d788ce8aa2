"""MACs: ISO/IEC 9797-1 algorithm 1 (plain CBC-MAC) and 3 (the retail MAC) with paddings 1 to 3, CMAC, HMAC.

For primitives only: which key may make which MAC, and how long a MAC must be to be believed, is SoftHsm's policy.
"""

from typing import Final

from keys.ciphers import TDES_BLOCK_BYTES, Aes, Hmac, Tdes, aes, tdes
from keys.errors import MalformedInput
from keys.sensitive import Secret

MAC_BYTES_MIN: Final = 4  # Shorter MACs can be guessed.
RETAIL_KEY_BYTES: Final = 16


def retail_mac(key: Secret | Tdes, data: bytes, *, padding: int = 1, length: int = 8) -> bytes:
    """The MAC of ISO/IEC 9797-1 algorithm 3 (ANSI X9.19): single DES in CBC under K1, the last block under K1, K2, K1.

    Args:
        key: 16 bytes, K1 and K2.
        data: any number of bytes.
        padding: ISO/IEC 9797-1 padding method, 1, 2 or 3.
        length: leftmost bytes kept, 4 to 8.

    >>> key = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    >>> retail_mac(key, b"Now is the time for all ").hex().upper()
    'A1C72E74EA3FA9B6'
    """
    cipher = tdes(key)
    if cipher.key_bytes != RETAIL_KEY_BYTES:
        raise MalformedInput(f"MAC algorithm 3 takes a key of {RETAIL_KEY_BYTES} bytes, not {cipher.key_bytes}")
    _check_length(length, TDES_BLOCK_BYTES)
    return cipher.retail(pad(data, padding))[:length]


def cbc_mac(key: Secret | Tdes, data: bytes, *, padding: int = 1, length: int = 8) -> bytes:
    """The MAC of ISO/IEC 9797-1 algorithm 1: the last block of CBC.

    Forgeable where message lengths vary (ISO/IEC 9797-1 annex C), unless padding 3 puts the length first.

    Args:
        key: 8, 16 or 24 bytes; single DES for 8.
        data: any number of bytes.
        padding: ISO/IEC 9797-1 padding method, 1, 2 or 3.
        length: leftmost bytes kept, 4 to 8.

    >>> key = Secret(bytes.fromhex("0123456789ABCDEF"))
    >>> cbc_mac(key, b"Now is the time for all ", length=4).hex().upper()
    '70A30640'
    """
    _check_length(length, TDES_BLOCK_BYTES)
    return tdes(key).chain(pad(data, padding))[:length]


def tdes_cmac(key: Secret | Tdes, data: bytes, *, length: int = 8) -> bytes:
    """The CMAC of TDES (NIST SP 800-38B, ISO/IEC 9797-1 algorithm 5).

    Args:
        key: 16 or 24 bytes.
        data: any number of bytes.
        length: leftmost bytes kept, 4 to 8.

    >>> key = Secret(bytes.fromhex("0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123"))
    >>> tdes_cmac(key, b"").hex().upper()
    '7DB0D37DF936C550'
    """
    cipher = tdes(key)
    _check_length(length, cipher.block_bytes)
    return cipher.cmac(data)[:length]


def aes_cmac(key: Secret | Aes, data: bytes, *, length: int = 16) -> bytes:
    """The CMAC of AES (NIST SP 800-38B, RFC 4493).

    Args:
        key: 16, 24 or 32 bytes.
        data: any number of bytes.
        length: leftmost bytes kept, 4 to 16.

    >>> key = Secret(bytes.fromhex("000102030405060708090A0B0C0D0E0F"))
    >>> aes_cmac(key, b"Hello, world!", length=4).hex().upper()
    'BF170E40'
    """
    cipher = aes(key)
    _check_length(length, cipher.block_bytes)
    return cipher.cmac(data)[:length]


def hmac(key: Secret | Hmac, data: bytes, *, length: int | None = None) -> bytes:
    """HMAC (FIPS 198-1), with SHA-256 for a bare key; of another hash for an `Hmac` that has one.

    Args:
        key: 1 to 128 bytes, or a keyed object.
        data: any number of bytes.
        length: leftmost bytes kept, 4 or more; all if not said.

    >>> key = Secret(bytes.fromhex("00112233445566778899AABBCCDDEEFF"))
    >>> hmac(key, bytes.fromhex("1122334455667788"), length=8).hex().upper()
    '9300E1D36DD30415'
    """
    whole = (key if isinstance(key, Hmac) else Hmac(key)).digest(data)
    _check_length(len(whole) if length is None else length, len(whole))
    return whole[:length]


def pad(data: bytes, method: int) -> bytes:
    """The data in whole blocks of eight bytes, at least one (ISO/IEC 9797-1 clause 6.3).

    Method 1 appends zero bits, as few as possible; method 2 a one bit and then zero bits; method 3 pads as
    method 1 and puts a block with the length of the data in bits before it.
    """
    if method == 2:
        data += b"\x80"
    elif method not in (1, 3):
        raise MalformedInput(f"a MAC has padding method 1, 2 or 3, not {method}")
    missing = -len(data) % TDES_BLOCK_BYTES if data else TDES_BLOCK_BYTES
    blocks = data + bytes(missing) if missing else data
    return blocks if method != 3 else (len(data) * 8).to_bytes(TDES_BLOCK_BYTES) + blocks


def _check_length(length: int, most: int) -> None:
    if not MAC_BYTES_MIN <= length <= most:
        raise MalformedInput(f"a MAC has {MAC_BYTES_MIN} to {most} bytes, not {length}")
