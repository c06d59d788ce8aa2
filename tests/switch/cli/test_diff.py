"""Proves that `diff` names what differs and nothing else, and says by its status whether anything does."""

import json

import pytest
from typer.testing import CliRunner

from switch.cli.diff import app
from switch.wire import DIALECTS, FRAMINGS

OK, DIFFERENT, USAGE, UNREADABLE = 0, 1, 2, 4

VALUES = {"mti": "0200", 2: "4761739001010119", 3: "000000", 4: "000000001250", 7: "1122101500", 11: "000001", 49: "978"}


def message(name="iso87-ascii", **changes):
    return DIALECTS[name].encode(VALUES | {int(key[2:]): value for key, value in changes.items()})


def diff(*words: str, stdin: bytes | None = None):
    """Run the command in this process."""
    done = CliRunner().invoke(app, list(words), input=stdin)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "4761739001010119" not in done.output
    return done


def test_the_same(tmp_path):
    """A file and an argument, in two dialects and framings, with the same values: status 0."""
    file = tmp_path / "sent.bin"
    file.write_bytes(FRAMINGS["len2-big"].frame(message("iso87-binary")))
    done = diff(str(file), message().hex())
    assert (done.exit_code, done.stdout) == (OK, "no difference\n")


def test_what_differs():
    """Each element with both values, the card masked; status 1."""
    done = diff(message().hex(), message(de4="000000001251", de11="000002", de2="4761739001010010").hex())
    assert done.exit_code == DIFFERENT
    assert done.stdout.splitlines() == [
        "DE 2 Primary account number",
        "  - 476173******0119",
        "  + 476173******0010",
        "DE 4 Amount, transaction",
        "  - 000000001250",
        "  + 000000001251",
        "DE 11 System trace audit number",
        "  - 000001",
        "  + 000002",
    ]


def test_volatile():
    """DEs that may differ are not told."""
    right = message(de11="000002").hex()
    assert diff(message().hex(), right, "--volatile", "7,11, 12,37").exit_code == OK
    assert diff(message().hex(), right, "--volatile", "7").exit_code == DIFFERENT
    wrong = diff(message().hex(), right, "--volatile", "STAN")
    assert (wrong.exit_code, wrong.stdout) == (USAGE, "")


def test_json():
    """For programs: a list of objects, empty when nothing differs."""
    assert json.loads(diff(message().hex(), message().hex(), "--json").stdout) == []
    assert json.loads(diff(message().hex(), message(de11="000002").hex(), "--json").stdout) == [
        {"message": 1, "de": 11, "name": "System trace audit number", "left": "000001", "right": "000002"}
    ]


def test_streams():
    """Message by message; one that only one side has is told."""
    frame = FRAMINGS["len2-big"].frame
    done = diff((frame(message()) * 2).hex(), (frame(message()) + frame(message(de11="000002")) + frame(message())).hex())
    assert done.exit_code == DIFFERENT
    assert "message 2, DE 11 System trace audit number" in done.stdout
    assert done.stdout.endswith("message 3, message\n  - (absent)\n  + 0200\n")


@pytest.mark.parametrize(
    ("left", "status"),
    [("zz", USAGE), ("00", UNREADABLE), (message().hex()[:-2], UNREADABLE)],
)
def test_what_cannot_be_read(left, status):
    """Which side it is, and where it is refused."""
    done = diff(left, message().hex())
    assert (done.exit_code, done.stdout) == (status, "")
    assert done.stderr
