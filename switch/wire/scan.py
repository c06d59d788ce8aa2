"""Scans: straight-line Python that finds the index of a message and judges every byte of it, or says no.

A look at bytes costs much the same whether they are two or fifty, so what a scan saves is looks. Elements that lie side by side
and may hold the same bytes are judged together, and so is a length prefix between them, whose digits the lookup has judged
already. Why a message is refused is not a scan's business: `walk` reads it again, carefully, and knows.
"""

from collections.abc import Callable, Mapping
from itertools import groupby
from struct import Struct
from typing import NamedTuple

from switch.wire.element import Element

Index = tuple[int, ...]
"""Start of the elements, end of each variable one, end of the last one."""

Scan = Callable[[bytes, int], Index | None]
"""Takes a message and the offset of its first element; gives the index, or None when any byte is not as it must be."""

_DIGITS = b"0123456789"
_ASCII = bytes(range(128))
_ALL_BYTES = bytes(range(256))
# Above this many bytes, translate is faster where it deletes the lawful ones than where it marks them, which costs a table.
_SHORT_BYTES = 64
# So many stretches at known distances from each other are cut out by one call; fewer are faster cut one by one.
_CUTS_MIN = 3


class Place(NamedTuple):
    """So many bytes behind an entry of the index."""

    entry: int
    distance: int

    def __str__(self) -> str:
        return f"o{self.entry} + {self.distance}" if self.distance else f"o{self.entry}"


class Stretch(NamedTuple):
    """Bytes that are judged together.

    Args:
        allowed: what may stand in all of its places.
        begin: its first byte.
        end: the byte after it.
        bytes_max: the longest that it can be.
    """

    allowed: bytes
    begin: Place
    end: Place
    bytes_max: int


def compile_des(des: tuple[int, ...], elements: Mapping[int, Element], name: str) -> Scan:
    """Generate, compile and return the scan of messages that have these DEs and no others.

    Args:
        des: ascending.
        elements: the dialect's elements by DE.
        name: for tracebacks.
    """
    names: dict[str, object] = {}
    offsets: list[str] = []
    stretches: list[Stretch] = []
    extra: list[str] = []
    at = Place(0, 0)
    for de in des:
        element = elements[de]
        if element.prefix_bytes:
            offsets.append(_offset_source(element, at, names))
            at = _join_variable(element, at, stretches, extra, names)
        elif element.shape(element.units_max) is None:
            return _never
        else:
            at = _join_fixed(element, at, stretches, extra, names)
    cuts, looks = _look_sources(stretches, names)
    checks = [*looks, *extra]
    entries = ", ".join(f"o{entry}" for entry in range(at.entry + 1))
    lines = [
        "def scan(raw, o0):",
        " try:",
        *(f"  {line}" for line in offsets or ["pass"]),
        " except LookupError:",
        "  return None",
        f" if {at} != len(raw):",
        "  return None",
        *(f" {line}" for line in cuts),
        f" if {' or '.join(checks) or 'False'}:",
        "  return None",
        f" return ({entries}, {at})",
    ]
    exec(compile("\n".join(lines), f"<scan {name}>", "exec"), names)
    scan: Scan = names["scan"]  # type: ignore[assignment]
    return scan


def foreign_source(data: str, allowed: bytes, bytes_max: int, names: dict[str, object]) -> str:
    """Source, true when `data` holds a byte that is not in `allowed`; "" when there is none that is not.

    Args:
        data: source of the bytes, which are never empty unless `allowed` is all of ASCII or more.
        bytes_max: the longest that they can be.
    """
    if allowed == _ALL_BYTES:
        return ""
    if allowed == _DIGITS:
        return f"not {data}.isdigit()"
    if allowed == _ASCII:
        return f"not {data}.isascii()"
    if bytes_max > _SHORT_BYTES or len(allowed) >= len(_ASCII):
        return f"{data}.translate(None, {_name(allowed, names)})"
    # A digit for each lawful byte makes one look of any class.
    marks = bytes(0x30 if byte in allowed else 0x58 for byte in range(256))
    return f"not {data}.translate({_name(marks, names)}).isdigit()"


def _look_sources(stretches: list[Stretch], names: dict[str, object]) -> tuple[list[str], list[str]]:
    """Lines that cut stretches out of a message, and sources, true when one of them holds what it must not."""
    cuts: list[str] = []
    looks: list[str] = []
    judged = [stretch for stretch in stretches if stretch.allowed != _ALL_BYTES]
    for fixed, together in groupby(judged, lambda stretch: (stretch.begin.entry, stretch.begin.entry == stretch.end.entry)):
        group = list(together)
        data = [f"raw[{stretch.begin}:{stretch.end}]" for stretch in group]
        if fixed[1] and len(group) >= _CUTS_MIN:
            data = [f"s{stretch.begin.entry}_{stretch.begin.distance}" for stretch in group]
            cuts.append(f"{', '.join(data)} = {_cutter(group, names)}(raw, {group[0].begin})")
        looks += (
            foreign_source(source, stretch.allowed, stretch.bytes_max, names)
            for source, stretch in zip(data, group, strict=True)
        )
    return cuts, looks


