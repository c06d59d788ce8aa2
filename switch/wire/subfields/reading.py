"""From bytes to subfields: one pass, each byte looked at once for each level, bounded in number by `switch.limits`.

Strict: what is accepted encodes to the same bytes again. A part is an `Element`, so its length prefix, filling and content are
held to the rules of elements; the rules that only subfields have are named SUB.
"""

from collections.abc import Iterator

from switch.limits import SUBFIELDS_MAX
from switch.wire import tlv
from switch.wire.content import UPPER_HEX
from switch.wire.element import Element, Form
from switch.wire.emv_words import tag_meaning
from switch.wire.errors import SubfieldError, TlvError
from switch.wire.subfields.dataset_bitmap import WordsError, read_words
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
    return _Reader().inside(layout, element, value, _Place(path, origin, 2))


def read_bytes(layout: InnerLayout, data: bytes, *, path: str = "") -> tuple[Subfield, ...]:
    """The subfields of bytes that a layout speaks of; raises as `read_inside`."""
    return tuple(_Reader().read(layout, data, _Place(path, 0, 2)))


class _Place:
    """Where some bytes lie on the wire.

    Args:
        path: of what they are the inside of.
        origin: half bytes that stand before them.
        scale: half bytes on the wire that each of them takes.
    """

    __slots__ = ("origin", "path", "scale")

    def __init__(self, path: str, origin: int, scale: int) -> None:
        self.path = path
        self.origin = origin
        self.scale = scale

    def half(self, at: int) -> int:
        return self.origin + at * self.scale

    def within(self, key: str, at: int) -> "_Place":
        return _Place(self.path_of(key), self.half(at), self.scale)

    def path_of(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def fault(self, key: str, at: int, why: str, rule: str) -> SubfieldError:
        return SubfieldError(self.path_of(key) if key else self.path, self.half(at) // 2, why, rule)


class _Reader:
    """One run over one DE; counts subfields so that the work is bounded."""

    __slots__ = ("_count",)

    def __init__(self) -> None:
        self._count = 0

    def inside(self, layout: InnerLayout, element: Element, value: str, place: _Place) -> tuple[Subfield, ...]:
        """The inside of a value that begins at `place`."""
        data = bytes_of(element, layout, value)
        if data is None:
            raise place.fault("", 0, "its characters do not spell the bytes of its layout", "SUB-CHR-01")
        # The first digit of an odd count stands behind the one that fills it.
        fill = 1 if element.form is Form.DIGITS and len(value) % 2 and element.spec.get("left_pad") else 0
        scale = half_bytes_each(element, layout)
        return tuple(self.read(layout, data, _Place(place.path, place.origin + fill, max(scale * place.scale // 2, 1))))

    def read(self, layout: InnerLayout, data: bytes, place: _Place) -> list[Subfield]:
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

    def _read_positional(self, layout: Positional, data: bytes, place: _Place) -> list[Subfield]:
        found: list[Subfield] = []
        at = 0
        for part, key in zip(layout.parts, keys_of(layout), strict=True):
            if at == len(data) and (layout.short or part.takes_rest):
                break
            at = self._take(part, key, data, at, place, found)
        if at != len(data):
            raise place.fault("", at, f"{len(data) - at} bytes follow its last part", "SUB-END-02")
        return found

    def _read_groups(self, layout: Groups, data: bytes, place: _Place) -> list[Subfield]:
        groups: list[Subfield] = []
        at = 0
        while at < len(data):
            key = str(len(groups) + 1)
            inside: list[Subfield] = []
            start, within = at, _Place(place.path_of(key), place.origin, place.scale)
            self._tell(key, at, place)
            for part, inner in zip(layout.parts, keys_of(layout), strict=True):
                at = self._take(part, inner, data, at, within, inside)
            halves = place.half(start), place.half(start), place.half(at)
            groups.append(Subfield(key, f"group {key}", *halves, "", children=tuple(inside)))
        return groups

    def _read_bitmapped(self, layout: Bitmapped, data: bytes, place: _Place) -> list[Subfield]:
        parts = {part.key: part for part in layout.parts}
        bits, at = _read_bits(layout, data, place)
        return self._read_announced(bits, parts, data, at, place)

    def _read_announced(
        self, bits: list[int], parts: dict[str, Part], data: bytes, at: int, place: _Place, *, more: bool = False
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
            found += self._read_ber((), data[at:], _Place(place.path, place.half(at), place.scale))
        elif more or at != len(data):
            why = "no object follows although one is announced" if more else f"{len(data) - at} bytes follow its last part"
            raise place.fault("", at, why, "SUB-END-02")
        return found

    def _read_tagged(self, layout: Tagged, data: bytes, place: _Place) -> list[Subfield]:
        parts = {part.key: part for part in layout.parts}
        seen: dict[str, int] = {}
        found: list[Subfield] = []
        at = 0
        if layout.lead is not None:
            at = self._take(layout.lead, layout.lead.key, data, at, place, found)
            seen[layout.lead.key] = 1
        while at < len(data):
            start = at
            at = _skip(layout.mark, data, at, place)
            tag, value, end = _read_head(layout, data, at, place)
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

    def _read_ber(self, parts: tuple[Part, ...], data: bytes, place: _Place) -> list[Subfield]:
        try:
            elements = tlv.decode(data)
        except TlvError as error:
            raise place.fault("", error.offset, error.why, error.rule) from None
        known = {part.key: part for part in parts}
        return self._ber_objects(elements, known, data, place)

    def _ber_objects(self, elements: tuple[tlv.Tlv, ...], known: dict[str, Part], data: bytes, place: _Place) -> list[Subfield]:
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
                    element.children, known, data, _Place(place.path_of(key), place.origin, place.scale)
                )
            found.append(_ber_subfield(element, key, bounds, tuple(children), place))
        return found

    def _read_data_sets(self, layout: DataSets, data: bytes, place: _Place) -> list[Subfield]:
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
            halves = place.half(start), place.half(value), place.half(at)
            found.append(Subfield(key, data_set.desc, *halves, data[value:at].hex().upper(), children=tuple(inside)))
        return found

    def _read_data_set(self, data_set: DataSet, data: bytes, place: _Place) -> list[Subfield]:
        if int(data_set.key, 16) <= TLV_DATASET_MAX:
            return self._read_ber(data_set.parts, data, place)
        try:
            elements, at, more = read_words(data)
        except WordsError as error:
            raise place.fault("", 0, error.why, error.rule) from None
        return self._read_announced(elements, {part.key: part for part in data_set.parts}, data, at, place, more=more)

    def _take(
        self, part: Part, key: str, data: bytes, at: int, place: _Place, found: list[Subfield], *, start: int | None = None
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
        self, part: Part, key: str, data: bytes, bounds: tuple[int, int, int], place: _Place, units: int | None = None
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

    def _tell(self, key: str, at: int, place: _Place) -> None:
        """One more subfield begins."""
        self._count += 1
        if self._count > SUBFIELDS_MAX:
            raise place.fault(key, at, f"there are more than {SUBFIELDS_MAX} subfields", "SUB-CNT-01")


_UNKNOWN = Part(desc="unknown tag")


def _ber_subfield(
    element: tlv.Tlv, key: str, bounds: tuple[int, int, int], children: tuple[Subfield, ...], place: _Place
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


def _skip(text: str, data: bytes, at: int, place: _Place) -> int:
    """The place behind a text that must stand here."""
    expected = text.encode("ascii")
    if data[at : at + len(expected)] != expected:
        raise place.fault("", at, "the text that stands before each object or value is not there", "SUB-TAG-01")
    return at + len(expected)


def _read_head(layout: Tagged, data: bytes, at: int, place: _Place) -> tuple[str, int, int]:
    """The tag of an object, and where its value begins and ends."""
    first, second = (layout.length, layout.tag) if layout.order == "length-tag" else (layout.tag, layout.length)
    if at + first + second > len(data):
        raise place.fault("", at, "tag and length of an object are not complete", "SUB-LEN-01")
    tag_at, length_at = (at + first, at) if layout.order == "length-tag" else (at, at + first)
    tag = _read_tag(layout, data[tag_at : tag_at + layout.tag], tag_at, place)
    value = _skip(layout.gap, data, at + first + second, place)
    if not layout.length:
        return tag, value, value
    length = layout.lengths.get(data[length_at : length_at + layout.length])
    if length is None:
        raise place.fault(tag, length_at, "its length is not spelled as the layout says", "SUB-LEN-04")
    if layout.counts == "tag-and-value":
        length -= layout.tag
    if length < 0:
        raise place.fault(tag, length_at, "its length does not even count its tag", "SUB-LEN-04")
    if value + length > len(data):
        raise place.fault(tag, length_at, f"the length says {length}, {len(data) - value} bytes remain", "SUB-END-01")
    return tag, value, value + length


def _read_tag(layout: Tagged, data: bytes, at: int, place: _Place) -> str:
    if layout.raw_tags:
        return data.hex().upper()
    tag = data.decode(layout.charset, "replace")
    if not (tag.isascii() and tag.isalnum()):
        raise place.fault("", at, "a tag is not letters and digits", "SUB-TAG-01")
    return tag


def _read_bits(layout: Bitmapped, data: bytes, place: _Place) -> tuple[list[int], int]:
    """The bits that are set, those that announce a further bitmap left out, and where the bitmap ends."""
    size, step = layout.size, layout.size * (1 + layout.hexadecimal)
    bits: list[int] = []
    first, at = 1, 0
    while True:
        if at + step > len(data):
            raise place.fault("", at, f"{len(data) - at} of {step} bytes of the bitmap are there", "BMP-LEN-01")
        word = data[at : at + step]
        if layout.hexadecimal:
            if word.strip(UPPER_HEX.encode("ascii")):
                raise place.fault("", at, "the bitmap is not upper-case hexadecimal", "BMP-HEX-01")
            word = bytes.fromhex(word.decode("ascii"))
        found = list(_bits_of(word, first))
        further = layout.extends and found[:1] == [first]
        found = found[1:] if further else found
        if first > 1 and not found and not further:
            raise place.fault("", at, "a further bitmap announces nothing", "BMP-EMP-01")
        bits += found
        first, at = first + 8 * size, at + step
        if not further:
            return bits, at


def _bits_of(word: bytes, first: int) -> Iterator[int]:
    """The numbers of the bits that are set; the highest bit is number `first`."""
    for place, byte in enumerate(word):
        for bit in range(8):
            if byte & 0x80 >> bit:
                yield first + 8 * place + bit
