"""What a row of the table of invariants is made of: when it is checked, by what, and what a check finds."""

from collections.abc import Callable, Iterator
from enum import Enum

import msgspec

from switch.machine import Tick
from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.evidence import Evidence
from terminal_sim.lab.network import Brief, Passage
from terminal_sim.lab.turn import Entry, Turn


class When(Enum):
    """At which moments messages and turns are checked."""

    __hash__ = object.__hash__  # As in `keys.policy`: a member is one object, and is looked up with each turn.

    ANSWER = "the switch answers a terminal"
    FORWARD = "the switch speaks to an issuer"
    REQUEST = "somebody speaks to the switch"
    TURN = "the switch has taken a turn"
    READING = "the switch has read messages in a turn"
    TICK = "the switch has looked at the clock"
    TERMINAL_TURN = "a terminal has taken a turn"
    TERMINAL_READING = "a terminal has read messages in a turn"
    TERMINAL_TICK = "a terminal has looked at the clock"


class Finding(msgspec.Struct, frozen=True):
    """Something that is wrong, and the transaction that it is about."""

    text: str
    transaction: Transaction = ("", "")


StepCheck = Callable[[Evidence, Passage, Brief], str]
TurnCheck = Callable[[Evidence, Turn], Iterator[Finding]]
RecordCheck = Callable[[Evidence, Entry], Iterator[Finding]]
EndCheck = Callable[[Evidence], Iterator[Finding]]


class Invariant(msgspec.Struct, frozen=True):
    """One row.

    Args:
        words: what must hold.
        steps: checks of messages by the moment at which they are made.
        turns: checks of what a machine does about an event.
        records: checks of what the switch has made durable.
        end: the check when all is at rest.
        judged: where else it is judged, or which part will bring it.
    """

    words: str
    steps: tuple[tuple[When, StepCheck], ...] = ()
    turns: tuple[tuple[When, TurnCheck], ...] = ()
    records: tuple[RecordCheck, ...] = ()
    end: EndCheck | None = None
    judged: str = ""


_TURNS = (
    (When.TERMINAL_TURN, When.TERMINAL_READING, When.TERMINAL_TICK),
    (When.TURN, When.READING, When.TICK),
)
"""Kinds of turns, of terminals and of the switch: any, one that has read messages, one that has looked at the clock."""


def kinds_of(when: When) -> tuple[When, ...]:
    """The kinds of turns at which a check is made: one for any turn at all of them."""
    return next((kinds for kinds in _TURNS if kinds[0] is when), (when,))


def turn_of(turn: Turn, *, is_switch: bool) -> When:
    """Of which kind a turn is: most can find nothing but in one kind, and turns are many."""
    other, reading, tick = _TURNS[is_switch]
    return reading if turn.heard else tick if isinstance(turn.event, Tick) else other
