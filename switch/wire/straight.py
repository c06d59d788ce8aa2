"""Straight-line Python for one bitmap: reading DEs out of a message, and writing a message of given DEs.

A layout's scan has judged the bytes before a reader runs, so a reader only cuts. A writer only joins, and has its work judged
by the scan; it may decline, and then the careful code does the work, which gives the same or says what is wrong.
"""

from __future__ import annotations

import codecs
from binascii import a2b_hex
from collections.abc import Callable, Mapping
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, cast

from switch.wire.element import Element, Form
from switch.wire.errors import EncodeError
from switch.wire.layout import Layout, Make, Read, Spell, Splice
from switch.wire.scan import Place, foreign_source

if TYPE_CHECKING:
    from switch.wire.message import Message

Writer = Callable[[Mapping[int | str, str]], bytes | None]
"""Takes values with exactly the keys it was made for, gives the message, or None where the careful code must look."""


def compile_reader(layout: Layout, elements: Mapping[int, Element], des: tuple[int, ...]) -> Read:
    """Generate, compile and return the reader of some DEs; of one that the message does not have it gives None."""
    names: dict[str, object] = {}
    lines, values = _cuts(layout, elements, des, names)
    result = f" return ({''.join(f'{values[de]}, ' for de in des)})"
    return cast(Read, _define("read", ["def read(raw, index):", *lines, result], names))


def compile_spell(layout: Layout, elements: Mapping[int, Element]) -> Spell:
    """Generate, compile and return what gives all values of a message by DE."""
    names: dict[str, object] = {}
    lines, values = _cuts(layout, elements, layout.des, names)
    result = f" return {{{', '.join(f'{de}: {values[de]}' for de in layout.des)}}}"
    return cast(Spell, _define("spell", ["def spell(raw, index):", *lines, result], names))


def compile_splice(layout: Layout, after: Layout, elements: Mapping[int, Element], des: tuple[int, ...], make: Make) -> Splice:
    """Generate, compile and return what sets some DEs and leaves out those that `after` lacks.

    Where one of either kind has a length that varies, more moves than can be said beforehand: the new message gets its index
    when one of its DEs is read, which of an answer that is sent none ever is.

    Args:
        layout: of the messages that it takes.
        after: of those that it gives.
        elements: the dialect's elements by DE.
        des: the DEs to set, whether or not the messages have them, in the order in which their values are given.
        make: makes the new message.
    """
    edited = sorted({*des, *(de for de in layout.des if de not in after.slots)})
    if not des:
        return _decline
    careful = [de for de in des if elements[de].prefix_bytes or not _is_plain(elements[de])]
    names: dict[str, object] = {
        "HEX": a2b_hex,
        "MAKE": make,
        "AFTER": after,
        "BITMAP": after.bitmap,
        "EncodeError": EncodeError,
    }
    names |= {f"E{de}": elements[de].encode for de in careful}
    parts, at = [], ""
    grown = [0] * (2 + layout.variable)
    if after.mask != layout.mask:
        parts, at = [f"raw[:o0 - {len(layout.bitmap)}]", "BITMAP"], "o0"
        grown = [len(after.bitmap) - len(layout.bitmap)] * len(grown)
    for de in edited:
        start, end = layout.places(de)
        if at != str(start):
            parts.append(f"raw[{at}:{start}]")
        if de in des:
            parts.append(f"d{de}")
        size = elements[de].byte_count(elements[de].units_max) * ((de in des) - (start != end))
        grown[start.entry + 1 :] = [before + size for before in grown[start.entry + 1 :]]
        at = str(end)
    parts.append(f"raw[{at}:]")
    checks = [check for de in des if de not in careful for check in _spelling_checks(elements[de], names)]
    entries = f"({', '.join(str(Place(entry, distance)) for entry, distance in enumerate(grown))})"
    moved = "None" if any(elements[de].prefix_bytes for de in edited) else entries if any(grown) else "index"
    joined = " + ".join(parts) if len(parts) < 4 else f"b''.join(({', '.join(parts)}))"
    lines = [
        "def splice(message, values):",
        " try:",
        f"  {''.join(f'v{de}, ' for de in des)} = values",
        *(f"  d{de} = E{de}(v{de})" for de in careful),
        *(line for de in des if de not in careful for line in _spell_lines(elements[de])),
        " except (ValueError, TypeError, AttributeError, EncodeError):",
        "  return None",
        f" if {' or '.join(checks) or 'False'}: return None",
        " raw = message.raw",
        " index = message.index or message.locate()",
        f" {''.join(f'o{entry}, ' for entry in range(len(grown)))} = index",
        f" raw = {joined}",
        f" return MAKE(message.dialect, raw, message.mti, message.start, AFTER, {moved})",
    ]
    return cast(Splice, _define("splice", lines, names))


