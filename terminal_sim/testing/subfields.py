"""Hypothesis strategies for what is inside of a DE: lawful values of any layout, and bytes that break one rule of it."""

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import assume, reject
from hypothesis import strategies as st

from switch.limits import SUBFIELDS_MAX
from switch.wire import EncodeError
from switch.wire.element import Element, Form
from switch.wire.subfields import (
    BerTlv,
    Bitmapped,
    DataSet,
    DataSets,
    Groups,
    InnerLayout,
    Part,
    Positional,
    Tagged,
    print_inside,
    write_bytes,
)
from switch.wire.subfields.layouts import TLV_DATASET_MAX, keys_of
from terminal_sim.testing.elements import element_values, values_of_length

Broken = tuple[bytes, str]
"""Bytes, and the id of the rule that they break."""

Drawn = dict[str, "str | Drawn"]
"""Values by key."""

_LENGTH_USUAL = 12
_GROUPS_USUAL = 3
_PARTS_USUAL = 6
_TAGS = ("9F26", "9F10", "95", "9A", "82", "77.9F36", "77.9F27", "50")


@st.composite
def subfields(draw: st.DrawFn, layout: InnerLayout) -> Drawn:
    """Values that a layout can hold, as `Dialect.print_subfields` takes them."""
    match layout:
        case Positional():
            return draw(_positional(layout))
        case Groups():
            count = draw(st.integers(0, _GROUPS_USUAL))
            return {str(place): draw(_positional(Positional(layout.parts))) for place in range(1, count + 1)}
        case Bitmapped():
            return draw(_some(layout.parts, least=0))
        case Tagged():
            return draw(_tagged(layout))
        case BerTlv():
            return draw(_objects(layout.parts))
        case DataSets():
            return draw(_data_sets(layout))


@st.composite
def inside_values(draw: st.DrawFn, layout: InnerLayout, element: Element, *, strictly: bool) -> str:
    """Values of an element whose inside is lawful; where what was drawn does not fit the element, any value of it.

    Args:
        strictly: True to try again instead.
    """
    try:
        value = print_inside(layout, element, draw(subfields(layout)), path="")
        element.encode(value)
    except (EncodeError, UnicodeError):
        return reject() if strictly else draw(element_values(element))
    return value


@st.composite
def nearly_valid_subfields(draw: st.DrawFn, layout: InnerLayout) -> Broken:
    """Bytes that break one rule of a layout and no other, with the id of that rule; none where any bytes fit in some way."""
    faults = [fault for fault in SUBFIELD_FAULTS[type(layout)] if fault.has_place(layout)]
    data = write_bytes(layout, draw(subfields(layout)))
    return draw(st.sampled_from(faults)).put(draw, layout, data) if faults else reject()


@st.composite
def _positional(draw: st.DrawFn, layout: Positional) -> Drawn:
    keys = keys_of(layout)
    count = draw(st.integers(0, len(keys))) if layout.short else len(keys)
    chosen = list(zip(layout.parts, keys, strict=True))[:count]
    return {key: draw(_part(part)) for part, key in chosen if not part.takes_rest or draw(st.booleans())}


@st.composite
def _some(draw: st.DrawFn, parts: tuple[Part, ...], *, least: int) -> Drawn:
    """Some parts by key, in any order."""
    chosen = draw(st.lists(st.sampled_from(parts), unique_by=lambda part: part.key, min_size=least, max_size=_PARTS_USUAL))
    return {part.key: draw(_part(part)) for part in chosen}


@st.composite
def _tagged(draw: st.DrawFn, layout: Tagged) -> Drawn:
    drawn: Drawn = {}
    if layout.lead is not None:
        drawn[layout.lead.key] = draw(_part(layout.lead))
    longest = max(layout.lengths.values()) if layout.length else _LENGTH_USUAL
    longest -= layout.tag if layout.counts == "tag-and-value" else 0
    if layout.parts:
        for part in draw(st.lists(st.sampled_from(layout.parts), unique_by=lambda part: part.key, max_size=_PARTS_USUAL)):
            drawn[part.key] = draw(_part(part, longest=longest) if layout.length else _part(part))
    known = {part.key for part in layout.parts}
    alphabet = "0123456789ABCDEF"
    tags = st.text(alphabet, min_size=layout.tag * (1 + layout.raw_tags), max_size=layout.tag * (1 + layout.raw_tags))
    if layout.length:
        for tag in draw(st.lists(tags.filter(lambda tag: tag not in known and tag not in drawn), unique=True, max_size=2)):
            drawn[tag] = draw(st.text("AZ az09&=", max_size=min(longest, _LENGTH_USUAL)))
    return drawn


