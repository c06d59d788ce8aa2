"""A table that forgets: it keeps its latest entries, and the oldest ones make room. What the lab remembers of a long run."""

from collections import OrderedDict
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(OrderedDict[K, V]):
    """A table of at most `kept` entries, oldest first.

    Not a plain dict: finding the first entry of one skips all that were taken out before it, which is slow in a large table.
    """

    def __init__(self, kept: int) -> None:
        super().__init__()
        self.kept = kept

    def keep(self, key: K, value: V) -> None:
        """Set an entry; a new one is the latest."""
        self[key] = value
        if len(self) > self.kept:
            self.popitem(last=False)
