"""Where a journal lives on disk: its directories and its empty file, private to their owner. Nothing of what is in it.

An existing database file is never opened here, only looked at: closing any descriptor of a file drops the locks that SQLite
holds on it in the same process.
"""

import os
from collections.abc import Callable
from pathlib import Path

from switch.store.base import StoreError

_ELSEWHERE = "Choose a path that you may write to: pointsman doctor"


def make_directories(path: Path) -> list[Path]:
    """Make the missing directories above `path` with mode 0700; give those that were made, outermost first.

    Raises:
        StoreError: when one cannot be made.
    """
    missing = [directory for directory in path.absolute().parents if not directory.exists()][::-1]
    try:
        for directory in missing:
            directory.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        why = f"its directory {error.filename} cannot be made ({error.strerror})"
        raise StoreError("cannot create journal", str(path), why, _ELSEWHERE) from error
    return missing


def make_file(path: Path) -> None:
    """See that `path` is a file that we may write; an empty one with mode 0600 when there was none.

    SQLite gives the files that it keeps beside it the same mode.

    Raises:
        StoreError: when it cannot be made or written.
    """
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        check_file(path, os.R_OK | os.W_OK)
    except OSError as error:
        raise StoreError("cannot create journal", str(path), error.strerror or "no reason given", _ELSEWHERE) from error


def check_file(path: Path, access: int) -> None:
    """See that `path` is a file with that access (`os.R_OK`, `os.W_OK`), in clearer words than SQLite's.

    Raises:
        StoreError: when it is missing, something else, or forbidden.
    """
    what, what_next = "cannot open journal", "Check the path and its permissions: pointsman doctor"
    try:
        path.stat()
    except OSError as error:
        raise StoreError(what, str(path), error.strerror or "no reason given", what_next) from error
    if not path.is_file():
        raise StoreError(what, str(path), "it is not a file", what_next)
    if not os.access(path, access):
        raise StoreError(what, str(path), f"you may not {'write' if access & os.W_OK else 'read'} it", what_next)


def sync_directories(path: Path, made: list[Path], sync: Callable[[int], None] = os.fsync) -> None:
    """Make the names durable as well: a file whose directory was never synced may be gone after a loss of power.

    Args:
        path: the journal.
        made: what `make_directories` gave; the names of these stand in the directories above them.
        sync: makes a directory durable, or raises OSError.

    Raises:
        StoreError: when the disk refuses.
    """
    try:
        for directory in (path.absolute().parent, *(each.parent for each in made)):
            descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC)
            try:
                sync(descriptor)
            finally:
                os.close(descriptor)
    except OSError as error:
        why = f"its directory cannot be synced ({error.strerror})"
        raise StoreError("cannot create journal", str(path), why, "See whether the disk is well: pointsman doctor") from error
