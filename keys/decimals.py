"""Decimal digits out of cipher text, as PVV, CVV and EMV's key derivation option B take them.

Not the IBM 3624 method, whose table is part of the key and may differ.
"""

from typing import Final

_LETTERS: Final = b"abcdef"
_LETTERS_LESS_TEN: Final = bytes.maketrans(_LETTERS, b"012345")


def decimals_first(block: bytes, count: int) -> str:
    """The first so many decimal digits of the block's hex digits; where they run out, its letters less ten.

    >>> decimals_first(bytes.fromhex("A1B2C3D4"), 6)
    '123401'
    """
    digits = block.hex().encode("ascii")
    decimals = digits.translate(None, _LETTERS)
    letters = digits.translate(_LETTERS_LESS_TEN, b"0123456789")
    return (decimals + letters)[:count].decode("ascii")
