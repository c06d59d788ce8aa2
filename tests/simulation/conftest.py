"""Trials of the laboratory, held once for all tests that look at them."""

import msgspec
import pytest

from terminal_sim.lab.sometimes import seen_in
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.trial import history_of, hold_trial

UNTIL_MS = 60_000


class Held(msgspec.Struct, frozen=True):
    """What is left of a trial: its verdict in words, empty when all held; what it has seen; its trace."""

    verdict: str
    seen: dict[str, int]
    trace: str


@pytest.fixture(scope="session")
def hold():
    """Holds the trial of a seed, the second time from memory."""
    memory: dict[tuple[int, bool], Held] = {}

    def hold(seed: int, *, liveness: bool) -> Held:
        if (seed, liveness) not in memory:
            trial = hold_trial(draw(seed), UNTIL_MS, liveness=liveness)
            verdict = "" if trial.violation is None else "\n".join([str(trial.violation), *history_of(trial)])
            memory[seed, liveness] = Held(verdict, seen_in(trial.run), trial.trace)
        return memory[seed, liveness]

    return hold