def compile_writer(
    layout: Layout,
    elements: Mapping[int, Element],
    keys: tuple[int | str, ...],
    mtis: Mapping[str, bytes],
    header: Element | None = None,
) -> Writer | None:
    """Generate, compile and return the writer of messages with these keys; None where an element must be spelled with care.

    Args:
        layout: of the DEs among `keys`, with its scan.
        keys: "mti" and two DEs or more, in the order in which they are given; "h" where there is a header.
        mtis: the bytes of MTIs met so far.
        header: what stands before the MTI, which is always spelled with care.
    """
    if layout.scan is None or "mti" not in keys or len(layout.des) < 2 or ("h" in keys) != (header is not None):
        return None
    if not all(_is_plain(elements[de]) for de in layout.des):
        return None
    names: dict[str, object] = {
        "M": mtis,
        "B": layout.bitmap,
        "SCAN": layout.scan,
        "HEX": a2b_hex,
        "VALUES": itemgetter(*keys),
        "HEAD": header.encode if header is not None else None,
        "EncodeError": EncodeError,
    }
    pieces: list[tuple[str, list[str]]] = []
    for de in layout.des:
        for kind, source in _element_sources(elements[de], names):
            if not pieces or pieces[-1][0] != kind:
                pieces.append((kind, []))
            pieces[-1][1].append(source)
    lengths = [
        f"len(v{de}) != {_characters(elements[de], elements[de].units_max)}"
        for de in layout.des
        if not elements[de].prefix_bytes
    ]
    given = ", ".join(key if isinstance(key, str) else f"v{key}" for key in keys)
    lines = [
        "def write(values):",
        " try:",
        f"  {given} = VALUES(values)",
        f"  if {' or '.join(lengths or ['False'])}: return None",
    ]
    for number, (kind, sources) in enumerate(pieces):
        charset = "ascii" if kind in _PACKED_KINDS else kind
        lines.append(f"  p{number} = ''.join(({', '.join(sources)},)).encode({charset!r})")
        if kind == _LETTERS:
            # Hexadecimal digits are lawful in upper case only, and are packed alike in both.
            lines.append(f"  if p{number} != p{number}.upper(): return None")
    joined = ", ".join(f"HEX(p{number})" if kind in _PACKED_KINDS else f"p{number}" for number, (kind, _) in enumerate(pieces))
    if header is not None:
        lines.append("  head = HEAD(h)")
    head, before = ("head, ", "len(head) + ") if header is not None else ("", "")
    lines += [
        f"  raw = b''.join(({head}M[mti], B, {joined}))",
        " except (KeyError, ValueError, TypeError, EncodeError):",
        "  return None",
        f" return raw if SCAN(raw, {before}len(M[mti]) + {len(layout.bitmap)}) is not None else None",
    ]
    return cast(Writer, _define("write", lines, names))


_NUMBERS, _LETTERS = "packed 0 to 9", "packed 0 to F"
_TABLE_DIGITS = 3
"""Longest odd number of fixed length that is read by looking up its bytes, of which there are a thousand."""

_GAP_BYTES = 32
"""Bytes between two elements that are rather cut out with both than left out: what that saves costs as much as they do."""

_PACKED_KINDS = (_NUMBERS, _LETTERS)
"""Kinds of a piece of a message that is joined as digits and packed at once; all other kinds are charsets."""


def _decline(message: Message, values: tuple[str, ...]) -> Message | None:
    return None


def _spell_lines(element: Element) -> list[str]:
    """Lines that spell the value of a fixed element; whether its bytes are lawful is not judged."""
    de, spec = element.de, element.spec
    lines = [f"  if len(v{de}) != {_characters(element, element.units_max)}: return None"]
    if element.form is Form.TEXT:
        return [*lines, f"  d{de} = v{de}.encode({spec['data_enc']!r})"]
    odd = element.form is Form.DIGITS and element.units_max & 1
    left = spec.get("left_pad", "")[:1] if odd else ""
    right = spec.get("right_pad", "")[:1] if odd and not left else ""
    lines.append(f"  d{de} = v{de}.encode('ascii')")
    # Hexadecimal digits are lawful in upper case only, and are packed alike in both.
    unlawful = f"not d{de}.isdigit()" if element.content.name == "n" else f"d{de} != d{de}.upper()"
    filled = " + ".join(filter(None, (f"b'{left}'" if left else "", f"d{de}", f"b'{right}'" if right else "")))
    return [*lines, f"  if {unlawful}: return None", f"  d{de} = HEX({filled})"]


