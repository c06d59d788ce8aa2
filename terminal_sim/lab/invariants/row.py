"""What a row of the table of invariants is made of: when it is checked, by what, and what a check finds."""

from collections.abc import Callable, Iterator
from enum import Enum

import msgspec

from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.evidence import Evidence
from terminal_sim.lab.network import Brief, Passage
from terminal_sim.lab.turn import Entry, Turn


class When(Enum):
    """At which moments messages and turns are checked."""

    ANSWER = "the switch answers a terminal"
    FORWARD = "the switch speaks to an issuer"
    REQUEST = "somebody speaks to the switch"
    TURN = "the switch has taken a turn"
    TERMINAL_TURN = "a terminal has taken a turn"


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
