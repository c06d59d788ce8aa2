"""Traces: what has happened to machines, as lines of JSON. The format alone: files are opened elsewhere, and nothing is judged.

A *full* trace holds every event with its Moment, every draw of entropy and every command, so that fresh machines can be asked
for the same commands; it holds card data and PINs, and so is for published cards and lab keys only. A *masked* one says what
happened and holds no value: it is for reading. Both hold the wire log, of which only what may be shown is kept. The last line
has the SHA-256 of all lines before it; a trace that lacks it was cut off, and is good as far as it goes.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from switch.machine.clock import Moment
from switch.machine.commands import Append, Command, Dial, Hangup, Notify, Send
from switch.machine.events import Closed, Drain, Event, Opened, Operate, Received, Tick, Unreachable
from switch.machine.sealing import Sealed

VERSION = 1
"""Raised when the meaning of a line changes; a trace of another version is refused."""


class Header(msgspec.Struct, frozen=True, tag=True):
    """The first line.

    Args:
        version: of the format.
        origin: the program that wrote it, "sim" or "serve".
        full: whether it can be replayed.
        world: what its machines are made from, in a full trace: the options of a run or the configuration of a switch.
        actor: "module:Class" of the actors that took part, with a comma between, or empty.
    """

    version: int
    origin: str
    full: bool
    world: msgspec.Raw = msgspec.Raw(b"null")
    actor: str = ""


class Began(msgspec.Struct, frozen=True, tag=True):
    """A machine was made from its journal.

    Args:
        machine: its name.
        seq: how many records of its journal counted.
        draws: what it drew meanwhile.
        entries: the records, where none of the lines before has them.
    """

    machine: str
    seq: int
    draws: tuple[bytes, ...] = ()
    entries: tuple[Sealed, ...] = ()


class Turn(msgspec.Struct, frozen=True, tag=True):
    """A machine took an event, drew entropy, and gave commands."""

    machine: str
    now: Moment
    event: Event
    draws: tuple[bytes, ...]
    commands: tuple[Command, ...]


class Outline(msgspec.Struct, frozen=True, tag=True):
    """The same in a masked trace: by name and size."""

    machine: str
    now: Moment
    event: str
    commands: tuple[str, ...]


class Said(msgspec.Struct, frozen=True, tag=True):
    """A message of the wire log; what it does not have is empty.

    Args:
        number: of the message within the trace.
        at_ms: when it was said, on the monotonic clock.
        speaker, hearer: who, and to whom.
        conn: the connection at the speaker's.
        fault: what is wrong with it, where it is not what the speaker meant.
    """

    number: int
    at_ms: int
    speaker: str
    hearer: str
    conn: int
    mti: str = ""
    stan: str = ""
    terminal_id: str = ""
    rrn: str = ""
    response_code: str = ""
    fault: str = ""

    @property
    def transaction(self) -> str:
        """What a timeline is asked for by: DE 41 and DE 37, or the STAN where there is no DE 37."""
        return f"{self.terminal_id}/{self.rrn or self.stan}"


class Heard(msgspec.Struct, frozen=True, tag=True):
    """Message `number` has arrived."""

    number: int
    at_ms: int


class Befell(msgspec.Struct, frozen=True, tag=True):
    """Something that befell a machine, or one of its connections where `conn` is not 0."""

    machine: str
    at_ms: int
    what: str
    conn: int = 0


class Ended(msgspec.Struct, frozen=True, tag=True):
    """The last line: why the trace ends, and the digest of all lines before."""

    why: str
    digest: str


WireLog = Said | Heard | Befell
Line = Header | Began | Turn | Outline | Said | Heard | Befell | Ended


class TraceError(Exception):
    """A trace that is not what was written. `number` is the line, from 1."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"line {number}: {why}")
        self.number = number
        self.why = why


