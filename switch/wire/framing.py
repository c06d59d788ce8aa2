"""Framing: how a stream of bytes is cut into messages.

A frame buffer is fed whatever a read brought and gives the complete messages; how the stream was split makes no difference. It
does not look into the messages. A length that cannot be is the end of the stream: nothing after it can be trusted.
"""

from collections.abc import Callable

import msgspec

from switch.limits import FRAME_BYTES_MAX
from switch.wire.errors import EncodeError, FrameError


class Framing(msgspec.Struct, frozen=True):
    """One way to announce the length of a message before it.

    Args:
        name: as the configuration calls it.
        words: what it is, for people.
        size: bytes of the length prefix; the length does not count them.
        parse_length: the length that a prefix states, None when it states none.
        print_length: the prefix of a length.
    """

    name: str
    words: str
    size: int
    parse_length: Callable[[bytes], int | None]
    print_length: Callable[[int], bytes]

    def frame(self, payload: bytes) -> bytes:
        """`payload` with its length prefix, ready to send.

        Raises:
            EncodeError: when it is empty or longer than `FRAME_BYTES_MAX`.
        """
        if not 0 < len(payload) <= FRAME_BYTES_MAX:
            why = f"a frame of {len(payload)} bytes cannot be sent; the limits are 1 and {FRAME_BYTES_MAX}"
            raise EncodeError(None, why, "ENC-FRM-01")
        return self.print_length(len(payload)) + payload

    def buffer(self) -> "FrameBuffer":
        """A buffer for one direction of one connection."""
        return FrameBuffer(self)


class FrameBuffer:
    """Cuts one stream into messages.

    *Resource handling*: after `feed` it holds less than one frame, at most `FRAME_BYTES_MAX` bytes and a prefix; the work is
    linear in the bytes fed, however they are split. *Error handling*: after a `FrameError` every further `feed` raises it
    again, without frames.
    """

    __slots__ = ("_data", "_error", "_framing", "_offset", "_wanted")

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._data = bytearray()
        self._offset = 0
        self._wanted = framing.size
        self._error: FrameError | None = None

    @property
    def pending(self) -> int:
        """Bytes of the unfinished frame, its prefix included; 0 between frames."""
        return len(self._data)

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that `data` completes, in order.

        Raises:
            FrameError: at a length prefix that cannot be; messages completed before it are in its `frames`.
        """
        if self._error is not None:
            raise FrameError(self._error.why, self._error.rule, offset=self._error.offset)
        self._data += data
        if len(self._data) < self._wanted:
            return []
        return self._cut()

    def _cut(self) -> list[bytes]:
        data, size = self._data, self._framing.size
        frames: list[bytes] = []
        at = 0
        while len(data) - at >= size:
            prefix = bytes(data[at : at + size])
            length = self._framing.parse_length(prefix)
            if length is None or not 0 < length <= FRAME_BYTES_MAX:
                raise self._fail(prefix, length, at, tuple(frames))
            self._wanted = size + length
            if len(data) - at < self._wanted:
                break
            frames.append(bytes(data[at + size : at + self._wanted]))
            at += self._wanted
            self._wanted = size
        del data[:at]
        self._offset += at
        return frames

    def _fail(self, prefix: bytes, length: int | None, at: int, frames: tuple[bytes, ...]) -> FrameError:
        words = f"length prefix {prefix.hex().upper()}"
        if length is None:
            why, rule = f"{words} is no length", "FRM-LEN-03"
        elif length == 0:
            why, rule = f"{words} announces an empty message", "FRM-LEN-01"
        else:
            why, rule = f"{words} announces {length} bytes, the limit is {FRAME_BYTES_MAX}", "FRM-LEN-02"
        self._error = FrameError(why, rule, offset=self._offset + at, frames=frames)
        self._data.clear()
        return self._error


def _parse_big_endian(prefix: bytes) -> int:
    return int.from_bytes(prefix, "big")


def _parse_digits(prefix: bytes) -> int | None:
    return int(prefix) if prefix.isdigit() else None


FRAMINGS: dict[str, Framing] = {
    framing.name: framing
    for framing in (
        Framing("len2-big", "2 bytes, big-endian", 2, _parse_big_endian, lambda length: length.to_bytes(2, "big")),
        Framing("ascii4", "4 ASCII digits", 4, _parse_digits, lambda length: b"%04d" % length),
    )
}
"""The framings by name."""
