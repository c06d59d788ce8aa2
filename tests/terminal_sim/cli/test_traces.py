"""`pointsman sim --record` and `--replay`: a run goes into a file and comes back, and its pictures with it."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from terminal_sim.cli import app
from terminal_sim.faults import FAULTS

WORLD = ("--seed", "3", "--until", "5s", "--terminals", "3", "--issuers", "1", "--faults", "kill:1,duplicate")


def sim(*words):
    """Run the command in this process."""
    return CliRunner().invoke(app, ["sim", *map(str, words)], prog_name="pointsman")


@pytest.fixture(scope="module")
def trace(tmp_path_factory):
    """A recorded run's file."""
    path = tmp_path_factory.mktemp("traces") / "run.trace"
    recorded = sim(*WORLD, "--record", path)
    assert recorded.exit_code == 0
    assert recorded.stdout.splitlines()[-1] == sim(*WORLD).stdout.splitlines()[-1]
    return path


def test_a_recorded_run_replays(trace):
    """All of it, or as far as it is told to."""
    whole, part = sim("--replay", trace), sim("--replay", trace, "--until", "2s")
    assert (whole.exit_code, part.exit_code) == (0, 0)
    assert "the same commands, byte for byte" in whole.stdout
    assert "the trace is complete" in whole.stdout
    events = [int(done.stdout.split()[1]) for done in (part, whole)]
    assert 0 < events[0] < events[1]


def test_a_trace_replays_in_another_process(tmp_path):
    """With every fault that a program can outlive, and whatever hashes strings have there."""
    path = tmp_path / "all.trace"
    faults = ",".join(name for name, fault in FAULTS.items() if fault.survivable)
    words = ("--seed", "11", "--until", "10s", "--faults", faults, "--record", path)
    recorded, replayed = (elsewhere(number, *some) for number, some in ((1, words), (2, ("--replay", path))))
    assert recorded.returncode == 0, recorded.stderr
    assert "the same commands, byte for byte" in replayed.stdout, replayed.stdout + replayed.stderr


def elsewhere(hash_seed, *words):
    """Run the command in a process of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    command = [str(Path(sys.executable).with_name("pointsman")), "sim", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, check=False)


def test_a_picture_from_a_trace_is_that_of_the_run(trace):
    """The list of the last transactions too."""
    listed = sim("--replay", trace, "--timeline", "list").stdout
    name = listed.splitlines()[0].split()[-1]
    drawn = sim("--replay", trace, "--timeline", name).stdout
    assert drawn.startswith(f"transaction {name}\n")
    assert drawn in sim(*WORLD, "--timeline", name).stdout
    assert listed in sim(*WORLD, "--timeline", "list").stdout


def test_a_difference_is_told(trace, tmp_path):
    """Exit status 1, and where."""
    lines = trace.read_bytes().splitlines(keepends=True)
    at = next(at for at, line in enumerate(lines) if b'"Turn"' in line and b'"Send"' in line and b'"Received"' in line)
    changed = lines[at].replace(b'"type":"Send","conn":', b'"type":"Send","conn":9')
    place = tmp_path / "changed.trace"
    place.write_bytes(b"".join([*lines[:at], changed, *lines[at + 1 : -1]]))
    done = sim("--replay", place)
    assert done.exit_code == 1
    assert done.stdout.startswith("DIFFERENCE event ")


def test_a_trace_that_was_cut_off_says_so(trace, tmp_path):
    """It is replayed as far as it goes."""
    place = tmp_path / "cut.trace"
    place.write_bytes(trace.read_bytes()[:-100])
    done = sim("--replay", place)
    assert done.exit_code == 0
    assert "it was cut off" in done.stdout


def test_a_trace_is_for_its_owner_and_overwrites_nothing(trace):
    """It has cards and PINs in it, if only published ones."""
    assert stat.S_IMODE(trace.stat().st_mode) == 0o600
    done = sim(*WORLD, "--record", trace)
    assert done.exit_code == 2
    assert "overwrites nothing" in done.output


def test_a_transaction_that_is_not_there_is_told(trace):
    """With those that are, and those that a fault has hit."""
    told = sim("--replay", trace, "--timeline", "LAB00001/no-such").stdout.splitlines()
    assert told[0] == "no transaction LAB00001/no-such"
    assert told[1].startswith("last transactions: LAB")
    assert told[2].startswith("last that a fault has hit: ")


def test_a_trace_that_is_not_there_is_told(tmp_path):
    """Exit status 4: nothing was read, and so nothing was found wrong."""
    done = sim("--replay", tmp_path / "no.trace")
    assert done.exit_code == 4
    assert "No such file" in done.output


def test_what_is_no_trace_is_told(tmp_path):
    """Exit status 4, with the line."""
    place = tmp_path / "no.trace"
    place.write_text("hello\n")
    done = sim("--replay", place)
    assert done.exit_code == 4
    assert "line 1: it is no line of a trace" in done.output
