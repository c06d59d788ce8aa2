"""Specs of moov-io/iso8583 in JSON: each field has a type, an encoding, a prefix and a padding, told apart.

Its `length` counts values as they are before encoding: characters, digits or bytes. Prefixes in BCD pack their digits, binary
ones have a byte for each L.
"""

import json
import re

from switch.limits import SUBFIELD_DEPTH_MAX
from switch.wire.errors import SpecError
from switch.wire.importers.imported import EBCDIC, HEADER, Imported, Options, bitmaps, fit_inside, named, packed, raw, text
from switch.wire.redact import clean
from switch.wire.spec import FieldSpec, Spec
from switch.wire.subfields import BerTlv, Bitmapped, InnerLayout, Part, Positional, Tagged

_CHARSETS = {"ASCII": "ascii", "EBCDIC": EBCDIC, "EBCDIC1047": EBCDIC}
_CONTENT = {"Numeric": "n", "Binary": "b", "Hex": "b", "Track2": "z"}
_PREFIX = re.compile(r"(ASCII|BCD|EBCDIC|Binary|Hex)\.(Fixed|L{1,6})")
_NUMBER = re.compile(r"[0-9]{1,3}")
_NAME_CHARS_MAX = 100


def suits(source: str) -> bool:
    """True when it is a JSON object with fields that have encodings."""
    return source.lstrip().startswith("{") and '"fields"' in source and '"enc"' in source


def read(source: str, options: Options) -> Imported:
    """The fields of the message, and those within fields as far as they have an equal; others stay one value, and are listed.

    Raises:
        SpecError: when the JSON is none, or says nothing of MTI and bitmap that we can read.
    """
    try:
        tree = json.loads(source)
    except (ValueError, RecursionError):
        raise SpecError("the file is not JSON", "SPC-FIL-02") from None
    fields = tree.get("fields") if isinstance(tree, dict) else None
    if not isinstance(fields, dict) or not all(isinstance(field, dict) for field in fields.values()):
        raise SpecError("the JSON has no object of fields", "SPC-FIL-02")
    unmapped: dict[str, str] = {}
    mti = _lay(fields.get("0", {}))[0]
    if mti is None or mti["len_type"]:
        raise SpecError("field 0, the MTI, is missing or has no equal here", "SPC-FIL-03")
    bitmap = fields.get("1", {})
    forms = {"Binary": "b", "HexToASCII": "ascii", "ASCII": "ascii"}
    if bitmap.get("enc") not in forms:
        raise SpecError("field 1, the bitmap, is missing or has no equal here", "SPC-FIL-03")
    primary, secondary = bitmaps(forms[bitmap["enc"]])
    spec: Spec = {"h": HEADER, "t": _as_mti(mti), "p": primary, "1": secondary}
    if bitmap.get("length") == 16:
        unmapped["1"] = 'its sixteen bytes are always sent: set bitmap = "fixed16"'
    if bitmap.get("disableAutoExpand") is True:
        unmapped["1"] = "bit 1 is an ordinary field there; here it announces the secondary bitmap"
    content: dict[int, str] = {}
    inside: dict[int, InnerLayout] = {}
    for number, field in fields.items():
        if number in ("0", "1"):
            continue
        if not _NUMBER.fullmatch(number) or not 2 <= int(number) <= 192:
            unmapped[f"field {clean(number)[:20]}"] = "no data element has this number"
            continue
        laid, remark = _lay(field)
        if laid is None:
            unmapped[number] = f"{remark}; left out, so that a message that has it is refused"
            continue
        spec[str(int(number))] = named(laid, clean(str(field.get("description", "")))[:_NAME_CHARS_MAX])
        if field.get("type") in _CONTENT and not remark:
            content[int(number)] = _CONTENT[field["type"]]
        if isinstance(field.get("subfields"), dict):
            layout = _layout_of(field)
            fitted = fit_inside(layout, laid, "") if not isinstance(layout, str) else layout
            if not isinstance(fitted, str):
                inside[int(number)] = fitted
                continue
            remark = f"{remark}: {fitted}"
        if remark:
            unmapped[number] = remark
    return Imported(spec, content, unmapped, inside)


