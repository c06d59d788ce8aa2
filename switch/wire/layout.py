"""Where everything lies in a message: a spec and a bitmap compiled to an index of offsets.

Between two variable elements all distances are constant, so an *index* is a short tuple: where the elements begin, where each
variable element ends, and where the last element ends. A layout turns it into the place of any DE. Its `scan` is straight-line
Python, generated once per bitmap: it finds the index of a message and judges every byte, or says no. Why it said no is not its
business: `walk` reads a refused message again, carefully, and knows.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from typing import NamedTuple

from switch.limits import LAYOUTS_MAX
from switch.wire.bitmap import BitmapCodec, des_of
from switch.wire.element import Element, Segment

Index = tuple[int, ...]
"""Start of the elements, end of each variable one, end of the last one."""

Scan = Callable[[bytes, int], Index | None]
"""Takes a message and the offset of its first element; gives the index, or None when any byte is not as it must be."""

Decode = Callable[[bytes], str]

Read = Callable[[bytes, Index], tuple[str | None, ...]]
"""Takes a lawful message and its index, gives the values of the DEs for which it was made."""

Spell = Callable[[bytes, Index], dict[int, str]]
"""Takes a lawful message and its index, gives the values of all its DEs."""

Slot = tuple[int, int, int, Decode, Decode | None]
"""Entry of the index to count from, distance of the value from it, size of the value (-1: up to the next entry), what decodes
it, and what decodes an odd number of packed digits where the length varies."""

_DIGITS = b"0123456789"
_ALL_BYTES = bytes(range(256))
# From this many stretches of different classes on, one match of a pattern is faster than a look at each.
_STRETCHES = 3
# Below this many bytes lstrip finds a foreign byte faster than translate, which first makes a table of 256 entries.
_SHORT_BYTES = 24


class Layout:
    """The elements of one bitmap, in order.

    Args:
        elements: the dialect's elements by DE.
        mask: set of the DEs present; all of them are in `elements`.
        bitmap: its canonical spelling.
        hidden: DEs that the bytes hold but that could not be read; they have no slot and leave with the first splice.
        trusted: False when the elements did not end with the message, so that no place can be believed.
    """

    __slots__ = ("_ends", "_order", "bitmap", "des", "hidden", "mask", "readers", "scan", "slots", "spell", "trusted")

    def __init__(
        self,
        elements: Mapping[int, Element],
        mask: int,
        bitmap: bytes,
        *,
        hidden: tuple[int, ...] = (),
        trusted: bool = True,
    ) -> None:
        self._order = des_of(mask)
        self.bitmap = bitmap
        self.hidden = hidden
        self.trusted = trusted
        self.mask = mask
        self.slots: dict[int, Slot] = {}
        self._ends: list[tuple[int, int]] = []
        self.scan: Scan | None = None
        self.readers: dict[tuple[int, ...], Read] = {}
        """Generated readers by the DEs that they read; only of a layout that has a scan."""
        self.spell: Spell | None = None
        entry = distance = 0
        for de in self._order:
            element = elements[de]
            if element.prefix_bytes:
                self.slots[de] = (entry, distance + element.prefix_bytes, -1, element.decode, element.decode_odd)
                entry, distance = entry + 1, 0
            else:
                size = element.byte_count(element.units_max)
                self.slots[de] = (entry, distance, size, element.decode, None)
                distance += size
            self._ends.append((entry, distance))
        for de in hidden:
            del self.slots[de]
            self.mask &= ~(1 << de)
        self.des = tuple(self.slots)
        """The DEs that can be read, ascending."""

    def index(self, bounds: list[int]) -> Index:
        """The index of a message whose elements end at `bounds`, the first entry being where they begin."""
        entries = [bounds[0]]
        for end, (entry, distance) in zip(bounds[1:], self._ends, strict=True):
            if not distance and entry == len(entries):
                entries.append(end)
        return (*entries, bounds[-1])

    def extent(self, de: int, index: Index) -> tuple[int, int]:
        """Where DE `de` lies with its length prefix; where it would come in, twice, when the message has none."""
        place = bisect_left(self._order, de)
        start = index[0]
        if place:
            entry, distance = self._ends[place - 1]
            start = index[entry] + distance
        if place == len(self._order) or self._order[place] != de:
            return start, start
        entry, distance = self._ends[place]
        return start, index[entry] + distance

    def value_extent(self, de: int, index: Index) -> tuple[int, int]:
        """Where the value of DE `de` lies, its length prefix left out."""
        entry, distance, size, _, _ = self.slots[de]
        start = index[entry] + distance
        return start, index[entry + 1] if size < 0 else start + size


class Cut(NamedTuple):
    """Where one element of a message lies: its first byte, its value, the byte after it, and what spells the value."""

    start: int
    value: int
    end: int
    spell: Decode


class CutLayout(Layout):
    """The elements of one message and no other: all distances are what they are in it.

    This is how a message is kept whose length prefixes only a forgiving reader takes. The index of such a message is where its
    elements begin, and where they end.

    Args:
        mask: set of the DEs present.
        bitmap: its canonical spelling.
        body: where the elements begin.
        cuts: their places, in order.
    """

    __slots__ = ()

    def __init__(self, mask: int, bitmap: bytes, body: int, cuts: tuple[Cut, ...]) -> None:
        self._order = des_of(mask)
        self.bitmap = bitmap
        self.hidden = ()
        self.trusted = True
        self.mask = mask
        self.scan = None
        self.readers = {}
        self.spell = None
        self.slots = {
            de: (0, cut.value - body, cut.end - cut.value, cut.spell, None) for de, cut in zip(self._order, cuts, strict=True)
        }
        self._ends = [(0, cut.end - body) for cut in cuts]
        self.des = self._order


class Layouts:
    """The layouts of one dialect, cached by bitmap.

    Bitmaps come from the peer, so the cache stops growing at `LAYOUTS_MAX`: a further bitmap gets a layout of its own each
    time, uncompiled, and is read by `walk`. Only bitmaps of messages that were accepted are compiled.
    """

    __slots__ = ("_bitmaps", "_by_mask", "_elements", "by_bitmap")

    def __init__(self, elements: Mapping[int, Element], bitmaps: BitmapCodec) -> None:
        self._elements = elements
        self._bitmaps = bitmaps
        self._by_mask: dict[int, Layout] = {}
        self.by_bitmap: dict[bytes, Layout] = {}
        """The cached layouts by the bytes of their bitmap; all of them are canonical."""

    def __len__(self) -> int:
        return len(self._by_mask)

    def get(self, mask: int) -> Layout:
        """The layout of a set of DEs, all of which the dialect has."""
        layout = self._by_mask.get(mask)
        if layout is None:
            layout = Layout(self._elements, mask, self._bitmaps.encode(mask))
            if len(self._by_mask) < LAYOUTS_MAX:
                self._by_mask[mask] = self.by_bitmap[layout.bitmap] = layout
        return layout

    def part(self, mask: int, *, hidden: tuple[int, ...], trusted: bool) -> Layout:
        """A layout for what could be read of a refused message; it is never cached."""
        return Layout(self._elements, mask, self._bitmaps.encode(mask), hidden=hidden, trusted=trusted)

    def compile(self, layout: Layout) -> None:
        """Give a cached layout its straight-line scan."""
        if layout.scan is None and layout.mask in self._by_mask:
            layout.scan = compile_scan(layout, self._elements)


def compile_scan(layout: Layout, elements: Mapping[int, Element]) -> Scan:
    """Generate, compile and return the scan of a layout."""
    names: dict[str, object] = {}
    offsets: list[str] = []
    checks: list[str] = []
    run: list[Segment] = []
    entry = distance = 0
    start = 0
    for de in layout.des:
        element = elements[de]
        if not element.prefix_bytes:
            segments = element.shape(element.units_max)
            if segments is None:
                return _never
            run.extend(segments)
            distance += element.byte_count(element.units_max)
            continue
        checks.extend(_run_checks(run, entry, start, names))
        run = []
        names[f"L{de}"], names[f"E{de}"] = element.lengths, element.find_fault
        value = distance + element.prefix_bytes
        offsets.append(f"n{de} = L{de}[raw[{_at(entry, distance)}:{_at(entry, value)}]]")
        offsets.append(f"o{entry + 1} = {_at(entry, value)} + {_byte_count_source(element, f'n{de}')}")
        checks.extend(_value_checks(element, f"raw[{_at(entry, value)}:o{entry + 1}]", _at(entry, value), names))
        entry, distance, start = entry + 1, 0, 0
    checks.extend(_run_checks(run, entry, start, names))
    index = ", ".join(f"o{number}" for number in range(entry + 1))
    lines = [
        "def scan(raw, o0):",
        " try:",
        *(f"  {line}" for line in (*offsets, f"end = {_at(entry, distance)}")),
        " except KeyError:",
        "  return None",
        f" if {' or '.join(['end != len(raw)', *checks])}:",
        "  return None",
        f" return ({index}, end)",
    ]
    exec(compile("\n".join(lines), f"<scan {layout.bitmap.hex()}>", "exec"), names)
    scan: Scan = names["scan"]  # type: ignore[assignment]
    return scan


def _at(entry: int, distance: int) -> str:
    """Source of a place: so far behind an entry of the index."""
    return f"o{entry}+{distance}" if distance else f"o{entry}"


def _never(raw: bytes, start: int) -> Index | None:
    return None


def _byte_count_source(element: Element, units: str) -> str:
    """Source of the number of bytes that `units` take."""
    return units if element.byte_count(2) == 2 else f"({units} + 1 >> 1)"


def _run_checks(run: list[Segment], entry: int, start: int, names: dict[str, object]) -> list[str]:
    """Sources, true when a run of fixed elements holds a foreign byte; equal neighbours are judged at once."""
    checks: list[str] = []
    place = start
    joined: list[Segment] = []
    for allowed, count in run:
        if joined and joined[-1][0] == allowed:
            count += joined.pop()[1]
        joined.append((allowed, count))
    if len(joined) >= _STRETCHES:
        pattern = b"".join(b"[%b]{%d}" % (re.escape(allowed), count) for allowed, count in joined)
        name = f"R{len(names)}"
        names[name] = re.compile(pattern, re.DOTALL).match
        return [f"{name}(raw, {_at(entry, place)}) is None"]
    for allowed, count in joined:
        if allowed != _ALL_BYTES:
            checks.append(_foreign_source(f"raw[{_at(entry, place)}:{_at(entry, place + count)}]", allowed, count, names))
        place += count
    return checks


def _value_checks(element: Element, data: str, begin: str, names: dict[str, object]) -> list[str]:
    """Sources, true when a variable value is not lawful."""
    de = element.de
    even, odd = element.shape(2), element.shape(3)
    if even is None or odd is None or len(even) != 1:
        return [f"E{de}({data}, n{de}) is not None"]
    allowed = even[0][0]
    if len(odd) == 1 and odd[0][0] == allowed:
        return [] if allowed == _ALL_BYTES else [_foreign_source(data, allowed, _SHORT_BYTES + 1, names)]
    if len(odd) == 2 and odd[0][1] == 1 and odd[1][0] == allowed and set(odd[0][0]) <= set(allowed):
        # Packed digits with a filling digit in front: one look at all bytes, and one at the first when the count is odd.
        filled = _name(odd[0][0], names)
        return [_foreign_source(data, allowed, 0, names), f"n{de} & 1 and raw[{begin}] not in {filled}"]
    return [f"E{de}({data}, n{de}) is not None"]


def _foreign_source(data: str, allowed: bytes, count: int, names: dict[str, object]) -> str:
    """Source, true when `data` (never empty) holds a byte that is not in `allowed`."""
    if allowed == _DIGITS:
        return f"not {data}.isdigit()"
    if count <= _SHORT_BYTES:
        return f"{data}.lstrip({_name(allowed, names)})"
    return f"{data}.translate(None, {_name(allowed, names)})"


def _name(value: bytes, names: dict[str, object]) -> str:
    """The name under which the generated code finds `value`."""
    for name, known in names.items():
        if known == value:
            return name
    name = f"S{len(names)}"
    names[name] = value
    return name
