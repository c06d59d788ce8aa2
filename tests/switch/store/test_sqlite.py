"""What only the SQLite store does: durability, one owner, reading beside the owner, and refusals in words."""

import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from switch.machine import GENESIS, ChainError
from switch.store import SqliteReader, SqliteStore, StoreError

APPEND_FOR_EVER = """
import sys
from pathlib import Path
import msgspec
from switch.machine import RecordCodec
from switch.store import SqliteStore

class Noted(msgspec.Struct, frozen=True, tag="noted"):
    text: str

codec, store = RecordCodec(Noted, 1), SqliteStore(Path(sys.argv[1]))
seq, previous = store.head()
while True:
    batch = []
    for _ in range(7):
        seq += 1
        batch.append(codec.seal(Noted("x" * 300), seq=seq, at=seq, previous=previous))
        previous = batch[-1].digest
    store.append(batch)
    print(seq, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


class Spy:
    """A connection that records what is run and can fail at a statement; only what apsw offers too is there to be used."""

    def __init__(self, path: str, log: list[str], failing: set[str]) -> None:
        self._real = sqlite3.connect(path, isolation_level=None)
        self._log = log
        self._failing = failing

    def _run(self, sql: str) -> None:
        self._log.append(sql)
        if any(sql.startswith(start) for start in self._failing):
            raise sqlite3.OperationalError("disk I/O error")

    def execute(self, sql, parameters=(), /):
        self._run(sql)
        return iter(self._real.execute(sql, parameters))

    def executemany(self, sql, rows, /):
        self._run(sql)
        return self._real.executemany(sql, rows)

    def close(self) -> None:
        self._real.close()


def test_entries_outlive_the_store(path, chain, codec):
    """A journal opened again has its head and all its records."""
    entries = chain(5)
    first = SqliteStore(path)
    first.append(entries[:4])
    first.close()
    second = SqliteStore(path)
    assert second.head() == (4, entries[3].digest)
    second.append(entries[4:])
    assert [sealed for sealed, _ in codec.replay(second.read())] == entries
    second.close()


def test_commits_are_made_durable(path):
    """WAL mode with full synchronisation is what the connection really has, and the table is strict."""
    connections: list[Spy] = []

    def connect(name: str) -> Spy:
        connections.append(Spy(name, [], set()))
        return connections[0]

    store = SqliteStore(path, connect)
    assert list(connections[0].execute("PRAGMA journal_mode")) == [("wal",)]
    assert list(connections[0].execute("PRAGMA synchronous")) == [(2,)]
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT"):
        connections[0].execute("INSERT INTO journal VALUES (1, 1, 'noted', 'text', x'00')")
    store.close()


def test_a_batch_is_one_transaction(path, chain):
    """However many records, there is one BEGIN IMMEDIATE, one executemany and one COMMIT."""
    log: list[str] = []
    store = SqliteStore(path, lambda name: Spy(name, log, set()))
    log.clear()
    store.append(chain(50))
    assert [sql.split("(")[0] for sql in log] == ["BEGIN IMMEDIATE", "INSERT INTO journal", "COMMIT"]
    store.close()


@pytest.mark.parametrize("statement", ["BEGIN", "INSERT", "COMMIT"])
def test_a_failed_write_leaves_nothing_and_is_final(path, chain, statement):
    """None of the batch is there, later appends are refused though the disk would take them, and reopening mends it."""
    entries = chain(6)
    failing: set[str] = set()
    store = SqliteStore(path, lambda name: Spy(name, [], failing))
    store.append(entries[:2])
    failing.add(statement)
    with pytest.raises(StoreError, match=r"cannot append to journal .*: disk I/O error\. Nothing of this batch counts"):
        store.append(entries[2:4])
    failing.clear()
    with pytest.raises(StoreError, match="an earlier write failed"):
        store.append(entries[2:4])
    assert list(store.read()) == entries[:2]
    assert store.head() == (2, entries[1].digest)
    store.close()
    again = SqliteStore(path)
    again.append(entries[2:])
    assert list(again.read()) == entries
    again.close()


def test_errors_of_other_drivers_are_translated_too(path, chain):
    """A connection with exceptions of its own raises StoreError all the same."""

    class OtherError(Exception):
        pass

    class Other(Spy):
        def _run(self, sql: str) -> None:
            if sql == "COMMIT" and "INSERT" in self._log[-1]:
                raise OtherError("IOError: disk")
            self._log.append(sql)

    store = SqliteStore(path, lambda name: Other(name, [], set()), OtherError)
    with pytest.raises(StoreError, match="IOError: disk"):
        store.append(chain(1))
    store.close()


def test_a_store_may_move_to_its_writer_thread(path, chain):
    """Opened here, written there: one owner at a time is enough."""
    store, entries = SqliteStore(path), chain(3)
    writer = threading.Thread(target=store.append, args=(entries,))
    writer.start()
    writer.join()
    assert list(store.read()) == entries
    store.close()


def test_files_are_private(path, chain):
    """Directory 0700; database, WAL, shared memory and lock 0600."""
    store = SqliteStore(path)
    store.append(chain(1))
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {
        "journal.db": 0o600,
        "journal.db-wal": 0o600,
        "journal.db-shm": 0o600,
        "journal.db.lock": 0o600,
    }
    store.close()


def test_a_second_owner_is_refused(path):
    """The journal of a running process cannot be opened for writing; after it is closed it can."""
    first = SqliteStore(path)
    with pytest.raises(StoreError, match="belongs to another running process"):
        SqliteStore(path)
    first.close()
    SqliteStore(path).close()


def test_a_refused_opening_gives_the_lock_back(path):
    """A file that is no journal is not kept locked by the attempt."""
    path.parent.mkdir()
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match="not a database"):
        SqliteStore(path)
    path.unlink()
    SqliteStore(path).close()


def test_a_killed_process_loses_nothing_it_was_told_is_durable(path, codec):
    """SIGKILL in the middle of appending, twice: every acknowledged record is there and the chain verifies."""
    for _ in range(2):
        with subprocess.Popen([sys.executable, "-c", APPEND_FOR_EVER, str(path)], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            lines = [child.stdout.readline() for _ in range(25)]
            child.send_signal(signal.SIGKILL)
            # What it printed between our last look and its end counts as acknowledged too; a half line does not.
            lines += [line for line in child.stdout if line.endswith("\n")]
        acknowledged_seq = int(lines[-1])
        left_behind = [path.read_bytes(), path.with_name("journal.db-wal").read_bytes()]
        reader = SqliteReader(path)
        seen_by_reader = sum(1 for _ in codec.replay(reader.read()))
        reader.close()
        assert [path.read_bytes(), path.with_name("journal.db-wal").read_bytes()] == left_behind, "a reader changes nothing"
        store = SqliteStore(path)
        assert sum(1 for _ in codec.replay(store.read())) == store.head()[0] == seen_by_reader
        assert acknowledged_seq <= store.head()[0] <= acknowledged_seq + 7
        store.close()


@pytest.mark.parametrize("opener", [SqliteStore, SqliteReader])
@pytest.mark.parametrize(
    ("make", "why"),
    [
        ("text", "not a database"),
        ("other", "not a journal of Pointsman"),
        ("newer", "journal version 2; this program reads version 1"),
        ("view", "its tables are not those of a journal"),
        ("more", "its tables are not those of a journal"),
        ("folder", "it is not a file"),
    ],
)
def test_what_is_no_journal_of_ours_is_refused_in_words(path, opener, make, why):
    """Other files, other databases, other versions and meddled tables: each is told apart, and none is changed."""
    path.parent.mkdir()
    if make == "text":
        path.write_text("Dear diary, " * 200)
    elif make == "folder":
        path.mkdir()
    else:
        if make != "other":
            SqliteStore(path).close()
        connection = sqlite3.connect(path)
        connection.executescript(
            {
                "other": "CREATE TABLE diary(day)",
                "newer": "PRAGMA user_version = 2",
                "view": "DROP TABLE journal; CREATE VIEW journal AS SELECT 1 AS seq, 1 AS at, 'noted' AS kind",
                "more": "CREATE TABLE diary(day)",
            }[make]
        )
        connection.close()
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreError, match=why):
        opener(path)
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_reader_does_not_make_what_is_missing(path):
    """Verifying a journal that is not there is an error, and leaves nothing behind."""
    with pytest.raises(StoreError, match="No such file"):
        SqliteReader(path)
    assert not path.parent.exists()


def test_a_reader_sees_what_the_owner_commits(path, chain):
    """Reading needs no lock: it works beside the owner, and after it."""
    store, entries = SqliteStore(path), chain(3)
    reader = SqliteReader(path)
    assert reader.head() == (0, GENESIS)
    store.append(entries[:2])
    assert list(reader.read()) == entries[:2]
    store.append(entries[2:])
    assert reader.head() == (3, entries[2].digest)
    reader.close()
    store.close()
    reader = SqliteReader(path)
    assert list(reader.read(3)) == entries[2:]
    reader.close()


def test_a_reader_leaves_the_owner_its_locks(path, chain):
    """Opening and closing a reader in the owner's own process loses none of the owner's records."""
    store, entries = SqliteStore(path), chain(4)
    store.append(entries[:2])
    SqliteReader(path).close()
    # Another process opens and closes the file: were our locks gone, it would fold the WAL away under us.
    script = "import sqlite3, sys; list(sqlite3.connect(sys.argv[1]).execute('SELECT * FROM journal'))"
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)
    assert path.with_name("journal.db-wal").exists()
    store.append(entries[2:])
    store.close()
    again = SqliteStore(path)
    assert list(again.read()) == entries
    again.close()


READ_AS_NOBODY = """
import os, sys
from pathlib import Path
from switch.store import SqliteReader, SqliteStore, StoreError
Path("/").as_uri()  # Imports what it needs while we may still read the libraries.
if os.getuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
for path in sys.argv[1:]:
    try:
        reader = SqliteReader(Path(path))
        print(reader.head()[0])
        reader.close()
    except StoreError as error:
        print(error.why)
