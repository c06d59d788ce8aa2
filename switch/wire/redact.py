"""What a log, an error or a screen may hold of a message. Fails closed: what is not known to be harmless is hidden.

A DE is shown as it is only when its dialect lists it as clear. The PAN shows its first six and last four digits; of everything
else only the length is told. Of a message whose lengths do not add up no value is shown at all: what reads as an amount there
may be half of a card number. Even clear DEs are the peer's text, so control characters never leave this file as they came, and
a digit run that could be a card number is masked wherever it stands. Free text that holds more, a track, a key or a card number
in groups, is hidden whole.
"""

import re

from keys.errors import KeysError
from keys.sensitive import Pan
from switch.domain.card import luhn_valid
from switch.wire.element import Element, Form
from switch.wire.message import Message
from switch.wire.subfields import Subfield

PAN = 2

_NUMBER = re.compile(r"(?<![0-9])[0-9]{13,19}(?![0-9])")
_FILLED_NUMBER = re.compile(r"(?:(?<![0-9])|(?<=00000))(?:[3-6]|2[2-7])[0-9]{10,17}[1-9]0?(?=00000|(?![0-9]))")
"""A card number in a longer run of digits, such as DE 90 has, between zeroes that fill the rest up."""

_HEX = re.compile(r"(?:[0-9A-F]{2})+")
_SPREAD = re.compile(r"[0-9](?:[ .,:/_\-]{0,2}[0-9]){12,}")
_GROUPED = re.compile(r"(?<![0-9])[0-9]{4}([ .\-/])[0-9]{4,6}\1[0-9]{4,5}(?:\1[0-9]{1,4}){0,2}(?![0-9])")
_LABELLED = re.compile(r"(?<![A-Z])(?:CV[VC]2?|CVN2?|CSC|CID|PIN)[ =:#\-]{0,3}[0-9]{3}", re.IGNORECASE)
"""A card's security code or a PIN, which only the word before it betrays."""

_TRACK_OR_KEY = re.compile(
    r"[0-9*]{8,19} ?(?:\^|[=D] ?[0-9]{3})|[0-9A-Fa-f]{16}"
    r"|(?:[0-9A-Fa-f]{4}[ :\-]){3}[0-9A-Fa-f]{4}|(?:[0-9A-Fa-f]{2}[ :\-]){7}[0-9A-Fa-f]{2}"
)
"""A track, its number masked or not; as many hexadecimal digits as a PIN block or half a key has, in groups or not."""

_CARD_DIGITS = range(13, 20)
_CARD_STARTS = ("22", "23", "24", "25", "26", "27", "3", "4", "5", "6")
"""How numbers of payment cards begin (ISO/IEC 7812-1: banking, travel and entertainment, merchandising)."""

_DIGITS_ONLY = ("n", "x+n", "b")
_UNSPACED = ("an", "z")
"""Content classes of which a value may look like a track or a key and be none, as the amounts of DE 95 do."""


