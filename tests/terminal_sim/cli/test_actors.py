"""Actors of the user's own: the example of docs/lab.md is taken as it stands there, and judged as ours are."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from terminal_sim.cli.actors import ActorError, load_actors
from terminal_sim.lab.makers import OURS
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.trial import hold_trial

LAB_PAGE = Path(__file__).parents[3] / "docs" / "lab.md"
POINTSMAN = Path(sys.executable).with_name("pointsman")

SEEDS = range(1, 21)
WORLD = {"terminals": 6, "issuers": 2}
UNTIL_MS = 20_000


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    """The directory of a stranger who has saved what the page says, one file for each block of Python."""
    place = tmp_path_factory.mktemp("stranger")
    example, program = re.findall(r"```python\n(.*?)```", LAB_PAGE.read_text("utf-8"), re.DOTALL)
    (place / "my_issuer.py").write_text(example, "utf-8")
    (place / "program.py").write_text(program, "utf-8")
    return place


@pytest.fixture
def load(examples, monkeypatch):
    """Loads an actor from that directory."""
    monkeypatch.chdir(examples)
    monkeypatch.syspath_prepend(examples)
    return load_actors


def test_the_example_holds_everything(load):
    """In worlds in which much fails, its own death included."""
    makers = load("my_issuer:MyIssuer")
    for seed in SEEDS[:8]:
        trial = hold_trial(draw(seed, **WORLD), UNTIL_MS, makers=makers)
        assert trial.violation is None, f"seed {seed}: {trial.violation}"
        assert trial.run.issuers["bank1"].journal


def test_the_example_that_posts_twice_is_convicted(load):
    """Within twenty seeds, of what it has done: its books and its answers differ."""
    makers = load("my_issuer:DoublePoster")
    violations = (hold_trial(draw(seed, **WORLD), UNTIL_MS, makers=makers).violation for seed in SEEDS)
    violation = next(violation for violation in violations if violation is not None)
    assert violation.invariant in ("I1", "I4")


def test_a_stranger_needs_nothing_but_the_page(examples):
    """The command finds the class in the current directory, convicts it, and says how to see that again."""
    words = [str(POINTSMAN), "sim", "--seed", "3", "--terminals", "6", "--issuers", "2", "--until", "30s"]
    done = subprocess.run(
        [*words, "--actor", "my_issuer:DoublePoster"], cwd=examples, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "VIOLATION I" in done.stdout
    again = next(line for line in done.stdout.splitlines() if line.startswith("again: "))
    assert again.endswith("--actor my_issuer:DoublePoster")
    assert "duplicate" in again


def test_the_program_of_the_page_runs(examples):
    """And finds the same."""
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=examples, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("I")


def test_without_a_name_it_is_ours():
    """The lab's own issuer."""
    assert load_actors("") == OURS


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("my_issuer", "is not MODULE:CLASS"),
        ("no_such_module:Issuer", "no_such_module cannot be imported"),
        ("my_issuer:Nobody", "my_issuer has no Nobody"),
        ("my_issuer:Booked", "it has no handle and no next_deadline"),
    ],
)
def test_a_wrong_name_is_refused(load, name, told):
    """In words that say what was looked for."""
    with pytest.raises(ActorError, match=told):
        load(name)
