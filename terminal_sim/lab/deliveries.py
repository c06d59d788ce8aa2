"""Of which approvals a copy can have left: the switch's answers by connection, and what it is told of their fate.

Judged by what goes into the switch and comes out of it. An advice reports what has happened, delivered or not; it is not here.
"""

from collections import deque
from collections.abc import Callable

from switch.limits import SENDS_REMEMBERED_MAX
from switch.machine import Append, Closed, Hangup, Opened, Send
from terminal_sim.lab.recent import Recent
from terminal_sim.lab.turn import Turn

COPIES_MAX = 20_000
"""Approvals of which it is known how many copies can arrive: those of the last minutes of the busiest world."""

NameOf = Callable[[Send], str]
"""Names the payment whose approval is said once more; gives nothing for whatever else is said."""


class Deliveries:
    """The answers of one life.

    `lost` are the approvals that this turn leaves behind, by key: no copy of them can arrive, the switch knows it, and they
    stand all the same.
    """

    def __init__(self) -> None:
        self.lost: list[str] = []
        self._copies: Recent[str, int] = Recent(COPIES_MAX)  # Of approvals that stand: answers that can still arrive.
        self._sent: dict[int, deque[str]] = {}  # By connection of an acquirer: which approval each answer was, or "".
        self._held: dict[int, int] = {}  # By connection of an acquirer: answers that have not left the switch yet.
        self._lost: dict[int, int] = {}  # By connection that is gone: answers that have never left.
        self._leaving: dict[int, None] = {}

    @property
    def reachable(self) -> bool:
        """Whether any acquirer can still be answered."""
        return any(conn not in self._leaving for conn in self._sent)

    def leaves(self, conn: int) -> bool:
        """Whether a connection is hung up: nothing that comes on it is read any more."""
        return conn in self._leaving

    def left(self, conn: int) -> None:
        """An answer has left the switch: its record is durable, and its line stands."""
        if conn in self._held:
            self._held[conn] -= 1

    def dropped(self, conn: int) -> None:
        """A connection is gone, and of what has not left yet nothing will; the switch may hear of it later."""
        self._lost[conn] = self._held.pop(conn, 0)

    def turn(self, turn: Turn, acquirers: tuple[str, ...], name_of: NameOf) -> None:
        """Take in a turn; `acquirers` are the links on which answers are said."""
        doubtful: list[str] = []
        match turn.event:
            case Opened(conn=conn, link=link) if link in acquirers:
                self._sent[conn] = deque(maxlen=SENDS_REMEMBERED_MAX)
                self._held[conn] = 0
            case Closed(conn=conn, unsent=unsent):
                sent = self._sent.pop(conn, ())
                self._leaving.pop(conn, None)
                unsent = max(unsent, self._lost.pop(conn, 0))
                doubtful = [key for key in list(sent)[-unsent:] if key and self._miss(key)] if unsent else []
        doubtful += self._say(turn, name_of)
        self.lost = [key for key in doubtful if key in self._copies]

    def _say(self, turn: Turn, name_of: NameOf) -> list[str]:
        """What the commands do; gives the approvals that were recorded and not said."""
        unsaid, entries = "", iter(turn.entries)
        left: list[str] = []
        for command in turn.commands:
            match command:
                case Append():
                    entry = next(entries)
                    if entry.kind == "answered" and entry.approved and (entry.opening is None or entry.opening.mti[2] == "0"):
                        left += [unsaid] if unsaid else []
                        unsaid = entry.about
                        self._copies.keep(unsaid, 0)
                    elif entry.kind == "reversed":
                        self._copies.pop(entry.key, None)
                        unsaid = "" if entry.key == unsaid else unsaid
                case Send(conn=conn) if conn in self._sent:
                    key, unsaid = unsaid or name_of(command), ""
                    self._sent[conn].append(key)
                    if conn in self._held:
                        self._held[conn] += 1
                    elif conn in self._lost:
                        self._lost[conn] += 1
                    if key in self._copies:
                        self._copies[key] += 1
                case Hangup(conn=conn):
                    self._leaving[conn] = None
                case _:
                    pass
        return [*left, unsaid] if unsaid else left

    def _miss(self, key: str) -> bool:
        """One copy less; True when it was the last."""
        if key in self._copies:
            self._copies[key] -= 1
        return self._copies.get(key) == 0
