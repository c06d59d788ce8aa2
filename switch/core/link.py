"""Links and connections: who is on the line, and whether traffic may pass. All that changes a session's state is here."""

from collections import deque
from enum import Enum

import msgspec

from switch.core.key_sets import LinkKeys
from switch.core.plan import LinkPlan, Role
from switch.limits import DIAL_RETRY_MAX_MS, DIAL_RETRY_MS, SENDS_REMEMBERED_MAX
from switch.wire import Message


class SessionState(Enum):
    """Where the session of one connection stands."""

    UP = "up"
    SIGNING_ON = "signing on"
    ONLINE = "online"
    DOWN = "down"


class Signal(Enum):
    """What can happen to a session."""

    ADMIT = "admit"
    """No sign-on is asked for."""
    SIGN_ON_SENT = "sign-on sent"
    SIGN_ON = "sign-on"
    """The peer signed on here, or its 0810 took our sign-on."""
    SIGN_OFF = "sign-off"
    LOST = "lost"


TRANSITIONS: dict[SessionState, dict[Signal, SessionState]] = {
    SessionState.UP: {
        Signal.ADMIT: SessionState.ONLINE,
        Signal.SIGN_ON_SENT: SessionState.SIGNING_ON,
        Signal.SIGN_ON: SessionState.ONLINE,
        Signal.SIGN_OFF: SessionState.UP,
        Signal.LOST: SessionState.DOWN,
    },
    SessionState.SIGNING_ON: {
        Signal.SIGN_ON: SessionState.ONLINE,
        Signal.SIGN_OFF: SessionState.UP,
        Signal.LOST: SessionState.DOWN,
    },
    SessionState.ONLINE: {
        Signal.SIGN_ON: SessionState.ONLINE,
        Signal.SIGN_OFF: SessionState.UP,
        Signal.LOST: SessionState.DOWN,
    },
    SessionState.DOWN: {},
}
"""Signing on twice is harmless; nothing happens on a connection that is down."""


class Asked(msgspec.Struct, frozen=True):
    """An 0800 of ours, as it was sent, and what its answer is found by."""

    message: Message
    match: tuple[str, ...]


class Connection:
    """One TCP connection of a link.

    `frames` cuts its stream; `sends` remembers which transaction each of the last answers was for ("" for others), so that
    answers which never left can be named; `awaiting` holds our own 0800s that have no answer yet, one of each code; `keys` is
    the key set that its last message was under; `questions` counts our 0800s; `leaving` is True once we hang up.
    """

    def __init__(self, conn: int, link: "Link") -> None:
        self.conn = conn
        self.link = link
        self.plan = link.plan
        self.frames = link.plan.framing.buffer()
        self.state = SessionState.UP
        self.sends: deque[str] = deque(maxlen=SENDS_REMEMBERED_MAX)
        self.awaiting: dict[str, Asked] = {}
        self.keys = link.keys.present
        self.questions = 0
        self.leaving = False

    @property
    def online(self) -> bool:
        """True when financial traffic may pass."""
        return self.state is SessionState.ONLINE

    def move(self, signal: Signal) -> None:
        """Go where `TRANSITIONS` says; a missing row is our own fault."""
        follower = TRANSITIONS[self.state].get(signal)
        assert follower is not None, f"a session that is {self.state.value} cannot take {signal.value}"
        self.state = follower


class Link:
    """A party: its plan, its keys, its connections in the order in which they came, and how eagerly it is dialled.

    `advices_sent` are the STANs of queued advices that are under way, in the order in which they were sent.
    """

    def __init__(self, plan: LinkPlan) -> None:
        self.plan = plan
        self.keys = LinkKeys(plan.keys)
        self.connections: dict[int, Connection] = {}
        self.advices_sent: dict[str, None] = {}
        self._dial_retry_ms = DIAL_RETRY_MS

    @property
    def dialled(self) -> bool:
        """True when we connect to this party."""
        return self.plan.role is Role.ISSUER

    def online(self) -> Connection | None:
        """A connection that traffic may take, the oldest first, or None. One that is hung up is not read any more."""
        return next((entry for entry in self.connections.values() if entry.online and not entry.leaving), None)

    def reached(self) -> None:
        """The party has spoken, or taken our sign-on: the next loss is dialled again soon. Being connected proves nothing."""
        self._dial_retry_ms = DIAL_RETRY_MS

    def next_dial_ms(self) -> int:
        """How long to wait before the next attempt; doubles with each one in vain."""
        pause = self._dial_retry_ms
        self._dial_retry_ms = min(2 * pause, DIAL_RETRY_MAX_MS)
        return pause