@st.composite
def _objects(draw: st.DrawFn, parts: tuple[Part, ...], *, least: int = 0) -> Drawn:
    drawn: Drawn = draw(_some(parts, least=0)) if parts else {}
    known = {part.key for part in parts}
    for tag in draw(st.lists(st.sampled_from(_TAGS), unique=True, min_size=least, max_size=_PARTS_USUAL)):
        if tag not in known:
            drawn[tag] = draw(st.binary(max_size=_LENGTH_USUAL)).hex().upper()
    return drawn


@st.composite
def _data_sets(draw: st.DrawFn, layout: DataSets) -> Drawn:
    drawn: Drawn = {}
    sets = [*layout.sets, DataSet("02", "a set that the layout does not have")]
    for data_set in draw(st.lists(st.sampled_from(sets), unique_by=lambda chosen: chosen.key, max_size=3)):
        if int(data_set.key, 16) <= TLV_DATASET_MAX:
            drawn[data_set.key] = draw(_objects(data_set.parts, least=1))
        elif data_set.parts:
            drawn[data_set.key] = draw(_some(data_set.parts, least=1))
    return drawn


def _part(part: Part, *, longest: int | None = None) -> st.SearchStrategy[str]:
    """Values of a part, lawful inside where something is known of its inside.

    Args:
        longest: bytes that a length before it can tell of, where there is one.
    """
    element = part.element
    if part.inner is not None:
        return inside_values(part.inner, element, strictly=True)
    if longest is None and not part.takes_rest:
        return element_values(element)
    most = min(part.max_len or _LENGTH_USUAL, longest or _LENGTH_USUAL, _LENGTH_USUAL)
    step = 2 if element.form is Form.DIGITS else 1
    return st.integers(1, most // step).flatmap(lambda units: values_of_length(element, step * units))


# The faults: each takes lawful bytes of a layout that has a place for it, and breaks one rule of them.


def _behind_the_last(draw: st.DrawFn, layout: InnerLayout, data: bytes) -> Broken:
    return data + b"0", "SUB-END-02"


def _cut_last(draw: st.DrawFn, layout: InnerLayout, data: bytes) -> Broken:
    assume(data)  # There may be no group.
    return data[:-1], "SUB-END-01"


def _half_a_head(draw: st.DrawFn, layout: InnerLayout, data: bytes) -> Broken:
    if isinstance(layout, DataSets):
        return data + draw(st.sampled_from((b"\x71", b"\x01\x00"))), "SUB-LEN-01"
    assert isinstance(layout, Tagged), "only what has tags can be cut in one"
    size = layout.tag + layout.length
    return data + layout.mark.encode("ascii") + b"0" * draw(st.integers(1, size - 1)), "SUB-LEN-01"


def _sign_in_length(draw: st.DrawFn, layout: InnerLayout, data: bytes) -> Broken:
    assert isinstance(layout, Tagged), "only lengths of tagged objects are spelled in more than one way"
    wrong = draw(st.sampled_from("+- _A")) + "0" * (layout.length - 1)
    return data + _object(layout, wrong.encode(layout.charset)), "SUB-LEN-04"


def _length_past_the_end(draw: st.DrawFn, layout: InnerLayout, data: bytes) -> Broken:
    if isinstance(layout, DataSets):
        return data + b"\x71\x00\x09\x40\x00", "SUB-END-01"
    assert isinstance(layout, Tagged), "only what has lengths can lie about them"
    return data + _object(layout, layout.spelled_lengths[draw(st.integers(layout.tag + 1, 9))]), "SUB-END-01"


def _too_many(draw: st.DrawFn, layout: InnerLayout, data: bytes) -> Broken:
    assert isinstance(layout, Tagged), "only tagged objects can be many and empty"
    return data + _object(layout, layout.spelled_lengths[0]) * (SUBFIELDS_MAX + draw(st.integers(1, 3))), "SUB-CNT-01"


def _cut_bitmap(draw: st.DrawFn, layout: InnerLayout, data: bytes) -> Broken:
    assert isinstance(layout, Bitmapped), "only a bitmap can be cut"
    return data[: draw(st.integers(0, layout.size * (1 + layout.hexadecimal) - 1))], "BMP-LEN-01"


def _unknown_bit(draw: st.DrawFn, layout: InnerLayout, data: bytes) -> Broken:
    assert isinstance(layout, Bitmapped), "only a bitmap has bits"
    bit = draw(st.sampled_from(_unknown_bits(layout)))
    word = (1 << (8 * layout.size - bit)).to_bytes(layout.size, "big")
    return (word.hex().upper().encode("ascii") if layout.hexadecimal else word), "SUB-UNK-01"


def _empty_data_set(draw: st.DrawFn, layout: InnerLayout, data: bytes) -> Broken:
    return data + draw(st.sampled_from((b"\x71\x00\x00", b"\x01\x00\x00"))), "SUB-LEN-02"


def _half_an_object(draw: st.DrawFn, layout: InnerLayout, data: bytes) -> Broken:
    return data + bytes.fromhex(draw(st.sampled_from(("9F", "DF81")))), "TLV-TAG-02"


def _unknown_bits(layout: Bitmapped) -> list[int]:
    known = {int(part.key) for part in layout.parts}
    return [bit for bit in range(2, 8 * layout.size + 1) if bit not in known]


def _ends(layout: Positional) -> bool:
    return not layout.short and not layout.parts[-1].takes_rest


def _ends_fixed(layout: Positional | Groups) -> bool:
    part = layout.parts[-1]
    return part.max_len > 1 and not part.len_type and not (isinstance(layout, Positional) and layout.short)


def _always(layout: InnerLayout) -> bool:
    return True


class SubfieldFault(msgspec.Struct, frozen=True):
    """A way to break one rule of the lawful bytes of a layout.

    Args:
        put: does it.
        has_place: tells whether it can be done to a layout of its kind, so that none is drawn in vain.
    """

    put: Callable[[st.DrawFn, InnerLayout, bytes], Broken]
    has_place: Callable[[Any], bool] = _always


SUBFIELD_FAULTS: dict[type[InnerLayout], tuple[SubfieldFault, ...]] = {
    Positional: (SubfieldFault(_behind_the_last, _ends), SubfieldFault(_cut_last, _ends_fixed)),
    Groups: (SubfieldFault(_cut_last, _ends_fixed),),
    Bitmapped: (
        SubfieldFault(_behind_the_last),
        SubfieldFault(_cut_bitmap),
        SubfieldFault(_unknown_bit, lambda layout: bool(_unknown_bits(layout))),
    ),
    Tagged: (
        SubfieldFault(_half_a_head, lambda layout: layout.tag + layout.length > 1),
        SubfieldFault(_sign_in_length, lambda layout: bool(layout.length) and layout.length_form == "digits"),
        SubfieldFault(_length_past_the_end, lambda layout: bool(layout.length) and layout.tag < 9),
        SubfieldFault(_too_many, lambda layout: bool(layout.length) and layout.counts == "value"),
    ),
    BerTlv: (SubfieldFault(_half_an_object),),
    DataSets: (SubfieldFault(_half_a_head), SubfieldFault(_length_past_the_end), SubfieldFault(_empty_data_set)),
}
"""Kind of layout -> its faults."""


def _object(layout: Tagged, length: bytes) -> bytes:
    """The head of an object whose length is spelled so."""
    tag = b"\x01" * layout.tag if layout.raw_tags else ("Z" * layout.tag).encode(layout.charset)
    head = length + tag if layout.order == "length-tag" else tag + length
    return layout.mark.encode("ascii") + head + layout.gap.encode("ascii")
