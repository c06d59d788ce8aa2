"""Lines between hosts, two pipes each, and the messages that are on their way on them.

What a line does to bytes is `faults.stream_faults`' business, what a bad peer does to messages `faults.peer_faults`'; the world
moves the bytes. A passage remembers what its auditor needs, and is parsed when somebody asks.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import msgspec

from switch.domain.request import Original
from switch.wire import DecodeError, Dialect, FrameError, Framing, Message
from switch.wire.codes import plain_code
from switch.wire.edition import plain_mti
from terminal_sim.faults import Pipe

if TYPE_CHECKING:
    from terminal_sim.lab.host import Host

_READ = (2, 4, 7, 11, 12, 37, 38, 39, 41)


class Speech(msgspec.Struct, frozen=True):
    """How messages on a wire are spelled.

    Args:
        name: of the wire.
        dialect, framing: how it speaks.
        mac_key: names the key that its messages are signed under.
    """

    name: str
    dialect: Dialect
    framing: Framing
    mac_key: str

    def decode(self, frame: bytes) -> Message | None:
        """The message in a frame that is whole and alone; None for a poll, which has none.

        Raises:
            FrameError, DecodeError: it is none.
        """
        framing = self.framing
        if framing.prefix is not None and framing.header is None and not framing.end and not framing.polls:
            return self.dialect.decode(frame[framing.prefix.size :])  # As its speaker framed it: the length need not be asked.
        payloads = framing.buffer().feed(frame)
        return self.dialect.decode(payloads[0]) if payloads else None

    def complaint(self, data: bytes) -> str:
        """Why these bytes are not one whole message as the wire has it; empty when they are."""
        buffer = self.framing.buffer()
        try:
            payloads = buffer.feed(data)
            if len(payloads) != 1 or buffer.pending:
                return f"they are {len(payloads)} whole messages and {buffer.pending} bytes of another"
            self.dialect.decode(payloads[0])
        except (FrameError, DecodeError) as error:
            return str(error)
        return ""


class Brief(msgspec.Struct, frozen=True):
    """What an auditor reads of a message, in plain whatever its edition is; empty where the message has nothing.

    Args:
        moment: by which its edition would name it as an original: `transmitted`, or its local time.
        original: the message that it names.
    """

    mti: str
    pan: str
    minor: str
    transmitted: str
    stan: str
    rrn: str
    approval_code: str
    response_code: str
    terminal_id: str
    moment: str
    original: Original | None

    @property
    def transaction(self) -> tuple[str, str]:
        """What the whole life of a transaction has in common on all hops: terminal and retrieval reference (DE 41, DE 37)."""
        return self.terminal_id, self.rrn

    @property
    def named(self) -> tuple[str, str, str]:
        """MTI, STAN and moment of the message that it names; empty ones where it names none."""
        original = self.original
        return (original.mti, original.stan, original.moment) if original is not None else ("", "", "")


class Passage:
    """One message on its way from one host to another.

    `fault` is what is wrong with it, `forged` says that its MAC cannot be right; `heard_ms` is when its last byte arrived.
    """

    __slots__ = ("_brief", "_message", "at_ms", "data", "end", "fault", "forged", "heard_ms", "hearer", "speaker", "speech")

    def __init__(self, speaker: End, data: bytes, at_ms: int, *, fault: str = "", forged: bool = False) -> None:
        self.speaker = speaker
        self.hearer = speaker.far
        self.data = data
        self.speech = speaker.speech
        self.at_ms = at_ms
        self.end = 0
        self.heard_ms = -1
        self.fault = fault
        self.forged = forged
        self._message: Message | None = None
        self._brief: Brief | None = None

    @property
    def message(self) -> Message | None:
        """The message, read strictly; None when it cannot be, or nobody said how it is spelled."""
        if self._message is None and self.speech is not None:
            try:
                self._message = self.speech.decode(self.data)
            except (FrameError, DecodeError):
                self.speech = None
        return self._message

    @property
    def brief(self) -> Brief | None:
        """What an auditor reads of it, None when it cannot be read."""
        if self._brief is None:
            message = self.message
            if message is not None:
                self._brief = brief_of(message)
        return self._brief


class End:
    """One end of a line: whose it is, its number there, and the pipe that leads to the other end."""

    __slots__ = ("conn", "far", "gone", "host", "on_the_way", "pipe", "pulled", "pushed", "speech", "waking_ms")

    def __init__(self, host: Host, conn: int, latency_ms: int) -> None:
        self.host = host
        self.conn = conn
        self.far = self  # Until `Line` says which.
        self.speech: Speech | None = None
        self.gone = False
        self.pipe = Pipe(latency_ms)
        self.pushed = 0
        self.pulled = 0
        self.on_the_way: deque[Passage] = deque()
        self.waking_ms: int | None = None

    def push(self, passage: Passage, now_ms: int, cuts: tuple[int, ...], lag_ms: int, *, counted: bool) -> None:
        """Put a message on the line; see `Pipe.push`."""
        self.pushed += len(passage.data)
        passage.end = self.pushed
        self.on_the_way.append(passage)
        self.pipe.push(passage.data, now_ms, cuts=cuts, lag_ms=lag_ms, counted=counted)

    def pull(self, now_ms: int) -> tuple[bytes | None, list[Passage]]:
        """What arrives now in one read, and the messages that are whole with it."""
        data = self.pipe.pull(now_ms)
        whole: list[Passage] = []
        if data is not None:
            self.pulled += len(data)
            while self.on_the_way and self.on_the_way[0].end <= self.pulled:
                passage = self.on_the_way.popleft()
                passage.heard_ms = now_ms
                whole.append(passage)
        return data, whole


def brief_of(message: Message) -> Brief:
    """What an auditor reads of a message."""
    dialect, edition = message.dialect, message.dialect.edition
    form = edition.original
    values = message.read(*_READ, form.de)
    pan, minor, transmitted, stan, local_at, rrn, approval, code, terminal, named = [
        value.rstrip() if value else "" for value in values
    ]
    if edition.same is not None:
        said = dialect.plain({de: value for de, value in zip(_READ, values, strict=False) if value}, message.mti)
        minor, stan, code = said.get(4, ""), said.get(11, ""), plain_code(code) if code else ""
    return Brief(
        mti=plain_mti(message.mti),
        pan=pan,
        minor=minor,
        transmitted=transmitted,
        stan=stan,
        rrn=rrn,
        approval_code=approval,
        response_code=code,
        terminal_id=terminal,
        moment=local_at if form.by_local_time else transmitted,
        original=form.parse(named) if named else None,
    )


def join_ends(near: End, far: End, speech: Speech | None) -> None:
    """Make a connection of two ends."""
    near.far, far.far = far, near
    near.speech = far.speech = speech
