"""What a switch that serves writes into its trace: everything, or what may be shown; the messages of the wire in both cases.

The format is `machine.trace`'s business, the thread that writes is `shell.trace_writer`'s.
"""

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from keys.lab import LAB_KEYS
from switch.config import Config
from switch.core import LinkPlan, SwitchPlan
from switch.machine import Closed, Command, Event, Moment, Opened, Received, Sealed, Send
from switch.machine.entropy import RecordingEntropy
from switch.machine.trace import (
    VERSION,
    Began,
    Header,
    Heard,
    Line,
    Outline,
    Said,
    Turn,
    outline_command,
    outline_event,
)
from switch.shell.trace_writer import TraceWriter
from switch.wire import DecodeError, FrameError
from switch.wire.edition import plain_stan

NAME = "switch"
ORIGIN = "serve"


class TraceTarget(msgspec.Struct, frozen=True):
    """Where a trace goes, and whether it is `full`: with all bytes and draws, for a replay."""

    file: BinaryIO
    full: bool


def unfit_for_full(config: Config) -> str:
    """Why a switch of this configuration may have no full trace; empty when it may.

    A full trace holds the keys of the configuration and every byte of every message, so that all of it must be published.
    """
    if config.allow_any_pan:
        return "card numbers outside the published test ranges are taken"
    if config.keystore.path:
        return "its keys are in a keystore"
    own = [key.name for key in config.keys if key.name not in LAB_KEYS or LAB_KEYS[key.name].hex != key.value.upper()]
    return f'key "{own[0]}" is no published lab key' if own else ""


class SwitchTrace:
    """Turns what a switch does into lines for a writer.

    Args:
        config: what the switch was made from.
        journal: what it has begun on; a full trace holds it.
        entropy: what it draws from.
        writer: takes the lines.
        full: see `TraceTarget`.
    """

    def __init__(
        self, config: Config, journal: tuple[Sealed, ...], entropy: RecordingEntropy, writer: TraceWriter, *, full: bool
    ) -> None:
        self._entropy = entropy
        self._writer = writer
        self._full = full
        world = msgspec.json.encode(msgspec.structs.replace(config, reference=None)) if full else b"null"
        writer.put(Header(VERSION, ORIGIN, full, msgspec.Raw(world)))
        draws = entropy.take()
        writer.put(Began(NAME, len(journal), draws if full else (), journal if full else ()))

    def forget_keys(self) -> None:
        """Keys have changed, which no trace holds: a full one could be replayed no further, and ends here."""
        if self._full:
            self._writer.end("the keys that it begins with are not in force any more")

    def handled(self, event: Event, now: Moment, commands: list[Command]) -> None:
        """The switch has taken an event."""
        self._writer.put(Turn(NAME, now, event, self._entropy.take(), tuple(commands)))


class WireReader:
    """Reads along with a switch: what is written for each of its turns. Lives in the writer's thread.

    Args:
        plan: whose links these are.
        full: whether turns are written as they are.
    """

    def __init__(self, plan: SwitchPlan, *, full: bool) -> None:
        self._links = {link.name: link for link in plan.links}
        self._full = full
        self._streams: dict[int, tuple[_Stream, _Stream]] = {}  # By connection: what comes, what goes.
        self._count = 0

    def lines_of(self, line: Line) -> Iterator[Line]:
        """The turn, as it may be written, and the messages in it."""
        if not isinstance(line, Turn):
            yield line
            return
        yield line if self._full else _outline(line)
        match line.event:
            case Opened(conn=conn, link=link) if link in self._links:
                self._streams[conn] = _Stream(self._links[link]), _Stream(self._links[link])
            case Received(conn=conn, data=data) if conn in self._streams:
                stream = self._streams[conn][0]
                yield from self._messages(stream, data, stream.link.name, NAME, conn, line.now.mono_ms)
            case _:
                pass
        for command in line.commands:
            if isinstance(command, Send) and command.conn in self._streams:
                stream = self._streams[command.conn][1]
                yield from self._messages(stream, command.data, NAME, stream.link.name, command.conn, line.now.mono_ms)
        if isinstance(line.event, Closed):
            self._streams.pop(line.event.conn, None)

    def _messages(self, stream: "_Stream", data: bytes, speaker: str, hearer: str, conn: int, at_ms: int) -> Iterator[Line]:
        """The messages that end within these bytes. Both ends of a hop cannot be seen from one: heard is when said was seen."""
        for mti, stan, rrn, code, terminal_id in stream.feed(data):
            self._count += 1
            yield Said(self._count, at_ms, speaker, hearer, conn, mti, stan, terminal_id, rrn, code)
            yield Heard(self._count, at_ms)


class _Stream:
    """One direction of a connection."""

    def __init__(self, link: LinkPlan) -> None:
        self.link = link
        self._frames = link.framing.buffer()
        self._broken = False

    def feed(self, data: bytes) -> Iterator[tuple[str, str, str, str, str]]:
        """MTI and DE 11, 37, 39, 41 of the messages that are whole now; empty where there is none."""
        if self._broken:
            return
        try:
            frames = list(self._frames.feed(data))
        except FrameError as error:
            frames, self._broken = list(error.frames), True
        for frame in frames:
            try:
                message = self.link.dialect.decode(frame)
            except DecodeError:
                yield "", "", "", "", ""
                continue
            stan, rrn, code, terminal_id = (value.rstrip() if value else "" for value in message.read(11, 37, 39, 41))
            yield message.mti, plain_stan(stan), rrn, code, terminal_id


def _outline(turn: Turn) -> Outline:
    return Outline(turn.machine, turn.now, outline_event(turn.event), tuple(map(outline_command, turn.commands)))