try:
    SqliteStore(Path(sys.argv[1]))
except StoreError as error:
    print(error.why)
"""


@pytest.fixture
def medium() -> Iterator[Path]:
    """A directory that any user can reach, unlike `tmp_path`."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)
        Path(name).chmod(0o755)


def test_a_journal_on_a_medium_that_cannot_be_written_is_read(medium, chain):
    """At rest in a read-only directory it can be verified; unreadable, it is refused in words; owned it cannot be."""
    path, secret = medium / "journal.db", medium / "secret.db"
    for each in (path, secret):
        store = SqliteStore(each)
        store.append(chain(3))
        store.close()
    path.chmod(0o444)
    path.with_name("journal.db.lock").unlink()
    secret.chmod(0o000)
    medium.chmod(0o555)
    run = subprocess.run(
        [sys.executable, "-c", READ_AS_NOBODY, str(path), str(secret)], check=True, capture_output=True, text=True
    )
    assert run.stdout.splitlines() == [
        "3",
        "you may not read it",
        f"its lock file {path}.lock cannot be written (Permission denied)",
    ]


def test_a_journal_with_a_changed_byte_is_read_and_the_chain_names_it(path, chain, codec):
    """The store gives what it holds; the codec finds what is wrong with it."""
    store = SqliteStore(path)
    store.append(chain(5))
    store.close()
    connection = sqlite3.connect(path)
    (body,) = connection.execute("SELECT body FROM journal WHERE seq = 3").fetchone()
    connection.execute("UPDATE journal SET body = ? WHERE seq = 3", (body.replace(b"number 3", b"number 8"),))
    connection.commit()
    connection.close()
    reader = SqliteReader(path)
    with pytest.raises(ChainError, match="record 3: its digest does not match"):
        list(codec.replay(reader.read()))
    reader.close()


