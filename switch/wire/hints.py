"""What else refused bytes could be: the change of reading under which they would make sense, for people in search of a fault.

A hint is text and nothing is ever read by it. Finding one costs a bounded number of walks over the lengths alone.
"""

from collections.abc import Callable, Collection, Mapping

from switch.wire.element import Element, Form
from switch.wire.mti import CLASSES, VERSIONS, is_mti

Count = Callable[[Element, bytes], int | None]
"""Bytes of a value by its length prefix, in another reading; None where that reading has nothing to say."""

_TPDU_BYTES = 5


def length_hint(raw: bytes, start: int, des: tuple[int, ...], elements: Mapping[int, Element], suspect: int | None) -> str:
    """The first reading of length prefixes under which the elements end with the message, ready to follow a reason; or nothing.

    Args:
        start: offset of the first element.
        des: all DEs that the bitmap announces.
        suspect: the DE at fault, whose prefix alone may be the odd one; None when no single one is.
    """
    if any(de not in elements for de in des):
        return ""
    variable = [de for de in des if elements[de].prefix_bytes]
    for words, count in _READINGS.items():
        if suspect in variable and _closes(raw, start, des, elements, (suspect,), count):
            return f"; if the prefix {words} the message would close exactly"
        if _closes(raw, start, des, elements, variable, count):
            return f"; if length prefixes {words} the message would close exactly"
    return ""


def mti_hint(raw: bytes, at: int) -> str:
    """Where or how an MTI can be read from bytes that have none at `at`, ready to follow a reason; or nothing."""
    for skipped, place in (("", at), (f"behind {_TPDU_BYTES} bytes, as many as a TPDU has, ", at + _TPDU_BYTES)):
        for words, text in (
            ("in ASCII", raw[place : place + 4].decode("ascii", "replace")),
            ("in packed digits", raw[place : place + 2].hex()),
            ("in EBCDIC", raw[place : place + 4].decode("cp500")),
        ):
            if is_mti(text) and text[0] in VERSIONS and text[1] in CLASSES:
                return f"; {skipped}{words} it would be {text}"
    return ""


def _closes(
    raw: bytes,
    at: int,
    des: tuple[int, ...],
    elements: Mapping[int, Element],
    others: Collection[int | None],
    count: Count,
) -> bool:
    """True when the elements end with the message if the prefixes of some DEs are read in another way."""
    changed = False
    for de in des:
        element = elements[de]
        prefix = raw[at : at + element.prefix_bytes]
        units = element.units_max if not prefix else element.lengths.get(prefix)
        size = element.byte_count(units) if units is not None else None
        if de in others:
            other = count(element, prefix)
            changed = changed or (other is not None and other != size)
            size = size if other is None else other
        if size is None or size > len(raw) - at - element.prefix_bytes:
            return False
        at += element.prefix_bytes + size
    return changed and at == len(raw)


def _counts_digits(element: Element, prefix: bytes) -> int | None:
    units = element.lengths.get(prefix)
    return (units + 1) // 2 if units is not None and element.form is Form.BYTES else None


def _counts_bytes(element: Element, prefix: bytes) -> int | None:
    units = element.lengths.get(prefix)
    if units is None:
        return None
    if element.form is Form.DIGITS:
        return units
    return 2 * units if element.form is Form.TEXT and element.content.name == "b" else None


def _counts_itself(element: Element, prefix: bytes) -> int | None:
    units = element.lengths.get(prefix)
    return element.byte_count(units - len(prefix)) if units is not None and units >= len(prefix) else None


def _is_binary(element: Element, prefix: bytes) -> int | None:
    return element.byte_count(int.from_bytes(prefix, "big")) if element.prefix_form == "bcd" else None


def _is_packed(element: Element, prefix: bytes) -> int | None:
    return element.byte_count(int(prefix.hex())) if element.prefix_form == "b" and prefix.hex().isdigit() else None


_READINGS: dict[str, Count] = {
    "counted BCD digits": _counts_digits,
    "counted bytes": _counts_bytes,
    "counted itself too": _counts_itself,
    "were binary": _is_binary,
    "were packed digits": _is_packed,
}
"""Other readings of a length prefix, by what must be said of it."""
