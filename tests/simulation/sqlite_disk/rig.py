"""A store on a faulty disk: scenarios are recorded, and whatever a crash leaves of them is opened and judged. No tests."""

from collections.abc import Callable, Sequence
from pathlib import Path

import apsw
import msgspec

from switch.core import restore
from switch.machine import ChainError, Sealed
from switch.store import SqliteStore, StoreError
from tests.simulation.disk import Disk, Image, NamesSynced, Promised
from tests.simulation.sqlite_disk.vfs import NAME, FaultyVfs

CHECKPOINT_PAGES = 12
"""Pages of WAL after which SQLite copies them into the database, instead of its 1,000: so short scenarios see it often."""


class Open(msgspec.Struct, frozen=True):
    """A process begins, and opens the journal."""


class Add(msgspec.Struct, frozen=True):
    """A batch of so many records is made durable."""

    count: int


class Close(msgspec.Struct, frozen=True):
    """The process ends in good order."""


class Kill(msgspec.Struct, frozen=True):
    """The process ends between two steps; what it has written is there for the next one, though not all of it is durable."""


Act = Open | Add | Close | Kill

SCENARIOS: dict[str, tuple[Act, ...]] = {
    "a first start": (Open(), Add(1), Add(2), Close()),
    "batches": (Open(), Add(1), Add(70), Add(7), Add(33), Add(2)),
    "one by one": (Open(), *(Add(1) for _ in range(24))),
    "checkpoints": (Open(), *(Add(count) for count in (40, 1, 40, 5, 40, 1, 1, 40))),
    "opened again": (Open(), Add(5), Close(), Open(), Add(30), Close(), Open(), Add(1), Add(30)),
    "killed": (Open(), Add(20), Kill(), Open(), Add(3), Kill(), Open(), Close(), Open(), Kill(), Open(), Add(9)),
}


class Lost(Exception):
    """A journal is not what its store has promised."""


class Rig:
    """A drive with a door to it, and the real directory in which the locks are."""

    def __init__(self, directory: Path) -> None:
        self.vfs = FaultyVfs()
        self.path = directory / "journal.db"

    def connect(self, path: str) -> apsw.Connection:
        """A connection to what is in the drive."""
        connection = apsw.Connection(path, vfs=NAME)
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        return connection

    def open(
        self, disk: Disk, connect: Callable[[str], apsw.Connection] | None = None, *, sync_names: bool = True
    ) -> SqliteStore:
        """A store on this disk, as after a power cut: no lock and no shared memory is left.

        Args:
            connect: makes another connection than usual.
            sync_names: False for a store that does not sync its directory.
        """
        self.vfs.disk = disk
        for leftover in self.path.parent.iterdir():
            leftover.unlink()
        for name in disk.names:
            self.path.with_name(name).touch()
        return SqliteStore(
            self.path,
            connect or self.connect,
            apsw.Error,
            lambda descriptor: disk.take(NamesSynced()) if sync_names else None,
        )

    def record(
        self,
        acts: Sequence[Act],
        entries: Sequence[Sealed],
        connect: Callable[[str], apsw.Connection] | None = None,
        *,
        sync_names: bool = True,
    ) -> Disk:
        """Play a scenario on an empty disk; the disk then holds every step of it."""
        disk, store, seq = Disk(), None, 0
        for act in (*acts, Kill()):
            match act:
                case Open():
                    store = self.open(disk, connect, sync_names=sync_names)
                case Add(count):
                    assert store is not None
                    disk.take(Promised(seq + count, seq))
                    store.append(entries[seq : seq + count])
                    seq += count
                    disk.take(Promised(seq, seq))
                case Close():
                    assert store is not None
                    store.close()
                case Kill():
                    assert store is not None
                    disk = disk.fork()
                    store.close()
        return disk

    def recover(self, image: Image, promised: Promised, entries: Sequence[Sealed]) -> tuple[int, Disk]:
        """Open what a crash has left, as the program does when it begins.

        Returns:
            how many records there are, and the disk with the steps of the recovery and of a close behind it.

        Raises:
            Lost: acknowledged records are missing, a batch is there in part, or the journal does not restore.
        """
        disk = Disk(image)
        try:
            store = self.open(disk)
            found = list(store.read())
            store.close()
            state = restore(found)
        except (StoreError, ChainError) as error:
            raise Lost(str(error)) from error
        if len(found) not in (promised.acknowledged_seq, promised.begun_seq):
            raise Lost(f"{len(found)} records are left; promised were {promised}")
        if found != list(entries[: len(found)]):
            raise Lost("records are not as they were written")
        if (state.seq, state.digest) != store.head():
            raise Lost("the head is not that of the chain")
        return len(found), disk
