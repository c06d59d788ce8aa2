"""The planted-secret scan: finds secrets in bytes, however they are spelt. Knows nothing of what writes those bytes.

A secret is text (a card number, a track) or bytes (a key, a PIN block). It is looked for as it is and as

- hexadecimal of either case, of its bytes and of its ASCII characters;
- packed digits, two a byte, whichever half of a byte they begin in;
- base64 of all those, in both alphabets and all three alignments;
- EBCDIC.

White space and escapes (`\\x41`, `\\u0041`) do not hide it: what is scanned is scanned again without any.
"""

import base64
import re
from collections.abc import Iterator, Mapping

EBCDIC = "cp500"

BLANKS = b" \t\r\n"

ESCAPE = re.compile(rb"\\(?:x|u00)([0-9A-Fa-f]{2})")


def find(data: bytes, secrets: Mapping[str, str | bytes]) -> list[str]:
    """What of `secrets` is in `data`: `name as spelling`, each once."""
    plain = ESCAPE.sub(lambda escape: bytes.fromhex(escape[1].decode()), data)
    views = (data, plain, data.translate(None, BLANKS), plain.translate(None, BLANKS))
    return [
        f"{name} as {spelling}"
        for name, secret in secrets.items()
        for spelling, form in spellings(secret)
        if any(form in view for view in views)
    ]


def spellings(secret: str | bytes) -> Iterator[tuple[str, bytes]]:
    """Every form of a secret, with the name of that form."""
    if isinstance(secret, bytes):
        yield from _of_bytes("bytes", secret)
        yield from _of_text("hexadecimal", secret.hex())
        yield from _of_text("hexadecimal, upper case", secret.hex().upper())
        return
    yield from _of_text("text", secret)
    if set(secret) <= set("0123456789=D"):
        digits = secret.replace("=", "D")
        if "D" in digits:
            yield from _of_text("text with D", digits)
            yield from _of_text("text with d", digits.lower())
        for name, shifted in _packed(digits):
            yield from _of_bytes(f"packed digits {name}", shifted)


def _packed(digits: str) -> Iterator[tuple[str, bytes]]:
    """The whole bytes of packed digits; a half byte at either end may be shared with anything, so it is left out."""
    for name, start in (("from a whole byte", 0), ("from the second half of a byte", 1)):
        whole = digits[start : start + (len(digits) - start) // 2 * 2]
        yield name, bytes.fromhex(whole)


def _of_text(name: str, text: str) -> Iterator[tuple[str, bytes]]:
    yield name, text.encode("ascii")
    yield f"EBCDIC of {name}", text.encode(EBCDIC)
    yield f"hexadecimal of {name}", text.encode("ascii").hex().encode("ascii")
    yield f"hexadecimal of {name}, upper case", text.encode("ascii").hex().upper().encode("ascii")
    yield from _base64(name, text.encode("ascii"))


def _of_bytes(name: str, value: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, value
    yield from _base64(name, value)


def _base64(name: str, value: bytes) -> Iterator[tuple[str, bytes]]:
    """What of the base64 of any longer text that has `value` inside depends on `value` alone, for each way it may lie there."""
    for before in range(3):
        text = base64.b64encode(bytes(before) + value)
        # Characters that also hold bits of what stands before, and those that also hold bits of what follows.
        start = (before * 8 + 5) // 6
        end = (before + len(value)) * 8 // 6
        form = text[start:end]
        yield f"base64 of {name}, alignment {before}", form
        if (other := form.translate(bytes.maketrans(b"+/", b"-_"))) != form:
            yield f"base64 (for URLs) of {name}, alignment {before}", other