def _spelling_checks(element: Element, names: dict[str, object]) -> list[str]:
    """Sources, true when the bytes that `_spell_lines` gave are not lawful."""
    if element.form is not Form.TEXT and element.content.name == "n":
        return []
    size = element.byte_count(element.units_max)
    checks = []
    place = 0
    for allowed, count in element.shape(element.units_max) or ():
        data = f"d{element.de}" if count == size else f"d{element.de}[{place}:{place + count}]"
        checks.append(foreign_source(data, allowed, count, names))
        place += count
    return [check for check in checks if check]


def _cuts(
    layout: Layout, elements: Mapping[int, Element], des: tuple[int, ...], names: dict[str, object]
) -> tuple[list[str], dict[int, str]]:
    """Lines that cut a message into the values of some DEs, and the source of each value.

    Fixed elements of one kind with little between them are cut out as one stretch, and then from it all at once.
    """
    lines = [f" {''.join(f'o{number}, ' for number in range(1 + layout.variable))}_ = index"]
    values = dict.fromkeys(des, "None")
    texts: dict[str, str] = {}
    stretch: list[int] = []
    kind = ""

    def cut_stretch() -> None:
        if len(stretch) == 1:
            values[stretch[0]] = _value_source(layout, elements[stretch[0]], names, texts)
        elif stretch:
            lines.append(_stretch_source(layout, elements, stretch, kind, names, texts))
            values.update((de, f"v{de}") for de in stretch)
        stretch.clear()

    for de in sorted({de for de in des if de in layout.slots}):
        entry, distance, size, _, _ = layout.slots[de]
        if size < 0 or _kind(elements[de]) is None:
            values[de] = _value_source(layout, elements[de], names, texts)
            continue
        last = layout.slots[stretch[-1]] if stretch else None
        if last is None or (last[0], kind) != (entry, _kind(elements[de])) or distance - last[1] - last[2] > _GAP_BYTES:
            cut_stretch()
            kind = _kind(elements[de]) or ""
        stretch.append(de)
    cut_stretch()
    lines[1:1] = [f" {name} = raw.decode({charset!r})" for charset, name in texts.items()]
    return lines, values


def _stretch_source(
    layout: Layout,
    elements: Mapping[int, Element],
    stretch: list[int],
    kind: str,
    names: dict[str, object],
    texts: dict[str, str],
) -> str:
    """The line that cuts a stretch of fixed elements of one kind into their values."""
    entry, first, _, _, _ = layout.slots[stretch[0]]
    _, last, size, _, _ = layout.slots[stretch[-1]]
    begin, end = f"o{entry}+{first}", f"o{entry}+{last + size}"
    packed = kind in _PACKED_KINDS
    slices = []
    for de in stretch:
        _, distance, size, _, _ = layout.slots[de]
        element = elements[de]
        odd = element.units_max & 1 if element.form is Form.DIGITS else 0
        scale = 2 if packed else 1
        left = odd if element.spec.get("left_pad") else 0
        slices.append(slice(scale * (distance - first) + left, scale * (distance - first + size) - (odd - left)))
    names[f"G{stretch[0]}"] = itemgetter(*slices)
    if packed:
        data = f"raw[{begin}:{end}].hex()" + (".upper()" if kind == _LETTERS else "")
    else:
        data = f"{texts.setdefault(kind, f'text{len(texts)}')}[{begin}:{end}]"
    return f" {', '.join(f'v{de}' for de in stretch)} = G{stretch[0]}({data})"


def _kind(element: Element) -> str | None:
    """How the bytes of an element are read together with those of its neighbours; None when they have to be read alone."""
    if element.form is Form.TEXT:
        return _whole_charset(element.spec["data_enc"])
    return _NUMBERS if element.content.name == "n" else _LETTERS


