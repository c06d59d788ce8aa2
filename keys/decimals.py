"""Decimal digits out of cipher text, as PVV, CVV and EMV's key derivation option B take them.

Not the IBM 3624 method, whose table is part of the key and may differ.
"""

from typing import Final

_LETTERS_LESS_TEN: Final = str.maketrans("ABCDEF", "012345")


def decimals_first(block: bytes, count: int) -> str:
    """The first so many decimal digits of the block's hex digits; where they run out, its letters less ten.

    >>> decimals_first(bytes.fromhex("A1B2C3D4"), 6)
    '123401'
    """
    digits = block.hex().upper()
    decimals = "".join(filter(str.isdigit, digits))
    letters = "".join(filter(str.isalpha, digits)).translate(_LETTERS_LESS_TEN)
    return (decimals + letters)[:count]
