"""SQLite's door to a `Disk`: content in memory, locks and shared memory as the system has them. Faults come in here too.

Every file that SQLite opens has an empty twin in a real directory, which its locks and its `-shm` need. They are no content:
after a loss of power both are gone.
"""

from pathlib import Path

import apsw

from tests.simulation.disk import Cut, Disk, NamesSynced, Removed, Synced, SyncFailed, Wrote

NAME = "faulty"
"""As connections ask for this file system."""

_SYNCS_ITS_NAME = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL
"""Files whose first sync takes their directory along, where SQLite itself has just made them: so its unix file system does
(os_unix.c, UNIXFILE_DIRSYNC)."""


class FaultyVfs(apsw.VFS):
    """One file system over whatever `disk` is in the drive when a file is opened."""

    def __init__(self) -> None:
        super().__init__(NAME, "")
        self.disk = Disk()
        self.heal()

    def heal(self) -> None:
        """From now on everything succeeds."""
        self._act, self._good, self._fault = "", 0, Exception()

    def fail(self, act: str, good: int, fault: Exception) -> None:
        """From now on an act ("sync", "write", "truncate") succeeds so many times more, and then no more."""
        self._act, self._good, self._fault = act, good, fault

    def fails(self, act: str) -> Exception | None:
        """What an act raises now, if it is to fail."""
        if act != self._act:
            return None
        self._good -= 1
        return self._fault if self._good < 0 else None

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> "_File":
        assert name is not None, "a journal has no temporary files"
        return _File(self, name, flags)

    def xDelete(self, name: str, sync_names: bool) -> None:
        self.disk.take(Removed(Path(name).name))
        if sync_names:
            self.disk.take(NamesSynced())
        super().xDelete(name, False)

    def xAccess(self, name: str, flags: int) -> bool:
        return Path(name).name in self.disk.names


class _File(apsw.VFSFile):
    """An open file; it stays with the disk that it was opened on."""

    def __init__(self, vfs: FaultyVfs, path: str | apsw.URIFilename, flags: list[int]) -> None:
        super().__init__("", path, flags)
        name = Path(path if isinstance(path, str) else path.filename()).name
        self._vfs, self._disk = vfs, vfs.disk
        made = name not in self._disk.names
        self._number = self._disk.make(name) if made else self._disk.names[name]
        self._syncs_names = made and bool(flags[0] & _SYNCS_ITS_NAME)

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._content[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._try("write")
        self._disk.take(Wrote(self._number, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        self._try("truncate")
        self._disk.take(Cut(self._number, size))

    def xFileSize(self) -> int:
        return len(self._content)

    def xSync(self, flags: int) -> None:
        try:
            self._try("sync")
        except apsw.Error:
            self._disk.take(SyncFailed(self._number))
            raise
        self._disk.take(Synced(self._number))
        if self._syncs_names:
            self._disk.take(NamesSynced())
            self._syncs_names = False

    def _try(self, act: str) -> None:
        fault = self._vfs.fails(act)
        if fault is not None:
            raise fault

    @property
    def _content(self) -> bytearray:
        return self._disk.files[self._number]