def _value_source(layout: Layout, element: Element, names: dict[str, object], texts: dict[str, str]) -> str:
    """Source of one value; a charset in which the whole message is read at once joins `texts` under a name."""
    assert isinstance(element.de, int), "a header is no value of a layout"
    entry, distance, size, _, _ = layout.slots[element.de]
    start = f"o{entry}+{distance}" if distance else f"o{entry}"
    end = f"o{entry}+{distance + size}" if size >= 0 else f"o{entry + 1}"
    if element.form is Form.TEXT:
        charset = _whole_charset(element.spec["data_enc"])
        if charset is not None:
            return f"{texts.setdefault(charset, f'text{len(texts)}')}[{start}:{end}]"
        names[f"D{element.de}"] = element.decode
        return f"D{element.de}(raw[{start}:{end}])"
    data = f"raw[{start}:{end}]"
    digits = f"{data}.hex()" + ("" if element.content.name == "n" else ".upper()")
    if element.form is Form.BYTES or (size >= 0 and not element.units_max & 1):
        return digits
    if size >= 0 and element.content.name == "n" and element.units_max <= _TABLE_DIGITS:
        left, right = element.spec.get("left_pad", "")[:1], element.spec.get("right_pad", "")[:1]
        names[f"T{element.de}"] = _numbers(element.units_max, left, "" if left else right)
        return f"T{element.de}[{data}]"
    odd = f"{digits}[1:]" if element.spec.get("left_pad") else f"{digits}[:-1]"
    # The last bit of any spelling of a length says whether it is odd.
    return odd if size >= 0 else f"({odd} if raw[{Place(entry, distance - 1)}] & 1 else {digits})"


def _element_sources(element: Element, names: dict[str, object]) -> list[tuple[str, str]]:
    """Kinds and sources of the parts of one element, in order: length prefix, value, and the digit that fills an odd count."""
    de = element.de
    if element.form is Form.TEXT:
        # Of utf-8 only what is ASCII is lawful.
        kind = "ascii" if codecs.lookup(element.spec["data_enc"]).name == "utf-8" else element.spec["data_enc"]
    else:
        kind = _NUMBERS if element.content.name == "n" else _LETTERS
    left = element.spec.get("left_pad", "")[:1] if element.form is Form.DIGITS else ""
    right = element.spec.get("right_pad", "")[:1] if element.form is Form.DIGITS and not left else ""
    value = (kind, f"v{de}")
    if not element.prefix_bytes:
        if not element.units_max & 1:
            left = right = ""
        return [*([(kind, repr(left))] if left else []), value, *([(kind, repr(right))] if right else [])]
    packed = element.form is not Form.TEXT or element.prefix_form in ("b", "bcd")
    prefixes = {}
    for prefix, units in element.lengths.items():
        # Of text that is counted in half bytes an odd count cannot be spelled; the even one after it takes its place.
        spelled = prefix.hex().upper() if packed else prefix.decode(element.prefix_form)
        prefixes[_characters(element, units)] = spelled + (left if units & 1 else "")
    names[f"P{de}"] = prefixes
    before = kind if element.form is not Form.TEXT else _NUMBERS if packed else element.prefix_form
    after = [(kind, f"{right!r} if len(v{de}) & 1 else ''")] if right else []
    return [(before, f"P{de}[len(v{de})]"), value, *after]


def _characters(element: Element, units: int) -> int:
    """Characters of the spelled value of so many units."""
    if element.form is Form.DIGITS:
        return units
    return element.byte_count(units) * (2 if element.form is Form.BYTES else 1)


def _is_plain(element: Element) -> bool:
    """True when a value is its characters one by one, or its digits two by two with a digit that fills an odd count."""
    can_be_odd = element.form is Form.DIGITS and (element.prefix_bytes or element.units_max & 1)
    return not can_be_odd or bool(element.spec.get("left_pad") or element.spec.get("right_pad"))


@cache
def _whole_charset(charset: str) -> str | None:
    """A charset in which any bytes can be read, one character each, and that reads the lawful bytes of `charset` as it does."""
    if codecs.lookup(charset).name in ("ascii", "utf-8"):
        return "latin-1"
    return charset if len(bytes(range(256)).decode(charset, "ignore")) == 256 else None


@cache
def _numbers(digits: int, left: str, right: str) -> dict[bytes, str]:
    """All numbers of so many digits by their packed bytes, which a digit to the left or right fills."""
    spelled = (f"{number:0{digits}d}" for number in range(10**digits))
    return {a2b_hex(left + number + right): number for number in spelled}


def _define(name: str, lines: list[str], names: dict[str, object]) -> object:
    exec(compile("\n".join(lines), f"<{name}>", "exec"), names)
    return names[name]
