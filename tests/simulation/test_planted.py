"""The checkers have teeth: each planted fault is found within fifty seeds, and the report names what it breaks.

A fault is a diff in `planted/`, put into a copy of the packages; a process of its own runs that copy. The search begins at the
seed that the diff's head remembers, and goes round; the nightly one begins at the first.
"""

import os
import re
import subprocess
import sys

import pytest

from terminal_sim.lab.invariants import INVARIANTS
from tests.simulation.planted.fault import ROOT, Planted, StaleDiff, read_fault
from tests.simulation.planted.hunt import HUNTS
from tests.testing.quota import NIGHTLY

FAULTS = sorted((ROOT / "tests" / "simulation" / "planted").glob("*.diff"))

POINTSMAN = "from terminal_sim.cli import main; main()"
"""The program, from the copy: an installed script would lead to what is installed."""

SEEDS = 50
"""Within how many a fault must be found."""


def run(directory, *words):
    """A process that runs the copy of the packages in `directory`."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(directory), str(ROOT)))}
    words = [sys.executable, *words]
    return subprocess.run(words, capture_output=True, text=True, timeout=280, env=environment, cwd=directory)


@pytest.mark.parametrize("path", FAULTS, ids=lambda path: path.stem)
def test_it_is_found(path, tmp_path):
    """Within fifty seeds; and the first verdict is one that is right for it."""
    fault = read_fault(path)
    fault.plant(tmp_path)
    first = 1 if NIGHTLY else fault.seed
    seeds = [str((first - 1 + step) % SEEDS + 1) for step in range(SEEDS)]
    found = run(tmp_path, "-m", "tests.simulation.planted.hunt", fault.hunt, *seeds)
    assert found.stderr == ""
    assert found.stdout, f"not found in {SEEDS} seeds"
    seed, invariant, text = found.stdout.split("\n", 2)
    assert invariant in fault.broken, f"seed {seed}: {text}"
    assert INVARIANTS[invariant].words in text


@pytest.mark.parametrize("path", FAULTS, ids=lambda path: path.stem)
def test_its_head_is_whole(path):
    """It says what it plants, and names invariants and a hunt that there are."""
    fault = read_fault(path)
    assert fault.words.endswith(".")
    assert fault.broken
    assert set(fault.broken) <= set(INVARIANTS)
    assert fault.hunt in HUNTS
    assert 1 <= fault.seed <= SEEDS
    assert fault.hunks


def test_a_diff_that_does_not_fit_any_more_says_so(tmp_path):
    """It could not be planted, so nothing would have been tested."""
    fault = read_fault(FAULTS[0])
    hunk = fault.hunks[0]
    stale = Planted(fault.words, fault.broken, fault.hunt, fault.seed, (hunk, hunk))
    with pytest.raises(StaleDiff, match=re.escape(hunk.file)):
        stale.plant(tmp_path)


def test_the_report_tells_all_and_can_be_repeated(tmp_path):
    """Invariant in words, masked messages, few faults, and a line that shows the same violation again."""
    fault = read_fault(FAULTS[0].with_name("no-reversal-at-timeout.diff"))
    fault.plant(tmp_path)
    first = run(tmp_path, "-c", POINTSMAN, "sim", "--seed", str(fault.seed), "--until", "30s")
    assert first.returncode == 1, first.stderr
    lines = first.stdout.splitlines()
    [verdict] = [line for line in lines if line.startswith("VIOLATION ")]
    assert verdict.startswith(f"VIOLATION {fault.broken[0]}: {INVARIANTS[fault.broken[0]].words}")
    said = [line for line in lines if re.match(r" *[0-9]+ ms  ", line)]
    assert 0 < len(said) <= 50
    assert not re.search(r"(?<![0-9])476173900101[0-9]{4}", "\n".join(said))
    [needed] = [line for line in lines if line.startswith("faults that it needs: ")]
    [again] = [line for line in lines if line.startswith("again: ")]
    assert needed.count(" [") <= 3
    program, *words = again.removeprefix("again: ").split()
    assert program == "pointsman"
    second = run(tmp_path, "-c", POINTSMAN, *words)
    assert second.returncode == 1, second.stderr
    [repeated] = [line for line in second.stdout.splitlines() if line.startswith("VIOLATION ")]
    assert repeated.split(" At ")[0] == verdict.split(" At ")[0]
