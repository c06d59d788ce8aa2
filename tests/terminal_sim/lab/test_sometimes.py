"""Rare branches: what a set of runs has seen, and what it lacks, by name and in words."""

import pytest

from terminal_sim.faults import FAULTS
from terminal_sim.lab.run import Run
from terminal_sim.lab.sometimes import FAULTS_DONE, NOTICES, missing, seen_in
from terminal_sim.lab.swarm import draw


@pytest.mark.parametrize("name", FAULTS_DONE)
def test_every_fault_of_the_table_is_one(name):
    """By the name that plans use."""
    assert name in FAULTS


def test_what_no_run_has_seen_is_missing():
    """With its words; what one of them has seen is not."""
    everything = dict.fromkeys([*NOTICES, *FAULTS_DONE], 1)
    kind = next(iter(NOTICES))
    rest = {name: count for name, count in everything.items() if name != kind}
    assert missing([everything]) == {}
    assert missing([rest, rest]) == {kind: NOTICES[kind]}
    assert missing([rest, {kind: 1}]) == {}
    assert missing([]) == NOTICES | FAULTS_DONE


def test_a_run_has_seen_its_notices_and_its_faults():
    """With how often."""
    run = Run(draw(3, terminals=3, issuers=1, faults={"duplicate": frozenset()}))
    run.world.run(20_000)
    seen = seen_in(run)
    assert seen["terminal.receipt"] == run.transactions
    assert seen["duplicate"] == len(run.plan.done["duplicate"])
