"""What is in a packet, as far as it leads to TCP: the link's header, IPv4 or IPv6, and one segment.

Link types: Ethernet with VLAN tags, Linux cooked (both versions), raw IP, BSD loopback. Fragments are not put together, because
TCP avoids them; a packet that is not TCP has no segment and no fault.
"""

import struct
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address

import msgspec

from switch.wire.capture import Packet
from switch.wire.conversation import Party

_IPV4, _IPV6, _TCP = 0x0800, 0x86DD, 6
_VLAN_TYPES = (0x8100, 0x88A8, 0x9100)
_VLANS_MAX = 4
_FRAGMENT = 44
_OPTIONS = (0, 43, 60)
"""IPv6 extension headers that state their length: hop-by-hop, routing, destination (RFC 8200 section 4)."""
_EXTENSIONS_MAX = 8

_FIN, _SYN, _RST = 0x01, 0x02, 0x04


class Segment(msgspec.Struct, frozen=True):
    """One TCP segment (RFC 9293 section 3.1).

    Args:
        packet: number of the packet that carried it.
        source, target: who sent it to whom.
        sequence: number of its first byte.
        opens, closes: True when it has SYN; FIN or RST.
        data: its bytes, as far as they were captured.
    """

    packet: int
    source: Party
    target: Party
    sequence: int
    opens: bool
    closes: bool
    data: bytes

    def __repr__(self) -> str:
        return f"<Segment of packet {self.packet}, {len(self.data)} bytes>"


class NotRead(msgspec.Struct, frozen=True):
    """A packet that may hold TCP and cannot be read; `why` says so in words."""

    packet: int
    why: str


def segment_of(packet: Packet) -> Segment | NotRead | None:
    """The TCP segment of `packet`; None when it is something else."""
    unwrap = LINKS.get(packet.link)
    if unwrap is None:
        return NotRead(packet.number, f"link type {packet.link} is not known")
    inner = unwrap(packet.data)
    if inner is None:
        return None
    kind, at = inner
    if kind == _IPV4:
        return _ipv4(packet, at)
    return _ipv6(packet, at) if kind == _IPV6 else None


def _ethernet(data: bytes) -> tuple[int, int] | None:
    at = 12
    for _ in range(_VLANS_MAX):
        if len(data) < at + 2:
            return None
        (kind,) = struct.unpack_from(">H", data, at)
        if kind not in _VLAN_TYPES:
            return kind, at + 2
        at += 4
    return None


def _cooked(data: bytes) -> tuple[int, int] | None:
    return (int.from_bytes(data[14:16], "big"), 16) if len(data) >= 16 else None


def _cooked_2(data: bytes) -> tuple[int, int] | None:
    return (int.from_bytes(data[:2], "big"), 20) if len(data) >= 20 else None


def _raw(data: bytes) -> tuple[int, int] | None:
    kind = {4: _IPV4, 6: _IPV6}.get(data[0] >> 4) if data else None
    return (kind, 0) if kind else None


def _loopback(data: bytes) -> tuple[int, int] | None:
    """Four bytes say the address family, in an order and with numbers of the capturing system; the packet says it too."""
    inner = _raw(data[4:])
    return (inner[0], 4) if inner else None


LINKS: dict[int, Callable[[bytes], tuple[int, int] | None]] = {
    0: _loopback,
    1: _ethernet,
    12: _raw,
    14: _raw,
    101: _raw,
    108: _loopback,
    113: _cooked,
    228: _raw,
    229: _raw,
    276: _cooked_2,
}
"""Link type -> what gives the EtherType of what is inside and where it begins."""


def _ipv4(packet: Packet, at: int) -> Segment | NotRead | None:
    data = packet.data
    if len(data) < at + 20:
        return NotRead(packet.number, "the IP header is not complete")
    head = (data[at] & 0x0F) * 4
    length, fragment = struct.unpack_from(">H2xH", data, at + 2)
    if data[at + 9] != _TCP:
        return None
    if fragment & 0x3FFF:
        return NotRead(packet.number, "it is a fragment, and fragments are not put together")
    # A length of 0 is what a capture shows of packets that the network card was to cut.
    end = at + length if length else len(data)
    source, target = str(IPv4Address(data[at + 12 : at + 16])), str(IPv4Address(data[at + 16 : at + 20]))
    return _tcp(packet, at + max(head, 20), end, source, target)


def _ipv6(packet: Packet, at: int) -> Segment | NotRead | None:
    data = packet.data
    if len(data) < at + 40:
        return NotRead(packet.number, "the IP header is not complete")
    (length,) = struct.unpack_from(">H", data, at + 4)
    end = at + 40 + length if length else len(data)
    following, place = data[at + 6], at + 40
    for _ in range(_EXTENSIONS_MAX):
        if following not in (*_OPTIONS, _FRAGMENT) or place + 8 > len(data):
            break
        if following == _FRAGMENT and int.from_bytes(data[place + 2 : place + 4], "big") & 0xFFF9:
            return NotRead(packet.number, "it is a fragment, and fragments are not put together")
        size = 8 if following == _FRAGMENT else 8 + 8 * data[place + 1]
        following, place = data[place], place + size
    if following != _TCP:
        return None
    source, target = str(IPv6Address(data[at + 8 : at + 24])), str(IPv6Address(data[at + 24 : at + 40]))
    return _tcp(packet, place, end, source, target)


def _tcp(packet: Packet, at: int, end: int, source: str, target: str) -> Segment | NotRead:
    data = packet.data
    if len(data) < at + 20:
        return NotRead(packet.number, "the TCP header is not complete")
    source_port, target_port, sequence = struct.unpack_from(">HHI", data, at)
    head = (data[at + 12] >> 4) * 4
    if head < 20:
        return NotRead(packet.number, "the TCP header says that it is shorter than it can be")
    flags = data[at + 13]
    return Segment(
        packet.number,
        Party(source, source_port),
        Party(target, target_port),
        sequence,
        bool(flags & _SYN),
        bool(flags & (_FIN | _RST)),
        data[at + head : max(end, at + head)],
    )
