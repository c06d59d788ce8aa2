"""Decimal digits taken out of cipher text in two passes, as PVV and CVV take them."""

from keys.decimals import decimals_first
from keys.explain.working import Working


def explain_decimals(working: Working, block: bytes, count: int) -> str:
    """The first so many: digits in order, then letters less ten. Shows both passes; the second only where it is needed."""
    text = block.hex().upper()
    digits = "".join(filter(str.isdigit, text))
    working.show("first pass: decimal digits", digits or "(none)")
    found = digits[:count]
    if len(found) < count:
        letters = "".join(str(int(letter, 16) - 10) for letter in text if letter.isalpha())
        working.show("second pass: letters less ten", letters)
        found = (digits + letters)[:count]
    assert found == decimals_first(block, count), count
    return found
