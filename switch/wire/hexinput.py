"""Reading bytes from hexadecimal text as people paste it: plain, in groups, or with `0x`. It never guesses."""

import re
from typing import NoReturn

from switch.limits import HEX_TEXT_CHARS_MAX
from switch.wire.errors import HexError

_TOKEN = re.compile(r"0[xX](?=[0-9a-fA-F])|[0-9a-fA-F]+|[ \t\r\n,:]+")
_PREFIXES = ("0x", "0X")


def read_hex(text: str) -> bytes:
    """The bytes that `text` spells: digits of either case, in groups split by blanks, line ends, commas or colons, each with an
    optional `0x`. A group is a whole number of bytes.

    Raises:
        HexError: naming the character that does not belong; the text is not repeated.
    """
    if len(text) > HEX_TEXT_CHARS_MAX:
        raise HexError(HEX_TEXT_CHARS_MAX, f"the text is longer than {HEX_TEXT_CHARS_MAX} characters", "HEX-LEN-01")
    digits = []
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            _refuse(text[at], at)
        group = token[0]
        if group[0] in "0123456789abcdefABCDEF" and group not in _PREFIXES:
            if len(group) % 2:
                raise HexError(at, f"a group of {len(group)} digits is not a whole number of bytes", "HEX-ODD-01")
            digits.append(group)
        at = token.end()
    if not digits:
        raise HexError(0, "there are no hexadecimal digits", "HEX-LEN-02")
    return bytes.fromhex("".join(digits))


def _refuse(character: str, at: int) -> NoReturn:
    kind = "letter" if character.isalpha() else "character"
    raise HexError(at, f"this {kind} is no hexadecimal digit", "HEX-CHR-01")
