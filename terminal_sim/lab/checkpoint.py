"""A checkpoint: what a host's journal came to up to some entry, kept in place of the entries. Folded by production code alone.

It sees entries and never the machine that wrote them, so that it is also what that machine's memory can be judged by.
"""

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, Self, TypeVar

from switch.machine import Sealed


class Memory(Protocol):
    """What a machine remembers: a fold of its journal."""

    def copy(self) -> Self:
        """The same, to be changed while this one stays as it is."""


M = TypeVar("M", bound=Memory)


class Checkpoint(Generic[M]):
    """One host's.

    Args:
        memory: what a journal without entries comes to.
        fold: takes entries into a memory, which must follow those that are in it.
        restore: gives what the host begins with, as it does itself when it is started; by default that is the fold.
    """

    def __init__(
        self,
        memory: M,
        fold: Callable[[M, Sequence[Sealed]], None],
        restore: Callable[[Sequence[Sealed], M], M] | None = None,
    ) -> None:
        self._memory = memory
        self._fold = fold
        self._restore = restore or self._fold_on

    def take(self, entries: Sequence[Sealed]) -> None:
        """Go on by these entries.

        Raises:
            ChainError: they are not what was written.
        """
        self._fold(self._memory, entries)

    def begin(self, entries: Sequence[Sealed]) -> M:
        """What a host holds that begins here, and on the entries behind.

        Raises:
            ChainError: they are not what was written.
        """
        return self._restore(entries, self._memory.copy())

    def _fold_on(self, entries: Sequence[Sealed], memory: M) -> M:
        self._fold(memory, entries)
        return memory
