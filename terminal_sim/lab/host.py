"""A host: a machine in the world, its outbox and its disk, and how it stands. What befalls it is the world's business."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from switch.machine import Event, Machine, Notice, Outbox, Sealed
from terminal_sim.lab.disk import Disk, Fold

if TYPE_CHECKING:
    from terminal_sim.lab.network import Speech

NOTICES_KEPT = 20
"""Notices of a host that can be looked at; further ones push out the oldest. A thousand would, with all their facts, be a third
of what a world keeps, and of what is looked through for cycles of objects.
"""

Revive = Callable[[Sequence[Sealed]], Machine]
"""Makes a machine from what its journal holds, behind the checkpoint where its disk keeps one."""


class Host:
    """A machine in the world.

    `disk` holds its journal; `notices` are the last things it has told; `wires` says where each of its links leads; `revive`
    makes its machine anew; `life` counts how often it has begun; `skew_ms` is by how much its wall clock is off.
    `ticks` counts how often it has been woken at the moment `ticked_ms`.
    """

    def __init__(self, name: str, machine: Machine, durable_seq: int, revive: Revive | None, fold: Fold | None = None) -> None:
        self.name = name
        self.machine = machine
        self.outbox = Outbox(durable_seq)
        self.disk = Disk(fold)
        self.notices: deque[Notice] = deque(maxlen=NOTICES_KEPT)
        self.wires: dict[str, tuple[Host, str, Speech | None]] = {}
        self.revive = revive
        self.alive = True
        self.life = 1
        self.skew_ms = 0
        self.tick_ms: int | None = None  # When a tick is planned for it.
        self.ticked_ms = -1
        self.ticks = 0
        self.frozen = False
        self.backlog: list[Event] = []  # What happened to it while it did nothing.

    @property
    def journal(self) -> list[Sealed]:
        """What it has made durable, behind the checkpoint of its disk."""
        return self.disk.durable

    @journal.setter
    def journal(self, entries: Iterable[Sealed]) -> None:
        self.disk.begin(list(entries))
