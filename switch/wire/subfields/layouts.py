"""What is inside of a DE, declared: frozen values without logic, which are also the `[subfields]` tables of a dialect file.

A layout never says how the message itself is framed: a DE whose inside is broken is still a DE. It speaks of bytes. Those of a
DE of text or packed digits are its characters, one byte each, whatever the charset of the dialect, so that one layout serves
ASCII, EBCDIC and packed digits; those of a DE of raw bytes, or of hexadecimal text, are the bytes themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Literal

import msgspec

from switch.limits import FIELD_UNITS_MAX, FRAME_BYTES_MAX, SUBFIELD_DEPTH_MAX, SUBFIELDS_MAX
from switch.wire.content import CONTENTS
from switch.wire.element import Element, prefix_table
from switch.wire.errors import SpecError
from switch.wire.spec import FieldSpec, check_element

TEXT_CHARSET = "latin-1"
"""The charset of the bytes that stand for the characters of a DE: it has 256 of them, each one byte."""

TLV_DATASET_MAX = 0x70
"""Greatest identifier of a data set of BER-TLV objects; those above have a bitmap (ISO 8583:2003 4.4, ISO 8583:2023 4.4.4)."""


class Part(msgspec.Struct, frozen=True, dict=True, forbid_unknown_fields=True, omit_defaults=True):
    """One part of a DE, in the words of a pyiso8583 spec and a few of ours.

    Args:
        key: its tag, or the number of its bit; where parts follow one another, "" is its place, counted from 1.
        desc: what it is called.
        max_len: characters, digits or bytes: its length, or its greatest length where it has a prefix or a tag; 0 for all
            that is left, or for any length behind a tag.
        content: content class, a key of `CONTENTS`.
        data_enc, len_enc, len_type, len_count, left_pad, right_pad: as in a spec. Without `len_enc` the prefix is spelled as
            the value is, in ASCII before raw bytes.
        clear: True when its value may be shown and logged although that of its DE may not.
        words: value -> what it means.
        inner: what is inside of it.
    """

    key: str = ""
    desc: str = ""
    max_len: int = 0
    content: str = "any"
    data_enc: str = TEXT_CHARSET
    len_enc: str = ""
    len_type: int = 0
    len_count: Literal["bytes", "nibbles"] = "bytes"
    left_pad: str = ""
    right_pad: str = ""
    clear: bool = False
    words: dict[str, str] = {}
    inner: InnerLayout | None = None

    @classmethod
    def of(cls, spec: FieldSpec, *, key: str = "", content: str = "any", inner: InnerLayout | None = None) -> Part:
        """The part that an entry of a spec describes."""
        return cls(
            key=key,
            desc=spec["desc"],
            max_len=spec["max_len"],
            content=content,
            data_enc=spec["data_enc"],
            len_enc=spec["len_enc"] if spec["len_type"] else "",
            len_type=spec["len_type"],
            len_count="nibbles" if spec.get("len_count") == "nibbles" else "bytes",
            left_pad=spec.get("left_pad", ""),
            right_pad=spec.get("right_pad", ""),
            inner=inner,
        )

    @property
    def takes_rest(self) -> bool:
        """True when nothing says where it ends but what it lies in."""
        return not self.max_len and not self.len_type

    @property
    def spec(self) -> FieldSpec:
        """Its entry in a spec."""
        entry = FieldSpec(
            data_enc=self.data_enc,
            len_enc=self.len_enc or ("ascii" if self.data_enc == "b" else self.data_enc),
            len_type=self.len_type,
            max_len=self.max_len or FIELD_UNITS_MAX,
            desc=self.desc,
        )
        if self.len_count == "nibbles":
            entry["len_count"] = "nibbles"
        if self.left_pad:
            entry["left_pad"] = self.left_pad
        if self.right_pad:
            entry["right_pad"] = self.right_pad
        return entry

    @cached_property
    def element(self) -> Element:
        """What reads and writes its bytes."""
        return Element(self.key or "part", self.spec, CONTENTS[self.content])


class _Layout(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True, omit_defaults=True):
    """Base of all layouts; `kind` tells them apart in a file."""


class Positional(_Layout, frozen=True, tag="positional"):
    """Parts that follow one another.

    Args:
        parts: in their order.
        short: True when the DE may end behind any of them.
    """

    parts: tuple[Part, ...]
    short: bool = False


class Groups(_Layout, frozen=True, tag="groups"):
    """The same parts again and again until the DE ends, as in DE 54; the key of a group is its place, counted from 1."""

    parts: tuple[Part, ...]


class Bitmapped(_Layout, frozen=True, tag="bitmap"):
    """A bitmap and the parts that it announces; the key of a part is the number of its bit.

    Args:
        parts: by key; a bit without one is refused, since its length is unknown.
        size: bytes of the bitmap, or of each part of it.
        hexadecimal: True when the bitmap is hexadecimal text, two characters for each byte.
        extends: True when its first bit announces a further bitmap of the same size, and is no part.
    """

    parts: tuple[Part, ...]
    size: int = 8
    hexadecimal: bool = False
    extends: bool = False


class Tagged(_Layout, frozen=True, dict=True, tag="tagged"):
    """Objects of a tag, a length and a value; the key of an object is its tag.

    Args:
        parts: what is known of the value by tag; those of other tags hold anything.
        tag: bytes of a tag: letters or digits, or any bytes, written in hexadecimal digits.
        length: bytes of a length; 0 where each part says itself how long it is, and unknown tags are refused.
        order: which of tag and length comes first.
        counts: what the length counts: the value alone, or the tag too.
        charset: of tags and lengths.
        raw_tags: True when tags are any bytes.
        length_form: "b" for a binary number, "bcd" for packed digits, else digits.
        mark: text before each object.
        gap: text before each value.
        lead: what stands before the first object, as the transaction category code of a Mastercard DE 48; its key is its own.
    """

    parts: tuple[Part, ...] = ()
    tag: int = 2
    length: int = 2
    order: Literal["tag-length", "length-tag"] = "tag-length"
    counts: Literal["value", "tag-and-value"] = "value"
    charset: str = TEXT_CHARSET
    raw_tags: bool = False
    length_form: Literal["digits", "b", "bcd"] = "digits"
    mark: str = ""
    gap: str = ""
    lead: Part | None = None

    @cached_property
    def lengths(self) -> dict[bytes, int]:
        """Exact spelling of every length -> the length. A lookup takes no sign and no blank, as `int()` does."""
        return prefix_table(self.charset if self.length_form == "digits" else self.length_form, self.length, 0, FRAME_BYTES_MAX)

    @cached_property
    def spelled_lengths(self) -> dict[int, bytes]:
        """Length -> its spelling."""
        return {length: spelled for spelled, length in self.lengths.items()}


class BerTlv(_Layout, frozen=True, tag="ber-tlv"):
    """BER-TLV objects; the key of an object is its tag in hexadecimal digits.

    Args:
        parts: what is known of values by tag, beside what `switch.wire.tags` knows.
    """

    parts: tuple[Part, ...] = ()


class DataSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One data set: BER-TLV objects, or a bitmap of its own and the parts that it announces, by the identifier.

    Args:
        key: its identifier, two hexadecimal digits.
        desc: what it is called.
        parts: by tag, or by the number of the element that the bitmap announces.
    """

    key: str
    desc: str = ""
    parts: tuple[Part, ...] = ()


