"""One owner per journal, whatever name it is opened by and however the owner ends."""

import subprocess
import sys

import pytest

from switch.store import StoreError
from switch.store.lock import OwnerLock

HOLD = """
import sys
from pathlib import Path
from switch.store.lock import OwnerLock
lock = OwnerLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_owner_is_refused_and_told_who_holds_it(tmp_path):
    """The text names the process that owns the journal, and what to do."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "journal.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match=rf"belongs to another running process \({owner.pid}\).*Stop that process first"):
            OwnerLock(tmp_path / "journal.db")
        owner.kill()
    OwnerLock(tmp_path / "journal.db").release()


def test_the_lock_holds_within_one_process_too(tmp_path):
    """Two stores of one program cannot both own a journal; releasing lets the next one in, and twice is harmless."""
    first = OwnerLock(tmp_path / "journal.db")
    with pytest.raises(StoreError, match="another running process"):
        OwnerLock(tmp_path / "journal.db")
    first.release()
    first.release()
    OwnerLock(tmp_path / "journal.db").release()


def test_another_name_of_the_journal_is_the_same_journal(tmp_path):
    """A symbolic link does not get round the lock."""
    (tmp_path / "alias.db").symlink_to(tmp_path / "journal.db")
    first = OwnerLock(tmp_path / "journal.db")
    with pytest.raises(StoreError, match="another running process"):
        OwnerLock(tmp_path / "alias.db")
    first.release()


def test_a_foreign_text_in_the_lock_file_is_not_repeated(tmp_path):
    """Only a process id is quoted; anything else that stands in the file stays there."""
    first = OwnerLock(tmp_path / "journal.db")
    (tmp_path / "journal.db.lock").write_text("\x1b[31mred")
    with pytest.raises(StoreError, match=r"another running process\. Stop"):
        OwnerLock(tmp_path / "journal.db")
    first.release()


def test_the_lock_file_is_private_and_stays(tmp_path):
    """Mode 0600; and it is not removed, because two owners could then lock two files of one name."""
    OwnerLock(tmp_path / "journal.db").release()
    assert (tmp_path / "journal.db.lock").stat().st_mode & 0o777 == 0o600


def test_a_lock_file_that_cannot_be_made_is_told(tmp_path):
    """No directory, no lock: an error in words."""
    with pytest.raises(StoreError, match=r"lock file .* cannot be written"):
        OwnerLock(tmp_path / "missing" / "journal.db")
