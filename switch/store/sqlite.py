"""A journal in one SQLite file, in WAL mode with `synchronous=FULL`: a commit that returned survives the loss of power.

Only `execute`, `executemany` and `close` of a connection in autocommit mode are used, with explicit BEGIN and COMMIT, so that
connections of apsw (another SQLite, other faults) run the same code. Not for checking the chain: the codec does that.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from switch import limits
from switch.machine.sealing import GENESIS, Sealed
from switch.store import place
from switch.store.base import StoreError, check_succession
from switch.store.lock import OwnerLock

APPLICATION_ID = 0x504D4A4C
"""Marks a SQLite file as a journal of ours ("PMJL"), where `file` and every SQLite tool can see it."""

SCHEMA_VERSION = 1
"""Raised when the table changes, so that an older or newer file is refused and not misread."""

SQLITE_VERSION_MIN = (3, 37, 0)
"""STRICT tables, which keep every column to its type, came with this version."""

_TABLE = (
    "CREATE TABLE journal(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL,"
    " body BLOB NOT NULL, digest BLOB NOT NULL) STRICT"
)
_INSERT = "INSERT INTO journal(seq, at, kind, body, digest) VALUES (?, ?, ?, ?, ?)"
_PAGE = "SELECT seq, at, CAST(kind AS BLOB), body, digest FROM journal WHERE seq >= ? ORDER BY seq LIMIT ?"
"""The kind as bytes: a driver that meets text which is none would not say in which row."""

_HEAD = "SELECT seq, digest FROM journal ORDER BY seq DESC LIMIT 1"

_RESTART = "Nothing of this batch counts as written. Stop, see to the disk, and start again from what the journal holds"
_LOOK = "See whether the disk is well and the file is whole: pointsman doctor, pointsman journal verify"


class Connection(Protocol):
    """What we use of a database connection."""

    def execute(self, sql: str, parameters: Any = ..., /) -> Iterable[Any]: ...

    def executemany(self, sql: str, rows: Any, /) -> object: ...

    def close(self) -> None: ...


def _connect(path: str) -> Connection:
    # The store moves from the thread that restores to the thread that writes, always with one owner: no check is needed.
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


class SqliteStore:
    """The journal at `path`, made if it does not exist, and owned by this process until `close`.

    Directories are made with mode 0700 and the file with mode 0600; what exists already keeps its mode.

    Args:
        path: the database file. SQLite keeps `-wal` and `-shm` beside it, we a `.lock`.
        connect: opens a connection in autocommit mode that may move between threads.
        error: base class of what those connections raise.
        sync: makes a directory durable, or raises OSError. SQLite does that itself for the files that it has just made, but not
            for one that a process made which died before it came to it, nor when it removes one.

    Raises:
        StoreError: when another process owns the journal, or the file cannot be made, is not a journal, or is of another
            version.
    """

    def __init__(
        self,
        path: Path,
        connect: Callable[[str], Connection] = _connect,
        error: type[Exception] = sqlite3.Error,
        sync: Callable[[int], None] = os.fsync,
    ) -> None:
        made = place.make_directories(path)
        lock = OwnerLock(path)
        try:
            place.make_file(path)
            self._table = _Table(path, error, lambda: connect(str(path)))
            try:
                self._table.prepare()
                place.sync_directories(path, made, sync)
                self._head = self._table.head()
            except BaseException:
                self._table.close()
                raise
        except BaseException:
            lock.release()
            raise
        self._lock = lock
        self._in_doubt = False

    def append(self, batch: Sequence[Sealed]) -> None:
        """See `Store.append`: one transaction, one sync of the disk."""
        if self._in_doubt:
            raise self._table.failed("cannot append to journal", "an earlier write failed", _RESTART)
        check_succession(batch, self._head[0], self._table.where)
        if not batch:
            return
        # Until COMMIT has returned nobody knows what the disk holds, whatever interrupts us here.
        self._in_doubt = True
        self._table.insert(batch)
        self._in_doubt = False
        self._head = (batch[-1].seq, batch[-1].digest)

    def read(self, first: int = 1) -> Iterator[Sealed]:
        """See `Reader.read`."""
        return self._table.read(first)

    def head(self) -> tuple[int, bytes]:
        """See `Reader.head`."""
        return self._head

    def close(self) -> None:
        """See `Reader.close`. Every acknowledged entry is on the disk already; closing only tidies."""
        self._table.close()
        self._lock.release()


class SqliteReader:
    """Reads the journal at `path` without owning it, also while a switch is writing to it. Changes nothing.

    Raises:
        StoreError: when there is no such file, it may not be read, or it is not a journal.
    """

    def __init__(self, path: Path) -> None:
        place.check_file(path, os.R_OK)
        self._table = _Table(path, sqlite3.Error, lambda: _connect_readonly(path))
        try:
            self._table.check()
        except BaseException:
            self._table.close()
            raise

    def read(self, first: int = 1) -> Iterator[Sealed]:
        """See `Reader.read`."""
        return self._table.read(first)

    def head(self) -> tuple[int, bytes]:
        """See `Reader.head`."""
        return self._table.head()

    def close(self) -> None:
        """See `Reader.close`."""
        self._table.close()


class _Table:
    """The table behind both: statements, and their errors in our words."""

    def __init__(self, path: Path, error: type[Exception], connect: Callable[[], Connection]) -> None:
        self.where = str(path)
        self._error = error
        self._connection: Connection | None = None
        try:
            self._connection = connect()
        except error as cause:
            raise self.failed("cannot open journal", str(cause), "Check the path and its permissions") from cause

    def prepare(self) -> None:
        """Make the table in a new file, or check the one that is there; then make commits durable."""
        self._check_version()
        if self._rows("SELECT count(*) FROM sqlite_schema") == [(0,)] and self._rows("PRAGMA application_id") == [(0,)]:
            self._execute(
                "cannot create journal",
                _LOOK,
                "BEGIN IMMEDIATE",
                _TABLE,
                f"PRAGMA application_id = {APPLICATION_ID}",
                f"PRAGMA user_version = {SCHEMA_VERSION}",
                "COMMIT",
            )
        self.check()
        if self._rows("PRAGMA journal_mode = WAL") != [("wal",)]:
            raise self.failed("cannot open journal", "its file system does not allow WAL mode", "Keep it on a local disk")
        # fullfsync: on macOS a plain fsync leaves the data in the drive's cache. Elsewhere it means nothing.
        self._execute("cannot open journal", _LOOK, "PRAGMA synchronous = FULL", "PRAGMA fullfsync = ON")
        self._make_durable()

    def check(self) -> None:
        """See that this is a journal, of this version, with exactly our table."""
        self._check_version()
        what, other = "cannot open journal", "Check the path; a journal is made by pointsman serve or demo"
        if self._rows("PRAGMA application_id") != [(APPLICATION_ID,)]:
            raise self.failed(what, "it is an SQLite file, but not a journal of Pointsman", other)
        ((version,),) = self._rows("PRAGMA user_version")
        if version != SCHEMA_VERSION:
            why = f"it was written as journal version {version}; this program reads version {SCHEMA_VERSION}"
            raise self.failed(what, why, "Use the program that wrote it")
        if self._rows("SELECT sql FROM sqlite_schema") != [(_TABLE,)]:
            raise self.failed(what, "its tables are not those of a journal", _LOOK)

    def insert(self, batch: Sequence[Sealed]) -> None:
        """All of the batch in one transaction, or none of it."""
        connection, what = self._open_connection(), "cannot append to journal"
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(_INSERT, [(s.seq, s.at, s.kind, s.body, s.digest) for s in batch])
            connection.execute("COMMIT")
        except self._error as error:
            with suppress(self._error):
                connection.execute("ROLLBACK")
            raise self.failed(what, str(error), _RESTART) from error

    def read(self, first: int) -> Iterator[Sealed]:
        """Page by page, so that a long look at the journal holds no lock that would keep the WAL from being tidied."""
        while rows := self._rows(_PAGE, (first, limits.JOURNAL_PAGE_ROWS)):
            for row in rows:
                yield self._sealed(row)
            first = rows[-1][0] + 1

    def head(self) -> tuple[int, bytes]:
        """See `Reader.head`."""
        rows: list[tuple[int, bytes]] = self._rows(_HEAD)
        return rows[0] if rows else (0, GENESIS)

    def close(self) -> None:
        """Close the connection, if it is open."""
        connection, self._connection = self._connection, None
        if connection is not None:
            # What fails here is the tidying of the WAL: its content is safe, and the next opening does it again.
            with suppress(self._error):
                connection.close()

    def failed(self, what: str, why: str, what_next: str) -> StoreError:
        """An error about this journal."""
        return StoreError(what, self.where, why, what_next)

    def _make_durable(self) -> None:
        """A commit of our own, which syncs the WAL with all that is in it.

        A process that was killed while it was committing may have left a batch that can be read and is not on the disk. Whoever
        reads it acts on it, so the next loss of power must not take it away.
        """
        version = f"PRAGMA user_version = {SCHEMA_VERSION}"
        self._execute("cannot open journal", _LOOK, "BEGIN IMMEDIATE", version, "COMMIT")

    def _check_version(self) -> None:
        ((text,),) = self._rows("SELECT sqlite_version()")
        if tuple(int(part) for part in text.split(".")[:3]) < SQLITE_VERSION_MIN:
            wanted = ".".join(str(part) for part in SQLITE_VERSION_MIN)
            raise self.failed(
                "cannot open journal", f"this Python has SQLite {text}, and {wanted} is needed", "Use a newer Python"
            )

    def _execute(self, what: str, what_next: str, *statements: str) -> None:
        connection = self._open_connection()
        try:
            for statement in statements:
                connection.execute(statement)
        except self._error as error:
            raise self.failed(what, str(error), what_next) from error

    def _rows(self, statement: str, parameters: tuple[int, ...] = ()) -> list[Any]:
        """All rows at once: a cursor left half-read would hold its read lock."""
        connection = self._open_connection()
        try:
            return list(connection.execute(statement, parameters))
        except self._error as error:
            raise self.failed("cannot read journal", str(error), _LOOK) from error

    def _sealed(self, row: object) -> Sealed:
        match row:
            case (int(seq), int(at), bytes(kind), bytes(body), bytes(digest)) if kind.isascii():
                return Sealed(seq, at, kind.decode("ascii"), body, digest)
            case (seq, *_):
                raise self.failed("cannot read journal", f"row {seq} is not an entry: a column is not what was written", _LOOK)
            case _:
                raise AssertionError("the page query gives rows of five columns")

    def _open_connection(self) -> Connection:
        if self._connection is None:
            raise self.failed("cannot use journal", "it was closed", "Open it again")
        return self._connection


def _connect_readonly(path: Path) -> Connection:
    location = path.resolve()
    # A journal at rest (no -wal) in a directory that we may not write to, say on a read-only medium: SQLite wants to make its
    # -shm file even for reading, unless it is told that nobody is writing.
    at_rest = not location.with_name(location.name + "-wal").exists() and not os.access(location.parent, os.W_OK)
    return sqlite3.connect(f"{location.as_uri()}?{'immutable=1' if at_rest else 'mode=ro'}", uri=True, isolation_level=None)
