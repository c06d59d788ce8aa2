"""MACs of ISO/IEC 9797-1: algorithm 1 (plain CBC-MAC) and algorithm 3 (the retail MAC), with paddings 1 to 3.

For primitives only: which key may make which MAC, and how long a MAC must be to be believed, is SoftHsm's policy.
"""

from typing import Final

from keys.ciphers import TDES_BLOCK_BYTES, Tdes, tdes, xor
from keys.errors import MalformedInput
from keys.sensitive import Secret

MAC_BYTES_MIN: Final = 4  # Shorter MACs can be guessed.
MAC_BYTES_MAX: Final = TDES_BLOCK_BYTES
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
    _check_length(length)
    blocks = pad(data, padding)
    # Enciphering the last block under K1, K2, K1 is algorithm 3's last step of CBC and its output transformation in one.
    chained = cipher.left.chain(blocks[:-TDES_BLOCK_BYTES])
    return cipher.encrypt(xor(chained, blocks[-TDES_BLOCK_BYTES:]))[:length]


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
    _check_length(length)
    return tdes(key).chain(pad(data, padding))[:length]


def pad(data: bytes, method: int) -> bytes:
    """The data in whole blocks of eight bytes, at least one (ISO/IEC 9797-1 clause 6.3).

    Method 1 appends zero bits, as few as possible; method 2 a one bit and then zero bits; method 3 pads as
    method 1 and puts a block with the length of the data in bits before it.
    """
    match method:
        case 1:
            return _with_zeroes(data)
        case 2:
            return _with_zeroes(data + b"\x80")
        case 3:
            return (len(data) * 8).to_bytes(TDES_BLOCK_BYTES, "big") + _with_zeroes(data)
        case _:
            raise MalformedInput(f"a MAC has padding method 1, 2 or 3, not {method}")


def _with_zeroes(data: bytes) -> bytes:
    if not data:
        return bytes(TDES_BLOCK_BYTES)
    return data + bytes(-len(data) % TDES_BLOCK_BYTES)


def _check_length(length: int) -> None:
    if not MAC_BYTES_MIN <= length <= MAC_BYTES_MAX:
        raise MalformedInput(f"a MAC has {MAC_BYTES_MIN} to {MAC_BYTES_MAX} bytes, not {length}")