def clean(text: str) -> str:
    """`text` with everything but printable ASCII as escapes, so that it cannot steer a terminal or forge a log line."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if " " <= c <= "~" else ascii(c)[1:-1] for c in text)


def masked_fields(message: Message) -> dict[str, str]:
    """The DEs of `message` by number, with "mti", as a log may hold them."""
    shown = {"mti": clean(message.mti)}
    for de in message.fields:
        shown[str(de)] = masked_value(message, de)
    return shown


def masked_value(message: Message, de: int) -> str:
    """DE `de` as a log may hold it; KeyError when the message does not have it."""
    value = message[de]
    if is_clear(message, de):
        return mask_numbers(clean(value))
    return mask_pan(value) if is_card_number(message, de) else hidden(len(value))


def is_clear(message: Message, de: int) -> bool:
    """True when DE `de` of this message holds nothing secret."""
    lawful = message.layout.trusted and message.is_lawful(de)
    return lawful and de in message.dialect.clear and not _holds_secret(message, de)


def is_card_number(message: Message, de: int) -> bool:
    """True when DE `de` of this message is a card number whose ends may be shown."""
    return message.layout.trusted and de == PAN and de in message.dialect.content and message.is_lawful(de)


def may_show_inside(message: Message, de: int) -> bool:
    """True when every part of DE `de` may be shown: the DE is clear, and no card number can run through its parts."""
    return is_clear(message, de) and mask_numbers(message[de]) == message[de]


def may_show_subfield(message: Message, de: int, subfield: Subfield) -> bool:
    """True when this part of DE `de` may be shown although the DE may not: it is said to be clear and holds no secret."""
    if not (subfield.clear and message.layout.trusted and message.is_lawful(de)):
        return False
    value = subfield.value
    if mask_numbers(value) != value:
        return False
    # What is said to be bytes may be the digits of a card number all the same, one to a byte.
    text = value if subfield.text else _as_text(value)
    return mask_numbers(text) == text and not _is_secret(text)


def masked_raw(message: Message) -> str:
    """The bytes of `message` in hexadecimal, two `*` for each byte that a log must not hold.

    Bytes that belong to no readable element, as in the partial message of an error, are hidden too.
    """
    shown = ["**"] * len(message.raw)
    _show(shown, message.raw, message.start, message.body_offset)
    for de in message.fields if message.layout.trusted else ():
        start, end = message.value_extent(de)
        _show(shown, message.raw, message.extent(de)[0], start)
        if is_clear(message, de) and mask_numbers(message[de]) == message[de]:
            _show(shown, message.raw, start, end)
        elif is_card_number(message, de):
            _show_pan(shown, message, start, end)
    return "".join(shown)


def mask_pan(digits: str) -> str:
    """A card number with its middle hidden; all of it when it cannot be one."""
    try:
        return Pan(digits).masked
    except KeysError:
        return hidden(len(digits))


def mask_numbers(text: str) -> str:
    """`text` with every run of 13 to 19 digits masked that has a card number's check digit (ISO/IEC 7812-1 annex B).

    In longer runs those are masked that stand between zeroes which fill the rest up.
    """
    return _FILLED_NUMBER.sub(_mask_checked, _NUMBER.sub(_mask_checked, text))


def hidden(length: int) -> str:
    """What stands for a value that is not shown."""
    return f"({length} hidden)"


def _mask_checked(run: re.Match[str]) -> str:
    """The digits of `run`, masked when they are a card number, with or without a last zero that may be filling."""
    digits = run[0]
    for ends in (digits, digits[:-1]) if digits.endswith("0") and len(digits) > _CARD_DIGITS[0] else (digits,):
        if len(ends) in _CARD_DIGITS and luhn_valid(Pan(ends)):
            return mask_pan(ends) + digits[len(ends) :]
    return digits


def _holds_secret(message: Message, de: int) -> bool:
    """True when DE `de` is text and holds what masking its card numbers would not hide."""
    content = message.dialect.content.get(de)
    if content in _DIGITS_ONLY:
        return False
    text = mask_numbers(message[de])
    return _is_spread(text) if content in _UNSPACED else _is_secret(text)


def _is_secret(text: str) -> bool:
    """True when a text holds a track, a key, a code that is said to be secret, or a card number in groups."""
    return any(shape.search(text) is not None for shape in (_GROUPED, _LABELLED, _TRACK_OR_KEY)) or _is_spread(text)


def _is_spread(text: str) -> bool:
    """True when a card number can be read in digits with separators between them."""
    return any(_holds_number("".join(filter(str.isdigit, run[0]))) for run in _SPREAD.finditer(text) if not run[0].isdigit())


def _holds_number(digits: str) -> bool:
    return any(
        luhn_valid(Pan(digits[start : start + count]))
        for start in range(len(digits) - _CARD_DIGITS[0] + 1)
        if digits.startswith(_CARD_STARTS, start)
        for count in _CARD_DIGITS
        if start + count <= len(digits)
    )


def _as_text(value: str) -> str:
    """Bytes in hexadecimal as the characters that they would be; what is no hexadecimal as it is."""
    return bytes.fromhex(value).decode("latin-1") if _HEX.fullmatch(value) else value


def _show(shown: list[str], raw: bytes, start: int, end: int) -> None:
    for place in range(start, end):
        shown[place] = f"{raw[place]:02X}"


def _show_pan(shown: list[str], message: Message, start: int, end: int) -> None:
    """Show those bytes of DE 2 whose digits the mask shows too."""
    mask = mask_pan(message[PAN])
    if len(mask) != len(message[PAN]):
        return
    element: Element = message.dialect.codec.elements[PAN]
    per_byte = 2 if element.form is Form.DIGITS else 1
    fill = per_byte * (end - start) - len(mask)
    spelled = "0" * fill + mask
    for place in range(start, end):
        at = (place - start) * per_byte
        if "*" not in spelled[at : at + per_byte]:
            shown[place] = f"{message.raw[place]:02X}"
