"""Where everything lies in a message: a spec and a bitmap compiled to an index of offsets.

Between two variable elements all distances are constant, so an *index* is a short tuple: where the elements begin, where each
variable element ends, and where the last element ends. A layout turns it into the place of any DE. Its `scan` is straight-line
Python, generated once per bitmap: it finds the index of a message and judges every byte, or says no. Why it said no is not its
business: `walk` reads a refused message again, carefully, and knows.
"""

from bisect import bisect_left
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from switch.limits import LAYOUTS_MAX
from switch.wire.bitmap import BitmapCodec, des_of
from switch.wire.element import Element
from switch.wire.scan import Index, Place, Scan, compile_des

if TYPE_CHECKING:
    from switch.wire.dialect import Dialect
    from switch.wire.message import Message

Decode = Callable[[bytes], str]

Read = Callable[[bytes, Index], tuple[str | None, ...]]
"""Takes a lawful message and its index, gives the values of the DEs for which it was made."""

Spell = Callable[[bytes, Index], dict[int, str]]
"""Takes a lawful message and its index, gives the values of all its DEs."""

Make = Callable[["Dialect", bytes, str, int, "Layout", Index | None], "Message"]
"""Makes a message of its dialect, bytes, MTI, the offset of that, layout and index, where that is known."""

Splice = Callable[["Message", tuple[str, ...]], "Message | None"]
"""Takes a message read strictly and values of the DEs for which it was made, in their order; gives the message with them, or
None where the careful code must look."""

Signing = tuple[Element, "Layout"]
"""The element of a MAC, and the layout of what is signed with it."""

Slot = tuple[int, int, int, Decode, Decode | None]
"""Entry of the index to count from, distance of the value from it, size of the value (-1: up to the next entry), what decodes
it, and what decodes an odd number of packed digits where the length varies."""


class Layout:
    """The elements of one bitmap, in order.

    Args:
        elements: the dialect's elements by DE.
        mask: set of the DEs present; all of them are in `elements`.
        bitmap: its canonical spelling.
        hidden: DEs that the bytes hold but that could not be read; they have no slot and leave with the first splice.
        trusted: False when the elements did not end with the message, so that no place can be believed.
    """

    __slots__ = (
        "_ends",
        "_order",
        "_places",
        "bitmap",
        "des",
        "hidden",
        "mask",
        "readers",
        "scan",
        "signing",
        "slots",
        "spell",
        "splices",
        "trusted",
    )

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
        self._places: dict[int, tuple[Place, Place]] = {}
        self._ends: list[tuple[int, int]] = []
        self.scan: Scan | None = None
        self.readers: dict[Hashable, Read] = {}
        """Generated readers by the DEs that they read, or by the `Reader` whose they are; only of a layout that has a scan."""
        self.splices: dict[Hashable, Splice] = {}
        """The same of generated splices, by the DEs that they set, or by the `Splicer` whose they are."""
        self.spell: Spell | None = None
        self.signing: Signing | None = None
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

    @property
    def variable(self) -> int:
        """How many of the elements have a length prefix."""
        return sum(size < 0 for _, _, size, _, _ in self.slots.values())

    def index(self, bounds: list[int]) -> Index:
        """The index of a message whose elements end at `bounds`, the first entry being where they begin."""
        entries = [bounds[0]]
        for end, (entry, distance) in zip(bounds[1:], self._ends, strict=True):
            if not distance and entry == len(entries):
                entries.append(end)
        return (*entries, bounds[-1])

    def places(self, de: int) -> tuple[Place, Place]:
        """Begin and end of DE `de` with its length prefix; where it would come in, twice, when the message has none."""
        found = self._places.get(de)
        if found is None:
            at = bisect_left(self._order, de)
            start = Place(*self._ends[at - 1]) if at else Place(0, 0)
            there = at < len(self._order) and self._order[at] == de
            found = self._places[de] = (start, Place(*self._ends[at]) if there else start)
        return found

    def extent(self, de: int, index: Index) -> tuple[int, int]:
        """Where DE `de` lies with its length prefix; where it would come in, twice, when the message has none."""
        (first, before), (last, behind) = self.places(de)
        return index[first] + before, index[last] + behind

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
        self._places = {}
        self.bitmap = bitmap
        self.hidden = ()
        self.trusted = True
        self.mask = mask
        self.scan = None
        self.readers = {}
        self.splices = {}
        self.spell = None
        self.signing = None
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

    __slots__ = ("_bitmaps", "_by_mask", "_elements")

    def __init__(self, elements: Mapping[int, Element], bitmaps: BitmapCodec) -> None:
        self._elements = elements
        self._bitmaps = bitmaps
        self._by_mask: dict[int, Layout] = {}

    def __len__(self) -> int:
        return len(self._by_mask)

    def get(self, mask: int) -> Layout:
        """The layout of a set of DEs, all of which the dialect has."""
        layout = self._by_mask.get(mask)
        if layout is None:
            layout = Layout(self._elements, mask, self._bitmaps.encode(mask))
            if len(self._by_mask) < LAYOUTS_MAX:
                self._by_mask[mask] = layout
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
    return compile_des(layout.des, elements, layout.bitmap.hex())
