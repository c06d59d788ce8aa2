"""Which issuers the switch can ask, as its turns show: a connection that stands, and where one is asked for, a sign-on.

Nothing is judged here; and what it says of an issuer is sure only where it says that the switch can ask it.
"""

from switch.machine import Closed, Opened, Received
from terminal_sim.lab.network import Brief
from terminal_sim.lab.turn import Turn, hung_up_in

GRANTED = ("0810", "00")


class Reach:
    """The connections of one life of the switch to issuers.

    Args:
        issuers: the links that lead to one.
        signed_on: those on which a sign-on is asked for.
    """

    def __init__(self, issuers: frozenset[str], signed_on: frozenset[str]) -> None:
        self._issuers = issuers
        self._signed_on = signed_on
        self._joined: dict[int, str] = {}
        self._online: dict[int, str] = {}

    def can_ask(self, issuer: str) -> bool:
        """Whether a request to this issuer can leave at once."""
        return issuer in self._online.values()

    def turn(self, turn: Turn) -> None:
        """Take in a turn."""
        match turn.event:
            case Opened(conn=conn, link=link) if link in self._issuers:
                (self._joined if link in self._signed_on else self._online)[conn] = link
            case Received(conn=conn) if conn in self._joined:
                if any(_grants(passage.brief) and not passage.fault for passage in turn.heard):
                    self._online[conn] = self._joined.pop(conn)
            case Closed(conn=conn):
                self._leave(conn)
        for conn in hung_up_in(turn):
            self._leave(conn)

    def _leave(self, conn: int) -> None:
        self._joined.pop(conn, None)
        self._online.pop(conn, None)


def _grants(brief: Brief | None) -> bool:
    return brief is not None and (brief.mti, brief.response_code) == GRANTED