class DataSets(_Layout, frozen=True, tag="data-sets"):
    """Data sets of ISO 8583:1993, 2003 and 2023: an identifier of one byte, a length of two, and what is in the set.

    Args:
        sets: what is known of them; one of BER-TLV objects need not be known to be read.
    """

    sets: tuple[DataSet, ...] = ()


InnerLayout = Positional | Groups | Bitmapped | Tagged | BerTlv | DataSets
"""What is inside of a DE or of a part."""

EMV = BerTlv()
"""What is inside of DE 55 wherever nothing else is said."""


def check_layout(layout: InnerLayout, where: str) -> None:
    """Refuse a layout that cannot be read by.

    Args:
        where: its place in the file, as in "$.subfields.48".

    Raises:
        SpecError: naming the place.
    """
    count = sum(1 for _ in _check(layout, where, 1))
    if count > SUBFIELDS_MAX:
        raise SpecError(f"{where}: there are more than {SUBFIELDS_MAX} parts", "SPC-SUB-01")


def parts_of(layout: InnerLayout) -> list[tuple[Part, str]]:
    """Its parts with their keys; of groups the first one, and of data sets each set, with the parts in it as its inside."""
    if isinstance(layout, Groups):
        return [(Part("1", "Group 1, and so on", inner=Positional(layout.parts)), "1")]
    if isinstance(layout, DataSets):
        return [(Part(data_set.key, data_set.desc, inner=_inside_of(data_set)), data_set.key) for data_set in layout.sets]
    lead = [(layout.lead, layout.lead.key)] if isinstance(layout, Tagged) and layout.lead is not None else []
    return lead + list(zip(layout.parts, keys_of(layout), strict=True))


def _inside_of(data_set: DataSet) -> InnerLayout:
    """The parts of a data set as a layout of their own, which says nothing of their bytes."""
    return BerTlv(data_set.parts) if int(data_set.key, 16) <= TLV_DATASET_MAX else Bitmapped(data_set.parts, size=64)


def is_binary(layout: InnerLayout) -> bool:
    """True when it can only speak of bytes, so that in a DE of text it speaks of hexadecimal digits."""
    return isinstance(layout, BerTlv | DataSets) or (isinstance(layout, Bitmapped) and not layout.hexadecimal)


