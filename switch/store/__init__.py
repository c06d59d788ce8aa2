"""Stores: where a journal's sealed entries are kept. The only blocking input and output of the switch.

A *store* keeps `Sealed` entries in the order of their `seq` and gives them back; what they say is none of its business, and
whether their chain is whole is checked by whoever reads them (`RecordCodec.replay`). An *append* is durable when it returns,
all of it, or it raises `StoreError`. A store has one owner at a time: the program while it restores, then the writer thread.

A *reader* reads a journal without owning it, also while the switch is writing: `pointsman journal` does so.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from switch.store.base import Reader, Store, StoreError
from switch.store.memory import MemoryStore
from switch.store.sqlite import SqliteReader, SqliteStore

STORES: Mapping[str, Callable[[Path], Store]] = {
    "memory": MemoryStore,
    "sqlite": SqliteStore,
}
"""Name in a configuration -> what opens that store at a path. A store that needs no place on disk ignores it."""

__all__ = ["STORES", "MemoryStore", "Reader", "SqliteReader", "SqliteStore", "Store", "StoreError"]
