"""Hexadecimal text, strictly: `bytes.fromhex` alone would take spaces between the digits. What a bad one means, callers say."""

from typing import Final

HEX_DIGITS: Final = frozenset("0123456789abcdefABCDEF")


def parse_hex(text: str) -> bytes | None:
    """The bytes, or None for anything but an even number of hex digits. Raises nothing.

    >>> parse_hex("0aFF")
    b'\\n\\xff'
    >>> parse_hex("0a FF") is None
    True
    """
    if len(text) % 2 or not HEX_DIGITS.issuperset(text):
        return None
    return bytes.fromhex(text)