def test_a_damaged_page_is_an_error_in_words(path, chain):
    """Bytes overwritten in the middle of the file: StoreError, never a driver's exception."""
    store = SqliteStore(path)
    store.append(chain(400))
    store.close()
    content = bytearray(path.read_bytes())
    for start in range(8192, len(content), 4096):
        content[start : start + 2048] = b"\xff" * 2048
    path.write_bytes(content)
    reader = SqliteReader(path)
    with pytest.raises(StoreError, match="cannot read journal"):
        list(reader.read())
    reader.close()


def test_a_column_of_a_wrong_type_is_an_error_in_words(path):
    """A driver that gives text where bytes belong (a page edited by hand) is caught before the chain sees it."""

    class Liar(Spy):
        def execute(self, sql, parameters=(), /):
            rows = super().execute(sql, parameters)
            return iter([(1, 1, "noted", "text", b"")]) if "WHERE seq >= ?" in sql else rows

    store = SqliteStore(path, lambda name: Liar(name, [], set()))
    with pytest.raises(StoreError, match="row 1 is not an entry"):
        list(store.read())
    store.close()


def test_a_kind_that_is_no_text_is_an_error_in_words(path, chain):
    """A bit has turned over in the name of a record's type: the row is named, whatever the driver thinks of it."""
    store = SqliteStore(path)
    store.append(chain(3))
    store.close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE journal SET kind = CAST(x'6EEF746564' AS TEXT) WHERE seq = 2")
    connection.commit()
    connection.close()
    reader = SqliteReader(path)
    with pytest.raises(StoreError, match="row 2 is not an entry"):
        list(reader.read())
    reader.close()


def test_an_old_sqlite_is_refused_with_the_cure(path):
    """Without STRICT tables nothing is begun."""

    class Old(Spy):
        def execute(self, sql, parameters=(), /):
            return iter([("3.34.1",)]) if "sqlite_version" in sql else super().execute(sql, parameters)

    with pytest.raises(StoreError, match=r"SQLite 3\.34\.1, and 3\.37\.0 is needed"):
        SqliteStore(path, lambda name: Old(name, [], set()))


def test_a_file_system_without_shared_memory_is_refused(path):
    """Where WAL mode cannot be had the store does not quietly run in another one."""

    class Network(Spy):
        def execute(self, sql, parameters=(), /):
            return iter([("delete",)]) if sql.startswith("PRAGMA journal_mode") else super().execute(sql, parameters)

    with pytest.raises(StoreError, match="does not allow WAL mode"):
        SqliteStore(path, lambda name: Network(name, [], set()))


def test_an_interrupted_creation_is_taken_up_again(path):
    """A crash between making the file and making the table leaves an empty database, which the next start completes."""
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    store = SqliteStore(path)
    assert store.head() == (0, GENESIS)
    store.close()
