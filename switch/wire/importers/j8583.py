"""Configurations of j8583 and NetCore8583 in XML: the fields that each MTI has, type by type.

Whether they travel as text or in binary form is not in the file but set on the MessageFactory, so it has to be said. One spec
is made of all `parse` guides; where two of them say different things of a field, the first one holds and the other is listed.
"""

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

from switch.wire.errors import SpecError
from switch.wire.importers.imported import HEADER, Imported, Options, bitmaps, named, packed, raw, text
from switch.wire.importers.xml import parse_xml
from switch.wire.redact import clean
from switch.wire.spec import FieldSpec, Spec

Make = Callable[[int], FieldSpec]

_DIGITS = {
    "AMOUNT": 12,
    "DATE10": 10,
    "DATE4": 4,
    "DATE_EXP": 4,
    "TIME": 4 + 2,
    "DATE12": 12,
    "DATE14": 14,
    "DATE6": 6,
}
"""Types of digits whose length goes without saying."""

TEXT_TYPES: dict[str, tuple[str, Make]] = {
    "NUMERIC": ("n", lambda length: text(length)),
    "ALPHA": ("ans", lambda length: text(length)),
    "BINARY": ("b", lambda length: text(2 * length)),
    "RAW_BINARY": ("b", lambda length: raw(length)),
    "LLVAR": ("", lambda length: text(length or 99, prefix=2)),
    "LLLVAR": ("", lambda length: text(length or 999, prefix=3)),
    "LLLLVAR": ("", lambda length: text(length or 9999, prefix=4)),
    "LLBIN": ("b", lambda length: text(length or 98, prefix=2)),
    "LLLBIN": ("b", lambda length: text(length or 998, prefix=3)),
    "LLLLBIN": ("b", lambda length: text(length or 9998, prefix=4)),
    "LLBCDBIN": ("b", lambda length: text(length or 98, prefix=2)),
    "LLLBCDBIN": ("b", lambda length: text(length or 998, prefix=3)),
    "LLLLBCDBIN": ("b", lambda length: text(length or 9998, prefix=4)),
}
"""Type -> content class and how it is laid, where fields are text. Lengths of binary types count hexadecimal digits."""

BINARY_TYPES: dict[str, tuple[str, Make]] = {
    "NUMERIC": ("n", lambda length: packed(length)),
    "ALPHA": ("ans", lambda length: text(length)),
    "BINARY": ("b", lambda length: raw(length)),
    "RAW_BINARY": ("b", lambda length: raw(length)),
    "LLVAR": ("", lambda length: text(length or 99, prefix=1, prefix_charset="bcd")),
    "LLLVAR": ("", lambda length: text(length or 999, prefix=2, prefix_charset="bcd")),
    "LLLLVAR": ("", lambda length: text(length or 9999, prefix=2, prefix_charset="bcd")),
    "LLBIN": ("b", lambda length: raw(length or 99, prefix=1)),
    "LLLBIN": ("b", lambda length: raw(length or 999, prefix=2)),
    "LLLLBIN": ("b", lambda length: raw(length or 9999, prefix=2)),
    "LLBCDBIN": ("", lambda length: packed(length or 99, prefix=1)),
    "LLLBCDBIN": ("", lambda length: packed(length or 999, prefix=2)),
    "LLLLBCDBIN": ("", lambda length: packed(length or 9999, prefix=2)),
    "LLBINLENGTHNUM": ("n", lambda length: packed(length or 255, prefix=1, prefix_form="b")),
    "LLBINLENGTHALPHANUM": ("", lambda length: text(length or 255, prefix=1, prefix_charset="b")),
    "LLBINLENGTHBIN": ("b", lambda length: raw(length or 255, prefix=1, prefix_form="b")),
    "LLLLBINLENGTHNUM": ("n", lambda length: packed(length or 65_535, prefix=2, prefix_form="b")),
    "LLLLBINLENGTHALPHANUM": ("", lambda length: text(length or 65_535, prefix=2, prefix_charset="b")),
    "LLLLBINLENGTHBIN": ("b", lambda length: raw(length or 65_535, prefix=2, prefix_form="b")),
    "LLBCDLENGTHALPHANUM": ("", lambda length: text(length or 99, prefix=1, prefix_charset="bcd")),
}
"""The same where fields are binary."""

_NUMBER = re.compile(r"[0-9]{1,3}")


def suits(source: str) -> bool:
    """True when it is XML with the root of a configuration."""
    return re.search(r"<[jn]8583-config[\s/>]", source) is not None


def read(source: str, options: Options) -> Imported:
    """The fields of all parse guides.

    Raises:
        SpecError: when the file is no configuration, or has no parse guide.
    """
    root = parse_xml(source)
    guides = {guide.get("type", ""): guide for guide in root.findall("parse")}
    if root.tag not in ("j8583-config", "n8583-config") or not guides:
        raise SpecError("the XML is no j8583 configuration with a parse guide", "SPC-FIL-02")
    types = BINARY_TYPES if options.binary else TEXT_TYPES
    primary, secondary = bitmaps("b" if options.binary else "ascii")
    spec: Spec = {"h": HEADER, "t": named(raw(2) if options.binary else text(4), "Message type"), "p": primary, "1": secondary}
    content: dict[int, str] = {}
    unmapped: dict[str, str] = {}
    for mti, guide in guides.items():
        for field in guide.findall("field"):
            _read_field(field, clean(mti)[:8], types, spec, content, unmapped)
    for odd in sorted({child.tag for child in root} - {"parse"}):
        unmapped[odd] = "headers and values of templates are no part of a spec"
    return Imported(spec, content, unmapped)


def _read_field(
    field: Element, mti: str, types: dict[str, tuple[str, Make]], spec: Spec, content: dict[int, str], unmapped: dict[str, str]
) -> None:
    number, kind, length = field.get("num", ""), field.get("type", ""), field.get("length", "0") or "0"
    if kind == "exclude":
        return
    if not _NUMBER.fullmatch(number) or not 2 <= int(number) <= 192:
        unmapped[f"field {clean(number)[:20]}"] = "no data element has this number"
        return
    number = str(int(number))
    if kind in _DIGITS:
        kind, length = "NUMERIC", str(_DIGITS[kind])
    if kind not in types or not (length.isascii() and length.isdigit() and len(length) <= 6):
        unmapped.setdefault(number, "its type or length has no equal here; left out, so that a message that has it is refused")
        return
    said, make = types[kind]
    laid = named(make(int(length)), f"Field {number}")
    if not laid["max_len"]:
        unmapped.setdefault(number, "its length is missing; left out, so that a message that has it is refused")
    elif number not in spec:
        spec[number] = laid
        if said:
            content[int(number)] = said
        if len(field):
            unmapped[number] = f"its {len(field)} parts are kept as one value"
    elif spec[number] != laid:
        unmapped[number] = f"MTI {mti} says something else of it than an MTI before; the first one holds"
