"""One process per journal: an exclusive lock that ends with the process that holds it, however it ends. POSIX only.

The lock is a file of its own beside the journal. Locking the journal itself would collide with SQLite, whose own locks are
lost when any other descriptor of the same file is closed.
"""

import fcntl
import os
from pathlib import Path

from switch.store.base import StoreError

_PID_BYTES_MAX = 32  # A process id is read for the error text only; whatever else stands in that file is not worth more.


class OwnerLock:
    """Held from its making until `release`.

    The file stays behind: removing it would let two processes hold locks on two files of the same name.

    Raises:
        StoreError: when another owner, in this process or another, holds the lock, or the file cannot be made.
    """

    def __init__(self, journal: Path) -> None:
        # Two names of one journal must mean one lock, so symbolic links are followed first.
        path = journal.resolve()
        path = path.with_name(path.name + ".lock")
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError(
                "cannot open journal",
                str(journal),
                f"its lock file {path} cannot be written ({error.strerror})",
                "Check the permissions and the space of that directory: pointsman doctor",
            ) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.pread(self._descriptor, _PID_BYTES_MAX, 0).decode("ascii", "replace").strip()
            os.close(self._descriptor)
            raise StoreError(
                "cannot open journal",
                str(journal),
                f"it belongs to another running process{f' ({owner})' if owner.isdecimal() else ''}",
                "Stop that process first, or choose another state directory",
            ) from error
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let the next owner in. Releasing twice does nothing."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
