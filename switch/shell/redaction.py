"""The last look at a text before people see it: card data is masked, control characters are spelt out. Fails closed.

A net below the types that print masked by themselves, not a replacement for them. What looks like a card number, a track, a key
or a PIN block is hidden wherever it stands, in decimal, hexadecimal (packed or of ASCII digits) and base64; a value of an
unknown type is hidden whatever it is. Better a hidden order number than a shown card number.
"""

import base64
import re
from collections.abc import Mapping
from enum import Enum

from switch import limits

CARD_NAMES = frozenset(
    ("pan", "card", "track", "track1", "track2", "pin", "pinblock", "cvv", "cvv2", "cvc", "cvc2", "icvv", "csc", "icc", "arqc")
)
"""A value whose name holds one of these words is shown only as a mask, or when it is words."""

SECRET_NAMES = frozenset(("secret", "password", "passphrase"))
"""A value whose name holds one of these words is never shown."""

DIGEST_NAMES = frozenset(("digest", "token", "fingerprint"))
"""Under these names long hexadecimal text is expected, and shown unless a card number is in it."""

PAN_DIGITS_MIN, PAN_DIGITS_MAX = 13, 19
"""Lengths of card numbers in use; ISO/IEC 7812-1 allows at most 19."""

_SUSPECT = re.compile(r"\d{8}[\d=Dd^]|\d[ .\-]\d{4,6}[ .\-]\d{4}|[0-9A-Fa-f]{2}[ :\-][0-9A-Fa-f]{2}[ :\-]|[A-Za-z0-9+/_\-]{16}")
"""What no text without card data need hold, and every text with it does: most texts are passed by this one search."""

_TRACK = re.compile(r"%?[Bb]?\d{8,19}\^[^?]*\??|;?\d{8,19}[=Dd]\d{3,}[0-9A-Fa-f?]*")
_GROUPED = re.compile(r"(?<!\d)\d{4}([ .\-])(?:\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|\d{6}\1\d{4,5})(?!\d)")
_HEX_DUMP = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{2}(?:[ :\-][0-9A-Fa-f]{2}){7,}(?![0-9A-Za-z])")
_HEX = re.compile(r"[0-9A-Fa-f]{16,}")
_DIGITS = re.compile(r"\d{13,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-]{18,}")
_MASK = re.compile(r"\d{0,6}[*]{2,}\d{0,4}")
_TAIL = re.compile(r"[\w+/=^;%?:. \-]{1,128}\Z")
"""What is dropped at a cut: half a card number would no longer be recognised as one."""
_WORDS = re.compile(r"[a-z ,.'\-]{0,64}")
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""C0 and C1 controls (ANSI escapes begin with one), and the invisible ones that turn or hide text on a screen."""

HIDDEN = "[hidden]"


def redact_text(text: str) -> str:
    """The text with card data and keys masked, on one line, cut to `limits.LOG_TEXT_CHARS_MAX`.

    >>> redact_text("card 4761739001010119, track ;4761739001010119=24122011234567890?")
    'card 476173******0119, track [track hidden]'
    """
    surplus = len(text) - limits.LOG_TEXT_CHARS_MAX
    if surplus > 0:
        text = _TAIL.sub("", text[:-surplus])
    if _SUSPECT.search(text):
        text = _without_card_data(text)
    text = _CONTROL.sub(_spelt_out, text)
    return f"{text}... (cut)" if surplus > 0 else text


def redact_value(value: object, name: str = "", *, depth: int = 0) -> object:
    """A value for a log line, redacted by its name and its type; whatever is not text, number or collection is hidden.

    Args:
        name: what the value is called; "pan", "expected_cvv" and the like hide more.
        depth: how many collections it stands in.
    """
    words = frozenset(re.split(r"[^a-z0-9]+", name.lower()))
    if words & SECRET_NAMES:
        return HIDDEN
    match value:
        case None | bool():
            return value
        case Enum():
            return redact_value(value.name, name, depth=depth)
        case int() | float():
            text = str(value)
            return value if not words & CARD_NAMES and redact_text(text) == text else redact_value(text, name, depth=depth)
        case str():
            return _redact_named(value, words)
        case Mapping() | list() | tuple() if depth >= limits.LOG_DEPTH_MAX:
            return HIDDEN
        case Mapping():
            return {redact_text(str(key)): redact_value(item, f"{name} {key}", depth=depth + 1) for key, item in value.items()}
        case list() | tuple():
            return [redact_value(item, name, depth=depth + 1) for item in value]
        case _:
            return f"[{type(value).__name__} hidden]"


def _redact_named(text: str, words: frozenset[str]) -> str:
    if words & CARD_NAMES:
        return text if _MASK.fullmatch(text) or _WORDS.fullmatch(text) else HIDDEN
    if words & DIGEST_NAMES and _HEX.fullmatch(text) and not _has_card_number(text):
        return text
    return redact_text(text)


def _without_card_data(text: str) -> str:
    text = _TRACK.sub("[track hidden]", text)
    text = _GROUPED.sub(_mask_grouped, text)
    text = _HEX_DUMP.sub(lambda found: f"[{len(found[0]) // 3 + 1} hex bytes hidden]", text)
    text = _BASE64.sub(lambda found: "[base64 hidden]" if _hides_card_number(found[0]) else found[0], text)
    text = _HEX.sub(_mask_hex, text)
    return _DIGITS.sub(_mask_digits, text)


def _mask_grouped(found: re.Match[str]) -> str:
    digits = "".join(character for character in found[0] if character.isdecimal())
    return _masked(digits) if _luhn_valid(digits) else found[0]


def _mask_hex(found: re.Match[str]) -> str:
    run = found[0]
    if run.isdecimal() and len(run) <= PAN_DIGITS_MAX and _luhn_valid(run):
        return _masked(run)
    return f"[{len(run)} hex digits hidden]"


def _mask_digits(found: re.Match[str]) -> str:
    run = found[0]
    if len(run) <= PAN_DIGITS_MAX and _luhn_valid(run):
        return _masked(run)
    return f"[{len(run)} digits hidden]" if _has_card_number(run) else run


def _masked(digits: str) -> str:
    """First six and last four, as PCI DSS 3.4.1 lets everybody see them."""
    return f"{digits[:6]}{'*' * (len(digits) - 10)}{digits[-4:]}"


def _has_card_number(text: str) -> bool:
    """True when some 13 to 19 digits in a row pass the Luhn check."""
    for found in _DIGITS.finditer(text):
        run = found[0]
        for start in range(len(run) - PAN_DIGITS_MIN + 1):
            for length in range(PAN_DIGITS_MIN, min(PAN_DIGITS_MAX, len(run) - start) + 1):
                if _luhn_valid(run[start : start + length]):
                    return True
    return False


def _hides_card_number(run: str) -> bool:
    """True when the run, read as base64 from any of its four possible beginnings, holds a card number as ASCII or packed."""
    run = run.replace("-", "+").replace("_", "/")
    for start in range(4):
        body = run[start : start + (len(run) - start) // 4 * 4]
        decoded = base64.b64decode(body)
        if _has_card_number(decoded.decode("latin-1")) or _has_card_number(decoded.hex()):
            return True
    return False


def _luhn_valid(digits: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    total = sum(int(digit) for digit in digits[-1::-2])
    return (total + sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])) % 10 == 0


def _spelt_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
