"""`pointsman sim`: everything is said first, the trace last, and a wrong word ends it before anything runs."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from terminal_sim.cli import app

POINTSMAN = Path(sys.executable).with_name("pointsman")

LAB_PAGE = Path(__file__).parents[3] / "docs" / "lab.md"

CALM = ("--until", "3s", "--terminals", "2", "--issuers", "1", "--faults", "none")


def sim(*words: str):
    """Run the command in this process."""
    return CliRunner().invoke(app, ["sim", *words], prog_name="pointsman")


def test_the_seed_comes_first_and_the_trace_last():
    """In between every option that was drawn, and a summary; the same words make the same trace."""
    first, second = sim("--seed", "3", *CALM), sim("--seed", "3", *CALM)
    assert first.exit_code == 0
    lines = first.stdout.splitlines()
    assert lines[0] == "seed 3"
    assert any(line.startswith("terminals 2") for line in lines)
    assert any(line.startswith("transactions ") for line in lines)
    assert lines[-1].startswith("trace ")
    assert lines[-1] == second.stdout.splitlines()[-1]


def test_faults_are_chosen_by_name_and_number():
    """The options say which."""
    done = sim("--seed", "3", "--until", "3s", "--terminals", "2", "--faults", "duplicate,late:1+2")
    assert done.exit_code == 0
    told = [line for line in done.stdout.splitlines() if line.startswith("fault ")]
    assert [line.split(":")[0] for line in told] == ["fault duplicate", "fault late"]
    assert told[1].endswith("only [1, 2]")


def test_judging_at_the_end_changes_nothing_that_happens():
    """Only the moment at which a violation would be told."""
    at_once, afterwards = (sim("--seed", "3", *CALM, "--check-every", when) for when in ("step", "end"))
    assert at_once.stdout.splitlines()[-1] == afterwards.stdout.splitlines()[-1]


def test_the_page_shows_the_picture_that_its_command_draws():
    """As it stands there: a picture of what no run draws any more would teach nobody anything."""
    command, picture = re.findall(
        r"`pointsman (sim [^`]+--timeline LAB[^`]+)`.*?```\n(.*?)```", LAB_PAGE.read_text(), re.DOTALL
    )[0]
    assert picture in sim(*command.split()[1:]).stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--until", "soon"), "no time"),
        (("--faults", "no-such"), '"no-such" is no fault'),
        (("--faults", "duplicat"), "duplicate is one"),
        (("--faults", "late:x"), "numbers from 1 behind a colon"),
        (("--faults", "late:"), "numbers from 1 behind a colon"),
        (("--faults", "late:1,late:2"), "twice"),
        (("--check-every", "never"), "step or end"),
        (("--timeline", "LAB00001"), "TERMINAL/REFERENCE"),
        (("--actor", "nobody"), "MODULE:CLASS"),
        (("--own-terminals", "1"), "--own-terminals 1: --actor names no class for terminals"),
        (
            ("--terminals", "3", "--own-terminals", "4"),
            "--own-terminals 4: of terminals this world has 3; --terminals gives",
        ),
        (("--issuers", "1", "--own-issuers", "2"), "--own-issuers 2: of issuers this world has 1"),
        (("--record", "/no/such/place"), "No such file or directory"),
        (("--replay", "some.trace", "--seed", "1", "--check-every", "end"), "leave --seed, --check-every out"),
    ],
)
def test_a_wrong_word_is_refused(words, told):
    """With what would do, and exit status 2."""
    done = sim(*words)
    assert done.exit_code == 2
    assert told in done.output
    assert "trace" not in done.stdout


def test_the_summary_says_what_was_seen_and_how_to_look_closer():
    """Receipts, faults by kind, rare branches with how many there are, both clocks; and a command that names transactions."""
    done = sim("--seed", "3", "--until", "5s", "--terminals", "3", "--issuers", "1", "--faults", "kill:1,duplicate")
    lines = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert "approved" in lines["transactions"] or "approved" in done.stdout
    assert " of " in lines["rare"]
    assert "virtual seconds in" in done.stdout
    command = done.stdout.split("to draw one: ")[1].splitlines()[0]
    named = sim(*command.split()[2:])
    assert named.exit_code == 0
    assert "last transactions: LAB" in named.stdout
    assert named.stdout.splitlines()[-1] == done.stdout.splitlines()[-1]


def test_json_is_one_object():
    """With the parts that people are told as lines."""
    done = sim("--seed", "3", *CALM, "--json", "--timeline", "list")
    told = json.loads(done.stdout)
    assert list(told) == ["options", "summary", "timeline", "trace"]
    assert told["options"]["seed"] == 3
    assert told["summary"]["transactions"] > 0
    assert not told["summary"]["interrupted"]
    assert told["trace"] == sim("--seed", "3", *CALM).stdout.split()[-1]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_with_what_is_known(tmp_path, number, status):
    """The summary up to there, a trace that can be replayed, and no verdict on what was not seen."""
    path = tmp_path / "cut.trace"
    words = [str(POINTSMAN), "sim", *CALM[2:], "--seed", "3", "--until", "24h", "--record", str(path)]
    running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + 60
        while (not path.exists() or path.stat().st_size < 50_000) and time.monotonic() < until:
            os.sched_yield()
        running.send_signal(number)
        out, err = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == status, err
    assert "interrupted" in err
    assert "VIOLATION" not in out
    assert out.splitlines()[-1].startswith("trace ")
    replayed = sim("--replay", str(path))
    assert replayed.exit_code == 0
    assert "the trace is complete up to its interruption" in replayed.stdout
