"""The whole system on forty seeds under faults, and on ten that must come to rest: nothing that must hold is broken.

A failing seed is looked at with `pointsman sim --seed N`, which says what it needs to fail.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from terminal_sim.lab.sometimes import missing

COUNT = int(os.environ.get("POINTSMAN_SEEDS", "40"))
LIVELY = int(os.environ.get("POINTSMAN_LIVELY_SEEDS", "10"))
"""How many; the nightly run asks for more."""

SAFETY = range(1, COUNT + 1)
LIVENESS = range(COUNT + 1, COUNT + LIVELY + 1)

POINTSMAN = Path(sys.executable).with_name("pointsman")


@pytest.mark.parametrize("seed", SAFETY)
def test_safety(hold, seed):
    """While faults happen, every message on every hop is as it must be."""
    assert hold(seed, liveness=False).verdict == ""


@pytest.mark.parametrize("seed", LIVENESS)
def test_liveness(hold, seed):
    """Two minutes after the last fault nothing is open, nothing is owed, and both sides' books agree."""
    assert hold(seed, liveness=True).verdict == ""


def test_every_rare_branch_was_seen(hold):
    """A set of seeds that never met one of them would have tested nothing there."""
    seen = [hold(seed, liveness=False).seen for seed in SAFETY] + [hold(seed, liveness=True).seen for seed in LIVENESS]
    assert missing(seen) == {}


@pytest.mark.parametrize("seed", [seed for seed in (*SAFETY, *LIVENESS) if seed % 10 == 0])
def test_the_same_seed_makes_the_same_trace_in_other_processes(seed):
    """Whatever the process, and whatever hashes strings have in it."""
    first, second = (trace_of(seed, hash_seed) for hash_seed in ("1", "2"))
    assert first == second
    assert len(first) == 64


def trace_of(seed: int, hash_seed: str) -> str:
    """The trace that a process of its own prints last."""
    words = [str(POINTSMAN), "sim", "--seed", str(seed), "--until", "60s"]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, env=environment, check=True)
    last = done.stdout.splitlines()[-1]
    assert last.startswith("trace ")
    return last.removeprefix("trace ")
