"""Framing: how a stream of bytes is cut into messages.

A frame buffer is fed whatever a read brought and gives the complete messages; how the stream was split makes no difference. It
does not look into the messages. A length that cannot be is the end of the stream: nothing after it can be trusted.
"""

from collections.abc import Callable

import msgspec

from switch.limits import FRAME_BYTES_MAX
from switch.wire.errors import EncodeError, FrameError
from switch.wire.headers import TPDU, VISA, Header


class Frame(bytes):
    """A message as its stream brought it. `head` is the header that stood before it; its answer is framed in reply to that."""

    head: bytes = b""


class Prefix(msgspec.Struct, frozen=True):
    """One spelling of a length.

    Args:
        size: its bytes.
        most: the highest length that it can state.
        parse_length: the length that it states, None when it states none.
        print_length: the prefix of a length.
    """

    size: int
    most: int
    parse_length: Callable[[bytes], int | None]
    print_length: Callable[[int], bytes]


class Framing(msgspec.Struct, frozen=True):
    """One way to tell where a message ends.

    Args:
        name: as the configuration calls it.
        words: what it is, for people.
        prefix: what announces the length of all that follows it; None when the frame ends at `end`, wherever that is.
        counts_itself: True when the length counts the prefix too.
        header: what stands before each message; None for nothing.
        start, end: constant bytes around header and message; the length counts them.
        polls: True when a length of 0 says no more than that the peer is there.
        echoes: True when the switch sends each poll back. A terminal never does: two ends that do would never stop.
    """

    name: str
    words: str
    prefix: Prefix | None
    counts_itself: bool = False
    header: Header | None = None
    start: bytes = b""
    end: bytes = b""
    polls: bool = False
    echoes: bool = False

    @property
    def bytes_max(self) -> int:
        """Bytes of the longest message that it can carry."""
        return self._bytes_max(self.around_max)

    @property
    def around_max(self) -> int:
        """Bytes that may stand around a message, the prefix left aside."""
        return len(self.start) + len(self.end) + (self.header.bytes_max if self.header else 0)

    def frame(self, payload: bytes, reply_to: bytes = b"") -> bytes:
        """`payload` ready to send.

        Args:
            reply_to: the `head` of the frame that it answers; empty when it answers none.

        Raises:
            EncodeError: when it is empty, longer than `bytes_max`, or holds a byte that would end its frame.
        """
        around_max = self.around_max
        if not 0 < len(payload) <= self._bytes_max(around_max):
            why = f"a frame of {len(payload)} bytes cannot be sent; the limits are 1 and {self.bytes_max}"
            raise EncodeError(None, why, "ENC-FRM-01")
        body = payload
        if around_max:
            head = b""
            if self.header is not None:
                head = self.header.reply(reply_to) if reply_to else self.header.fresh
                head = self.header.complete(head, len(payload))
            body = b"".join((self.start, head, payload, self.end))
        if self.prefix is None:
            if self.start in payload or self.end in payload:
                raise EncodeError(None, "the message holds a byte that starts or ends frames", "ENC-FRM-02")
            return body
        itself = self.prefix.size if self.counts_itself else 0
        return self.prefix.print_length(len(body) + itself) + body

    def _bytes_max(self, around_max: int) -> int:
        if self.prefix is None:
            return FRAME_BYTES_MAX
        itself = self.prefix.size if self.counts_itself else 0
        return min(FRAME_BYTES_MAX, self.prefix.most - itself - around_max)

    @property
    def poll(self) -> bytes:
        """What says no more than that we are there; empty where nothing does."""
        return self.prefix.print_length(0) if self.polls and self.prefix is not None else b""

    def echo(self, polls: int) -> bytes:
        """What answers so many polls; empty where they are not answered."""
        return self.poll * polls if self.echoes else b""

    def rejection(self, head: bytes) -> str:
        """The code with which the network gives back what we sent it; empty when the frame of `head` brings a message."""
        return self.header.rejection(head) if self.header is not None else ""

    def buffer(self) -> "FrameBuffer":
        """A buffer for one direction of one connection."""
        return FrameBuffer(self)


class _Broken(Exception):
    """The stream cannot be cut here: why, and the rule."""


