"""The line to the host: fields out as framed bytes, bytes in as answers that are authentic. Not the session, and no decisions.

The MAC is judged here, on the bytes as they came, before anything in them is believed.
"""

import msgspec

from keys.errors import KeysError
from switch.wire import Dialect, Frame, FrameError, Framing
from terminal_sim.terminal.host_codec import Answer, Fields, HostCodec, UnreadableAnswer
from terminal_sim.terminal.pin_pad import PinPad


class Complaint(msgspec.Struct, frozen=True):
    """Something that came and counts as nothing: the kind of notice it deserves, and why."""

    kind: str
    text: str


class Heard(msgspec.Struct, frozen=True):
    """What one read brought.

    Args:
        messages: authentic answers and complaints, in the order in which they came.
        broken: why the stream cannot be read any further, or empty.
    """

    messages: tuple[Answer | Complaint, ...]
    broken: str = ""


class HostLine:
    """One line; `connect` makes it that of a new connection.

    Args:
        dialect, framing: how it speaks, and how its messages are announced.
        pin_pad: makes and verifies MACs.
    """

    def __init__(self, dialect: Dialect, framing: Framing, pin_pad: PinPad) -> None:
        self._codec = HostCodec(dialect, framing)
        self._pin_pad = pin_pad
        self._frames = self._codec.framing.buffer()
        self.conn = 0

    @property
    def dialect(self) -> Dialect:
        """The dialect that is spoken."""
        return self._codec.dialect

    def connect(self, conn: int) -> None:
        """Begin anew: nothing of an earlier connection's half frames counts. Connection 0 is none."""
        self.conn = conn
        self._frames = self._codec.framing.buffer()

    def spell(self, fields: Fields, wall_ms: int, *, corrupt_mac: bool = False) -> bytes:
        """The message with its MAC, not yet framed; with `corrupt_mac` the last bit of the MAC is turned around."""

        def generate(covered: bytes) -> bytes:
            mac = self._pin_pad.generate_mac(self.dialect.mac, covered)
            return mac[:-1] + bytes((mac[-1] ^ corrupt_mac,))

        return self._codec.encode(fields, wall_ms, generate)

    def frame(self, raw: bytes, reply_to: bytes = b"") -> bytes:
        """The message ready for the connection; an answer is framed in reply to the `head` of what it answers."""
        return self._codec.framing.frame(raw, reply_to)

    def hear(self, data: bytes) -> Heard:
        """What a read's bytes complete."""
        try:
            return Heard(tuple(self._judge(frame) for frame in self._frames.feed(data)))
        except FrameError as error:
            return Heard(tuple(self._judge(frame) for frame in error.frames), broken=str(error))

    def _judge(self, raw: Frame) -> Answer | Complaint:
        code = self._codec.framing.rejection(raw.head)
        if code:
            return Complaint("terminal.rejected", f"the network gives back a message of {len(raw)} bytes with code {code}")
        try:
            answer = self._codec.decode(raw)
        except UnreadableAnswer as error:
            return Complaint(
                "terminal.answer-unreadable", f"a message of {len(raw)} bytes from the host is no message: {error}"
            )
        try:
            self._pin_pad.verify_mac(self.dialect.mac, answer.covered, answer.mac)
        except KeysError as error:
            return Complaint("terminal.mac-bad", f"a message of {len(raw)} bytes from the host counts as none: {error}")
        return answer
