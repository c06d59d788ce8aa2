"""Proves that the journal of a real run can be checked and read by anybody: good, changed, missing, or none at all."""

import json
import shutil
import sqlite3
import subprocess

import pytest

from tests.peers.parties import card_of, open_till, printed, write
from tests.peers.processes import PATIENCE_S, POINTSMAN, RunningSwitch, balance, run

USAGE, UNREADABLE = 2, 4


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """The state that a few purchases left behind."""
    place, tree = tmp_path_factory.mktemp("switch"), printed()
    with RunningSwitch("--config", write(tree, place), state=place / "state") as switch:
        with open_till(tree, switch.port()) as till:
            order = till.request("0200", 1_000)
            till.ask(order)
            till.ask(till.request("0100", 2_000))
            till.ask(till.request("0200", 1_000_000_000))
            till.ask(till.reversal(order))
        assert switch.stop() == 0
    return place / "state"


@pytest.fixture
def journal(state, tmp_path):
    """A copy of its journal, to be spoilt."""
    return shutil.copy(state / "journal.sqlite", tmp_path / "journal.sqlite")


def test_verify(state):
    """A good chain: status 0, the number of records and the last digest, for people and for programs."""
    done = run("journal", "verify", state)
    assert done.status == 0
    assert done.output.startswith("chain: good, ")
    verdict = json.loads(run("journal", "verify", state / "journal.sqlite", "--json").output)
    assert verdict["good"] is True
    assert (str(verdict["records"]), verdict["digest"]) == (done.output.split()[2], done.output.split()[-1])


def test_show(state):
    """Every record is one line, masked; `--json` gives the bytes that were sealed; both add up to the same money."""
    lines = run("journal", "show", state).output.splitlines()
    told = [json.loads(line) for line in run("journal", "show", state, "--json").output.splitlines()]
    assert len(lines) == len(told) == told[-1]["seq"]
    pan = card_of(printed())["pan"]
    assert any(f"masked_pan={pan[:6]}******{pan[-4:]}" in line for line in lines)
    assert not any(pan in line for line in lines)
    journal = [entry["record"] for entry in told]
    opened = next(record["minor"] for record in journal if record.get("account") == "ACC-MAG")
    assert balance(journal, "ACC-MAG") == (opened, 2_000), "one purchase is undone, one is held, one was too much"


def test_show_some(state):
    """`--from`, `--last` and `--kind` choose records."""
    every = run("journal", "show", state).output.splitlines()
    assert run("journal", "show", state, "--last", "2").output.splitlines() == every[-2:]
    assert run("journal", "show", state, "--from", "3").output.splitlines() == every[2:]
    answered = run("journal", "show", state, "--kind", "answered").output.splitlines()
    assert answered == [line for line in every if line.split()[2] == "answered"]
    assert len(answered) == 3


def test_show_an_unknown_kind(state):
    """A kind that no record has is no empty answer: status 2, and the nearest kind."""
    done = run("journal", "show", state, "--kind", "answerd")
    assert done.status == USAGE
    assert 'did you mean "answered"' in done.complaints


SPOILT = {
    "a digit of an amount": "UPDATE journal SET body = CAST(replace(body, '2000', '2001') AS BLOB) WHERE seq = :seq",
    "a digest": "UPDATE journal SET digest = zeroblob(32) WHERE seq = :seq",
    "a time": "UPDATE journal SET at = at + 1 WHERE seq = :seq",
    "a kind": "UPDATE journal SET kind = 'late' WHERE seq = :seq",
    "a body": "UPDATE journal SET body = x'00' WHERE seq = :seq",
    "a missing record": "DELETE FROM journal WHERE seq = :seq",
}
"""What is done to the record that holds the authorisation."""


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_verify_a_changed_journal(journal, spoil):
    """Whatever was changed: status 4, and exactly that record is named, for people and for programs."""
    with sqlite3.connect(journal) as connection:
        (seq,) = connection.execute("SELECT seq FROM journal WHERE instr(body, '\"0100\"')").fetchone()
        connection.execute(spoil, {"seq": seq})
    connection.close()
    done = run("journal", "verify", journal)
    assert done.status == UNREADABLE
    assert f"chain: BROKEN at record {seq}: " in done.output
    assert f"({seq - 1} records before it are good)" in done.output
    verdict = json.loads(run("journal", "verify", journal, "--json").output)
    assert (verdict["good"], verdict["record"], verdict["records"]) == (False, seq, seq - 1)


def test_a_flipped_bit_on_the_disk(journal):
    """A bit that flips in the file, as disks do it, is found; it never reaches anybody as a traceback."""
    data = bytearray(journal.read_bytes())
    data[data.index(b'"approved":true')] ^= 0x01
    journal.write_bytes(data)
    done = run("journal", "verify", journal)
    assert done.status == UNREADABLE
    assert "BROKEN at record" in done.output


@pytest.mark.parametrize("command", ["verify", "show"])
@pytest.mark.parametrize("what", ["missing", "text", "empty", "database", "directory", "half"])
def test_what_is_no_journal(tmp_path, journal, command, what):
    """What is not there or is no journal: a sentence with its name and what to do, status 2; a torn file may also be 4."""
    path = tmp_path / "there"
    match what:
        case "text":
            path.write_text("this is a text, and no journal of anybody\n" * 100)
        case "empty":
            path.touch()
        case "database":
            connection = sqlite3.connect(path)
            connection.execute("CREATE TABLE journal(seq)")
            connection.close()
        case "directory":
            path.mkdir()
        case "half":
            path.write_bytes(journal.read_bytes()[: journal.stat().st_size // 2])
    done = run("journal", command, path)
    assert done.status in ((USAGE, UNREADABLE) if what == "half" else (USAGE,)), done
    assert "Traceback" not in done.complaints
    assert str(path) in done.complaints


def test_nobody_reads_on(state):
    """`journal show | head -1`: when the reader has seen enough the command ends without a complaint."""
    command = f"'{POINTSMAN}' journal show '{state}' | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, timeout=PATIENCE_S, check=False)
    assert (len(done.stdout.splitlines()), done.stderr) == (1, b"")
