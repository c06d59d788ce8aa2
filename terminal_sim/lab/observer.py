"""Who watches a world: what is told, and when. What anybody makes of it is their own affair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from switch.machine import ChainError, Command, Event, Moment, Notice, Sealed

if TYPE_CHECKING:
    from terminal_sim.lab.host import Host
    from terminal_sim.lab.network import End, Passage
    from terminal_sim.lab.world import World


class Observer:
    """Is told what happens in a world, at the moment at which it happens. Changes nothing; this one does not even look."""

    def placed(self, world: World) -> None:
        """This is the world that is observed; nothing has happened in it yet."""

    def handled(self, host: Host, event: Event, now: Moment, commands: Sequence[Command]) -> None:
        """A machine has taken an event and said what is to be done about it."""

    def said(self, passage: Passage) -> None:
        """A host has put a message on a line, as it meant it."""

    def heard(self, passage: Passage) -> None:
        """The last byte of a message has arrived. A bad peer's message is another passage than the one that was said."""

    def committed(self, host: Host, entries: Sequence[Sealed]) -> None:
        """Entries have become durable."""

    def noticed(self, host: Host, notice: Notice) -> None:
        """A machine has something to say to people."""

    def closed(self, end: End) -> None:
        """A host has lost a connection."""

    def died(self, host: Host) -> None:
        """A host is dead."""

    def revived(self, host: Host, entries: Sequence[Sealed], damage: ChainError | ValueError | None, changed: bool) -> None:
        """A host has begun again and read these entries; `damage` is what it said about bytes of theirs that were `changed`."""


class Audience:
    """The observers of a world, by what they look at: most of what happens concerns few of them, and happens often."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self.handled = [each.handled for each in _looking(observers, Observer.handled)]
        self.said = [each.said for each in _looking(observers, Observer.said)]
        self.heard = [each.heard for each in _looking(observers, Observer.heard)]
        self.committed = [each.committed for each in _looking(observers, Observer.committed)]
        self.noticed = [each.noticed for each in _looking(observers, Observer.noticed)]
        self.closed = [each.closed for each in _looking(observers, Observer.closed)]
        self.died = [each.died for each in _looking(observers, Observer.died)]
        self.revived = [each.revived for each in _looking(observers, Observer.revived)]


def _looking(observers: Sequence[Observer], method: Callable[..., None]) -> Iterable[Observer]:
    """Those that do something when they are told so."""
    return (each for each in observers if getattr(type(each), method.__name__) is not method)
