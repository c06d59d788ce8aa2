"""The contract every core keeps: the switch, a terminal, a simulated host."""

from typing import Protocol

from switch.machine.clock import Moment
from switch.machine.commands import Command
from switch.machine.events import Event


class Machine(Protocol):
    """A synchronous, deterministic core with one owner.

    `handle` is total: whatever the peer sends, it raises nothing but AssertionError, which is our own fault.
    """

    def handle(self, event: Event, now: Moment) -> list[Command]:
        """Take one event and say, in order, what the world must do about it."""

    def next_deadline(self) -> int | None:
        """The `mono_ms` at which a `Tick` is wanted, or None while nothing waits."""
