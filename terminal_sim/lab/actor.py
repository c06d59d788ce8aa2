"""What anybody may bring into the world: an actor, which is a machine that keeps books of its own.

Synchronous: an event goes in, commands come out; time comes with the event. It may append records of its own to its journal and
is begun again on them after it was killed. The auditor asks it for its books and believes none of it: it compares. How an actor
is made is in `makers`, what is looked at of all that it says in `guard`.
"""

from collections.abc import Mapping
from typing import Protocol

from switch.machine import Machine

Transaction = tuple[str, str]
"""What the whole life of a transaction has in common wherever it is seen: DE 41 and DE 37, without filling."""

RECEIPT, REFUSED = "terminal.receipt", "terminal.refused"
"""The notices with one of which a terminal ends every order; nothing was sent for a refused one."""


class Actor(Machine, Protocol):
    """A party with books, such as an issuer's host."""

    @property
    def net(self) -> Mapping[Transaction, int]:
        """What each transaction has cost its cardholder by these books, in minor units; 0 or absent where nothing."""


class TerminalActor(Actor, Protocol):
    """A terminal: it dials the switch, is ordered to take payments (`terminal_sim.terminal.orders`), and ends each order with a
    notice. That of a receipt has the facts "key" (DE 41, DE 11 and DE 7 of the request, with "/" between), "kind" and "outcome"
    (values of `TransactionKind` and `Outcome`): they are what the people at the till go by.
    """

    @property
    def idle(self) -> bool:
        """True when nothing is under way, nothing waits and nothing is owed."""
