"""What can be told of the journals of somebody's own terminals, which nobody else can read: which texts stand in a record.

The record of a request names its DE 11 and its DE 37, however else it is spelled.
"""

import re
from collections.abc import Iterable

from switch.machine import Sealed
from terminal_sim.lab.recent import Recent

RECORDS_KEPT = 10_000
"""STANs of one terminal whose records are remembered: more than it can spend before the first one is said."""

_STAN = re.compile(rb"(?<![0-9])[0-9]{6}(?![0-9])")


class OwnRecords:
    """The durable records of one terminal."""

    def __init__(self) -> None:
        self._bodies: Recent[bytes, list[bytes]] = Recent(RECORDS_KEPT)

    def take(self, entries: Iterable[Sealed]) -> None:
        """Take what has become durable."""
        for sealed in entries:
            for stan in _STAN.findall(sealed.body):
                self._bodies.keep(stan, [*self._bodies.get(stan, ()), sealed.body])

    def name(self, stan: str, rrn: str) -> bool:
        """Whether a record names both."""
        return any(rrn.encode() in body for body in self._bodies.get(stan.encode(), ()))
