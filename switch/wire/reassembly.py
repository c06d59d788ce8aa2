"""From segments to streams: each direction of each TCP connection in the order in which it was sent (RFC 9293 section 3.4).

Segments are put in order by their sequence numbers; what came twice is taken once, and what is missing makes a gap, told in a
note. Bytes are never moved over a gap: a direction is a row of *pieces*, and a message cannot reach from one into the next.
"""

import msgspec

from switch.limits import CAPTURE_CONNECTIONS_MAX, CAPTURE_NOTES_MAX
from switch.wire.capture import packets_of
from switch.wire.conversation import Chunk, Connection, Direction, Party
from switch.wire.errors import CaptureError
from switch.wire.packet import NotRead, Segment, segment_of

_WRAP = 1 << 32


class Capture(msgspec.Struct, frozen=True):
    """What a capture holds.

    Args:
        connections: those that carried data, in the order of their first packet.
        packets: how many packets there are.
        notes: what could not be read or is doubtful, in words.
    """

    connections: tuple[Connection, ...]
    packets: int
    notes: tuple[str, ...]


def read_capture(data: bytes) -> Capture:
    """The connections of a pcap or pcapng file.

    Raises:
        CaptureError: when it is neither, or nothing of it can be read.
    """
    table = _Table()
    packets = 0
    try:
        for packet in packets_of(data):
            packets = packet.number
            match segment_of(packet):
                case Segment() as segment:
                    table.add(segment)
                case NotRead(number, why):
                    table.notes.add(f"packet {number}: {why}")
    except CaptureError as error:
        if not packets:
            raise
        table.notes.add(f"the capture ends at {error}")
    connections = tuple(connection for flow in table.flows if (connection := flow.connection(table.notes)).directions)
    return Capture(connections, packets, table.notes.kept())


class _Notes:
    """Notes up to the bound, and how many there were beyond it."""

    __slots__ = ("_beyond", "_notes")

    def __init__(self) -> None:
        self._notes: list[str] = []
        self._beyond = 0

    def add(self, note: str) -> None:
        if len(self._notes) < CAPTURE_NOTES_MAX:
            self._notes.append(note)
        else:
            self._beyond += 1

    def kept(self) -> tuple[str, ...]:
        return (*self._notes, f"and {self._beyond} more notes like these") if self._beyond else tuple(self._notes)


class _Half:
    """One direction while it is collected: segments with their distance from the first byte."""

    __slots__ = ("_base", "_seen", "_start", "closed", "segments", "source", "target")

    def __init__(self, first: Segment) -> None:
        self.source, self.target = first.source, first.target
        self.segments: list[tuple[int, Segment]] = []
        self.closed = False
        self._start: int | None = None
        self._base: int | None = None
        self._seen = 0

    def add(self, segment: Segment) -> None:
        first_byte = segment.sequence + segment.opens
        if self._base is None:
            self._base, self._seen = first_byte, 0
        # Sequence numbers wrap; the nearest place to what was seen last is meant.
        step = (first_byte - self._base - self._seen + _WRAP // 2) % _WRAP - _WRAP // 2
        place = self._seen + step
        self._seen = max(self._seen, place)
        if segment.opens:
            self._start = place
        self.closed = self.closed or segment.closes
        if segment.data:
            self.segments.append((place, segment))

    def begins_anew(self, segment: Segment) -> bool:
        """True when `segment` opens another connection between the same parties, rather than this one once more."""
        if not segment.opens or self._base is None:
            return False
        return (segment.sequence + 1) % _WRAP != self._base % _WRAP and bool(self.segments or self.closed)

    def direction(self, notes: _Notes) -> Direction:
        pieces: list[list[Chunk]] = []
        name = f"{self.source} to {self.target}"
        end = self._start
        twice = 0
        if self.segments and end is None:
            notes.add(f"{name}: its beginning is not in the capture")
        for place, segment in sorted(self.segments, key=lambda entry: (entry[0], entry[1].packet)):
            data = segment.data
            if end is not None and place > end:
                notes.add(f"{name}: {place - end} bytes are missing before packet {segment.packet}")
                pieces.append([])
            elif end is not None and place < end:
                twice += 1
                data = data[end - place :]
            if data:
                if not pieces:
                    pieces.append([])
                pieces[-1].append(Chunk(segment.packet, data))
                end = (place if end is None else max(place, end)) + len(data)
        if twice:
            notes.add(f"{name}: {twice} segment{'s' if twice > 1 else ''} sent again, taken once")
        return Direction(self.source, self.target, tuple(tuple(piece) for piece in pieces if piece))


class _Flow:
    """One connection while it is collected."""

    __slots__ = ("halves",)

    def __init__(self) -> None:
        self.halves: dict[Party, _Half] = {}

    def add(self, segment: Segment) -> None:
        half = self.halves.get(segment.source)
        if half is None:
            half = self.halves[segment.source] = _Half(segment)
        half.add(segment)

    def connection(self, notes: _Notes) -> Connection:
        directions = [half.direction(notes) for half in self.halves.values()]
        return Connection(tuple(direction for direction in directions if direction.pieces))


class _Table:
    """The connections of a capture; the latest between two parties is the one that goes on."""

    __slots__ = ("_current", "_full", "flows", "notes")

    def __init__(self) -> None:
        self.flows: list[_Flow] = []
        self.notes = _Notes()
        self._current: dict[tuple[Party, Party], _Flow] = {}
        self._full = False

    def add(self, segment: Segment) -> None:
        key = (min(segment.source, segment.target), max(segment.source, segment.target))
        flow = self._current.get(key)
        half = flow.halves.get(segment.source) if flow is not None else None
        if flow is None or (half is not None and half.begins_anew(segment)):
            if len(self.flows) >= CAPTURE_CONNECTIONS_MAX:
                if not self._full:
                    self.notes.add(f"packet {segment.packet}: connections beyond {CAPTURE_CONNECTIONS_MAX} are left aside")
                self._full = True
                return
            flow = self._current[key] = _Flow()
            self.flows.append(flow)
        flow.add(segment)
