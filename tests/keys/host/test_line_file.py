"""Proves the line file: owned by one, private, durable by the line, whole after a death at any step."""

import itertools
import os

import pytest

from keys.host.line_file import LineFile, LineFileError, SystemDisk
from tests.keys.host.disks import Died, MortalDisk


def abandon(file):
    """What the system does with the descriptors of a process that was killed."""
    file.close()


def test_lines_come_back(tmp_path):
    """Appended lines are there in order, for this owner and the next."""
    file = LineFile(tmp_path / "dir" / "lines")
    file.append(b"one")
    file.append(b"two")
    assert file.lines() == [b"one", b"two"]
    file.close()
    file.close()
    again = LineFile(tmp_path / "dir" / "lines")
    assert again.lines() == [b"one", b"two"]
    again.close()


def test_it_has_one_owner(tmp_path):
    """A second one is refused in words; after the first gave it back it is let in."""
    first = LineFile(tmp_path / "lines")
    with pytest.raises(LineFileError, match="another process"):
        LineFile(tmp_path / "lines")
    first.rewrite([b"new"])
    with pytest.raises(LineFileError, match="another process"):
        LineFile(tmp_path / "lines")
    first.close()
    LineFile(tmp_path / "lines").close()


def test_it_is_private(tmp_path):
    """Made with mode 0600; refused when others may read it."""
    LineFile(tmp_path / "lines").close()
    assert (tmp_path / "lines").stat().st_mode & 0o777 == 0o600
    (tmp_path / "lines").chmod(0o640)
    with pytest.raises(LineFileError, match="chmod 600"):
        LineFile(tmp_path / "lines")


class SyncedDisk(SystemDisk):
    """Remembers which files were synced."""

    def __init__(self) -> None:
        self.synced = []

    def fsync(self, descriptor):
        super().fsync(descriptor)
        self.synced.append(os.fstat(descriptor).st_ino)


@pytest.mark.parametrize("found", [b"one\n", b"one\nhal"], ids=["whole", "torn"])
def test_what_is_found_is_made_durable(tmp_path, found):
    """Lines that a killed process wrote and did not sync are believed only once they are synced."""
    path, disk = tmp_path / "lines", SyncedDisk()
    path.write_bytes(found)
    path.chmod(0o600)
    file = LineFile(path, disk)
    assert file.lines() == [b"one"]
    assert path.stat().st_ino in disk.synced
    file.close()


def test_a_place_that_cannot_be_used_is_told(tmp_path):
    """A directory that is a file."""
    (tmp_path / "file").write_text("")
    with pytest.raises(LineFileError, match="directory"):
        LineFile(tmp_path / "file" / "lines")


@pytest.mark.parametrize("what", ["append", "rewrite"])
def test_a_death_at_any_step_leaves_the_old_lines_or_the_new(tmp_path, what):
    """Killed before each system call and in the middle of each write: nothing torn, nothing lost that was acknowledged."""
    outcomes = set()
    for step in itertools.count(1):
        path = tmp_path / str(step)
        file = LineFile(path)
        file.append(b"old")
        file.close()
        disk = MortalDisk()
        file = LineFile(path, disk)
        disk.steps, disk.dies_at = 0, step
        try:
            if what == "append":
                file.append(b"new")
            else:
                file.rewrite([b"other", b"lines"])
            done = True
        except Died:
            done = False
        abandon(file)
        after = LineFile(path)
        outcomes.add(tuple(after.lines()))
        after.close()
        assert not path.with_name(path.name + ".new").exists()
        if done:
            break
    new = (b"old", b"new") if what == "append" else (b"other", b"lines")
    assert outcomes == {(b"old",), new}
    assert step > 3


@pytest.mark.parametrize("what", ["append", "rewrite"])
def test_after_a_failed_step_nothing_more_is_written(tmp_path, what):
    """A failed fsync is not repeated and trusted: the file stays shut for this owner."""
    for step in itertools.count(1):
        disk = MortalDisk()
        file = LineFile(tmp_path / str(step), disk)
        disk.steps, disk.fails_at = 0, step
        try:
            file.append(b"x") if what == "append" else file.rewrite([b"x"])
        except LineFileError:
            with pytest.raises(LineFileError, match="earlier write failed"):
                file.append(b"y")
            with pytest.raises(LineFileError, match="earlier write failed"):
                file.rewrite([b"y"])
            file.close()
        else:
            file.close()
            break
    assert step > 3


def test_descriptors_are_given_back(tmp_path):
    """Whatever is refused, no descriptor stays open."""
    before = len(os.listdir("/proc/self/fd"))
    owner = LineFile(tmp_path / "lines")
    with pytest.raises(LineFileError):
        LineFile(tmp_path / "lines")
    owner.rewrite([b"x"])
    owner.close()
    assert len(os.listdir("/proc/self/fd")) == before
