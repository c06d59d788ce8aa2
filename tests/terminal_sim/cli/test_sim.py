"""`pointsman sim`: everything is said first, the trace last, and a wrong word ends it before anything runs."""

import pytest
from typer.testing import CliRunner

from terminal_sim.cli import app

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


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--until", "soon"), "no time"),
        (("--faults", "no-such"), '"no-such" is no fault'),
        (("--faults", "late:x"), "numbers behind a colon"),
        (("--check-every", "never"), "step or end"),
    ],
)
def test_a_wrong_word_is_refused(words, told):
    """With what would do, and exit status 2."""
    done = sim(*words)
    assert done.exit_code == 2
    assert told in done.output
    assert "trace" not in done.stdout
