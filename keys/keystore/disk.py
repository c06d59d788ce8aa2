"""The few things that a keystore asks of a file system, each one step, so that tests can stop between any two of them.

`replace` is the order that survives a loss of power: write a new file, sync it, rename it over the old one, sync the
directory. Until the rename is on disk the old file is there, whole; afterwards the new one.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Final, Protocol

from keys.errors import KeystoreError

FILE_MODE: Final = 0o600
_OTHERS: Final = 0o077


class Disk(Protocol):
    """Single steps. All raise OSError."""

    def read(self, path: Path, bytes_max: int) -> bytes | None:
        """What is in the file, not more than so much; None if there is none. KeystoreError if others may read it."""

    def create(self, path: Path, data: bytes) -> None:
        """A new file for its owner alone, in place of any of that name, with the data written but not yet synced."""

    def sync(self, path: Path) -> None:
        """The file's data is on disk."""

    def rename(self, source: Path, target: Path) -> None:
        """The file has the other name; whatever had it is gone."""

    def sync_directory(self, path: Path) -> None:
        """The names in the directory are on disk."""

    def lock(self, path: Path) -> AbstractContextManager[None]:
        """A context in which nobody else writes; KeystoreError if somebody does."""


def replace(disk: Disk, path: Path, data: bytes) -> None:
    """The file with new data, or the old one untouched."""
    new = path.with_name(path.name + ".new")
    disk.create(new, data)
    disk.sync(new)
    disk.rename(new, path)
    disk.sync_directory(path.parent)


class RealDisk:
    """The operating system's."""

    def read(self, path: Path, bytes_max: int) -> bytes | None:
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            if os.fstat(file).st_mode & _OTHERS:
                raise KeystoreError(f"{path} can be read or written by others: chmod 600 it, and think of who may have read it")
            with os.fdopen(os.dup(file), "rb") as stream:
                return stream.read(bytes_max)
        finally:
            os.close(file)

    def create(self, path: Path, data: bytes) -> None:
        with suppress(FileNotFoundError):
            os.unlink(path)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(file, rest) :]
        finally:
            os.close(file)

    def sync(self, path: Path) -> None:
        _sync(path)

    def rename(self, source: Path, target: Path) -> None:
        os.rename(source, target)

    def sync_directory(self, path: Path) -> None:
        _sync(path)

    @contextmanager
    def lock(self, path: Path) -> Iterator[None]:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise KeystoreError("another process is changing this keystore just now: try again") from None
            yield
        finally:
            os.close(file)


REAL_DISK: Final = RealDisk()


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
