"""Between the spelled value of an element and the bytes that a layout speaks of."""

from switch.wire.content import UPPER_HEX
from switch.wire.element import Element, Form
from switch.wire.subfields.layouts import TEXT_CHARSET, InnerLayout, is_binary


def bytes_of(element: Element, layout: InnerLayout, value: str) -> bytes | None:
    """The bytes that a layout reads in a value; None when it has none."""
    if _is_hexadecimal(element, layout):
        return bytes.fromhex(value) if not len(value) % 2 and not value.strip(UPPER_HEX) else None
    try:
        return value.encode(TEXT_CHARSET)
    except UnicodeError:
        return None


def value_of(element: Element, layout: InnerLayout, data: bytes) -> str:
    """The value of the element that holds these bytes; the inverse of `bytes_of`."""
    return data.hex().upper() if _is_hexadecimal(element, layout) else data.decode(TEXT_CHARSET)


def half_bytes_each(element: Element, layout: InnerLayout) -> int:
    """Half bytes on the wire that stand for one of the bytes that the layout reads."""
    if element.form is Form.DIGITS:
        return 2 if is_binary(layout) else 1
    return 4 if element.form is Form.TEXT and _is_hexadecimal(element, layout) else 2


def _is_hexadecimal(element: Element, layout: InnerLayout) -> bool:
    """True when two characters of the spelled value are one byte to the layout."""
    return element.form is Form.BYTES or element.content.name == "b" or is_binary(layout)
