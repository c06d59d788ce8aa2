"""How full the switch's tables are, each with its bound from `switch.limits`. Reads, and changes nothing."""

from collections.abc import Iterator

import msgspec

from switch.core.state import State
from switch.core.traffic import Traffic
from switch.limits import (
    CONNECTIONS_MAX,
    INFLIGHT_MAX,
    LATE_MAX,
    SAF_ENTRIES_MAX,
    SAF_WINDOW_MAX,
    SENDS_REMEMBERED_MAX,
    TURNED_AWAY_MAX,
)

DEADLINES_EACH = 3
"""Deadlines that one connection can have: half a frame, an echo, an answer of network management. A link has as many: to dial,
to change keys, to end a grace.
"""

STANDING = 2
"""Deadlines of the switch itself: its first turn, and the end of a stop."""


class Gauge(msgspec.Struct, frozen=True):
    """A table: its name, how many entries it has, and how many it may have."""

    name: str
    count: int
    bound: int


def read_gauges(state: State, traffic: Traffic) -> Iterator[Gauge]:
    """All tables whose size a peer can move."""
    inflight, connections = traffic.inflight, traffic.connections
    # What is open or has a hold is not forgotten: it stands beside those that make room for each other.
    kept = len(inflight) + len(state.book.holds)
    yield Gauge("transactions", len(state.transactions), state.transactions_max + kept)
    yield Gauge("exchanges in flight", len(inflight), INFLIGHT_MAX)
    yield Gauge("exchanges ended", inflight.remembered, LATE_MAX)
    yield Gauge("copies of answers", len(traffic.copies), len(state.transactions))
    yield Gauge("refused requests", len(traffic.turned_away), TURNED_AWAY_MAX)
    yield Gauge("connections", len(connections), CONNECTIONS_MAX)
    for link, queue in state.saf.items():
        # A full queue takes nothing new, and what is open then may still come to be owed.
        yield Gauge(f"advices for {link}", len(queue), SAF_ENTRIES_MAX + INFLIGHT_MAX)
    for entry in traffic.links.values():
        yield Gauge(f"advices on their way to {entry.plan.name}", len(entry.advices_sent), SAF_WINDOW_MAX)
    for conn, connection in connections.items():
        yield Gauge(f"answers on connection {conn}", len(connection.sends), SENDS_REMEMBERED_MAX)
    owed = sum(map(len, state.saf.values()))
    deadlines = len(inflight) + owed + DEADLINES_EACH * (len(connections) + len(traffic.links)) + STANDING
    yield Gauge("deadlines", len(traffic.deadlines), deadlines)
    yield Gauge("unsealed audit events", len(traffic.audit), 0)
