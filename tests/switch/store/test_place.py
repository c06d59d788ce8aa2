"""Directories and files of a journal are private, and what cannot be is said in words."""

import os

import pytest

from switch.store import StoreError, place


def mode(path):
    return path.stat().st_mode & 0o777


def test_missing_directories_are_made_private(tmp_path):
    """Each of them gets mode 0700, outermost first; those that were there are not touched."""
    tmp_path.chmod(0o755)
    made = place.make_directories(tmp_path / "one" / "two" / "journal.db")
    assert made == [tmp_path / "one", tmp_path / "one" / "two"]
    assert [mode(directory) for directory in made] == [0o700, 0o700]
    assert mode(tmp_path) == 0o755
    assert place.make_directories(tmp_path / "one" / "journal.db") == []


def test_a_file_in_the_way_of_a_directory_is_named(tmp_path):
    """The text says which directory could not be made."""
    (tmp_path / "one").write_text("")
    with pytest.raises(StoreError, match=r"one/two cannot be made \(Not a directory\)"):
        place.make_directories(tmp_path / "one" / "two" / "journal.db")


def test_a_new_file_is_private_and_an_old_one_keeps_its_content(tmp_path):
    """Mode 0600 whatever the umask; a second call changes nothing."""
    place.make_file(tmp_path / "journal.db")
    assert mode(tmp_path / "journal.db") == 0o600
    (tmp_path / "journal.db").write_bytes(b"kept")
    place.make_file(tmp_path / "journal.db")
    assert (tmp_path / "journal.db").read_bytes() == b"kept"


@pytest.mark.parametrize(("name", "why"), [("nothing.db", "No such file"), ("folder", "it is not a file")])
def test_what_is_no_file_is_refused(tmp_path, name, why):
    """Missing and wrong kinds are told apart."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match=why):
        place.check_file(tmp_path / name, os.R_OK)


def test_names_are_synced_up_to_the_first_directory_that_was_there(tmp_path):
    """Syncing takes what was made, and refuses in words what cannot be opened."""
    path = tmp_path / "one" / "two" / "journal.db"
    place.sync_directories(path, place.make_directories(path))
    with pytest.raises(StoreError, match="cannot be synced"):
        place.sync_directories(tmp_path / "missing" / "journal.db", [])
