"""The codec of one dialect: its spec and content classes made ready to decode, encode and splice.

It knows bytes and DEs and nothing of what they mean; `Message` and `Dialect` are what other packages see of it.
"""

from collections.abc import Hashable, Iterable, Mapping

import msgspec

from switch.limits import HEADS_MAX, READERS_MAX, SPLICES_MAX, WRITERS_MAX
from switch.wire.bitmap import BitmapCodec, BitmapForm, mask_of
from switch.wire.content import ANY, Content
from switch.wire.element import Element
from switch.wire.errors import EncodeError, Finding
from switch.wire.layout import CutLayout, Layout, Layouts, Make, Read, Signing, Spell, Splice
from switch.wire.lenient import walk_loosely
from switch.wire.mti import MtiCodec, is_mti
from switch.wire.scan import Index, Scan
from switch.wire.spec import Spec
from switch.wire.straight import Writer, compile_reader, compile_spell, compile_splice, compile_writer
from switch.wire.walk import Walk, walk

Head = tuple[str, int, Layout, Scan, int]
"""What MTI and bitmap say of a message: its MTI, where that begins, the layout of its elements, what finds their index, and
where they begin."""


class Reading(msgspec.Struct, frozen=True):
    """What decoding gives.

    Args:
        mti: None when it could not be read; then there is nothing else either.
        start: offset of the MTI.
        layout: of the elements that can be read.
        index: of the message, for that layout.
        fault: None when the message is accepted.
        findings: what was forgiven; nothing in strict reading.
    """

    mti: str | None
    start: int
    layout: Layout
    index: Index
    fault: Finding | None = None
    findings: tuple[Finding, ...] = ()


