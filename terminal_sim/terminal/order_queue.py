"""Orders that wait at a terminal, which does one at a time. What they mean, and when it is their turn, is not known here."""

from switch.limits import ORDERS_MAX
from switch.machine import Deadlines, Severity
from terminal_sim.terminal.orders import RefusalReason, TerminalOrder
from terminal_sim.terminal.scribe import Scribe


class OrderQueue:
    """Orders in the sequence in which they came, each with a deadline of its own.

    Args:
        scribe: tells what is refused.
        deadlines: of the terminal; those of orders are called by their numbers.
        patience_ms: how long an order waits at most.
    """

    def __init__(self, scribe: Scribe, deadlines: Deadlines[str], patience_ms: int) -> None:
        self._scribe = scribe
        self._deadlines = deadlines
        self._patience_ms = patience_ms
        self._waiting: dict[str, TerminalOrder] = {}
        self._seen = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, order: TerminalOrder) -> None:
        """Have an order wait; one too many is refused at once."""
        if len(self._waiting) >= ORDERS_MAX:
            self.refuse(order, RefusalReason.BUSY, f"{ORDERS_MAX} orders wait already")
            return
        self._seen += 1
        name = str(self._seen)
        self._waiting[name] = order
        self._deadlines.set(name, self._scribe.now.mono_ms + self._patience_ms)

    def take(self) -> TerminalOrder:
        """The order that has waited longest, which waits no more."""
        return self._remove(next(iter(self._waiting)))

    def lose_patience(self, name: str, *, owes: bool) -> None:
        """The deadline of this order has come; `owes` says whether an advice kept it waiting."""
        if name not in self._waiting:
            return  # What came due just before it, in the same tick, has refused all that waited.
        order = self._remove(name)
        if owes:
            self.refuse(order, RefusalReason.OWED, "an advice is owed, and the host does not acknowledge it")
        else:
            self.refuse(order, RefusalReason.BUSY, "the terminal was busy with other orders for too long")

    def refuse_all(self, reason: RefusalReason, text: str) -> None:
        """Let nothing wait any more."""
        while self._waiting:
            self.refuse(self.take(), reason, text)

    def refuse(self, order: TerminalOrder, reason: RefusalReason, text: str) -> None:
        """Tell whoever gave an order why it is not carried out."""
        facts = (("reference", order.reference), ("reason", reason.value))
        self._scribe.notice("terminal.refused", Severity.WARNING, f"order refused: {text}", facts)

    def _remove(self, name: str) -> TerminalOrder:
        self._deadlines.drop(name)
        return self._waiting.pop(name)
