"""A turn of a machine as an outsider sees it: what it was told, what it had heard with that, what it says is to be done.

Records are read as they are appended, messages as the lines brought them. What a turn should have been is not judged here.
"""

from collections import deque
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from switch.machine import Append, Closed, Command, Event, Hangup, Opened, Received, Send
from terminal_sim.lab.network import Passage

ENTRIES_KEPT = 1_024
"""Records that are kept once they were read: each is read as it is appended, and again when it has become durable."""


class Opening(msgspec.Struct, frozen=True):
    """What a record says of the request that began its transaction."""

    key: str = ""
    link: str = ""
    mti: str = ""
    terminal_id: str = ""
    stan: str = ""
    transmitted: str = ""
    rrn: str = ""

    @property
    def name(self) -> str:
        """What an outsider calls it: whose request it was, of what kind, and its STAN and moment."""
        return f"{self.link}/{self.mti}/{self.terminal_id}/{self.stan}/{self.transmitted}"


class Entry(msgspec.Struct, frozen=True):
    """What an outsider reads of one of the switch's records; empty where it has nothing."""

    kind: str = msgspec.field(default="", name="type")
    key: str = ""
    opening: Opening | None = None
    approved: bool = False
    response_code: str = ""
    route: str = ""
    stan_out: str = ""
    link: str = ""
    mti: str = ""
    stan: str = ""
    attempt: int = 0

    @property
    def about(self) -> str:
        """The key of its transaction."""
        return self.opening.key if self.opening is not None and not self.key else self.key


class _Body(msgspec.Struct):
    record: Entry


_DECODER = msgspec.json.Decoder(_Body)


class Turn(msgspec.Struct):
    """One call of a machine.

    Args:
        host: whose.
        event, at_ms: what it was told, and when.
        first: whether it is the first one of a life.
        heard: the messages that were whole with this read.
        clear: whether nothing has come on that connection that nobody can read: behind it, no message is sure to be found.
        begun: whether this read ends within a message.
        commands: what it says is to be done; `entries` are the records among them.
    """

    host: str
    event: Event
    at_ms: int
    first: bool
    heard: tuple[Passage, ...]
    clear: bool
    begun: bool
    commands: Sequence[Command]
    entries: tuple[Entry, ...]


class TurnReader:
    """Reads the turns of one host, from its first one on."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._life = 0
        # By connection: messages whose last byte has arrived, but was not read yet.
        self._whole: dict[int, deque[Passage]] = {}
        self._read_bytes: dict[int, int] = {}
        self._whole_bytes: dict[int, int] = {}  # By connection: where the last whole message has ended.
        self._spoiled: dict[int, None] = {}

    def heard(self, passage: Passage) -> None:
        """A message has arrived; it is read now, or when the host does something again."""
        self._whole.setdefault(passage.hearer.conn, deque()).append(passage)

    def read(self, life: int, event: Event, at_ms: int, commands: Sequence[Command], *, records: bool) -> Turn:
        """The turn that `event` is, in the life of that number; `records` says whether the host's are of the switch's kind."""
        first, self._life = life != self._life, life
        heard, clear, begun = self._take(event)
        written = [command.sealed for command in commands if isinstance(command, Append)] if records else []
        entries = tuple(read_entry(sealed.body) for sealed in written)
        return Turn(self._host, event, at_ms, first, heard, clear, begun, commands, entries)

    def _take(self, event: Event) -> tuple[tuple[Passage, ...], bool, bool]:
        match event:
            case Opened(conn=conn):
                self._read_bytes[conn] = self._whole_bytes[conn] = 0
            case Closed(conn=conn):
                for table in (self._read_bytes, self._whole_bytes, self._whole, self._spoiled):
                    table.pop(conn, None)
            case Received(conn=conn, data=data):
                read = self._read_bytes[conn] = self._read_bytes.get(conn, 0) + len(data)
                waiting, heard = self._whole.get(conn, deque()), []
                while waiting and waiting[0].end <= read:
                    passage = waiting.popleft()
                    heard.append(passage)
                    self._whole_bytes[conn] = passage.end
                    if passage.brief is None:
                        self._spoiled[conn] = None
                return tuple(heard), conn not in self._spoiled, read > self._whole_bytes.get(conn, 0)
        return (), True, False


@lru_cache(maxsize=ENTRIES_KEPT)
def read_entry(body: bytes) -> Entry:
    """What an outsider reads of a record."""
    return _DECODER.decode(body).record


def sends_in(turn: Turn) -> list[Send]:
    """What is said in a turn."""
    return [command for command in turn.commands if isinstance(command, Send)]


def hung_up_in(turn: Turn) -> list[int]:
    """The connections that are hung up in a turn."""
    return [command.conn for command in turn.commands if isinstance(command, Hangup)]
