"""A file of lines that survives the loss of power: appended, synced, owned by one process. POSIX only.

A line that lacks its end was being written when the power went: nothing was done on the strength of it, so it is cut off.
What lines say is for `tries` and `audit_file`.
"""

import fcntl
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

_MODE: Final = 0o600
_OTHERS: Final = 0o077


class LineFileError(Exception):
    """The file cannot be opened, read or written. From then on nobody can say what the disk holds: there is no service."""


class Disk(Protocol):
    """The system calls that change a file, so that a test can fail any of them, or die before or after it."""

    def write(self, descriptor: int, data: bytes, /) -> int:
        """How many bytes were written."""

    def fsync(self, descriptor: int, /) -> None:
        """The file's content is on disk."""

    def replace(self, source: Path, target: Path, /) -> None:
        """The file has the other name; whatever had it is gone."""


class SystemDisk:
    """The disk of this machine."""

    def write(self, descriptor: int, data: bytes, /) -> int:
        return os.write(descriptor, data)

    def fsync(self, descriptor: int, /) -> None:
        os.fsync(descriptor)

    def replace(self, source: Path, target: Path, /) -> None:
        os.replace(source, target)


SYSTEM_DISK: Final = SystemDisk()


class LineFile:
    """The file at `path`, made with mode 0600 if it does not exist, and owned until `close`.

    Resource handling:
        A lock file beside it keeps other processes out; the lock ends with the process, however that ends. The lock is on
        a file of its own, because writing anew puts another file in the place of this one.

    Raises:
        LineFileError: another process has it, others may read it, or it cannot be read or written.
    """

    def __init__(self, path: Path, disk: Disk = SYSTEM_DISK) -> None:
        self._path = path
        self._disk = disk
        self._descriptor = -1
        self._in_doubt = False
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _MODE)
        except OSError as error:
            raise self._failed("its directory or its lock cannot be made", error) from error
        try:
            self._own()
        except LineFileError:
            self.close()
            raise
        except OSError as error:
            self.close()
            raise self._failed("it cannot be opened", error) from error

    def append(self, line: bytes, *, sync: bool = True) -> None:
        """Make one line durable: when this returns, it survives the loss of power.

        Args:
            line: without its end.
            sync: whether it must; a line that may be lost with the power survives only the death of the process.

        Raises:
            LineFileError: nobody can say whether it was written. Every further append is refused too.
        """
        assert b"\n" not in line
        self._check_trusted()
        self._in_doubt = True
        try:
            _write_all(self._disk, self._descriptor, line + b"\n")
            if sync:
                self._disk.fsync(self._descriptor)
        except OSError as error:
            raise self._failed("it cannot be written", error) from error
        self._in_doubt = False

    def rewrite(self, lines: Iterable[bytes]) -> None:
        """Put these lines in place of all that were there, at once: a reader finds the old ones or the new, never a part.

        Raises:
            LineFileError: nobody can say which; every further append is refused.
        """
        self._check_trusted()
        self._in_doubt = True
        fresh = self._path.with_name(self._path.name + ".new")
        try:
            descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, _MODE)
            try:
                _write_all(self._disk, descriptor, b"".join(line + b"\n" for line in lines))
                self._disk.fsync(descriptor)
                self._disk.replace(fresh, self._path)
                self._sync_directory()
            except BaseException:
                os.close(descriptor)
                raise
        except OSError as error:
            raise self._failed("it cannot be written anew", error) from error
        os.close(self._descriptor)
        self._descriptor = descriptor
        self._in_doubt = False

    def lines(self) -> list[bytes]:
        """All lines, without their ends."""
        with open(self._descriptor, "rb", closefd=False) as file:
            file.seek(0)
            return file.read().split(b"\n")[:-1]

    def close(self) -> None:
        """Give the file back. Closing twice does nothing."""
        for descriptor in (self._descriptor, self._lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._descriptor = self._lock = -1

    def _own(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LineFileError(f"{self._path} belongs to another process that runs: stop that one first") from None
        with suppress(FileNotFoundError):  # Left by a process that ended while it wrote the file anew.
            self._path.with_name(self._path.name + ".new").unlink()
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, _MODE)
        if os.fstat(self._descriptor).st_mode & _OTHERS:
            raise LineFileError(f"{self._path} may be read or written by others: chmod 600 it")
        self._sync_directory()
        torn = _torn_bytes(self._descriptor)
        if torn:
            os.ftruncate(self._descriptor, os.fstat(self._descriptor).st_size - torn)
        # What a process wrote that was killed before it synced is believed from here on: no power cut may take it any more.
        self._disk.fsync(self._descriptor)

    def _sync_directory(self) -> None:
        directory = os.open(self._path.absolute().parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._disk.fsync(directory)
        finally:
            os.close(directory)

    def _check_trusted(self) -> None:
        if self._in_doubt:
            raise LineFileError(f"{self._path}: an earlier write failed: see to the disk, then start again")

    def _failed(self, what: str, error: OSError) -> LineFileError:
        return LineFileError(f"{self._path}: {what} ({error.strerror or 'no reason given'}): see to the disk, then start again")


def _torn_bytes(descriptor: int) -> int:
    """How many bytes stand behind the last end of a line."""
    with open(descriptor, "rb", closefd=False) as file:
        file.seek(0)
        data = file.read()
    return len(data) - (data.rfind(b"\n") + 1)


def _write_all(disk: Disk, descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[disk.write(descriptor, bytes(view)) :]
