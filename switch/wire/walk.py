"""Reading a message with care, element by element, until it is understood or the fault in it has a place and a rule.

`walk` is the definition of what a dialect accepts; a layout's compiled scan only says the same faster. It serves messages whose
bitmap is seen for the first time or is not cached, and all messages that a scan refused.
"""

from collections.abc import Mapping

import msgspec

from switch.wire.bitmap import BitmapCodec, des_of, mask_of
from switch.wire.element import Element
from switch.wire.errors import DecodeError, Finding
from switch.wire.hints import length_hint, mti_hint
from switch.wire.mti import MtiCodec

_DOUBTS_LENGTHS = ("FLD-END-01", "FLD-LL-03", "FLD-LL-04", "FLD-LL-05", "MSG-END-01")
"""Rules whose breach may have its reason in how a length prefix is read, there or further ahead."""


class Walk(msgspec.Struct, frozen=True):
    """What a careful reading found.

    Args:
        mti: None when it could not be read.
        start: offset of the MTI.
        mask: set of the DEs whose place is known.
        bounds: where the elements begin and where each of them ends.
        hidden: DEs whose value is not lawful, where the elements end with the message and all places can be believed.
        fault: None when the message is accepted.
    """

    mti: str | None
    start: int
    mask: int
    bounds: list[int]
    hidden: tuple[int, ...]
    fault: Finding | None


def walk(raw: bytes, header: Element | None, mtis: MtiCodec, bitmaps: BitmapCodec, elements: Mapping[int, Element]) -> Walk:
    """Read `raw` from its first byte to its last."""
    start = at = 0
    mti = None
    try:
        if header is not None:
            start = at = _walk_header(raw, header)
        mti = mtis.decode(raw, at)
        at += mtis.size
        mask = bitmaps.decode(raw, at)
    except DecodeError as error:
        hint = mti_hint(raw, at) if error.rule == "MTI-CHR-01" else ""
        return Walk(mti, start, 0, [at], (), _with_hint(error.finding, hint))
    des, bounds, hidden, fault = _walk_elements(raw, at + len(bitmaps.encode(mask)), des_of(mask), elements)
    return Walk(mti, start, mask_of(des), bounds, hidden, fault)


def _walk_header(raw: bytes, header: Element) -> int:
    """The end of the header.

    Raises:
        DecodeError: when it is not lawful.
    """
    units = _walk_length(raw, 0, header)
    end = header.prefix_bytes + header.byte_count(units)
    fault = header.find_fault(raw[header.prefix_bytes : end], units)
    if fault is not None:
        raise DecodeError("header", header.prefix_bytes + fault[0], fault[1], fault[2])
    return end


def _walk_elements(
    raw: bytes, start: int, des: tuple[int, ...], elements: Mapping[int, Element]
) -> tuple[tuple[int, ...], list[int], tuple[int, ...], Finding | None]:
    """The DEs whose place is known, their bounds, those among them that are not lawful, and the first fault."""
    bounds = [start]
    hidden: list[int] = []
    first: Finding | None = None
    broken: Finding | None = None
    for de in des:
        at = bounds[-1]
        try:
            if de not in elements:
                raise DecodeError(de, at, "the dialect does not have it, so its length is unknown", "FLD-UNK-01")
            element = elements[de]
            units = _walk_length(raw, at, element)
        except DecodeError as error:
            broken = error.finding
            break
        value = at + element.prefix_bytes
        bounds.append(value + element.byte_count(units))
        wrong = element.find_fault(raw[value : bounds[-1]], units)
        if wrong is not None:
            hidden.append(de)
            first = first or Finding(de, value + wrong[0], wrong[1], wrong[2])
    if broken is None and bounds[-1] != len(raw):
        broken = Finding(None, bounds[-1], f"bytes left over after the last element: {len(raw) - bounds[-1]}", "MSG-END-01")
    if broken is None:
        return des, bounds, tuple(hidden), first
    if broken.rule in _DOUBTS_LENGTHS:
        suspect = broken.de if isinstance(broken.de, int) else None
        broken = _with_hint(broken, length_hint(raw, start, des, elements, suspect))
    # The lengths cannot all be true, so nothing from the first doubtful element on is believed.
    known = des.index(hidden[0]) if hidden else len(bounds) - 1
    return des[:known], bounds[: known + 1], (), first or broken


def _with_hint(fault: Finding, hint: str) -> Finding:
    return Finding(fault.de, fault.offset, fault.why + hint, fault.rule)


def _walk_length(raw: bytes, at: int, element: Element) -> int:
    """Units of the element at `at`, all of whose bytes are there.

    Raises:
        DecodeError: when its length is not lawful or longer than what remains.
    """
    units = element.read_units(raw, at)
    if isinstance(units, tuple):
        raise DecodeError(element.de, at, units[0], units[1])
    count = element.byte_count(units)
    remaining = len(raw) - at - element.prefix_bytes
    if count > remaining:
        said = f"length prefix says {units}, which takes" if element.prefix_bytes else "it takes"
        raise DecodeError(element.de, at, f"{said} {count} bytes, and {remaining} remain", "FLD-END-01")
    return units