class TraceCodec:
    """Spells lines, and reads them back.

    Args:
        orders: the union of what an operator may ask of the machines in the trace.
        spell, read: turn values that JSON does not know into text and back, as msgspec's hooks do.
    """

    def __init__(
        self,
        orders: Any = Drain,
        spell: Callable[[Any], Any] | None = None,
        read: Callable[[type, Any], Any] | None = None,
    ) -> None:
        # An event has any machine's order; to read one, its type must be known.
        operate: Any = msgspec.defstruct("Operate", [("order", orders)], frozen=True, tag="Operate")
        event = Opened | Received | Closed | Unreachable | Tick | operate
        fields = [(name, event if name == "event" else kind) for name, kind in Turn.__annotations__.items()]
        self._turn: Any = msgspec.defstruct("Turn", fields, frozen=True, tag="Turn")
        lines = Header | Began | self._turn | Outline | Said | Heard | Befell | Ended
        self._operate = operate
        self._encoder = msgspec.json.Encoder(enc_hook=spell, order="deterministic")
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(lines, dec_hook=read)

    def encode(self, line: Line) -> bytes:
        """A line, its end included."""
        return self._encoder.encode(line) + b"\n"

    def encode_command(self, command: Command) -> bytes:
        """A command as a line spells it: two that are spelled alike are the same."""
        return self._encoder.encode(command)

    def decode(self, text: bytes) -> Line:
        """The line that a text is.

        Raises:
            ValueError: it is none.
        """
        line = self._decoder.decode(text)
        if not isinstance(line, self._turn):
            found: Line = line
            return found
        event = Operate(line.event.order) if isinstance(line.event, self._operate) else line.event
        return Turn(line.machine, line.now, event, line.draws, line.commands)


class TracePen:
    """Writes the lines of one trace: turns each into bytes, and keeps the digest for the last one."""

    def __init__(self, codec: TraceCodec) -> None:
        self._codec = codec
        self._digest = hashlib.sha256()

    def write(self, line: Line) -> bytes:
        """The bytes of a line."""
        data = self._codec.encode(line)
        self._digest.update(data)
        return data

    def end(self, why: str = "complete") -> bytes:
        """The bytes of the last line."""
        return self.write(Ended(why, self._digest.hexdigest()))


def outline_event(event: Event) -> str:
    """An event by name and size, as a masked trace has it."""
    match event:
        case Opened(conn=conn, link=link):
            return f"Opened connection {conn} of {link}"
        case Received(conn=conn, data=data):
            return f"Received {len(data)} bytes on connection {conn}"
        case Closed(conn=conn, unsent=unsent):
            return f"Closed connection {conn}, {unsent} unsent"
        case Unreachable(link=link):
            return f"Unreachable {link}"
        case Operate(order=order):
            return f"Operate {type(order).__name__}"
        case Tick():
            return "Tick"


def outline_command(command: Command) -> str:
    """A command by name and size, as a masked trace has it."""
    match command:
        case Send(conn=conn, data=data):
            return f"Send {len(data)} bytes on connection {conn}"
        case Append(sealed=sealed):
            return f"Append record {sealed.seq}, {sealed.kind}"
        case Notify(notice=notice):
            return f"Notify {notice.kind}"
        case Hangup(conn=conn):
            return f"Hangup connection {conn}"
        case Dial(link=link):
            return f"Dial {link}"


def read_trace(lines: Iterable[bytes], codec: TraceCodec) -> Iterator[Line]:
    """The lines of a trace, the header first and the end, where there is one, last. A half line at its end counts as none.

    Raises:
        TraceError: a line is none, or was changed; the trace has no header, or is of another version.
    """
    digest, number, ended = hashlib.sha256(), 0, False
    for number, text in enumerate(lines, 1):
        if not text.endswith(b"\n"):
            break
        try:
            line = codec.decode(text)
        except (ValueError, RecursionError):
            raise TraceError(number, "it is no line of a trace") from None
        if ended:
            raise TraceError(number, "it stands behind the end")
        if isinstance(line, Header) is not (number == 1):
            raise TraceError(number, "a trace has one header, which comes first")
        if isinstance(line, Header) and line.version != VERSION:
            raise TraceError(number, f"written as version {line.version}; this program reads {VERSION}")
        if isinstance(line, Ended):
            ended = True
            if line.digest != digest.hexdigest():
                raise TraceError(number, "the digest does not match: a line before was changed")
        digest.update(text)
        yield line
    if number == 0:
        raise TraceError(1, "it is empty")