class FrameBuffer:
    """Cuts one stream into messages.

    *Resource handling*: after `feed` it holds less than one frame, at most `FRAME_BYTES_MAX` bytes and what stands around a
    message; the work is linear in the bytes fed, however they are split. *Error handling*: after a `FrameError` every further
    `feed` raises it again, without frames.
    """

    __slots__ = ("_bare", "_data", "_error", "_framing", "_most", "_offset", "_searched", "_wanted", "polls")

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._most = FRAME_BYTES_MAX + framing.around_max
        self._bare = framing.prefix if not framing.around_max else None  # Where nothing but a length stands around a message.
        self._data = bytearray()
        self._offset = 0
        self._searched = 0
        self._wanted = 1
        self._error: FrameError | None = None
        self.polls = 0
        """Polls that the last `feed` brought."""

    @property
    def pending(self) -> int:
        """Bytes of the unfinished frame, its prefix included; 0 between frames."""
        return len(self._data)

    @property
    def searched(self) -> int:
        """Bytes of the unfinished frame that were searched for its end, and are not searched again."""
        return self._searched

    def feed(self, data: bytes) -> list[Frame]:
        """The messages that `data` completes, in order.

        Raises:
            FrameError: where the stream cannot be cut any further; messages completed before that are in its `frames`.
        """
        if self._error is not None:
            raise FrameError(self._error.why, self._error.rule, offset=self._error.offset)
        self.polls = 0
        if self._bare is not None and not self._data:
            frame = self._take_whole(self._bare, data)
            if frame is not None:
                return [frame]
        self._data += data
        if len(self._data) < self._wanted:
            return []
        return self._cut()

    def _take_whole(self, prefix: Prefix, data: bytes) -> Frame | None:
        """The message of a read that brings one and nothing else, as nearly every read does; None for any other."""
        size, length = prefix.size, len(data) - prefix.size
        if not 0 < length <= FRAME_BYTES_MAX:
            return None
        if prefix.parse_length(data[:size]) != (len(data) if self._framing.counts_itself else length):
            return None
        self._offset += len(data)
        return Frame(data[size:])

    def _cut(self) -> list[Frame]:
        prefix = self._framing.prefix
        frames: list[Frame] = []
        at = 0
        try:
            while True:
                span = self._find_enclosed(at) if prefix is None else self._find_announced(prefix, at)
                if span is None:
                    break
                start, end = span
                if start < end:
                    frames.append(self._open(start, end))
                else:
                    self.polls += 1
                at, self._searched = end, 0
        except _Broken as broken:
            why, rule = broken.args
            self._error = FrameError(why, rule, offset=self._offset + at, frames=tuple(frames))
            self._data.clear()
            raise self._error from None
        del self._data[:at]
        self._offset += at
        return frames

    def _find_announced(self, prefix: Prefix, at: int) -> tuple[int, int] | None:
        """Where the frame at `at` begins behind its prefix and where it ends: equal for a poll, None when it is not whole."""
        framing, size = self._framing, prefix.size
        self._wanted = size
        if len(self._data) - at < size:
            return None
        spelled = bytes(self._data[at : at + size])
        stated = prefix.parse_length(spelled)
        if stated == 0 and framing.polls:
            return at + size, at + size
        words = f"length prefix {spelled.hex().upper()}"
        if stated is None:
            raise _Broken(f"{words} is no length", "FRM-LEN-03")
        length = stated - size if framing.counts_itself else stated
        if length <= 0:
            raise _Broken(f"{words} announces an empty message", "FRM-LEN-01")
        if length > self._most:
            raise _Broken(f"{words} announces {length} bytes, the limit is {self._most}", "FRM-LEN-02")
        self._wanted = size + length
        return (at + size, at + size + length) if len(self._data) - at >= self._wanted else None

    def _find_enclosed(self, at: int) -> tuple[int, int] | None:
        """Where the frame between `start` and `end` at `at` begins and ends; None when it is not whole."""
        framing, data = self._framing, self._data
        if len(data) > at and not data.startswith(framing.start, at):
            raise _Broken(f"a frame begins with {framing.start.hex().upper()}", "FRM-STX-01")
        most = self._most
        place = data.find(framing.end, at + self._searched, at + most)
        if place >= 0:
            return at, place + len(framing.end)
        if len(data) - at >= most:
            raise _Broken(f"no end of the frame within {most} bytes", "FRM-LEN-02")
        self._searched = len(data) - at
        return None

    def _open(self, start: int, end: int) -> Frame:
        """The message in a whole frame, freed from what stands around it."""
        framing = self._framing
        body = bytes(self._data[start:end])
        if not (body.startswith(framing.start) and body.endswith(framing.end)):
            raise _Broken(f"the frame does not end with {framing.end.hex().upper()}", "FRM-END-01")
        body = body[len(framing.start) : len(body) - len(framing.end)]
        head_bytes = 0
        if framing.header is not None:
            found = framing.header.find_end(body)
            if found is None:
                raise _Broken(f"the frame does not begin with {framing.header.words}", "FRM-HDR-01")
            head_bytes = found
        frame = Frame(body[head_bytes:])
        if not frame:
            raise _Broken("there is no message in the frame", "FRM-LEN-01")
        if len(frame) > FRAME_BYTES_MAX:
            raise _Broken(f"the message has {len(frame)} bytes, the limit is {FRAME_BYTES_MAX}", "FRM-LEN-02")
        if head_bytes:
            frame.head = body[:head_bytes]
        return frame


