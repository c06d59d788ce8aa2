"""Hypothesis strategies for BER-TLV as DE 55 carries it: lawful, and breaking exactly one named rule. Values mean nothing."""

from collections.abc import Callable

from hypothesis import strategies as st

from switch.limits import TLV_DEPTH_MAX, TLV_ELEMENTS_MAX
from switch.wire.tlv import encode
from terminal_sim.testing.subfields import Broken

_TAGS = ("9F26", "9F27", "9F10", "9F37", "9F36", "95", "9A", "9C", "9F02", "5F2A", "82", "9F1A", "84", "50")


@st.composite
def tlv_objects(draw: st.DrawFn) -> tuple[tuple[str, bytes], ...]:
    """Tags and values of primitive BER-TLV objects as DE 55 carries them, each tag once and at least one."""
    tags = draw(st.lists(st.sampled_from(_TAGS), unique=True, min_size=1, max_size=len(_TAGS)))
    return tuple((tag, draw(st.binary(max_size=40))) for tag in tags)


@st.composite
def nearly_valid_tlv(draw: st.DrawFn) -> Broken:
    """BER-TLV data that breaks one rule and no other, with the id of that rule."""
    return draw(st.sampled_from(TLV_FAULTS))(draw, encode(draw(tlv_objects())))


# The faults: each takes lawful data, which has one object at least, and breaks one rule of it.


def _cut_tag(draw: st.DrawFn, data: bytes) -> Broken:
    return data + bytes.fromhex(draw(st.sampled_from(("9F", "5F", "DF81")))), "TLV-TAG-02"


def _long_tag(draw: st.DrawFn, data: bytes) -> Broken:
    return data + bytes.fromhex("DF8181810100"), "TLV-TAG-01"


def _filler(draw: st.DrawFn, data: bytes) -> Broken:
    filler = draw(st.sampled_from((b"\x00", b"\xff"))) * draw(st.integers(1, 8))
    return draw(st.sampled_from((data + filler, filler + data))), "TLV-TAG-03"


def _indefinite_length(draw: st.DrawFn, data: bytes) -> Broken:
    return data + bytes.fromhex("5080"), "TLV-LEN-01"


def _roundabout_length(draw: st.DrawFn, data: bytes) -> Broken:
    value = draw(st.binary(max_size=60))
    spelled = draw(st.sampled_from((b"\x81", b"\x82\x00", b"\x83\x00\x00"))) + bytes([len(value)])
    return data + b"\x50" + spelled + value, "TLV-LEN-02"


def _length_past_the_end(draw: st.DrawFn, data: bytes) -> Broken:
    value = draw(st.binary(max_size=60))
    return data + b"\x50" + bytes([len(value) + draw(st.integers(1, 60))]) + value, "TLV-LEN-03"


def _no_length(draw: st.DrawFn, data: bytes) -> Broken:
    return data + bytes.fromhex(draw(st.sampled_from(("50", "9F26", "5082", "508201")))), "TLV-LEN-04"


def _too_deep(draw: st.DrawFn, data: bytes) -> Broken:
    nested = data[:0]
    for _ in range(TLV_DEPTH_MAX + draw(st.integers(1, 4))):
        nested = encode([("E1", nested)])
    return data + nested, "TLV-DEP-01"


def _too_many(draw: st.DrawFn, data: bytes) -> Broken:
    return data + bytes.fromhex("5000") * (TLV_ELEMENTS_MAX + draw(st.integers(0, 4))), "TLV-CNT-01"


TlvFault = Callable[[st.DrawFn, bytes], Broken]
"""Breaks one rule of lawful BER-TLV data."""

TLV_FAULTS: tuple[TlvFault, ...] = (
    _cut_tag,
    _long_tag,
    _filler,
    _indefinite_length,
    _roundabout_length,
    _length_past_the_end,
    _no_length,
    _too_deep,
    _too_many,
)
