"""Proves that the demonstration pays, survives `kill -9`, counts the money, and leaks nothing."""

import contextlib
import re
import signal
import sqlite3
import subprocess
import time

import pytest

from keys.lab import LAB_KEYS
from switch.domain.test_cards import TEST_CARDS
from terminal_sim.demo.scenes import SCENES
from terminal_sim.lab.customers import customer, make_card
from tests.e2e import leaks
from tests.peers.processes import PATIENCE_S, POINTSMAN, Program, records, run

OWED = re.compile(r"^owed from an earlier run: [1-9]\d* reversals, sent first$", re.MULTILINE)


def test_demo(place):
    """Every scene has its answer, all purchases are made, the chain is good and the money balances."""
    done = run("demo", "--count", "40", "--state", place)
    assert done.status == 0, done
    for scene in SCENES:
        assert re.search(rf"^ok {re.escape(scene.title)} .*  {scene.expected}  ", done.output, re.MULTILINE), scene.title
    assert "money: balanced" in done.output
    assert "40/40" in done.output
    assert run("journal", "verify", place).status == 0


def test_a_state_directory_is_made_and_named(place):
    """Without `--state` a new directory is made, and its name is told."""
    done = run("demo", "--count", "0", cwd=place)
    named = re.search(r"^state: (.*)$", done.output, re.MULTILINE)
    assert done.status == 0, done
    assert named is not None
    assert run("journal", "verify", named[1]).status == 0


def test_killed_and_started_again(place):
    """Killed in the middle of its purchases until a start finds some owed: those are sent first, and then nothing differs."""
    _kill_among_purchases(place)
    for _ in range(20):
        if OWED.search(_kill_among_purchases(place)):
            break
    else:
        raise AssertionError("twenty kills, and each between two purchases of every terminal")
    done = run("demo", "--count", "5", "--state", place)
    assert done.status == 0, done
    assert "0 differ" in done.output
    assert "money: balanced" in done.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_and_started_again(place, number):
    """Ctrl-C in the middle of its purchases ends it in words, with a shell's status, and the next run balances."""
    with Program([POINTSMAN, "demo", "--count", "100000", "--state", str(place)]) as program:
        program.output.wait(lambda lines: any(line.startswith("ok an authorisation") for line in lines))
        _wait_for_records(place, 60)
        program.signal(number)
        assert program.wait() == 128 + number
    assert "interrupted: what was acknowledged is kept" in program.text()
    assert "Traceback" not in program.text()
    done = run("demo", "--count", "5", "--state", place)
    assert done.status == 0, done
    assert "money: balanced" in done.output


def test_nobody_reads_on(place):
    """Piped into `head`, it ends without a word and without success: the money was not counted."""
    done = subprocess.run(
        ["sh", "-c", '{ "$0" demo --count 20 --state "$1"; echo "status $?" >&2; } | head -1', POINTSMAN, place],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == (f"state: {place}\n", "status 1\n")


def test_what_terminals_remember_cannot_be_read(place):
    """A record file that is none ends the demonstration in words that name it."""
    (place / "terminals").mkdir()
    (place / "terminals" / "DEMO0001.jsonl").write_text("no record\n")
    done = run("demo", "--count", "0", "--state", place)
    assert done.status == 2
    assert "DEMO0001.jsonl: line 1 is no record" in done.complaints
    assert "Traceback" not in done.complaints


def test_a_changed_journal_is_not_run_on(place):
    """One byte changed in the journal: the demonstration refuses to start on it, with the status for what cannot be read."""
    assert run("demo", "--count", "0", "--state", place).status == 0
    journal = place / "journal.sqlite"
    data = journal.read_bytes()
    at = data.index(b'"account-opened"')
    journal.write_bytes(data[:at] + data[at:].replace(b'"minor":', b'"minoR":', 1))
    done = run("demo", "--count", "0", "--state", place)
    assert done.status == 4, done
    assert "record" in done.complaints


def test_a_booking_that_no_receipt_knows_is_found(place):
    """The terminals' memory is thrown away: the journal's bookings differ from it, each is named, the exit status is 1."""
    assert run("demo", "--count", "0", "--state", place).status == 0
    for file in (place / "terminals").iterdir():
        file.unlink()
    done = run("demo", "--count", "0", "--state", place)
    assert done.status == 1, done
    assert "money: NOT balanced" in done.output
    assert re.search(
        r"^differs: terminal DEMO0001, STAN \d{6}, .* receipts say 0, the journal says \d+ minor", done.output, re.M
    )


@pytest.mark.parametrize("words", [["--count", "-1"], ["--counts", "3"], ["--count", "many"]])
def test_wrong_words(words):
    """A mistyped option is told, with the status for wrong words."""
    done = run("demo", *words)
    assert done.status == 2
    assert words[0].split("=")[0] in done.complaints


def test_explain(place):
    """One purchase step by step: the card's commands, both messages with every byte named, the decision, the record."""
    done = run("demo", "--explain", "--state", place)
    assert done.status == 0, done
    for words in (
        "first GENERATE AC",
        "financial request",
        "55.9F26",
        "switch decides",
        "EXTERNAL AUTHENTICATE",
        '"type":"answered"',
    ):
        assert words in done.output, words


def test_secrets(place):
    """No card number, track, clear PIN block or key of the run is in any file that it leaves, nor on the screen."""
    done = run("demo", "--count", "60", "--state", place, "--verbose")
    cards = [*TEST_CARDS.values(), *(customer(number) for number in range(32))]
    secrets: dict[str, str | bytes] = {f"key {name}": bytes.fromhex(key.hex) for name, key in LAB_KEYS.items()}
    for card in cards:
        secrets[f"PAN of {card.name}"] = card.pan.expose()
        secrets[f"track of {card.name}"] = make_card(card).swipe().track2.expose().decode("ascii").partition("=")[2]
    sinks = {"output": done.raw_output, "complaints": done.raw_complaints}
    sinks |= {str(file): file.read_bytes() for file in place.rglob("*") if file.is_file()}
    assert len(records(place)) > 60
    assert {name: found for name, data in sinks.items() if (found := leaks.find(data, secrets))} == {}


def _kill_among_purchases(place):
    """What a demonstration said until SIGKILL ended it."""
    program = Program([POINTSMAN, "demo", "--count", "100000", "--state", str(place)])
    try:
        program.output.wait(lambda lines: any(line.startswith("ok an authorisation") for line in lines))
        _wait_for_records(place, 60)
        program.signal(signal.SIGKILL)
        assert program.wait() == -signal.SIGKILL
    finally:
        program.close()
    return program.text()


def _wait_for_records(place, count):
    """Until the journal has that many records more than it had: the purchases are under way.

    A look must cost little: a slow machine would let the journal grow beyond measure while it reads all of it again and again.
    """
    had, until = _last_record(place), time.monotonic() + PATIENCE_S
    while _last_record(place) < had + count:
        assert time.monotonic() < until, "the purchases do not go on"
        time.sleep(0.01)


def _last_record(place):
    with contextlib.closing(sqlite3.connect(f"file:{place / 'journal.sqlite'}?mode=ro", uri=True)) as journal:
        return journal.execute("SELECT max(seq) FROM journal").fetchone()[0]
