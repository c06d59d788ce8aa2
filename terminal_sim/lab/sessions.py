"""Sessions as the wire shows them: on which connections of the switch traffic may pass, and which 0800 of its own wait.

Where a sign-on is asked for, a session is open from the 0810 that grants it. A host that does not answer is hung up in time.
"""

from switch.limits import HALF_FRAME_MS, NETWORK_ANSWER_MS
from switch.wire.mti import is_response
from switch.wire.translate import plain_of
from terminal_sim.lab.network import Brief, Passage

GRANTED = "00"

VITAL = ("001", "301")
"""Codes of 0800s (DE 70) that every host which lives answers: sign-on and echo. Others may be left unanswered."""


class Sessions:
    """`open` has the connections of the switch whose sign-on was granted, `asked` those on which a vital 0800 of its own has no
    answer, with the time at which it is due; `lively` has those to issuers, with the time at which bytes came from there last;
    `begun` has those on which a message has begun and not ended, with the time at which it must have.
    """

    def __init__(self) -> None:
        self.open: dict[int, None] = {}
        self.asked: dict[int, int] = {}
        self.lively: dict[int, int] = {}
        self.begun: dict[int, int] = {}
        self._waiting: dict[int, dict[str, str]] = {}  # By connection: the STAN of the latest of each code.

    def said(self, passage: Passage, brief: Brief) -> None:
        """The switch has said something of network management."""
        conn = passage.speaker.conn
        if not is_response(brief.mti):
            code = plain_of(passage.message).get(70, "") if passage.message is not None else ""
            if code in VITAL:
                self._waiting.setdefault(conn, {})[code] = brief.stan
                self.asked.setdefault(conn, passage.at_ms + NETWORK_ANSWER_MS)
        elif brief.response_code == GRANTED:
            self.open[conn] = None

    def heard(self, passage: Passage, brief: Brief) -> None:
        """The switch has heard something of network management."""
        if is_response(brief.mti) and not passage.forged:
            conn = passage.hearer.conn
            waiting = {code: stan for code, stan in self._waiting.get(conn, {}).items() if stan != brief.stan}
            self._waiting[conn] = waiting
            if not waiting:
                self.asked.pop(conn, None)
            if brief.response_code == GRANTED:
                self.open[conn] = None

    def read(self, conn: int, at_ms: int, *, begun: bool, whole: bool) -> None:
        """The switch has read bytes: some messages that are `whole` with them, or the beginning of one."""
        if not begun:
            self.begun.pop(conn, None)
        elif whole or conn not in self.begun:
            self.begun[conn] = at_ms + HALF_FRAME_MS

    def hung_up(self, conn: int) -> None:
        """The switch has hung up a connection: what it had said before still leaves, and nothing is waited for."""
        for table in (self.asked, self.lively, self.begun, self._waiting):
            table.pop(conn, None)

    def closed(self, conn: int) -> None:
        """A connection of the switch is gone."""
        self.open.pop(conn, None)
        self.hung_up(conn)
