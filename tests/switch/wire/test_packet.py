"""Packets: TCP is found behind every link and both versions of IP; what cannot be read is told, all else is left aside."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.wire.capture import Packet
from switch.wire.packet import LINKS, NotRead, Segment, segment_of


def packet_of(frame: tuple[int, bytes]) -> Packet:
    return Packet(7, 0, frame[0], frame[1], 0)


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize("link", ["ethernet", "vlan", "cooked", "cooked 2", "raw", "null"])
def test_a_segment_is_found(wiretap, link, version) -> None:
    """Ports, sequence number, flags and data come out; the padding of Ethernet does not."""
    inner = wiretap.ip(wiretap.segment(40000, 99, wiretap.SYN | wiretap.FIN, b"data"), version)
    segment = segment_of(packet_of(wiretap.frame(inner, link)))
    assert isinstance(segment, Segment)
    assert (segment.packet, segment.sequence, segment.opens, segment.closes) == (7, 99, True, True)
    assert segment.data == b"data"
    assert (segment.source.port, segment.target.port) == (40000, 8583)
    assert str(segment.target) == ("10.0.0.1:8583" if version == 4 else "[2001:db8::1]:8583")


def test_extension_headers_of_ipv6(wiretap) -> None:
    """Hop-by-hop, destination and an atomic fragment are passed over on the way to TCP."""
    plain = wiretap.ip(wiretap.segment(40000, 1, data=b"data"), 6)
    options = bytes([60, 0, *[0] * 6]) + bytes([44, 1, *[0] * 14]) + bytes([6, 0, 0, 0, 0, 0, 0, 1])
    wrapped = plain[:4] + (len(plain) - 40 + len(options)).to_bytes(2, "big") + b"\x00\x40" + plain[8:40] + options + plain[40:]
    segment = segment_of(packet_of((101, wrapped)))
    assert isinstance(segment, Segment)
    assert segment.data == b"data"


@pytest.mark.parametrize(
    ("at", "value", "words"),
    [(6, 0x20, "fragment"), (32, 0x40, "shorter than it can be")],
    ids=["fragment", "header"],
)
def test_what_is_told(wiretap, at, value, words) -> None:
    """A fragment and a TCP header that cannot be are named with the number of their packet."""
    inner = bytearray(wiretap.ip(wiretap.segment(40000, 1, data=b"data")))
    inner[at] = value
    found = segment_of(packet_of((101, bytes(inner))))
    assert isinstance(found, NotRead)
    assert found.packet == 7
    assert words in found.why


def test_what_is_passed_over(wiretap) -> None:
    """ARP, UDP and an empty packet are no TCP and no fault; a link that nobody knows is one."""
    udp = bytearray(wiretap.ip(wiretap.segment(40000, 1)))
    udp[9] = 17
    assert segment_of(packet_of((101, bytes(udp)))) is None
    assert segment_of(packet_of((1, bytes(12) + b"\x08\x06" + bytes(28)))) is None
    assert segment_of(packet_of((101, b""))) is None
    assert isinstance(segment_of(packet_of((189, bytes(40)))), NotRead)


@given(
    st.sampled_from(sorted(LINKS)),
    st.binary(max_size=120),
    st.sampled_from([b"", b"\x45", b"\x60", bytes(12) + b"\x08\x00\x45"]),
)
def test_any_bytes(link, data, start) -> None:
    """Whatever is in a packet, an answer comes out, with no more data than the packet has."""
    found = segment_of(Packet(1, 0, link, start + data, 0))
    assert not isinstance(found, Segment) or len(found.data) <= len(data)


@given(st.data())
def test_a_packet_cut_anywhere(wiretap, data) -> None:
    """A packet captured in part gives the part of its data that is there, or says what is not complete."""
    whole = wiretap.frame(wiretap.ip(wiretap.segment(40000, 1, data=b"data" * 20)))[1]
    end = data.draw(st.integers(0, len(whole)))
    found = segment_of(Packet(1, 0, 1, whole[:end], len(whole) - end))
    if isinstance(found, Segment):
        assert (b"data" * 20).startswith(found.data)
    else:
        assert end < 54
