import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from switch.machine import GENESIS, Sealed
from terminal_sim.shell import RecordFile, RecordFileError, read_records
from terminal_sim.terminal import JOURNAL
from terminal_sim.terminal.records import StanAdvanced


def chain(count: int) -> list[Sealed]:
    """A good chain of records."""
    entries: list[Sealed] = []
    for seq in range(1, count + 1):
        previous = entries[-1].digest if entries else GENESIS
        entries.append(JOURNAL.seal(StanAdvanced(f"{seq:06d}"), seq=seq, at=1_000 + seq, previous=previous))
    return entries


def test_records_come_back_as_they_were_written(tmp_path: Path) -> None:
    """Over several openings and batches nothing is lost, and the chain holds."""
    path, entries = tmp_path / "deep" / "down" / "t.journal", chain(6)
    for at in range(0, 6, 2):
        file = RecordFile(path)
        assert list(file.entries) == entries[:at]
        file.append(entries[at : at + 2])
        file.close()
    assert list(read_records(path)) == entries
    assert len(list(JOURNAL.replay(read_records(path)))) == 6


def test_the_file_is_private(tmp_path: Path) -> None:
    """Mode 0600 for the file, 0700 for a directory that was made for it."""
    path = tmp_path / "state" / "t.journal"
    RecordFile(path).close()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_every_torn_tail_is_cut_off(tmp_path: Path) -> None:
    """Wherever the last write stopped, the whole records before it stay, and writing goes on behind them."""
    path, entries = tmp_path / "t.journal", chain(3)
    file = RecordFile(path)
    file.append(entries)
    file.close()
    data = path.read_bytes()
    last = data.rfind(b"\n", 0, -1) + 1
    for size in range(last, len(data)):
        path.write_bytes(data[:size])
        assert list(read_records(path)) == entries[:2]
        file = RecordFile(path)
        assert (list(file.entries), file.torn_bytes) == (entries[:2], size - last)
        file.append(entries[2:])
        file.close()
        assert path.read_bytes() == data


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"seq":1}', b"\xff\xfe", b"not a record"])
def test_a_damaged_line_is_named(damage: bytes, tmp_path: Path) -> None:
    """A line that is no record, with an end, is not a torn tail: the file is refused and the line named."""
    path = tmp_path / "t.journal"
    file = RecordFile(path)
    file.append(chain(3))
    file.close()
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([lines[0], damage, lines[2]]) + b"\n")
    for read in (RecordFile, read_records):
        with pytest.raises(RecordFileError, match="line 2"):
            read(path)


@pytest.mark.parametrize("wrong", [2, 4, 1])
def test_gaps_and_repeats_are_refused(wrong: int, tmp_path: Path) -> None:
    """The file takes the next record and no other."""
    path, entries = tmp_path / "t.journal", chain(4)
    file = RecordFile(path)
    file.append(entries[:2])
    with pytest.raises(RecordFileError, match=f"record {wrong} was given where record 3 belongs"):
        file.append([entries[wrong - 1]])
    file.append(entries[2:])
    file.close()
    assert list(read_records(path)) == entries


def test_an_append_is_synced_before_it_returns(tmp_path: Path) -> None:
    """Once for each batch, when all of its bytes are in the file."""
    path, sizes = tmp_path / "t.journal", []
    file = RecordFile(path, sync=lambda descriptor: sizes.append(os.fstat(descriptor).st_size))
    file.append(chain(4))
    assert sizes == [path.stat().st_size]
    file.close()


def test_after_a_failed_sync_nothing_more_is_taken(tmp_path: Path) -> None:
    """Nobody knows what the disk holds then, and a second fsync would not tell; opening the file again does."""

    def fail(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    path, entries = tmp_path / "t.journal", chain(2)
    file = RecordFile(path, sync=fail)
    with pytest.raises(RecordFileError, match="Input/output error"):
        file.append(entries[:1])
    with pytest.raises(RecordFileError, match="an earlier write failed"):
        file.append(entries[:1])
    file.close()


def test_a_second_owner_is_kept_out_while_readers_may_look(tmp_path: Path) -> None:
    """One process owns the file; reading does not need to."""
    path = tmp_path / "t.journal"
    file = RecordFile(path)
    file.append(chain(1))
    with pytest.raises(RecordFileError, match="another terminal"):
        RecordFile(path)
    assert len(read_records(path)) == 1
    file.close()
    file.close()
    RecordFile(path).close()


@pytest.mark.parametrize("kind", ["directory", "missing", "below a file"])
def test_what_is_no_file_is_refused_in_words(kind: str, tmp_path: Path) -> None:
    """Each error says what, where, why, and what to do."""
    (tmp_path / "file").touch()
    path = {"directory": tmp_path, "missing": tmp_path / "none", "below a file": tmp_path / "file" / "t.journal"}[kind]
    with pytest.raises(RecordFileError, match=str(path)):
        read_records(path)
    if kind != "missing":
        with pytest.raises(RecordFileError, match="cannot open record file"):
            RecordFile(path)


def test_a_killed_writer_leaves_what_was_acknowledged(tmp_path: Path) -> None:
    """kill -9 in the middle of writing: every record whose append had returned is there, and the lock is free."""
    path = tmp_path / "t.journal"
    script = """
import sys
from pathlib import Path
from switch.machine import GENESIS
from terminal_sim.shell import RecordFile
from terminal_sim.terminal import JOURNAL
from terminal_sim.terminal.records import StanAdvanced
file, previous = RecordFile(Path(sys.argv[1])), GENESIS
for seq in range(1, 100_000):
    sealed = JOURNAL.seal(StanAdvanced(f"{seq % 999_999:06d}"), seq=seq, at=seq, previous=previous)
    file.append([sealed])
    previous = sealed.digest
    print(seq, flush=True)
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen([sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, env=environment) as writer:
        assert writer.stdout is not None
        for _ in range(20):
            acknowledged = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().split()
    acknowledged = max([acknowledged, *map(int, rest)])
    file = RecordFile(path)
    assert len(list(JOURNAL.replay(file.entries))) >= acknowledged
    file.close()
