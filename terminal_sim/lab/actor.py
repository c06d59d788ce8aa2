"""What anybody may bring into the world: an actor, which is a machine that keeps books of its own.

Synchronous: an event goes in, commands come out; time comes with the event. It may append records of its own to its journal and
is begun again on them after it was killed. The auditor asks it for its books and believes none of it: it compares.
"""

from collections.abc import Mapping
from typing import Protocol

from switch.machine import Machine

Transaction = tuple[str, str]
"""What the whole life of a transaction has in common wherever it is seen: DE 41 and DE 37, without filling."""


class Actor(Machine, Protocol):
    """A party with books, such as an issuer's host."""

    @property
    def net(self) -> Mapping[Transaction, int]:
        """What each transaction has cost its cardholder by these books, in minor units; 0 or absent where nothing."""
