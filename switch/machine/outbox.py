"""Journal before speech, in code: the one place that decides when a command may leave. Pure; every world uses this one."""

from collections import deque

from switch.machine.commands import Append, Command, Send


class Outbox:
    """Holds outward commands back until every `Append` issued before them is durable.

    `Append`s themselves are released at once and in order, so that many of them can share one commit while further events
    are handled.
    """

    def __init__(self, durable_seq: int = 0) -> None:
        """Start with everything up to `durable_seq` already in the journal."""
        self._appended_seq = durable_seq
        self._durable_seq = durable_seq
        self._held: deque[tuple[int, Command]] = deque()

    @property
    def empty(self) -> bool:
        """True when nothing is held back."""
        return not self._held

    def push(self, commands: list[Command]) -> list[Command]:
        """Take what a machine returned; give what may be carried out now, in order."""
        released: list[Command] = []
        for command in commands:
            if isinstance(command, Append):
                self._appended_seq = command.sealed.seq
                released.append(command)
            elif self._appended_seq > self._durable_seq:
                self._held.append((self._appended_seq, command))
            else:
                released.append(command)
        return released

    def durable(self, seq: int) -> list[Command]:
        """Everything up to `seq` has been committed; give what may be carried out now, in order."""
        self._durable_seq = max(self._durable_seq, seq)
        released: list[Command] = []
        while self._held and self._held[0][0] <= self._durable_seq:
            released.append(self._held.popleft()[1])
        return released

    def forget(self, conn: int) -> int:
        """Drop the `Send`s still held for a connection that is gone; give their number, for `Closed.unsent`."""
        kept = [entry for entry in self._held if not (isinstance(entry[1], Send) and entry[1].conn == conn)]
        dropped = len(self._held) - len(kept)
        if dropped:
            self._held = deque(kept)
        return dropped
