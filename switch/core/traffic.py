"""The traffic: what lives only as long as the process. Connections, open exchanges, deadlines; all of it can be lost."""

from collections import deque
from enum import Enum

from keys.hsm import AuditEvent
from switch.core.bin_table import BinTable
from switch.core.inflight import Inflight
from switch.core.link import Connection, Link
from switch.core.plan import SwitchPlan
from switch.ledger.records import KeyEvent
from switch.limits import TURNED_AWAY_MAX
from switch.machine import Deadlines


class Due(Enum):
    """What a deadline is for; the second part of its key names the one."""

    __hash__ = object.__hash__  # As in `keys.policy`: a member is one object, and is looked up with each message.

    HALF_FRAME = "half frame"
    EXCHANGE = "exchange"
    ADVICE = "advice"
    DIAL = "dial"
    ECHO = "echo"
    NETWORK_ANSWER = "network answer"
    KEY_CHANGE = "key change"
    KEY_GRACE = "key grace"
    STOP = "stop"


DueKey = tuple[Due, int | str]


class Traffic:
    """Everything volatile.

    `links` by name; `connections` by number; `bins` are the routes in force; `deadlines` by what they are for; `audit` collects
    what the HSM has to say until the turn seals it; `copies` counts the answers sent beyond the first, by transaction that is
    remembered; `turned_away` are the transactions that were refused without a record;
    `draining` is True once a stop was ordered, `journal_low` while the journal's disk is nearly full.
    """

    def __init__(self, plan: SwitchPlan) -> None:
        self.links = {link.name: Link(link) for link in plan.links}
        self.connections: dict[int, Connection] = {}
        self.bins = BinTable(plan.routes)
        self.inflight = Inflight()
        self.deadlines: Deadlines[DueKey] = Deadlines()
        self.audit: deque[KeyEvent] = deque()
        self.copies: dict[str, int] = {}
        self.turned_away: dict[str, None] = {}
        self.begun = False
        self.draining = False
        self.journal_low = False

    def hear(self, event: AuditEvent) -> None:
        """The HSM's audit sink: keeps what it says until the turn seals it."""
        self.audit.append(KeyEvent(event.operation.value, event.keys, event.result.value, event.why))

    def turn_away(self, key: str) -> None:
        """A transaction is refused, and no record will say so."""
        self.turned_away[key] = None
        if len(self.turned_away) > TURNED_AWAY_MAX:
            del self.turned_away[next(iter(self.turned_away))]

    def copied(self, key: str) -> None:
        """The answer of a transaction goes out once more."""
        self.copies[key] = self.copies.get(key, 0) + 1

    def forget(self, keys: list[str]) -> None:
        """These transactions are not remembered any more. Not sooner: one without its count would be one answered once."""
        for key in keys:
            self.copies.pop(key, None)

    def lost(self, key: str) -> bool:
        """One answer of a transaction is known not to have left; True when that was the only one that could have."""
        left = self.copies.pop(key, 0)
        if left > 1:
            self.copies[key] = left - 1
        return not left
