"""Signals of whoever operates a server, as its command hears them. What they ask for is that command's business."""

import signal
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager

import trio

STOPS = (signal.SIGTERM, signal.SIGINT)
"""The first one ends a server in order, the second one at once."""


@contextmanager
def open_signals(orders: Collection[int]) -> Iterator[AsyncIterator[int]]:
    """Orders and stops as they come. Before and after, orders wait: they would end the process, as nobody heard them.

    They wait from before the command is imported, by the table of commands (`terminal_sim.cli`).
    """
    with trio.open_signal_receiver(*STOPS, *orders) as signals:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, orders)
        try:
            yield signals
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, orders)
