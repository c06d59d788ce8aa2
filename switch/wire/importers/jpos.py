"""Packagers of jPOS in XML (GenericPackager). A class name says charset, kind of length and padding.

`length` counts characters, digits or bytes; `pad="true"` fills packed digits on the left, otherwise on the right.
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar
from xml.etree.ElementTree import Element

from switch.wire.errors import SpecError
from switch.wire.importers.imported import EBCDIC, HEADER, Imported, Options, bitmaps, fit_inside, named, packed, raw, text
from switch.wire.importers.xml import parse_xml
from switch.wire.redact import clean
from switch.wire.spec import FieldSpec, Spec
from switch.wire.subfields import BerTlv, Bitmapped, InnerLayout, Part, Positional

T = TypeVar("T")

_LATIN = "latin-1"
_FIELDS_MAX = 192
_TRACKS = ("35", "36")
_NAME_CHARS_MAX = 100


def _digits(length: int, pad: bool, *, prefix: int = 0, form: str = "bcd", fill: str = "0") -> FieldSpec:
    """Packed digits, an odd count filled on the left with 0 where `pad` says so, else on the right with `fill`."""
    return packed(length, prefix=prefix, prefix_form=form, right="" if pad else fill)


Make = Callable[[int, int, bool], FieldSpec]
"""Makes an element of the `length` attribute, the number of L in the class name, and `pad`."""

CLASSES: tuple[tuple[str, str, Make], ...] = (
    (r"IFA_NUMERIC", "n", lambda length, ls, pad: text(length, charset=_LATIN)),
    (r"IF_CHAR|IFMC_TCC|IFA_AMOUNT2003", "ans", lambda length, ls, pad: text(length, charset=_LATIN)),
    (r"IFA_AMOUNT", "x+n", lambda length, ls, pad: text(length, charset=_LATIN)),
    (r"IFA_(L{1,6})NUM", "n", lambda length, ls, pad: text(length, prefix=ls, charset=_LATIN, prefix_charset="ascii")),
    (
        r"IFA_F?(L{1,6})CHAR|IFA_FLLNUM",
        "",
        lambda length, ls, pad: text(length, prefix=ls or 2, charset=_LATIN, prefix_charset="ascii"),
    ),
    (r"IFA_BINARY", "b", lambda length, ls, pad: text(2 * length)),
    (r"IFA_(L{1,6})BINARY", "b", lambda length, ls, pad: raw(length, prefix=ls, prefix_form="ascii")),
    (r"IFA_(LL)BNUM", "", lambda length, ls, pad: _digits(length, pad, prefix=ls, form="ascii")),
    (r"IFB_NUMERIC|IFB_AMOUNT2003", "n", lambda length, ls, pad: _digits(length, pad)),
    (r"IFB_FNUMERIC", "n", lambda length, ls, pad: _digits(length, pad, fill="F")),
    (r"IFB_HEX", "b", lambda length, ls, pad: _digits(length, pad, fill="F")),
    (r"IFB_(LLL?)NUM", "", lambda length, ls, pad: _digits(length, pad, prefix=ls - 1)),
    (r"IFB_F(LLL?)NUM", "", lambda length, ls, pad: _digits(length, pad, prefix=ls - 1, fill="F")),
    (r"IFB_(LLL?)HNUM", "", lambda length, ls, pad: _digits(length, pad, prefix=ls - 1, form="b")),
    (r"IFB_(L{2,6})CHAR", "", lambda length, ls, pad: text(length, prefix=(ls + 1) // 2, charset=_LATIN, prefix_charset="bcd")),
    (r"IFB_(L{2,4})BINARY", "b", lambda length, ls, pad: raw(length, prefix=(ls + 1) // 2)),
    (r"IFB_(LLL?)HCHAR", "", lambda length, ls, pad: text(length, prefix=ls - 1, charset=_LATIN, prefix_charset="b")),
    (r"IFB_(LLL?)HECHAR", "", lambda length, ls, pad: text(length, prefix=ls - 1, charset=EBCDIC, prefix_charset="b")),
    (r"IFB_(LLL?)HBINARY", "b", lambda length, ls, pad: raw(length, prefix=ls - 1, prefix_form="b")),
    (r"IFB_(LLL?)HEX", "b", lambda length, ls, pad: packed(2 * length, prefix=ls - 1)),
    (r"IFB_BINARY", "b", lambda length, ls, pad: raw(length)),
    (r"IFE_NUMERIC", "n", lambda length, ls, pad: text(length, charset=EBCDIC)),
    (r"IFE_CHAR|IF_ECHAR|IFEMC_TCC", "ans", lambda length, ls, pad: text(length, charset=EBCDIC)),
    (r"IFE_AMOUNT", "x+n", lambda length, ls, pad: text(length, charset=EBCDIC)),
    (r"IFE_(L{1,4})CHAR|IFE_(LLL)EBINARY", "", lambda length, ls, pad: text(length, prefix=ls, charset=EBCDIC)),
    (r"IFE_(L{1,4})NUM", "n", lambda length, ls, pad: text(length, prefix=ls, charset=EBCDIC)),
    (r"IFE_(L{1,4})BINARY|IFEP_(LLL)BINARY", "b", lambda length, ls, pad: raw(length, prefix=ls, prefix_form=EBCDIC)),
    (r"IFE_BINARY", "b", lambda length, ls, pad: text(2 * length, charset=EBCDIC)),
    (r"IFAE_(LL)CHAR", "", lambda length, ls, pad: text(length, prefix=ls, charset=EBCDIC, prefix_charset="ascii")),
    (r"IFEA_(LL)CHAR", "", lambda length, ls, pad: text(length, prefix=ls, charset=_LATIN, prefix_charset=EBCDIC)),
    (r"IFEB_(LLL?)NUM", "", lambda length, ls, pad: raw(length, prefix=ls, prefix_form=EBCDIC)),
)
"""Pattern of a class -> content class, "" where the class does not say it, and how its bytes are laid."""

OPAQUE: tuple[tuple[str, str, Make], ...] = (
    (r"IFB_AMOUNT", "its sign and its packed digits are one value of bytes", lambda length, ls, pad: raw(1 + length // 2)),
    (r"IFB_LLHFBINARY", "its length and its filling are one value of bytes", lambda length, ls, pad: raw(length + 1)),
)
"""Classes whose bytes can be taken, and not told apart."""

REMARKS: tuple[tuple[str, str], ...] = (
    (r"IFA_FL+(?:CHAR|NUM)", "jPOS fills the value with blanks up to its longest; that is left to whoever gives the value"),
    (r"IF(?:E|EP|AE|EB)_.*|IF_ECHAR|IFB_L+HECHAR", f"EBCDIC is read as {EBCDIC}, where jPOS reads IBM 1047: some signs differ"),
)

_ABSENT = "IF_NOP", "IF_UNUSED"
_SEQUENCES = "GenericSubFieldPackager", "GenericPackager", "Base1SubFieldPackager"
"""Packagers of parts that follow one another, or that a bitmap announces."""

_BER_PACKAGERS = "BERTLVBinaryPackager", "ICCDataPackager"
_BITMAPS = {"IFA_BITMAP": "ascii", "IFB_BITMAP": "b", "IFE_BITMAP": EBCDIC}
_MTIS = {"IFA_NUMERIC": text(4), "IFB_NUMERIC": raw(2), "IFE_NUMERIC": text(4, charset=EBCDIC)}


def suits(source: str) -> bool:
    """True when it is XML with the root of a packager."""
    return re.search(r"<isopackager[\s/>]", source) is not None


def read(source: str, options: Options) -> Imported:
    """The outermost packager, and nested ones as far as they have an equal; the others stay one value each, and are listed.

    Raises:
        SpecError: when the file is no packager, or says nothing of MTI and bitmap that we can read.
    """
    root = parse_xml(source)
    if root.tag != "isopackager":
        raise SpecError("the root of the XML is no isopackager", "SPC-FIL-02")
    unmapped: dict[str, str] = {}
    spec: Spec = {"h": HEADER}
    content: dict[int, str] = {}
    subfields: dict[int, InnerLayout] = {}
    header = root.get("headerLength", "0")
    if header.isdigit() and int(header):
        spec["h"] = named(raw(int(header)), "Message header")
    fields = {field.get("id", ""): field for field in root if field.tag in ("isofield", "isofieldpackager")}
    spec["t"] = named(_known(fields, "0", _MTIS, "MTI"), "Message type")
    form = _known(fields, "1", _BITMAPS, "bitmap")
    spec["p"], spec["1"] = bitmaps(form)
    for number, field in fields.items():
        if number in ("0", "1"):
            continue
        if not (number.isascii() and number.isdigit() and 2 <= int(number) <= _FIELDS_MAX):
            unmapped[f"field {number}"] = "no data element has this number"
        elif number != "65" or form != "b" or "BITMAP" not in field.get("class", ""):
            _read_field(field, number, spec, content, unmapped)
            _read_inside(field, number, spec, content, subfields, unmapped)
    for odd in root:
        if odd.tag not in ("isofield", "isofieldpackager"):
            unmapped[odd.tag] = "only fields are read"
    return Imported(spec, content, unmapped, subfields)


def _known(fields: dict[str, Element], number: str, table: Mapping[str, T], what: str) -> T:
    """What the table says of the class of a field that must be one of a few."""
    field = fields.get(number)
    if field is None:
        raise SpecError(f"field {number}, the {what}, is missing", "SPC-KEY-01")
    found = table.get(field.get("class", "").strip().rpartition(".")[2])
    if found is None:
        raise SpecError(f"the class of field {number}, the {what}, has no equal here", "SPC-FIL-03")
    return found


def _read_field(field: Element, number: str, spec: Spec, content: dict[int, str], unmapped: dict[str, str]) -> None:
    """Add one field to the spec, or to what is unmapped, or to both."""
    kind = field.get("class", "").strip().rpartition(".")[2]
    length = field.get("length", "")
    if kind in _ABSENT:
        unmapped[number] = "never sent: a message that has it is refused"
        return
    if not (length.isascii() and length.isdigit() and len(length) <= 6):
        unmapped[number] = "its length is no number; left out"
        return
    laid, said, remark = _lay(kind, int(length), field.get("pad") == "true")
    if laid is None or field.get("inclusive") == "true":
        unmapped[number] = "its class has no equal here; left out, so that a message that has it is refused"
        return
    if number in _TRACKS and said == "n":
        said = "z"  # A numeric class there holds tracks with their separators.
    spec[number] = named(laid, clean(field.get("name", ""))[:_NAME_CHARS_MAX])
    if said:
        content[int(number)] = said
    remarks = [remark] if remark else []
    if field.get("trim") == "true":
        remarks.append("a value that is cut short is not taken")
    if remarks:
        unmapped[number] = "; ".join(remarks)


def _read_inside(
    field: Element,
    number: str,
    spec: Spec,
    content: dict[int, str],
    subfields: dict[int, InnerLayout],
    unmapped: dict[str, str],
) -> None:
    """Add what is inside of a field to the layouts, or say why it stays one value."""
    if field.tag != "isofieldpackager" or number not in spec:
        return
    layout = _layout_of(field)
    fitted = fit_inside(layout, spec[number], content.get(int(number), "")) if not isinstance(layout, str) else layout
    if isinstance(fitted, str):
        remark = f"its {len(field)} parts are kept as one value: {fitted}"
        unmapped[number] = f"{unmapped[number]}; {remark}" if number in unmapped else remark
    else:
        subfields[int(number)] = fitted


def _layout_of(field: Element) -> InnerLayout | str:
    """The layout of a nested packager, or why it has no equal."""
    packager = field.get("packager", "").strip().rpartition(".")[2]
    if packager in _BER_PACKAGERS:
        return BerTlv()
    if packager not in _SEQUENCES:
        return "its packager has no equal here"
    heads = {part.get("id"): part for part in field if "BITMAP" in part.get("class", "")}
    bitmap = heads.get("0", heads.get("1")) if field.get("emitBitmap") != "false" else None
    parts: list[Part] = []
    for each in field:
        if each is bitmap or each.get("class", "").strip().rpartition(".")[2] in _ABSENT:
            continue
        part = _part_of(each)
        if isinstance(part, str):
            return part
        parts.append(part)
    if bitmap is None:
        return Positional(tuple(part for part in parts if part.max_len), short=True)
    kind = bitmap.get("class", "").strip().rpartition(".")[2]
    if kind not in ("IFA_BITMAP", "IFB_BITMAP", "Base1_BITMAP126"):
        return "its bitmap has no equal here"
    # The length of a bitmap is that of the longest form: the first part has eight bytes, and says whether there is another.
    own = tuple(part for part in parts if part.max_len)
    return Bitmapped(own, hexadecimal=kind == "IFA_BITMAP", extends=kind != "Base1_BITMAP126")


def _part_of(field: Element) -> Part | str:
    """A part of a nested packager, with what is inside of it; or why it has no equal."""
    number, length = field.get("id", ""), field.get("length", "")
    if not (number.isascii() and number.isdigit() and length.isascii() and length.isdigit() and len(length) <= 6):
        return "a part has no number or no length"
    key = str(int(number[:6]))
    laid, said, _ = _lay(field.get("class", "").strip().rpartition(".")[2], int(length), field.get("pad") == "true")
    if laid is None or field.get("inclusive") == "true":
        return f"the class of its part {key} has no equal here"
    inner: InnerLayout | None = None
    if field.tag == "isofieldpackager":
        layout = _layout_of(field)
        fitted = fit_inside(layout, laid, said) if not isinstance(layout, str) else layout
        if isinstance(fitted, str):
            return f"in its part {key}, {fitted}"
        inner = fitted
    desc = clean(field.get("name", ""))[:_NAME_CHARS_MAX]
    return Part.of(named(laid, desc), key=key, content=said or "any", inner=inner)


def _lay(kind: str, length: int, pad: bool) -> tuple[FieldSpec | None, str, str]:
    """How a class lays its bytes, its content class, and what is to be said of it; None when it has no equal."""
    for pattern, content, make in CLASSES:
        found = re.fullmatch(pattern, kind)
        if found is not None:
            many = next((len(group) for group in found.groups() if group), 0)
            remark = next((words for which, words in REMARKS if re.fullmatch(which, kind)), "")
            return make(length, many, pad), content, remark
    for pattern, words, make in OPAQUE:
        if re.fullmatch(pattern, kind):
            return make(length, 0, pad), "", words
    return None, "", ""
