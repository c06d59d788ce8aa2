"""The states of a terminal's session with its host, and every way between them. Nothing else changes the state."""

from enum import Enum


class State(Enum):
    """Where the terminal stands."""

    __hash__ = object.__hash__  # As in `keys.policy`: a member is one object, and is looked up all the time.

    OFFLINE = "offline"
    CONNECTING = "connecting"
    SIGNING_ON = "signing on"
    READY = "ready"
    WAITING = "waiting"
    """A request is out."""
    ADVISING = "advising"
    """An owed advice is out."""


class Signal(Enum):
    """What can happen to the session."""

    __hash__ = object.__hash__  # As in `keys.policy`: a member is one object, and is looked up all the time.

    DIALLED = "dialled"
    UNREACHABLE = "unreachable"
    OPENED = "opened"
    SIGN_ON_SENT = "sign-on sent"
    SIGNED_ON = "signed on"
    REQUESTED = "request sent"
    SETTLED = "request answered or given up"
    ADVISED = "advice sent"
    ACKNOWLEDGED = "advice answered"
    LOST = "connection lost, or hung up"


TRANSITIONS: dict[State, dict[Signal, State]] = {
    State.OFFLINE: {Signal.DIALLED: State.CONNECTING},
    State.CONNECTING: {
        Signal.OPENED: State.READY,
        Signal.SIGN_ON_SENT: State.SIGNING_ON,
        Signal.UNREACHABLE: State.OFFLINE,
    },
    State.SIGNING_ON: {Signal.SIGNED_ON: State.READY, Signal.LOST: State.OFFLINE},
    State.READY: {Signal.REQUESTED: State.WAITING, Signal.ADVISED: State.ADVISING, Signal.LOST: State.OFFLINE},
    State.WAITING: {Signal.SETTLED: State.READY, Signal.LOST: State.OFFLINE},
    State.ADVISING: {Signal.ACKNOWLEDGED: State.READY, Signal.LOST: State.OFFLINE},
}
"""An unanswered request leaves the connection up, for the reversal; an unanswered advice ends it: the host may be gone."""


def follow(state: State, signal: Signal) -> State:
    """The state after `signal`; a missing row is our own fault."""
    follower = TRANSITIONS[state].get(signal)
    assert follower is not None, f"a terminal that is {state.value} cannot take: {signal.value}"
    return follower