def _check(layout: InnerLayout, where: str, depth: int) -> Iterator[None]:
    """One item for each part, each found usable."""
    if depth > SUBFIELD_DEPTH_MAX:
        raise SpecError(f"{where}: layouts are nested more than {SUBFIELD_DEPTH_MAX} deep", "SPC-SUB-01")
    if isinstance(layout, DataSets):
        for place, data_set in enumerate(layout.sets):
            here = f"{where}.sets[{place}]"
            if len(data_set.key) != 2 or data_set.key.strip("0123456789ABCDEF") or data_set.key in ("00", "FF"):
                raise SpecError(f"{here}: an identifier is two hexadecimal digits, 01 to FE", "SPC-SUB-01")
            yield from _check(_inside_of(data_set), here, depth)
        _check_unique([data_set.key for data_set in layout.sets], where)
        return
    if isinstance(layout, Tagged):
        _check_tagged(layout, where)
    if isinstance(layout, Bitmapped) and not 1 <= layout.size <= 64:
        raise SpecError(f"{where}.size: a bitmap has 1 to 64 bytes", "SPC-SUB-01")
    if isinstance(layout, Positional | Groups) and not layout.parts:
        raise SpecError(f"{where}.parts: there are none", "SPC-SUB-01")
    keys = keys_of(layout)
    _check_unique(keys, where)
    for place, (part, key) in enumerate(zip(layout.parts, keys, strict=True)):
        here = f"{where}.parts[{place}]"
        last = isinstance(layout, Positional) and place == len(layout.parts) - 1
        valued = last or isinstance(layout, BerTlv) or (isinstance(layout, Tagged) and layout.length)
        if part.takes_rest and not valued:
            raise SpecError(f"{here}.max_len: only the last part may take what is left", "SPC-SUB-01")
        _check_key(layout, key, here)
        yield from _check_part(part, here, depth)


def _check_part(part: Part, here: str, depth: int) -> Iterator[None]:
    if part.content not in CONTENTS:
        raise SpecError(f"{here}.content: none of {', '.join(CONTENTS)}", "SPC-CNT-01")
    if part.max_len < 0 or part.len_type < 0 or (part.len_type and not part.max_len):
        raise SpecError(f"{here}.max_len: a part with a length prefix has a greatest length", "SPC-SUB-01")
    check_element(here, dict(part.spec))
    yield None
    if part.inner is not None:
        yield from _check(part.inner, f"{here}.inner", depth + 1)


def _check_tagged(layout: Tagged, where: str) -> None:
    if not 1 <= layout.tag <= 8 or not 0 <= layout.length <= 5:
        raise SpecError(f"{where}: a tag has 1 to 8 bytes, a length none to 5", "SPC-SUB-01")
    if not layout.length and (layout.order != "tag-length" or layout.counts != "value"):
        raise SpecError(f"{where}.length: without one there is no order and nothing that counts", "SPC-SUB-01")
    if not (layout.mark + layout.gap).isascii():
        raise SpecError(f"{where}: mark and gap are ASCII text", "SPC-SUB-01")
    check_element(where, {"data_enc": layout.charset, "len_enc": "ascii", "len_type": 0, "max_len": 1, "desc": ""})
    if layout.lead is not None:
        for _ in _check_part(layout.lead, f"{where}.lead", SUBFIELD_DEPTH_MAX):
            pass
        if not layout.lead.key.isalnum() or layout.lead.takes_rest:
            raise SpecError(f"{where}.lead: it has a key and a length", "SPC-SUB-01")


def _check_key(layout: InnerLayout, key: str, here: str) -> None:
    """A key is what the layout can find in bytes."""
    lawful = key.isascii() and key.isalnum()
    if isinstance(layout, Bitmapped):
        lawful = lawful and key.isdigit() and str(int(key)) == key and 1 <= int(key) <= FIELD_UNITS_MAX
    if isinstance(layout, BerTlv) or (isinstance(layout, Tagged) and layout.raw_tags):
        lawful = lawful and not len(key) % 2 and not key.strip("0123456789ABCDEF")
    if isinstance(layout, Tagged):
        lawful = lawful and len(key) == layout.tag * (1 + layout.raw_tags)
    if not lawful:
        raise SpecError(f"{here}.key: no key that can come here", "SPC-SUB-01")


def _check_unique(keys: list[str], where: str) -> None:
    if len(set(keys)) != len(keys):
        raise SpecError(f"{where}: a key comes twice", "SPC-SUB-01")


def keys_of(layout: Positional | Groups | Bitmapped | Tagged | BerTlv) -> list[str]:
    """The keys of its parts; those of parts that follow one another are their places where they have none."""
    if isinstance(layout, Positional | Groups):
        return [part.key or str(place) for place, part in enumerate(layout.parts, start=1)]
    return [part.key for part in layout.parts]
