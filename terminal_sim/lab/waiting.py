"""Who waits for the switch: what was asked of it on each connection, how often, and how much of that it has answered.

Whether an answer comes in time, and is the right one, is judged elsewhere.
"""

from collections import deque

import msgspec

from switch.wire.mti import is_mti, is_response, response_mti
from terminal_sim.lab.network import Brief, Passage
from terminal_sim.lab.recent import Recent

ASKED_MAX = 1_000
"""Requests of one connection that are remembered."""

LATEST_KEPT = 5_000
"""Requests whose latest connection is remembered: those of a minute of the busiest world."""


class Asked(msgspec.Struct):
    """A request that the switch has heard on one connection.

    Args:
        passage, brief: the message, as it was heard last.
        heard: how often; `answered`: how many answers to it were said.
        first_ms: when it was heard first.
        due_ms: when it must have been answered at the latest.
        settled: True when no answer is due any more, here.
        minors: the amounts that were asked for under this name: a bad peer may have said another one.
        doubtful: True once a message with a wrong MAC was heard that says to be this one: whose answer is it then?
    """

    passage: Passage
    brief: Brief
    first_ms: int
    due_ms: int
    minors: tuple[str, ...] = ()
    heard: int = 0
    answered: int = 0
    settled: bool = False
    doubtful: bool = False


class Waiting:
    """`asked` by connection, then by MTI of the answer and STAN; `due` in the order in which answers are due; `unreadable`
    counts messages by connection that the switch could not read.

    Args:
        patience_ms: from hearing a request to when it must have been answered.
    """

    def __init__(self, patience_ms: int) -> None:
        self.asked: dict[int, dict[tuple[str, str], Asked]] = {}
        self.due: deque[Asked] = deque()
        self.unreadable: dict[int, int] = {}
        self._patience_ms = patience_ms
        self._latest: Recent[tuple[str, str, str, str], Asked] = Recent(LATEST_KEPT)

    def asked_by(self, passage: Passage, brief: Brief) -> Asked | None:
        """The request that an answer of the switch belongs to, on the connection that it is said on."""
        asked = self.asked.get(passage.speaker.conn)
        return None if asked is None else asked.get((brief.mti, brief.stan))

    def asked_elsewhere(self, passage: Passage, brief: Brief) -> bool:
        """Whether what an answer of the switch belongs to was heard on another connection last."""
        asked = self._latest.get((brief.terminal_id, brief.mti, brief.stan, brief.moment))
        return asked is not None and asked.passage.hearer.conn != passage.speaker.conn

    def heard(self, passage: Passage, brief: Brief) -> None:
        """The switch has heard a request."""
        asked = self._ask(passage, brief)
        name = (brief.terminal_id, response_mti(brief.mti), brief.stan, brief.moment)
        before = self._latest.get(name)
        if before is not None and before is not asked:
            before.settled = True  # It is asked again on another connection, and answered there.
        self._latest.keep(name, asked)
        if brief.mti[1] == "4" and not passage.forged:
            self._settle_original(brief)

    def heard_unreadable(self, conn: int) -> None:
        """The switch has heard what nobody can read; it may be answered once."""
        self.unreadable[conn] = self.unreadable.get(conn, 0) + 1

    def said(self, passage: Passage, brief: Brief) -> Asked | None:
        """The switch has spoken to a terminal: the request that it has answered; None where it is none that is known."""
        asked = self.asked_by(passage, brief)
        if asked is not None and asked.answered < asked.heard:
            asked.answered += 1
            asked.settled = True
            return asked
        if self.unreadable.get(passage.speaker.conn):
            self.unreadable[passage.speaker.conn] -= 1
        return None

    def closed(self, conn: int) -> None:
        """A connection is gone, and what was asked on it will not be answered there."""
        for asked in self.asked.pop(conn, {}).values():
            asked.settled = True
        self.unreadable.pop(conn, None)

    def _ask(self, passage: Passage, brief: Brief) -> Asked:
        """Count a request where it was heard."""
        key = (response_mti(brief.mti), brief.stan)
        table = self.asked.setdefault(passage.hearer.conn, {})
        asked = table.get(key)
        if asked is None:
            asked = table[key] = Asked(passage, brief, passage.heard_ms, passage.heard_ms + self._patience_ms)
            self.due.append(asked)
            if len(table) > ASKED_MAX:
                del table[next(iter(table))]
        asked.heard += 1
        asked.doubtful = asked.doubtful or passage.forged
        if brief.minor not in asked.minors:
            asked.minors += (brief.minor,)
        if not passage.forged and brief.minor == asked.minors[0]:
            asked.passage, asked.brief = passage, brief
        return asked

    def _settle_original(self, brief: Brief) -> None:
        """What is reversed while it is open needs no answer any more: whoever reverses has stopped waiting for it."""
        mti, stan, moment = brief.named
        if is_mti(mti) and not is_response(mti):
            original = self._latest.get((brief.terminal_id, response_mti(mti), stan, moment))
            if original is not None:
                original.settled = True
