"""Which transactions are still to be judged: a long run cannot keep all of them to its end.

A transaction that nobody has spoken of for a while, and on which all books agree, is settled. It is judged again as soon as
somebody speaks of it; when many others were settled after it, it is forgotten. How books are compared is the business of who
asks.
"""

from collections import OrderedDict
from collections.abc import Callable

from terminal_sim.lab.actor import Transaction

QUIET_MS = 300_000
"""After so much silence a transaction can be settled: three times as long as anything is late in this world."""

SETTLED_KEPT = 20_000
"""Settled transactions that are remembered: five minutes of the busiest world, and half an hour of an ordinary one."""


class Settlement:
    """The transactions of a run.

    Args:
        forget: told of each transaction that need not be remembered any more.

    `open` are those to be judged, with when they were spoken of last, in that order; `settled` counts the others.
    """

    def __init__(self, forget: Callable[[Transaction], None]) -> None:
        self.open: OrderedDict[Transaction, int] = OrderedDict()
        self.settled = 0
        self._latest: OrderedDict[Transaction, None] = OrderedDict()
        self._forget = forget

    def touch(self, transaction: Transaction, now_ms: int) -> None:
        """Somebody has spoken of a transaction."""
        if transaction in self._latest:
            del self._latest[transaction]
            self.settled -= 1
        self.open[transaction] = now_ms
        self.open.move_to_end(transaction)

    def settle(self, now_ms: int, agree: Callable[[Transaction], bool]) -> None:
        """Look at the transactions that were quiet for long: those on which all books agree are settled."""
        while self.open:
            transaction, last_ms = next(iter(self.open.items()))
            if last_ms > now_ms - QUIET_MS:
                return
            if agree(transaction):
                del self.open[transaction]
                self._remember(transaction)
            else:
                self.touch(transaction, now_ms)  # Something about it is still owed, or wrong; the end will say which.

    def is_open(self, transaction: Transaction) -> bool:
        """Whether it is to be judged. What nobody has spoken of is, as long as nothing was forgotten."""
        return transaction in self.open or (transaction not in self._latest and self.settled <= SETTLED_KEPT)

    def _remember(self, transaction: Transaction) -> None:
        self.settled += 1
        self._latest[transaction] = None
        if len(self._latest) > SETTLED_KEPT:
            self._forget(self._latest.popitem(last=False)[0])
