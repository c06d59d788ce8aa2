"""Frames on the stream: two bytes of length, most significant first, then the message. Nothing of what is in it."""

from typing import Final

from keys.host.limits import FRAME_BYTES_MAX

LENGTH_BYTES: Final = 2


class FrameError(Exception):
    """The stream cannot be trusted any more: a length that no message of ours has. The connection ends."""


class FrameBuffer:
    """Takes bytes as they come, and gives messages as they are complete.

    Args:
        message_bytes_min: the shortest message that can be answered: header and command code.

    >>> buffer = FrameBuffer(message_bytes_min=2)
    >>> buffer.feed(b"\\x00"), buffer.feed(b"\\x02N"), buffer.feed(b"C\\x00\\x02")
    ([], [], [b'NC'])
    """

    __slots__ = ("_data", "_least")

    def __init__(self, message_bytes_min: int) -> None:
        self._data = bytearray()
        self._least = message_bytes_min

    @property
    def partial(self) -> bool:
        """Whether a frame has begun and not ended."""
        return bool(self._data)

    def feed(self, data: bytes | bytearray) -> list[bytes]:
        """The messages that these bytes complete; those before a bad length are given, and the next call raises.

        Raises:
            FrameError: the next length is shorter than a message can be, or longer than one may be.
        """
        self._data += data
        messages: list[bytes] = []
        at = 0
        while len(self._data) - at >= LENGTH_BYTES:
            length = int.from_bytes(self._data[at : at + LENGTH_BYTES], "big")
            if not self._least <= length <= FRAME_BYTES_MAX:
                if messages:
                    break
                raise FrameError(f"a message has {self._least} to {FRAME_BYTES_MAX} bytes, not {length}")
            end = at + LENGTH_BYTES + length
            if len(self._data) < end:
                break
            messages.append(bytes(self._data[at + LENGTH_BYTES : end]))
            at = end
        del self._data[:at]
        return messages


def frame(message: bytes) -> bytes:
    """The message with its length before it."""
    return len(message).to_bytes(LENGTH_BYTES, "big") + message
