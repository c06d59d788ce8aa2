"""How long terminals wait: when each has asked last, and when it has said its advice last. Nothing is judged here."""

from switch.machine import Send
from terminal_sim.lab.network import Brief
from terminal_sim.lab.turn import Turn


class Patience:
    """`asked_ms` by terminal: when it was to say last what must be answered. Ours say nothing else: nobody asks them."""

    def __init__(self) -> None:
        self.asked_ms: dict[str, int] = {}
        self._advised: dict[str, tuple[str, int]] = {}  # By terminal: the STAN of its latest advice, and when it was said.

    def turn(self, turn: Turn) -> None:
        """A terminal has taken a turn. One that begins again knows nothing of pauses."""
        if turn.first:
            self._advised.pop(turn.host, None)
        for command in turn.commands:
            if isinstance(command, Send):
                self.asked_ms[turn.host] = turn.at_ms

    def said(self, terminal: str, brief: Brief, at_ms: int) -> None:
        """A terminal has said an advice: a reversal, or a completion once more, which was a transaction the first time."""
        self._advised[terminal] = brief.stan, at_ms

    def paused_ms(self, terminal: str, brief: Brief, at_ms: int) -> int | None:
        """For how long it has not said this advice; None when it says it for the first time in its life."""
        stan, said_ms = self._advised.get(terminal, ("", 0))
        return at_ms - said_ms if stan == brief.stan else None
