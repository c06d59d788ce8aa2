"""Proves what `pointsman key selftest` prints and how it ends, for good files, bad ones, and what is no file at all."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from keys.cli.key import app
from keys.cli.key.selftest import FAILURES_SHOWN_MAX
from keys.selftest import KNOWN_ANSWERS, OPERATIONS

VECTORS = Path(__file__).parents[3] / "vectors" / "crypto.json"
GOOD = {"id": "emvqr_crc-005", "op": "emvqr_crc", "params": {"payload": "123456789"}, "expected": "29B1"}


def selftest(*words: str):
    """Run the command in this process."""
    return CliRunner().invoke(app, ["selftest", *words])


def file_of(tmp_path, *vectors):
    """A file of these vectors, as a word of the command line."""
    path = tmp_path / "vectors.json"
    path.write_text(json.dumps(vectors))
    return f"--vectors={path}"


def test_the_built_in_vectors():
    """Every operation on a line of its own, passed and failed after it; status 0."""
    done = selftest()
    lines = [line.split() for line in done.stdout.splitlines()]
    assert (done.exit_code, done.stderr) == (0, "")
    assert lines[:-1] == [[op, "1", "0"] for op in OPERATIONS]
    assert done.stdout.splitlines()[-1] == f"{len(KNOWN_ANSWERS)} passed, 0 failed"


def test_all_published_vectors():
    """The whole file: nothing fails."""
    done = selftest("--vectors", str(VECTORS))
    assert done.exit_code == 0
    assert ["mac_iso9797_alg3", "6", "0"] in [line.split() for line in done.stdout.splitlines()]
    assert done.stdout.splitlines()[-1] == "505 passed, 0 failed"


def test_a_changed_value_is_named(tmp_path):
    """Status 1, the count, and the vector's name with the reason; no value."""
    vectors = json.loads(VECTORS.read_text())
    changed = next(each for each in vectors if each["id"] == "pvv-001")
    changed["expected"] = "0000"
    done = selftest(file_of(tmp_path, *vectors))
    assert done.exit_code == 1
    assert done.stdout.splitlines()[-1] == "504 passed, 1 failed"
    assert done.stderr == "pvv-001: another value came out\n"


def test_an_unknown_operation_fails(tmp_path):
    """It is counted as failed and named."""
    done = selftest(file_of(tmp_path, GOOD, GOOD | {"id": "t-1", "op": "teleport"}))
    assert (done.exit_code, done.stdout.split()[-4:]) == (1, ["1", "passed,", "1", "failed"])
    assert [line.split() for line in done.stdout.splitlines()[:2]] == [["emvqr_crc", "1", "0"], ["teleport", "0", "1"]]
    assert done.stderr == "t-1: operation 'teleport' is not known\n"


def test_many_failures_are_told_in_part(tmp_path):
    """The first few by name, the rest by number."""
    done = selftest(file_of(tmp_path, *[GOOD | {"id": f"v-{n}", "expected": "0000"} for n in range(FAILURES_SHOWN_MAX + 2)]))
    assert len(done.stderr.splitlines()) == FAILURES_SHOWN_MAX + 1
    assert done.stderr.splitlines()[-1] == "emvqr_crc: and 2 more"


def test_words_of_a_file_do_not_command_the_terminal(tmp_path):
    """Escape sequences in names are shown as escapes."""
    done = selftest(file_of(tmp_path, GOOD | {"id": "\x1b[2J", "op": "a\x1b[31m"}))
    assert "\x1b" not in done.output
    assert "\\x1b[2J: operation 'a\\x1b[31m' is not known" in done.stderr


@pytest.mark.parametrize("text", ["", "{}", "[]", '[{"id": 1}]'])
def test_what_is_no_file_of_vectors(tmp_path, text):
    """Status 2, the file's name, and what it is not."""
    path = tmp_path / "vectors.json"
    path.write_text(text)
    done = selftest("--vectors", str(path))
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{path}: not a file of vectors")


def test_a_file_that_is_not_there(tmp_path):
    """Status 2 and the system's words; a directory is no file either."""
    assert "No such file" in selftest("--vectors", str(tmp_path / "absent.json")).stderr
    done = selftest("--vectors", str(tmp_path))
    assert (done.exit_code, "directory" in done.stderr) == (2, True)
