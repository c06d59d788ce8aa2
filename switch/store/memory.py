"""A journal that lives as long as its process: for tests and for runs that need not be remembered. Nothing is durable here."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from switch.machine.sealing import GENESIS, Sealed
from switch.store.base import StoreError, check_succession


class MemoryStore:
    """Keeps entries in a list.

    Args:
        path: only a name for errors; nothing is opened.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._where = f"{path or 'unnamed'} (in memory)"
        self._entries: list[Sealed] = []
        self._closed = False

    def append(self, batch: Sequence[Sealed]) -> None:
        """See `Store.append`; durable means here: until the process ends."""
        self._check_open("cannot append to journal")
        check_succession(batch, len(self._entries), self._where)
        self._entries.extend(batch)

    def read(self, first: int = 1) -> Iterator[Sealed]:
        """See `Reader.read`."""
        self._check_open("cannot read journal")
        yield from islice(self._entries, max(first, 1) - 1, None)

    def head(self) -> tuple[int, bytes]:
        """See `Reader.head`."""
        return (self._entries[-1].seq, self._entries[-1].digest) if self._entries else (0, GENESIS)

    def close(self) -> None:
        """See `Reader.close`. What was written is gone."""
        self._closed = True

    def _check_open(self, what: str) -> None:
        if self._closed:
            raise StoreError(what, self._where, "it was closed", "Open it again")
