"""A message: its bytes and an index over them.

A DE is decoded when it is read, and forwarding is a splice: the changed DEs are encoded, all others are copied as they came. A
message never changes; every change gives a new one. Its `repr` shows no value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar, overload

import msgspec

from switch.wire.errors import DecodeError, EncodeError, Finding, SubfieldError
from switch.wire.layout import CutLayout, Layout
from switch.wire.mti import is_mti, is_response
from switch.wire.scan import Index
from switch.wire.subfields import Subfields, read_inside

if TYPE_CHECKING:
    from switch.wire.dialect import Dialect, Mode

_Default = TypeVar("_Default")


class Message(msgspec.Struct, frozen=True, eq=False):
    """One message of a dialect. `Dialect.decode` and the methods here make it; its bytes are lawful by then, or forgiven.

    Args:
        dialect: the dialect that it is written in.
        raw: its bytes, header included, framing excluded.
        mti: four digits; any four characters where the mode forgives them.
        start: offset of the MTI in `raw`, which is where the header ends.
        layout: of its bitmap.
        index: offsets in `raw` for that layout, None until a DE of a spliced message is read.
        mode: how it was read.
        findings: what was forgiven, in the order of the bytes; nothing in strict reading.
    """

    dialect: Dialect
    raw: bytes
    mti: str
    start: int
    layout: Layout
    index: Index | None
    mode: Mode = "strict"
    findings: tuple[Finding, ...] = ()

    @property
    def fields(self) -> tuple[int, ...]:
        """The DEs present, ascending, bitmaps left out."""
        return self.layout.des

    @property
    def header(self) -> str | None:
        """The header as text (hexadecimal where its bytes are raw), None when the dialect has none."""
        return self.dialect.codec.decode_header(self.raw[: self.start])

    @property
    def body_offset(self) -> int:
        """Offset of the first element, which is where the bitmap ends."""
        return (self.index or self.locate())[0]

    def __contains__(self, de: object) -> bool:
        return de in self.layout.slots

    def __getitem__(self, de: int) -> str:
        """The value of DE `de` as pyiso8583 spells it: text, or upper-case hexadecimal digits where its bytes are raw.

        Raises:
            KeyError: when the message does not have it.
        """
        entry, distance, size, decode, decode_odd = self.layout.slots[de]
        index = self.index or self.locate()
        start = index[entry] + distance
        if size >= 0:
            return decode(self.raw[start : start + size])
        # The last bit of any spelling of a length, packed, binary, ASCII or EBCDIC, says whether it is odd.
        if decode_odd is not None and self.raw[start - 1] & 1:
            return decode_odd(self.raw[start : index[entry + 1]])
        return decode(self.raw[start : index[entry + 1]])

    def locate(self) -> Index:
        """The index of a message that was spliced and not read since; its bytes are lawful because we made them."""
        read = self.dialect.decode(self.raw, "structure")
        assert read.index is not None, "a message that was decoded has no index"
        assert not isinstance(read.layout, CutLayout), "a spliced message is not lawful"
        msgspec.structs.force_setattr(self, "index", read.index)
        return read.index

    @overload
    def get(self, de: int) -> str | None: ...
    @overload
    def get(self, de: int, default: _Default) -> str | _Default: ...
    def get(self, de: int, default: _Default | None = None) -> str | _Default | None:
        """The value of DE `de`, or `default` when the message does not have it."""
        return self[de] if de in self.layout.slots else default

    def read(self, *des: int) -> tuple[str | None, ...]:
        """The values of some DEs at once, None for each that the message does not have: faster than one after the other."""
        layout = self.layout
        reader = layout.readers.get(des)
        if reader is None:
            reader = self.dialect.codec.make_reader(layout, des, des)
            if reader is None:
                return tuple(self.get(de) for de in des)
        return reader(self.raw, self.index or self.locate())

    def values(self) -> dict[int, str]:
        """The values of all DEs present, ascending: the message fully decoded."""
        layout = self.layout
        spell = layout.spell or self.dialect.codec.make_spell(layout)
        if spell is None:
            return {de: self[de] for de in layout.des}
        return spell(self.raw, self.index or self.locate())

    def subfields(self, de: int) -> Subfields:
        """What is inside of DE `de`: values by path, as in `message.subfields(127)["25.12"]`, and the tree of its parts.

        It is empty where the dialect knows nothing of the inside. `Dialect.print_subfields` is the way back.

        Raises:
            KeyError: when the message does not have the DE.
            SubfieldError: when what is inside of it does not follow the layout that the dialect has of it.
        """
        value = self[de]
        layout = self.dialect.layout_of(de)
        if layout is None:
            return Subfields(())
        element = self.dialect.codec.elements[de]
        return Subfields(read_inside(layout, element, value, path=str(de), origin=2 * self.value_extent(de)[0]))

    def fault_inside(self, de: int) -> Finding | None:
        """What is broken inside of DE `de`; None when nothing is, or the message does not have it."""
        try:
            if de in self:
                self.subfields(de)
        except SubfieldError as error:
            return error.finding
        return None

    def extent(self, de: int) -> tuple[int, int]:
        """First byte of DE `de`, its length prefix included, and the byte after it.

        Raises:
            KeyError: when the message does not have it.
        """
        if de not in self.layout.slots:
            raise KeyError(de)
        return self.layout.extent(de, self.index or self.locate())

    def value_extent(self, de: int) -> tuple[int, int]:
        """First byte of the value of DE `de`, and the byte after it; KeyError as for `extent`."""
        return self.layout.value_extent(de, self.index or self.locate())

    def is_lawful(self, de: int) -> bool:
        """True when strict reading would take the bytes of DE `de`, which are there; only then its class says what it holds."""
        if self.mode == "strict":
            return True
        start, end = self.extent(de)
        element = self.dialect.codec.elements[de]
        units = element.read_units(self.raw, start)
        return isinstance(units, int) and element.find_fault(self.raw[start + element.prefix_bytes : end], units) is None

    def with_fields(
        self, fields: Mapping[int, str] | None = None, *, mti: str | None = None, drop: tuple[int, ...] = ()
    ) -> Message:
        """A message with some DEs set and some dropped; all other bytes are copied, the header too.

        The header of a response to it may be the dialect's own (`Dialect.header_answer`).

        Args:
            fields: values by DE, set whether or not the message has them.
            mti: the new MTI, the same if None.
            drop: DEs to leave out; one that the message does not have is no error.

        Raises:
            EncodeError: when a value cannot be encoded, or a DE is both set and dropped.
        """
        codec = self.dialect.codec
        if fields and self.mode == "strict":
            des = tuple(fields)
            splice = self.layout.splices.get((des, drop)) or codec.make_splice(self.layout, (des, drop), des, drop, Message)
            spliced = splice(self, tuple(fields.values())) if splice is not None else None
            if spliced is not None:
                return spliced if mti is None or mti == self.mti else spliced._under(mti)
        edits = dict.fromkeys((*self.layout.hidden, *drop), b"")
        mask = self.layout.mask
        for de in drop:
            mask &= ~(1 << de)
        for de, value in (fields or {}).items():
            if de in drop:
                raise EncodeError(de, "it is both set and dropped", "ENC-DE-03")
            edits[de] = codec.encode_element(de, value)
            mask |= 1 << de
        mti = self.mti if mti is None else mti
        raw = b"".join((self._header_under(mti), codec.encode_head(mti, mask), self._splice(edits)))
        return self._again(raw, mti, mask)

    def with_fault(self, de: int) -> Message:
        """This refusal with the DE that was wrong named in each place that the dialect has for it."""
        dialect = self.dialect
        named = self.with_fields({dialect.fault_de: dialect.fault_form.format(de)}) if dialect.fault_de else self
        if not dialect.header_fault:
            return named
        header = dialect.fault_header(self.raw[: self.start], de)
        return named._again(header + named.raw[self.start :], self.mti, named.layout.mask)

    def forbidden(self) -> tuple[int, ...]:
        """The DEs that a message of this MTI must not have and this one has."""
        picture = self.dialect.pictures.get(self.mti[:3] + "0")
        return picture.stray(self.layout.slots) if picture is not None else ()

    def missing(self) -> tuple[int, ...]:
        """The DEs that a message of this MTI needs and this one does not have; of alternatives the first.

        The origin digit says who asks, and changes nothing about what must be there.
        """
        picture = self.dialect.pictures.get(self.mti[:3] + "0")
        return picture.missing(self.layout.slots) if picture is not None else ()

    def refusal(self, de: int, why: str, rule: str) -> DecodeError:
        """The error to raise when DE `de` is well formed and cannot mean anything; `why` holds no value."""
        offset = self.extent(de)[0] if de in self else self.start
        return DecodeError(de, offset, why, rule, self)

    @property
    def mac_field(self) -> int | None:
        """64 or 128, whichever the message has and ends with; None when it has no MAC where one must be.

        A MAC covers what stands before it, so one that is not the last DE covers not all of the message and counts as none.
        """
        last = self.layout.des[-1] if self.layout.des else 0
        if last not in (64, 128) or self.dialect.codec.elements[last].prefix_bytes or not self.is_lawful(last):
            return None
        return last

    @property
    def mac(self) -> bytes:
        """The MAC of a message that has one, which `mac_field` says."""
        de = self.mac_field
        assert de is not None, "a message without a MAC was asked for it"
        return bytes.fromhex(self[de])

    def mac_input(self) -> bytes:
        """The bytes that the MAC covers: from the MTI up to the MAC, as they were received; the header is not among them.

        Without a MAC these are all bytes from the MTI on.
        """
        de = self.mac_field
        return self.raw[self.start : self.value_extent(de)[0] if de else None]

    def with_mac(self, compute: Callable[[bytes], bytes]) -> Message:
        """A message with a MAC in DE 64, or in DE 128 when it has another DE above 64; one that it had is replaced.

        Args:
            compute: gives the MAC of the bytes from the MTI up to it, the bitmap already announcing it.

        Raises:
            EncodeError: when the dialect has no such DE of fixed length, or the MAC is not as long as it.
        """
        codec, layout, start = self.dialect.codec, self.layout, self.start
        element, after = layout.signing or codec.make_signing(layout)
        lawful = self.mode == "strict" and not layout.hidden
        if lawful and 64 not in layout.slots and 128 not in layout.slots:
            # All elements of a lawful message stay as they are, from the bitmap to the end: no index is needed to copy them.
            covered = self.raw[start : start + codec.mti_bytes] + after.bitmap + self.raw[self._body_of_lawful() :]
        else:
            elements = self._splice(dict.fromkeys((*layout.hidden, 64, 128), b""))
            covered = codec.encode_head(self.mti, after.mask) + elements
        raw = self.raw[:start] + covered + element.encode(compute(covered).hex().upper())
        return Message(self.dialect, raw, self.mti, start, after, None) if lawful else self._again(raw, self.mti, after.mask)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Message) and self.dialect is other.dialect and self.raw == other.raw

    def __repr__(self) -> str:
        des = " ".join(str(de) for de in self.fields)
        mti = self.mti if is_mti(self.mti) else "without an MTI"
        return f"<Message {self.dialect.name} {mti}, {len(self.raw)} bytes, DEs {des or 'none'}>"

    def _under(self, mti: str) -> Message:
        """The same elements under another MTI."""
        codec, layout = self.dialect.codec, self.layout
        raw = self._header_under(mti) + codec.encode_head(mti, layout.mask) + self.raw[self._body_of_lawful() :]
        return Message(self.dialect, raw, mti, self.start, layout, self.index)

    def _header_under(self, mti: str) -> bytes:
        """The header of the same message under another MTI: of a request's answer the dialect may have its own."""
        header = self.raw[: self.start]
        turns = mti is not self.mti and is_mti(mti) and is_response(mti) and not is_response(self.mti)
        return self.dialect.answer_header(header) if turns else header

    def _body_of_lawful(self) -> int:
        """Where the elements of a message begin whose bytes are lawful, index or none."""
        return self.start + self.dialect.codec.mti_bytes + len(self.layout.bitmap)

    def _splice(self, edits: Mapping[int, bytes]) -> bytes:
        """The elements with those of `edits` put in the place of their old bytes."""
        index = self.index or self.locate()
        parts: list[bytes] = []
        at = index[0]
        for de in sorted(edits):
            start, end = self.layout.extent(de, index)
            parts += (self.raw[at:start], edits[de])
            at = end
        parts.append(self.raw[at : index[-1]])
        return b"".join(parts)

    def _again(self, raw: bytes, mti: str, mask: int) -> Message:
        """The message of spliced bytes. What was forgiven in this one and copied into them is forgiven there too."""
        if self.mode != "strict":
            return self.dialect.decode(raw, self.mode)
        return Message(self.dialect, raw, mti, self.start, self.dialect.codec.layouts.get(mask), None)
