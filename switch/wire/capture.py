"""Packet captures as files: pcap and pcapng are cut into packets (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng).

Only the file format is known here; what is in a packet is the business of `packet`, and how the packets make streams that of
`reassembly`. A capture that was cut short gives the packets before the cut and a note; only a file that is no capture at all is
refused.
"""

import struct
from collections.abc import Iterator

import msgspec

from switch.limits import CAPTURE_BYTES_MAX, CAPTURE_PACKETS_MAX
from switch.wire.errors import CaptureError

_PCAP_ORDERS = {
    bytes.fromhex("A1B2C3D4"): ">",
    bytes.fromhex("D4C3B2A1"): "<",
    bytes.fromhex("A1B23C4D"): ">",
    bytes.fromhex("4D3CB2A1"): "<",
}
"""First bytes of a pcap, with microseconds or nanoseconds, -> order of the bytes of its numbers."""

_PCAP_HEADER_BYTES = 24
_PCAP_RECORD_BYTES = 16

_SECTION = 0x0A0D0D0A
_SECTION_BYTES = bytes.fromhex("0A0D0D0A")
_NG_ORDERS = {bytes.fromhex("1A2B3C4D"): ">", bytes.fromhex("4D3C2B1A"): "<"}
_INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET = 1, 2, 3, 6
_PACKET_HEAD_BYTES = 20
_INTERFACES_MAX = 256


class Packet(msgspec.Struct, frozen=True):
    """One packet as it was captured.

    Args:
        number: its place in the capture, from 1, as Wireshark counts.
        offset: byte of the file where its data begins.
        link: link type, as numbered by tcpdump.org.
        data: what was captured of it.
        cut: bytes of it that were not captured.
    """

    number: int
    offset: int
    link: int
    data: bytes
    cut: int

    def __repr__(self) -> str:
        return f"<Packet {self.number}, {len(self.data)} bytes>"


def is_capture(data: bytes) -> bool:
    """True when `data` begins as a pcap or pcapng does."""
    return data[:4] in _PCAP_ORDERS or (data[:4] == _SECTION_BYTES and data[8:12] in _NG_ORDERS)


def packets_of(data: bytes) -> Iterator[Packet]:
    """The packets of a capture, in order.

    Raises:
        CaptureError: at the byte where it is not one, or does not go on; packets before it have been given by then.
    """
    if len(data) > CAPTURE_BYTES_MAX:
        raise CaptureError(CAPTURE_BYTES_MAX, f"the capture is longer than {CAPTURE_BYTES_MAX} bytes", "CAP-LEN-02")
    if not is_capture(data):
        raise CaptureError(0, "neither pcap nor pcapng begins like this", "CAP-MAG-01")
    order = _PCAP_ORDERS.get(data[:4])
    for packet in _pcap(data, order) if order else _pcapng(data):
        if packet.number > CAPTURE_PACKETS_MAX:
            raise CaptureError(packet.offset, f"there are more than {CAPTURE_PACKETS_MAX} packets", "CAP-LEN-02")
        yield packet


def _pcap(data: bytes, order: str) -> Iterator[Packet]:
    if len(data) < _PCAP_HEADER_BYTES:
        raise CaptureError(len(data), "the header of the capture is not complete", "CAP-LEN-01")
    # The upper bits of the link type tell of a check sequence behind each frame, which the length in the IP header leaves out.
    link = struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF
    at, number = _PCAP_HEADER_BYTES, 0
    while at < len(data):
        number += 1
        start = at + _PCAP_RECORD_BYTES
        if start > len(data):
            raise CaptureError(at, "the header of a packet is not complete", "CAP-LEN-01")
        captured, length = struct.unpack_from(order + "II", data, at + 8)
        yield Packet(number, start, link, _slice(data, start, captured, len(data)), max(length - captured, 0))
        at = start + captured


def _pcapng(data: bytes) -> Iterator[Packet]:
    """Packets of all sections; each section has its own order of bytes and its own interfaces."""
    at, number = 0, 0
    order = ">"
    interfaces: list[tuple[int, int]] = []
    while at < len(data):
        if data[at : at + 4] == _SECTION_BYTES:
            found = _NG_ORDERS.get(data[at + 8 : at + 12])
            if found is None:
                raise CaptureError(at + 8, "a section does not say its order of bytes", "CAP-MAG-01")
            order, interfaces = found, []
        kind, start, end, after = _block(data, at, order)
        if kind == _INTERFACE:
            if end - start < 8 or len(interfaces) >= _INTERFACES_MAX:
                raise CaptureError(at, "an interface is not described, or there are too many", "CAP-LEN-01")
            interfaces.append(struct.unpack_from(order + "HxxI", data, start))
        elif kind in (_PACKET, _OLD_PACKET, _SIMPLE_PACKET):
            number += 1
            yield _ng_packet(data, kind, number, start, end, order, interfaces)
        at = after


def _block(data: bytes, at: int, order: str) -> tuple[int, int, int, int]:
    """Kind of the block at `at`, first byte of its body, the byte after its body, and where the next block begins."""
    if at + 12 > len(data):
        raise CaptureError(at, "a block is not complete", "CAP-LEN-01")
    kind, length = struct.unpack_from(order + "II", data, at)
    if length < 12 or length % 4 or at + length > len(data):
        raise CaptureError(at + 4, f"a block cannot be {length} bytes long here", "CAP-LEN-01")
    if struct.unpack_from(order + "I", data, at + length - 4)[0] != length:
        raise CaptureError(at + length - 4, "the two lengths of a block differ", "CAP-LEN-01")
    return kind, at + 8, at + length - 4, at + length


def _ng_packet(
    data: bytes, kind: int, number: int, start: int, end: int, order: str, interfaces: list[tuple[int, int]]
) -> Packet:
    """The packet in the body of a block."""
    head = 4 if kind == _SIMPLE_PACKET else _PACKET_HEAD_BYTES
    if end - start < head:
        raise CaptureError(start, "the header of a packet is not complete", "CAP-LEN-01")
    interface = 0
    if kind == _SIMPLE_PACKET:
        (length,) = struct.unpack_from(order + "I", data, start)
        captured = min(length, end - start - head)
    else:
        (interface,) = struct.unpack_from(order + ("I" if kind == _PACKET else "H"), data, start)
        captured, length = struct.unpack_from(order + "II", data, start + 12)
    if interface >= len(interfaces):
        raise CaptureError(start, "a packet names an interface that is not described", "CAP-LNK-01")
    link, snap = interfaces[interface]
    if kind == _SIMPLE_PACKET and snap:
        captured = min(captured, snap)
    packet = _slice(data, start + head, captured, end)
    return Packet(number, start + head, link, packet, max(length - captured, 0))


def _slice(data: bytes, start: int, size: int, end: int) -> bytes:
    if size > end - start:
        raise CaptureError(start, f"a packet says {size} bytes, and {end - start} remain", "CAP-LEN-01")
    return data[start : start + size]
