"""What a row of the table of invariants is made of: when it is checked, by what, and what a check finds."""

from collections.abc import Callable, Iterator
from enum import Enum

import msgspec

from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.evidence import Evidence
from terminal_sim.lab.network import Brief, Passage


class When(Enum):
    """At which moments an invariant is checked."""

    ANSWER = "the switch answers a terminal"
    FORWARD = "the switch speaks to an issuer"
    REQUEST = "a terminal speaks"
    RULE = "by a rule of the auditor's own"
    END = "the world has come to rest"
    LATER = "its part does not exist yet"


class Finding(msgspec.Struct, frozen=True):
    """Something that is wrong, and the transaction that it is about."""

    text: str
    transaction: Transaction = ("", "")


StepCheck = Callable[[Evidence, Passage, Brief], str]
EndCheck = Callable[[Evidence], Iterator[Finding]]


class Invariant(msgspec.Struct, frozen=True):
    """One row.

    Args:
        words: what must hold.
        steps: checks by the moment at which they are made.
        end: the check when all is at rest.
        judged: where else it is judged, or which part will bring it.
    """

    words: str
    steps: tuple[tuple[When, StepCheck], ...] = ()
    end: EndCheck | None = None
    judged: str = ""
