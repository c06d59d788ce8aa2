"""A terminal's journal as a file: one sealed record a line, appended and synced, owned by one process. POSIX only.

A line that lacks its end was being written when the power went: it was never acknowledged, so it is cut off. How lines are
spelled is `terminal_sim.terminal.record_lines`' business; checking the chain is the codec's.
"""

import fcntl
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from switch.machine import JournalError, Sealed
from terminal_sim.terminal.record_lines import decode_line, encode_line, split_log

_RECOVER = "Keep a copy of the file, and restore it from one that is whole"
_RESTART = "Stop, see to the disk, and start again from what the file holds"


class RecordFileError(JournalError):
    """A record file that cannot be opened, read or written."""


class RecordFile:
    """The file at `path`, made with mode 0600 if it does not exist, and owned until `close`.

    Args:
        sync: makes a file's content durable, or raises OSError.

    Resource handling:
        An exclusive lock on the file keeps other processes out; it ends with the process, however that ends. `append` may be
        called from another thread than the rest, never from two at once.

    Raises:
        RecordFileError: another process has the file, it cannot be read or written, or a line in it is no record.
    """

    def __init__(self, path: Path, sync: Callable[[int], None] = os.fsync) -> None:
        self._path = path
        self._sync = sync
        self._descriptor = _open_file(path)
        try:
            self._lock()
            data = _read_all(self._descriptor)
            whole, self.torn_bytes = _split(path, data)
            self.entries = _decode_lines(path, whole)
            if self.torn_bytes:
                os.ftruncate(self._descriptor, len(whole))
            # What a killed process has left can be read, durable or not. Whoever reads it acts on it, so it is made so first.
            if data:
                sync(self._descriptor)
        except OSError as error:
            self.close()
            raise self._failed("cannot open", error.strerror or "no reason given", "See to the disk") from error
        except RecordFileError:
            self.close()
            raise
        self._head_seq = self.entries[-1].seq if self.entries else 0
        self._in_doubt = False

    def append(self, batch: Sequence[Sealed]) -> None:
        """Make the batch durable: when this returns, all of it survives the loss of power.

        Raises:
            RecordFileError: none of the batch counts as written. After a failed write every further one is refused, because
                nobody can say any more what the disk holds.
        """
        if self._in_doubt:
            raise self._failed("cannot append to", "an earlier write failed", _RESTART)
        for expected_seq, sealed in enumerate(batch, self._head_seq + 1):
            if sealed.seq != expected_seq:
                why = f"record {sealed.seq} was given where record {expected_seq} belongs"
                raise self._failed("cannot append to", why, _RESTART)
        if not batch:
            return
        self._in_doubt = True
        try:
            _write_all(self._descriptor, b"".join(map(encode_line, batch)))
            self._sync(self._descriptor)
        except OSError as error:
            raise self._failed("cannot append to", error.strerror or "no reason given", _RESTART) from error
        self._in_doubt = False
        self._head_seq = batch[-1].seq

    def close(self) -> None:
        """Give the file back. Closing twice does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _lock(self) -> None:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            why = "it belongs to another terminal that runs"
            raise self._failed("cannot open", why, "Stop that one first, or choose another state directory") from None

    def _failed(self, what: str, why: str, what_next: str) -> RecordFileError:
        return RecordFileError(f"{what} record file", str(self._path), why, what_next)


def read_records(path: Path) -> tuple[Sealed, ...]:
    """The records of a file that may be in use, without owning or changing it; a torn last line is left out.

    Raises:
        RecordFileError: there is no such file, it cannot be read, or a line in it is no record.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        why = error.strerror or "no reason given"
        raise RecordFileError("cannot read record file", str(path), why, "Check the path and its permissions") from error
    return _decode_lines(path, _split(path, data)[0])


def _open_file(path: Path) -> int:
    """Open or make the file, with its missing directories, and make its name durable."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        directory = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as error:
        why = error.strerror or "no reason given"
        raise RecordFileError("cannot open record file", str(path), why, "Choose a path that you may write to") from error
    return descriptor


def _read_all(descriptor: int) -> bytes:
    with open(descriptor, "rb", closefd=False) as file:
        file.seek(0)
        return file.read()


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _split(path: Path, data: bytes) -> tuple[bytes, int]:
    try:
        return split_log(data)
    except ValueError as error:
        raise RecordFileError("cannot read record file", str(path), str(error), _RECOVER) from None


def _decode_lines(path: Path, data: bytes) -> tuple[Sealed, ...]:
    entries = []
    for number, text in enumerate(data.splitlines(), 1):
        try:
            entries.append(decode_line(text))
        except ValueError:  # What msgspec raises is one as well.
            raise RecordFileError("cannot read record file", str(path), f"line {number} is no record", _RECOVER) from None
    return tuple(entries)
