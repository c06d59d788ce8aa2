"""From bytes to subfields: one pass, each byte looked at once for each level, bounded in number by `switch.limits`.

Strict: what is accepted encodes to the same bytes again. A part is an `Element`, so its length prefix, filling and content are
held to the rules of elements; the rules that only subfields have are named SUB.
"""

from switch.limits import SUBFIELDS_MAX
from switch.wire import tlv
from switch.wire.element import Element, Form
from switch.wire.emv_words import tag_meaning
from switch.wire.errors import TlvError
from switch.wire.subfields.dataset_bitmap import WordsError, read_words
from switch.wire.subfields.heads import read_bits, read_head, skip
from switch.wire.subfields.layouts import (
    TLV_DATASET_MAX,
    BerTlv,
    Bitmapped,
    DataSet,
    DataSets,
    Groups,
    InnerLayout,
    Part,
    Positional,
    Tagged,
    keys_of,
)
from switch.wire.subfields.place import Place
from switch.wire.subfields.spelling import bytes_of, half_bytes_each
from switch.wire.subfields.tree import Subfield
from switch.wire.tags import may_show, tag_name

FREE_TEXT = ("ans", "any")
"""The content classes that take any text."""

_ENVELOPE_BYTES = 3


def read_inside(layout: InnerLayout, element: Element, value: str, *, path: str, origin: int = 0) -> tuple[Subfield, ...]:
    """The subfields of an element's value.

    Args:
        path: of the element, as in "127".
        origin: half bytes that stand before the value.

    Raises:
        SubfieldError: with the path and, `origin` included, the byte of the fault.
    """
    return _Reader().inside(layout, element, value, Place(path, origin, 2))


def read_bytes(layout: InnerLayout, data: bytes, *, path: str = "") -> tuple[Subfield, ...]:
    """The subfields of bytes that a layout speaks of; raises as `read_inside`."""
    return tuple(_Reader().read(layout, data, Place(path, 0, 2)))