def _big(size: int) -> Prefix:
    return Prefix(size, 256**size - 1, lambda data: int.from_bytes(data, "big"), lambda length: length.to_bytes(size, "big"))


def _digits(size: int) -> Prefix:
    return Prefix(size, 10**size - 1, _parse_digits, lambda length: b"%0*d" % (size, length))


def _parse_digits(data: bytes) -> int | None:
    return int(data) if data.isdigit() else None


def _parse_packed(data: bytes) -> int | None:
    return _parse_digits(data.hex().encode())


def _parse_hexadecimal(data: bytes) -> int | None:
    return int(data, 16) if not data.translate(None, b"0123456789ABCDEFabcdef") else None


def _parse_visa(data: bytes) -> int | None:
    return int.from_bytes(data[:2], "big") if data[2:] == bytes(2) else None


_LITTLE_2 = Prefix(2, 65_535, lambda data: int.from_bytes(data, "little"), lambda length: length.to_bytes(2, "little"))
_HEX_4 = Prefix(4, 65_535, _parse_hexadecimal, lambda length: b"%04X" % length)
_PACKED_2 = Prefix(2, 9_999, _parse_packed, lambda length: bytes.fromhex(f"{length:04d}"))
_VISA_4 = Prefix(4, 65_535, _parse_visa, lambda length: length.to_bytes(2, "big") + bytes(2))
_STX, _ETX = b"\x02", b"\x03"

FRAMINGS: dict[str, Framing] = {
    framing.name: framing
    for framing in (
        Framing("len2-big", "2 bytes, big-endian", _big(2)),
        Framing("len3-big", "3 bytes, big-endian", _big(3)),
        Framing("len4-big", "4 bytes, big-endian", _big(4)),
        Framing("len2-little", "2 bytes, little-endian", _LITTLE_2),
        Framing("ascii2", "2 ASCII digits", _digits(2)),
        Framing("ascii4", "4 ASCII digits", _digits(4)),
        Framing("hex4", "4 hexadecimal characters", _HEX_4),
        Framing("bcd2", "2 bytes of packed digits", _PACKED_2),
        Framing("len2-big-incl", "2 bytes, big-endian, counting themselves", _big(2), counts_itself=True),
        Framing("len3-big-incl", "3 bytes, big-endian, counting themselves", _big(3), counts_itself=True),
        Framing("len4-big-incl", "4 bytes, big-endian, counting themselves", _big(4), counts_itself=True),
        Framing("len2-little-incl", "2 bytes, little-endian, counting themselves", _LITTLE_2, counts_itself=True),
        Framing("ascii2-incl", "2 ASCII digits, counting themselves", _digits(2), counts_itself=True),
        Framing("ascii4-incl", "4 ASCII digits, counting themselves", _digits(4), counts_itself=True),
        Framing("len2-big-tpdu", f"2 bytes, big-endian, then {TPDU.words}", _big(2), header=TPDU),
        Framing("bcd2-tpdu", f"2 bytes of packed digits, then {TPDU.words}", _PACKED_2, header=TPDU),
        Framing("visa", f"2 bytes, big-endian, 2 of zero, then {VISA.words}; 0 is a poll", _VISA_4, header=VISA, polls=True),
        Framing("len2-big-etx", "2 bytes, big-endian, counting an ETX (03) that ends the message", _big(2), end=_ETX),
        Framing("stx-etx", "between STX (02) and ETX (03), without a length; text only", None, start=_STX, end=_ETX),
        Framing("len2-big-poll", "2 bytes, big-endian; a length of 0 is a poll", _big(2), polls=True),
        Framing("len4-big-poll", "4 bytes, big-endian; a length of 0 is a poll", _big(4), polls=True),
        Framing("len2-big-poll-echo", "2 bytes, big-endian; the switch sends polls back", _big(2), polls=True, echoes=True),
        Framing("len4-big-poll-echo", "4 bytes, big-endian; the switch sends polls back", _big(4), polls=True, echoes=True),
    )
}
"""The framings by name."""
