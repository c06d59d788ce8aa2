"""How long the switch waits before it dials an issuer again, or says an advice again. Nothing is judged here."""

from switch.limits import DIAL_RETRY_MS, SAF_RETRY_MAX_MS, SAF_RETRY_MS
from switch.machine import Closed, Dial, Opened, Tick
from terminal_sim.lab.turn import Turn


class Pauses:
    """Those of one life; `short` are those that ended too early with this turn, as sentences."""

    def __init__(self) -> None:
        self.short: list[str] = []
        self._links: dict[int, str] = {}  # By connection.
        self._dialled_ms: dict[str, int] = {}
        self._said_ms: dict[str, dict[str, int]] = {}  # By link and STAN: when an advice was said last.

    def turn(self, turn: Turn) -> None:
        """Take in a turn. What was said on a line that is lost may be said on the next one at once."""
        self.short.clear()
        match turn.event:
            case Opened(conn=conn, link=link):
                self._links[conn] = link
            case Closed(conn=conn):
                self._said_ms.pop(self._links.pop(conn, ""), None)
            case Tick():
                self._dial(turn)
        for entry in turn.entries:
            if entry.kind == "advice-sent":
                self._say(entry.link, entry.stan, entry.attempt, turn.at_ms)
            elif entry.kind == "advice-ended":
                self._said_ms.get(entry.link, {}).pop(entry.stan, None)  # The next one of this STAN is another.

    def _dial(self, turn: Turn) -> None:
        for command in turn.commands:
            if isinstance(command, Dial):
                before_ms = self._dialled_ms.get(command.link)
                self._dialled_ms[command.link] = turn.at_ms
                if before_ms is not None and turn.at_ms - before_ms < DIAL_RETRY_MS:
                    self.short.append(f"{command.link} is dialled again after {turn.at_ms - before_ms} ms")

    def _say(self, link: str, stan: str, attempt: int, at_ms: int) -> None:
        said_ms = self._said_ms.setdefault(link, {})
        before_ms = said_ms.get(stan)
        said_ms[stan] = at_ms
        wanted_ms = _pause_ms(attempt)
        if before_ms is not None and at_ms - before_ms < wanted_ms:
            paused_ms = at_ms - before_ms
            self.short.append(f"STAN {stan} is said to {link} again after {paused_ms} ms, and should be after {wanted_ms}")


def _pause_ms(attempt: int) -> int:
    """Before this attempt: the second waits for the shortest one, and no attempt behind another for less."""
    return min(SAF_RETRY_MS << min(max(attempt - 2, 0), 10), SAF_RETRY_MAX_MS)
