"""The traffic: what lives only as long as the process. Connections, open exchanges, deadlines; all of it can be lost."""

from collections import deque
from enum import Enum

from keys.hsm import AuditEvent
from switch.core.inflight import Inflight
from switch.core.link import Connection, Link
from switch.core.plan import SwitchPlan
from switch.ledger.records import KeyEvent
from switch.machine import Deadlines


class Due(Enum):
    """What a deadline is for; the second part of its key names the one."""

    HALF_FRAME = "half frame"
    EXCHANGE = "exchange"
    ADVICE = "advice"
    DIAL = "dial"
    ECHO = "echo"
    NETWORK_ANSWER = "network answer"
    STOP = "stop"


DueKey = tuple[Due, int | str]


class Traffic:
    """Everything volatile.

    `links` by name; `connections` by number; `deadlines` by what they are for; `audit` collects what the HSM has to say until
    the turn seals it; `draining` is True once a stop was ordered.
    """

    def __init__(self, plan: SwitchPlan) -> None:
        self.links = {link.name: Link(link) for link in plan.links}
        self.connections: dict[int, Connection] = {}
        self.inflight = Inflight()
        self.deadlines: Deadlines[DueKey] = Deadlines()
        self.audit: deque[KeyEvent] = deque()
        self.begun = False
        self.draining = False

    def hear(self, event: AuditEvent) -> None:
        """The HSM's audit sink: keeps what it says until the turn seals it."""
        self.audit.append(KeyEvent(event.operation.value, event.keys, event.result.value, event.reason.value))
