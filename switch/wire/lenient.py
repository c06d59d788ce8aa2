"""Reading a message as a forgiving peer reads it, and naming each thing that had to be forgiven.

What is forgiven is what pyiso8583 4.0.1 forgives: the spelling of MTI, bitmap and length prefixes as far as Python can
make sense of them, an announced bitmap that is empty, empty elements, and any content that the charset can spell. The
*structure* of a message is judged even less: values are cut out and not looked at. `walk` is for strict reading.
"""

from collections.abc import Mapping
from functools import partial

import msgspec

from switch.wire.bitmap import BitmapCodec, des_of, mask_of
from switch.wire.element import Element
from switch.wire.errors import DecodeError, Finding
from switch.wire.layout import Cut
from switch.wire.mti import MtiCodec


class LooseWalk(msgspec.Struct, frozen=True):
    """What a forgiving reading found.

    Args:
        mti: None when it could not be read; it need not be four digits.
        start: offset of the MTI.
        body: offset of the first element.
        mask: set of the DEs that were read.
        cuts: the place of each of them.
        findings: what had to be forgiven, in the order of the bytes.
        fault: why the message is refused nonetheless, None when it is accepted.
    """

    mti: str | None
    start: int
    body: int
    mask: int
    cuts: tuple[Cut, ...]
    findings: tuple[Finding, ...]
    fault: Finding | None


def walk_loosely(
    raw: bytes,
    header: Element | None,
    mtis: MtiCodec,
    bitmaps: BitmapCodec,
    elements: Mapping[int, Element],
    *,
    judged: bool,
) -> LooseWalk:
    """Read `raw` from its first byte to its last.

    Args:
        judged: False when only the structure counts, and no value is looked at.
    """
    findings: list[Finding] = []
    cuts: list[Cut] = []
    mti = None
    start = body = mask = 0
    try:
        if header is not None:
            start = body = _cut(raw, 0, header, findings, judged=judged).end
        mti, finding = mtis.decode_loosely(raw, start)
        findings += [finding] if finding is not None else []
        body = start + mtis.size
        mask, body = bitmaps.decode_loosely(raw, body, findings)
        at = body
        for de in des_of(mask):
            if de not in elements:
                raise DecodeError(de, at, "the dialect does not have it, so its length is unknown", "FLD-UNK-01")
            cuts.append(_cut(raw, at, elements[de], findings, judged=judged))
            at = cuts[-1].end
        if at != len(raw):
            raise DecodeError(None, at, f"bytes left over after the last element: {len(raw) - at}", "MSG-END-01")
    except DecodeError as error:
        mask = mask_of(des_of(mask)[: len(cuts)])
        return LooseWalk(mti, start, body, mask, tuple(cuts), tuple(findings), error.finding)
    return LooseWalk(mti, start, body, mask, tuple(cuts), tuple(findings), None)


def _cut(raw: bytes, at: int, element: Element, findings: list[Finding], *, judged: bool) -> Cut:
    """The place of the element at `at`; what is forgiven joins `findings`.

    Raises:
        DecodeError: when even a forgiving reader cannot tell its length, or its value.
    """
    de = element.de
    units = element.read_units(raw, at)
    if isinstance(units, tuple):
        why, rule = units
        loose = element.read_units_loosely(raw, at)
        if loose is None:
            raise DecodeError(de, at, why, rule)
        findings.append(Finding(de, at, why, rule))
        units = loose
    value = at + element.prefix_bytes
    count = element.byte_count(units)
    if not 0 <= count <= len(raw) - value:
        raise DecodeError(de, at, f"it takes {count} bytes, and {len(raw) - value} remain", "FLD-END-01")
    data = raw[value : value + count]
    wrong = element.find_fault(data, units) if judged else None
    if wrong is not None:
        finding = Finding(de, value + wrong[0], wrong[1], wrong[2])
        if not element.can_spell(data, units):
            raise DecodeError.of(finding)
        findings.append(finding)
    return Cut(at, value, value + count, partial(element.spell, units=units))