class _Reader:
    """One run over one DE; counts subfields so that the work is bounded."""

    __slots__ = ("_count",)

    def __init__(self) -> None:
        self._count = 0

    def inside(self, layout: InnerLayout, element: Element, value: str, place: Place) -> tuple[Subfield, ...]:
        """The inside of a value that begins at `place`."""
        data = bytes_of(element, layout, value)
        if data is None:
            raise place.fault("", 0, "its characters do not spell the bytes of its layout", "SUB-CHR-01")
        # The first digit of an odd count stands behind the one that fills it.
        fill = 1 if element.form is Form.DIGITS and len(value) % 2 and element.spec.get("left_pad") else 0
        scale = half_bytes_each(element, layout)
        return tuple(self.read(layout, data, Place(place.path, place.origin + fill, max(scale * place.scale // 2, 1))))

    def read(self, layout: InnerLayout, data: bytes, place: Place) -> list[Subfield]:
        match layout:
            case Positional():
                return self._read_positional(layout, data, place)
            case Groups():
                return self._read_groups(layout, data, place)
            case Bitmapped():
                return self._read_bitmapped(layout, data, place)
            case Tagged():
                return self._read_tagged(layout, data, place)
            case BerTlv():
                return self._read_ber(layout.parts, data, place)
            case DataSets():
                return self._read_data_sets(layout, data, place)

    def _read_positional(self, layout: Positional, data: bytes, place: Place) -> list[Subfield]:
        found: list[Subfield] = []
        at = 0
        for part, key in zip(layout.parts, keys_of(layout), strict=True):
            if at == len(data) and (layout.short or part.takes_rest):
                break
            at = self._take(part, key, data, at, place, found)
        if at != len(data):
            raise place.fault("", at, f"{len(data) - at} bytes follow its last part", "SUB-END-02")
        return found

    def _read_groups(self, layout: Groups, data: bytes, place: Place) -> list[Subfield]:
        groups: list[Subfield] = []
        at = 0
        while at < len(data):
            key = str(len(groups) + 1)
            inside: list[Subfield] = []
            start, within = at, Place(place.path_of(key), place.origin, place.scale)
            self._tell(key, at, place)
            for part, inner in zip(layout.parts, keys_of(layout), strict=True):
                at = self._take(part, inner, data, at, within, inside)
            halves = place.half(start), place.half(start), place.half(at)
            groups.append(Subfield(key, f"group {key}", *halves, "", children=tuple(inside)))
        return groups

    def _read_bitmapped(self, layout: Bitmapped, data: bytes, place: Place) -> list[Subfield]:
        parts = {part.key: part for part in layout.parts}
        bits, at = read_bits(layout, data, place)
        return self._read_announced(bits, parts, data, at, place)

    def _read_announced(
        self, bits: list[int], parts: dict[str, Part], data: bytes, at: int, place: Place, *, more: bool = False
    ) -> list[Subfield]:
        """The parts of some bits, one after the other.

        Args:
            more: True when BER-TLV objects may follow them.
        """
        found: list[Subfield] = []
        for bit in bits:
            part = parts.get(str(bit))
            if part is None:
                raise place.fault(str(bit), at, "the layout does not have it, so its length is unknown", "SUB-UNK-01")
            at = self._take(part, part.key, data, at, place, found)
        if more and at < len(data):
            found += self._read_ber((), data[at:], Place(place.path, place.half(at), place.scale))
        elif more or at != len(data):
            why = "no object follows although one is announced" if more else f"{len(data) - at} bytes follow its last part"
            raise place.fault("", at, why, "SUB-END-02")
        return found

    def _read_tagged(self, layout: Tagged, data: bytes, place: Place) -> list[Subfield]:
        parts = {part.key: part for part in layout.parts}
        seen: dict[str, int] = {}
        found: list[Subfield] = []
        at = 0
        if layout.lead is not None:
            at = self._take(layout.lead, layout.lead.key, data, at, place, found)
            seen[layout.lead.key] = 1
        while at < len(data):
            start = at
            at = skip(layout.mark, data, at, place)
            tag, value, end = read_head(layout, data, at, place)
            part = parts.get(tag)
            key = _unique(tag, seen)
            if not layout.length:
                if part is None:
                    raise place.fault(key, start, "the layout does not have it, so its length is unknown", "SUB-UNK-01")
                at = self._take(part, key, data, value, place, found, start=start)
                continue
            self._tell(key, start, place)
            found.append(self._leaf(part or _UNKNOWN, key, data, (start, value, end), place))
            at = end
        return found

    def _read_ber(self, parts: tuple[Part, ...], data: bytes, place: Place) -> list[Subfield]:
        try:
            elements = tlv.decode(data)
        except TlvError as error:
            raise place.fault("", error.offset, error.why, error.rule) from None
        known = {part.key: part for part in parts}
        return self._ber_objects(elements, known, data, place)

    def _ber_objects(self, elements: tuple[tlv.Tlv, ...], known: dict[str, Part], data: bytes, place: Place) -> list[Subfield]:
        seen: dict[str, int] = {}
        found = []
        for element in elements:
            key = _unique(element.tag, seen)
            self._tell(key, element.offset, place)
            end = element.offset + tlv.size(element.tag, element.value)
            bounds = element.offset, end - len(element.value), end
            part = known.get(element.tag)
            if part is not None and not element.children:
                found.append(self._leaf(part, key, data, bounds, place))
                continue
            children: list[Subfield] = []
            if element.children:
                children = self._ber_objects(
                    element.children, known, data, Place(place.path_of(key), place.origin, place.scale)
                )
            found.append(_ber_subfield(element, key, bounds, tuple(children), place))
        return found

    def _read_data_sets(self, layout: DataSets, data: bytes, place: Place) -> list[Subfield]:
        known = {data_set.key: data_set for data_set in layout.sets}
        seen: dict[str, int] = {}
        found = []
        at = 0
        while at < len(data):
            start, value = at, at + _ENVELOPE_BYTES
            name = f"{data[start]:02X}"
            key = _unique(name, seen)
            self._tell(key, start, place)
            if value > len(data):
                raise place.fault(key, start, "identifier and length of a data set are not complete", "SUB-LEN-01")
            if name in ("00", "FF"):
                raise place.fault(key, start, f"{name} is no identifier of a data set", "SUB-TAG-01")
            at = value + int.from_bytes(data[start + 1 : value], "big")
            if at == value:
                raise place.fault(key, start + 1, "a data set is empty", "SUB-LEN-02")
            if at > len(data):
                raise place.fault(
                    key, start + 1, f"the length says {at - value}, {len(data) - value} bytes remain", "SUB-END-01"
                )
            data_set = known.get(name, DataSet(name, "unknown data set"))
            inside = self._read_data_set(data_set, data[value:at], place.within(key, value))
            if not inside:
                raise place.fault(key, start + 1, "a data set is empty: its bitmap announces nothing", "SUB-LEN-02")
            halves = place.half(start), place.half(value), place.half(at)
            found.append(Subfield(key, data_set.desc, *halves, data[value:at].hex().upper(), children=tuple(inside)))
        return found

    def _read_data_set(self, data_set: DataSet, data: bytes, place: Place) -> list[Subfield]:
        if int(data_set.key, 16) <= TLV_DATASET_MAX:
            return self._read_ber(data_set.parts, data, place)
        try:
            elements, at, more = read_words(data)
        except WordsError as error:
            raise place.fault("", 0, error.why, error.rule) from None
        return self._read_announced(elements, {part.key: part for part in data_set.parts}, data, at, place, more=more)

    def _take(
        self, part: Part, key: str, data: bytes, at: int, place: Place, found: list[Subfield], *, start: int | None = None
    ) -> int:
        """Add the part that begins at `at` to what was found, and give where it ends.

        Args:
            start: where its tag begins, when it has one.
        """
        start = at if start is None else start
        self._tell(key, start, place)
        if part.takes_rest:
            found.append(self._leaf(part, key, data, (start, at, len(data)), place))
            return len(data)
        element = part.element
        units = element.read_units(data, at)
        if isinstance(units, tuple):
            raise place.fault(key, at, *units)
        value = at + element.prefix_bytes
        end = value + element.byte_count(units)
        if end > len(data):
            raise place.fault(key, at, f"it has {end - value} bytes, {max(len(data) - value, 0)} remain", "SUB-END-01")
        found.append(self._leaf(part, key, data, (start, value, end), place, units))
        return end

    def _leaf(
        self, part: Part, key: str, data: bytes, bounds: tuple[int, int, int], place: Place, units: int | None = None
    ) -> Subfield:
        """A part and what is inside of it.

        Args:
            bounds: where it, its value, and what follows it begin.
            units: of its value, when they are known; as many as the bytes hold otherwise.
        """
        start, at, end = bounds
        element, chunk = part.element, data[at:end]
        if units is None:
            units = len(chunk) * (2 if element.form is Form.DIGITS else 1)
            if part.max_len and units > part.max_len:
                raise place.fault(key, at, f"{units} long, the longest is {part.max_len}", "SUB-LEN-03")
        fault = element.find_fault(chunk, units)
        if fault is not None:
            raise place.fault(key, at + fault[0], fault[1], fault[2])
        value = element.spell(chunk, units)
        children: tuple[Subfield, ...] = ()
        if part.inner is not None:
            children = self.inside(part.inner, element, value, place.within(key, at))
        text = element.form is Form.TEXT and part.content in FREE_TEXT
        halves = place.half(start), place.half(at), place.half(end)
        return Subfield(key, part.desc, *halves, value, part.clear, text, part.words.get(value, ""), children)

    def _tell(self, key: str, at: int, place: Place) -> None:
        """One more subfield begins."""
        self._count += 1
        if self._count > SUBFIELDS_MAX:
            raise place.fault(key, at, f"there are more than {SUBFIELDS_MAX} subfields", "SUB-CNT-01")


_UNKNOWN = Part(desc="unknown tag")


def _ber_subfield(
    element: tlv.Tlv, key: str, bounds: tuple[int, int, int], children: tuple[Subfield, ...], place: Place
) -> Subfield:
    """An object of BER-TLV with what `switch.wire.tags` knows of it."""
    start, at, end = bounds
    halves = place.half(start), place.half(at), place.half(end)
    clear = may_show(element.tag)
    meaning = tag_meaning(element.tag, element.value)
    return Subfield(key, tag_name(element.tag), *halves, element.value.hex().upper(), clear, False, meaning, children)


def _unique(tag: str, seen: dict[str, int]) -> str:
    """The key of an object: its tag, and which one of that tag it is from the second on."""
    count = seen[tag] = seen.get(tag, 0) + 1
    return tag if count == 1 else f"{tag}:{count}"