def _layout_of(field: dict[str, object], depth: int = 1) -> InnerLayout | str:
    """The layout of a composite, or why it has no equal."""
    if depth > SUBFIELD_DEPTH_MAX:
        return "composites are nested too deeply"
    subfields, tag, bitmap = field.get("subfields"), field.get("tag"), field.get("bitmap")
    if isinstance(tag, dict) and tag.get("enc") == "BerTLVTag":
        return BerTlv()
    parts = []
    for key, entry in subfields.items() if isinstance(subfields, dict) else ():
        part = _part_of(str(key), entry, depth)
        if isinstance(part, str):
            return part
        parts.append(part)
    if isinstance(bitmap, dict):
        size, form = bitmap.get("length"), bitmap.get("enc")
        if not isinstance(size, int) or form not in ("Binary", "HexToASCII"):
            return "its bitmap has no equal here"
        return Bitmapped(tuple(parts), size, form == "HexToASCII", bitmap.get("disableAutoExpand") is not True)
    length = tag.get("length") if isinstance(tag, dict) else 0
    if not length:
        return Positional(tuple(sorted(parts, key=lambda part: (len(part.key), part.key))), short=True)
    if not isinstance(tag, dict) or not isinstance(length, int) or tag.get("enc") != "ASCII":
        return "its tags have no equal here"
    # Each part has its own kind of length behind its tag.
    return Tagged(tuple(parts), length, 0)


def _part_of(key: str, entry: object, depth: int) -> Part | str:
    """A part of a composite, with what is inside of it; or why it has no equal."""
    shown = clean(key)[:20]
    if not isinstance(entry, dict):
        return f"its part {shown} is no object"
    laid, remark = _lay(entry)
    if laid is None:
        return f"in its part {shown}, {remark}"
    inner: InnerLayout | None = None
    if isinstance(entry.get("subfields"), dict):
        layout = _layout_of(entry, depth + 1)
        fitted = fit_inside(layout, laid, "") if not isinstance(layout, str) else layout
        if isinstance(fitted, str):
            return f"in its part {shown}, {fitted}"
        inner = fitted
    desc = clean(str(entry.get("description", "")))[:_NAME_CHARS_MAX]
    return Part.of(named(laid, desc), key=key, content=_CONTENT.get(str(entry.get("type")), "any"), inner=inner)


def _lay(field: dict[str, object]) -> tuple[FieldSpec | None, str]:
    """How a field lays its bytes, and what is to be said of it; None when it has no equal."""
    length, enc, kind = field.get("length"), field.get("enc"), field.get("type")
    prefix = _PREFIX.fullmatch(str(field.get("prefix")))
    if not isinstance(length, int) or isinstance(length, bool) or not 0 < length <= 999_999:
        return None, "its length is no number"
    if prefix is None or (prefix[1] == "Hex" and prefix[2] != "Fixed"):
        return None, "its prefix has no equal here"
    size = 0 if prefix[2] == "Fixed" else len(prefix[2])
    form = {"BCD": "bcd", "Binary": "b", "EBCDIC": EBCDIC}.get(prefix[1], "ascii")
    if form == "bcd":
        size = (size + 1) // 2
    remark = (
        f"its {len(subfields)} parts are kept as one value" if isinstance(subfields := field.get("subfields"), dict) else ""
    )
    if isinstance(subfields, dict) and _is_text(field):
        return text(length, prefix=size, prefix_charset=form), remark
    if field.get("tag") is not None or enc is None:
        return raw(length, prefix=size, prefix_form=form), remark or "its encoding is not stated; taken as bytes"
    if enc in _CHARSETS:
        return text(length, prefix=size, charset=_CHARSETS[str(enc)], prefix_charset=form), remark or _padding(field)
    if enc in ("BCD", "LBCD"):
        return packed(length, prefix=size, prefix_form=form, right="0" if enc == "LBCD" else ""), remark
    if enc == "Binary":
        return raw(length, prefix=size, prefix_form=form), remark
    if enc == "HexToASCII" and not size and kind in ("Binary", "Hex"):
        return text(2 * length), remark
    if enc == "ASCIIToHex":
        return raw(length, prefix=size, prefix_form=form), "its length counts bytes, of which each is two digits"
    return None, "its encoding has no equal here"


def _is_text(field: object, depth: int = 1) -> bool:
    """True when all of a field is characters in ASCII: a composite says so by its parts, their lengths and tags alone."""
    if not isinstance(field, dict) or depth > SUBFIELD_DEPTH_MAX:
        return False
    subfields, tag, bitmap = field.get("subfields"), field.get("tag"), field.get("bitmap")
    if not isinstance(subfields, dict):
        return field.get("enc") == "ASCII" and str(field.get("prefix")).startswith("ASCII.")
    if isinstance(tag, dict) and tag.get("enc", "ASCII") != "ASCII":
        return False
    if isinstance(bitmap, dict) and bitmap.get("enc") != "HexToASCII":
        return False
    return bool(subfields) and all(_is_text(part, depth + 1) for part in subfields.values())


def _padding(field: dict[str, object]) -> str:
    padding = field.get("padding")
    if isinstance(padding, dict) and padding.get("type") in ("Left", "Right"):
        return "its padding is part of the value here, and is neither added nor taken away"
    return ""


def _as_mti(laid: FieldSpec) -> FieldSpec:
    """An MTI of four characters, or of two bytes however they were said to be spelled."""
    return named(raw(2) if laid["data_enc"] == "b" else text(4, charset=laid["data_enc"]), "Message type")