def _cutter(group: list[Stretch], names: dict[str, object]) -> str:
    """The name of what cuts out stretches at known distances from each other, all at once."""
    form = ""
    at = group[0].begin
    for stretch in group:
        form += f"{stretch.begin.distance - at.distance}x{stretch.end.distance - stretch.begin.distance}s"
        at = stretch.end
    return _name(Struct(form).unpack_from, names)


def _never(raw: bytes, start: int) -> Index | None:
    return None


def _offset_source(element: Element, at: Place, names: dict[str, object]) -> str:
    """The line that finds the end of a variable element by an exact lookup of its prefix."""
    size = element.prefix_bytes
    ends = {prefix: size + element.byte_count(units) for prefix, units in element.lengths.items()}
    names[f"L{element.de}"] = ends if size > 1 else {prefix[0]: count for prefix, count in ends.items()}
    prefix = f"raw[{at}:{_behind(at, size)}]" if size > 1 else f"raw[{at}]"
    return f"o{at.entry + 1} = {at} + L{element.de}[{prefix}]"


def _join_variable(element: Element, at: Place, stretches: list[Stretch], extra: list[str], names: dict[str, object]) -> Place:
    """Add the bytes of a variable element, and give its end."""
    value, end = _behind(at, element.prefix_bytes), Place(at.entry + 1, 0)
    digits = set(b"".join(element.lengths))
    last = stretches[-1] if stretches else None
    if last is not None and last.end == at and digits <= set(last.allowed):
        stretches[-1] = last = last._replace(end=value, bytes_max=last.bytes_max + element.prefix_bytes)
    shape = _plain_shape(element)
    if shape is None:
        names[f"U{element.de}"], names[f"E{element.de}"] = element.lengths, element.find_fault
        extra.append(f"E{element.de}(raw[{value}:{end}], U{element.de}[raw[{at}:{value}]]) is not None")
        return end
    allowed, first = shape
    begin, count = value, element.byte_count(element.units_max)
    if digits <= set(allowed) and (last is None or last.end != value):
        begin, count = at, element.prefix_bytes + count
    _join(stretches, Stretch(allowed, begin, end, count))
    if first != allowed:
        # The last bit of any spelling of a length says whether it is odd.
        extra.append(f"raw[{_behind(value, -1)}] & 1 and {_first_source(value, first, allowed, names)}")
    return end


def _join_fixed(element: Element, at: Place, stretches: list[Stretch], extra: list[str], names: dict[str, object]) -> Place:
    """Add the bytes of a fixed element, and give its end."""
    segments = element.shape(element.units_max) or ()
    if len(segments) == 2 and segments[0][1] == 1 and set(segments[0][0]) < set(segments[1][0]):
        # A first byte that may hold less is looked at alone, so that the others do not part from their neighbours.
        extra.append(_first_source(at, segments[0][0], segments[1][0], names))
        segments = ((segments[1][0], 1 + segments[1][1]),)
    for allowed, count in segments:
        begin, at = at, _behind(at, count)
        _join(stretches, Stretch(allowed, begin, at, count))
    return at


def _first_source(at: Place, first: bytes, allowed: bytes, names: dict[str, object]) -> str:
    """Source, true when a byte that is one of `allowed` is not one of `first`."""
    most = max(first, default=-1)
    if set(first) == {byte for byte in allowed if byte <= most}:
        return f"raw[{at}] > {most}"
    return f"raw[{at}] not in {_name(first, names)}"


def _plain_shape(element: Element) -> tuple[bytes, bytes] | None:
    """What may stand in all places of a variable value, and in the first of an odd count; None when there is more to judge."""
    even, odd = element.shape(2), element.shape(3)
    if even is None or odd is None or len(even) != 1:
        return None
    allowed, first = even[0][0], odd[0][0]
    if len(odd) == 1 and first == allowed:
        return allowed, allowed
    if len(odd) == 2 and odd[0][1] == 1 and odd[1][0] == allowed and set(first) <= set(allowed):
        return allowed, first
    return None


def _join(stretches: list[Stretch], new: Stretch) -> None:
    """Add a stretch to those before it, as a part of the last one where that lies beside it and allows the same."""
    last = stretches[-1] if stretches else None
    if last is not None and (last.end, last.allowed) == (new.begin, new.allowed):
        stretches[-1] = last._replace(end=new.end, bytes_max=last.bytes_max + new.bytes_max)
    else:
        stretches.append(new)


def _behind(place: Place, distance: int) -> Place:
    return Place(place.entry, place.distance + distance)


def _name(value: object, names: dict[str, object]) -> str:
    """The name under which the generated code finds `value`."""
    for name, known in names.items():
        if known == value:
            return name
    name = f"S{len(names)}"
    names[name] = value
    return name