class Codec:
    """Decodes, encodes and splices the messages of one spec.

    Args:
        spec: a checked spec.
        content: content class by DE; DEs that it does not name may hold anything their charset can spell.
        bitmap: whether further parts of the bitmap are announced, or two are always there.
        header: content class of the header, where there is one.
    """

    __slots__ = (
        "_header_bytes",
        "_mtis",
        "_writers",
        "bitmaps",
        "elements",
        "head_of_one",
        "head_of_three",
        "head_of_two",
        "header",
        "heads",
        "layouts",
    )

    def __init__(
        self, spec: Spec, content: Mapping[int, Content], bitmap: BitmapForm = "auto", *, header: Content = ANY
    ) -> None:
        self.header = Element("header", spec["h"], header) if spec["h"]["max_len"] else None
        self._header_bytes = _fixed_bytes(self.header)
        self._mtis = MtiCodec(spec["t"])
        self.bitmaps = BitmapCodec(spec["p"], spec["1"], bitmap)
        last = 128 if bitmap == "fixed16" else 192
        des = sorted(int(key) for key in spec if key.isdigit() and key not in ("1", "65") and int(key) <= last)
        self.elements = {de: Element(de, spec[str(de)], content.get(de, ANY)) for de in des}
        self.layouts = Layouts(self.elements, self.bitmaps)
        self._writers: dict[tuple[int | str, ...], Writer] = {}
        self.heads: dict[bytes, Head] = {}
        """By their bytes, as accepted messages had them: one lookup is faster than a judgement of each. A bitmap that announces
        another part is never known under its first part alone."""
        start = self._header_bytes or 0
        sizes = self.bitmaps.sizes
        self.head_of_one, self.head_of_two, self.head_of_three = (
            slice(start, start + self._mtis.size + sizes[min(part, len(sizes) - 1)]) for part in range(3)
        )
        """Where these bytes are in a message whose bitmap has one part, two and three."""

    def read_with_care(self, raw: bytes) -> Reading:
        """Read a message element by element, compiled or not; the bitmap of an accepted one is compiled from now on."""
        found = walk(raw, self.header, self._mtis, self.bitmaps, self.elements)
        if found.fault is None:
            layout = self.layouts.get(found.mask)
            self.layouts.compile(layout)
            self._remember(raw, found, layout)
        else:
            layout = self.layouts.part(found.mask, hidden=found.hidden, trusted=bool(found.hidden))
        return Reading(found.mti, found.start, layout, layout.index(found.bounds), found.fault)

    def read_loosely(self, raw: bytes, *, judged: bool) -> Reading:
        """Read a message as a forgiving peer would; what strict reading accepts is read no differently.

        Args:
            judged: False when only lengths and bitmap count.
        """
        reading = self.read_with_care(raw)
        if reading.fault is None:
            return reading
        found = walk_loosely(raw, self.header, self._mtis, self.bitmaps, self.elements, judged=judged)
        layout = CutLayout(found.mask, self.bitmaps.encode(found.mask), found.body, found.cuts)
        end = found.cuts[-1].end if found.cuts else found.body
        return Reading(found.mti, found.start, layout, (found.body, end), found.fault, found.findings)

    @property
    def mti_bytes(self) -> int:
        """Size of an MTI."""
        return self._mtis.size

    def header_holds(self, raw: bytes) -> bool:
        """True when the header of a message is lawful, if there is one; its length is fixed."""
        header = self.header
        return header is None or header.find_fault(raw[: self._header_bytes], header.units_max) is None

    def decode_header(self, header: bytes) -> str | None:
        """The value of a lawful header, None when the dialect has none."""
        element = self.header
        if element is None:
            return None
        units = element.read_units(header, 0)
        if isinstance(units, tuple):
            units = element.read_units_loosely(header, 0) or 0
        return element.spell(header[element.prefix_bytes :], units)

    def encode(self, values: Mapping[int | str, str]) -> bytes:
        """A message from values by DE, with "mti" and, where the dialect has one, the header as "h".

        Raises:
            EncodeError: naming the DE whose value cannot be encoded.
        """
        keys = tuple(values)
        writer = self._writers.get(keys)
        raw = writer(values) if writer is not None else None
        if raw is not None:
            return raw
        raw, layout = self._encode_with_care(values)
        if writer is None and len(self._writers) < WRITERS_MAX:
            # What was encoded with care is lawful, so its bitmap may be compiled like that of an accepted message.
            self.layouts.compile(layout)
            writer = compile_writer(layout, self.elements, keys, self._mtis.spelled, self.header)
            if writer is not None:
                self._writers[keys] = writer
        return raw

    def make_reader(self, layout: Layout, key: Hashable, des: tuple[int, ...]) -> Read | None:
        """The reader of some DEs, kept with the layout from now on; None where the layout is not compiled, or has many."""
        if layout.scan is None or len(layout.readers) >= READERS_MAX:
            return None
        layout.readers[key] = compile_reader(layout, self.elements, des)
        return layout.readers[key]

    def make_splice(
        self, layout: Layout, key: Hashable, des: tuple[int, ...], drop: tuple[int, ...], make: Make
    ) -> Splice | None:
        """What sets some DEs and drops others, kept with the layout from now on; None where that is not compiled, or has many.

        Args:
            make: makes the new message.
        """
        if layout.scan is None or len(layout.splices) >= SPLICES_MAX:
            return None
        if any(de not in self.elements or de in drop for de in des):
            return None
        after = self.layouts.get(layout.mask & ~mask_of(drop) | mask_of(des))
        self.layouts.compile(after)
        layout.splices[key] = compile_splice(layout, after, self.elements, des, make)
        return layout.splices[key]

    def make_signing(self, layout: Layout) -> Signing:
        """Where a MAC goes in messages of this layout, kept with it from now on.

        Raises:
            EncodeError: when the dialect has no such DE of fixed length.
        """
        mask = layout.mask & ~mask_of((64, 128))
        target = 128 if mask >> 65 else 64
        element = self.elements.get(target)
        if element is None or element.prefix_bytes or mask >> 129:
            raise EncodeError(target, "the dialect has no place for a MAC at the end of this message", "ENC-MAC-01")
        layout.signing = element, self.layouts.get(mask | 1 << target)
        return layout.signing

    def encode_element(self, de: int, value: str) -> bytes:
        """The bytes of one element, its length prefix included.

        Raises:
            EncodeError: when the dialect has no such DE or the value breaks its rules.
        """
        element = self.elements.get(de)
        if element is None:
            if de in (1, 65):
                raise EncodeError(de, "bitmaps follow from the elements and cannot be given", "ENC-DE-02")
            raise EncodeError(de, "the dialect does not have it", "ENC-DE-01")
        return element.encode(value)

    def encode_head(self, mti: str, mask: int) -> bytes:
        """MTI and bitmap.

        Raises:
            EncodeError: when `mti` is not four digits.
        """
        if not isinstance(mti, str) or not is_mti(mti):
            raise EncodeError("MTI", 'it must be given as "mti" with four decimal digits', "ENC-MTI-01")
        return self._mtis.encode(mti) + self.layouts.get(mask).bitmap

    def make_spell(self, layout: Layout) -> Spell | None:
        """What gives all values of a message of this layout, kept with it from now on; None where it is not compiled."""
        if layout.scan is not None:
            layout.spell = compile_spell(layout, self.elements)
        return layout.spell

    def _remember(self, raw: bytes, found: Walk, layout: Layout) -> None:
        """Know MTI and bitmap of an accepted message at sight from now on."""
        if self._header_bytes is None or layout.scan is None or found.mti is None or len(self.heads) >= HEADS_MAX:
            return
        body = found.bounds[0]
        self.heads[raw[found.start : body]] = (found.mti, found.start, layout, layout.scan, body)

    def _encode_with_care(self, values: Mapping[int | str, str]) -> tuple[bytes, Layout]:
        """The message, and its layout."""
        mask = 0
        body = []
        for de in self._sorted_des(values):
            body.append(self.encode_element(de, values[de]))
            mask |= 1 << de
        raw = self._encode_header(values) + self.encode_head(values.get("mti", ""), mask) + b"".join(body)
        return raw, self.layouts.get(mask)

    def _encode_header(self, values: Mapping[int | str, str]) -> bytes:
        if self.header is None:
            # pyiso8583 gives an empty header for none, so that what it has decoded can be encoded here.
            if values.get("h", ""):
                raise EncodeError("header", "the dialect has none", "ENC-HDR-01")
            return b""
        if "h" not in values:
            raise EncodeError("header", 'the dialect has one: give it as "h"', "ENC-HDR-01")
        return self.header.encode(values["h"])

    def _sorted_des(self, values: Iterable[int | str]) -> list[int]:
        des = []
        for key in values:
            if isinstance(key, int):
                des.append(key)
            elif key not in ("mti", "h"):
                raise EncodeError(None, 'a key is neither the number of a DE nor "mti" nor "h"', "ENC-KEY-01")
        return sorted(des)


def _fixed_bytes(header: Element | None) -> int | None:
    """Size of the header, 0 without one, None when it varies."""
    if header is None:
        return 0
    return None if header.prefix_bytes else header.byte_count(header.units_max)
