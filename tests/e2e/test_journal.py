"""Proves that the journal of a real run can be checked and read by anybody, and that damage to its file is found.

Every way to change a record is tried on a smaller journal in `tests/switch/cli/test_journal.py`.
"""

import json
import shutil
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


def test_a_flipped_bit_on_the_disk(journal):
    """A bit that flips in the file, as disks do it, is found; it never reaches anybody as a traceback."""
    data = bytearray(journal.read_bytes())
    data[data.index(b'"approved":true')] ^= 0x01
    journal.write_bytes(data)
    done = run("journal", "verify", journal)
    assert done.status == UNREADABLE
    assert "BROKEN at record" in done.output


def test_a_torn_file(journal):
    """Half of the file, as a copy that was cut short: told in words, and never taken for a shorter journal."""
    data = journal.read_bytes()
    journal.write_bytes(data[: len(data) // 2])
    done = run("journal", "verify", journal)
    assert done.status in (USAGE, UNREADABLE)
    assert "Traceback" not in done.complaints
    assert str(journal) in done.complaints or "BROKEN" in done.output


def test_no_journal(tmp_path):
    """A state directory without one: a sentence with its name, status 2."""
    done = run("journal", "show", tmp_path)
    assert (done.status, done.output) == (USAGE, "")
    assert str(tmp_path / "journal.sqlite") in done.complaints
    assert "Traceback" not in done.complaints


def test_nobody_reads_on(state):
    """`journal show | head -1`: when the reader has seen enough the command ends without a complaint."""
    command = f"'{POINTSMAN}' journal show '{state}' | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, timeout=PATIENCE_S, check=False)
    assert (len(done.stdout.splitlines()), done.stderr) == (1, b"")
