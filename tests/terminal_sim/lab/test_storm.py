"""A storm carries out what its plan says: every fault of the table happens in a world, and the world goes on."""

import msgspec
import pytest

from terminal_sim.faults import FAULTS
from terminal_sim.lab.run import Run
from terminal_sim.lab.swarm import draw

NEEDS = {
    "torn-tail": ("kill-later",),
    "unheard-sync": ("kill-later",),
    "bit-flip": ("kill-later",),
    "kill-again": ("kill-later",),
    "hasty": ("reset",),
    "impatience": ("slow-sync",),
}
"""Faults that befall only hosts that die, connections that are made anew, or commits that are slow."""

WHEN = "before summer time begins in Europe"
"""When these worlds begin; one of the faults waits for such a moment."""


def stormy(name, seed=1):
    """A small world in which one fault happens often."""
    chosen = {fault: frozenset() for fault in (name, *NEEDS.get(name, ()))}
    options = msgspec.structs.replace(draw(seed, terminals=4, issuers=1, faults=chosen), moment=WHEN)
    means = {fault: min(FAULTS[fault].mean, 2 if fault == name and FAULTS[fault].mean < 50 else 20) for fault in chosen}
    busy = msgspec.structs.replace(options.mix, pause_ms=300)
    wires = tuple(msgspec.structs.replace(wire, sign_on=True) for wire in options.acquirer_wires)
    return Run(msgspec.structs.replace(options, faults=means, mix=busy, acquirer_wires=wires))


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_happens(name):
    """And is counted, and people still pay."""
    run = stormy(name)
    run.world.run(30_000)
    assert run.plan.done[name]
    run.heal()
    assert run.at_rest


def test_an_answer_crosses_to_another_line():
    """It comes where nobody has asked for it, and whoever has asked waits in vain."""
    run = Run(msgspec.structs.replace(draw(1, terminals=6, issuers=3, faults={"crossed": frozenset()}), faults={"crossed": 2}))
    run.world.run(60_000)
    assert run.ear.notices["answer.unmatched"]
    assert run.ear.notices["exchange.expired"]
    run.heal()
    assert run.at_rest


def test_the_calm_after_it():
    """Nothing happens any more, the dead have got up, and lines carry."""
    run = stormy("power-off")
    run.world.run(20_000)
    done = {name: list(numbers) for name, numbers in run.plan.done.items()}
    run.heal()
    assert run.plan.done == done
    assert all(host.alive for host in run.world.hosts.values())
