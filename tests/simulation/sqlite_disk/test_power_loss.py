"""The power goes at every step of recorded scenarios: no acknowledged record is lost, no batch is there in part.

The power then goes again while the journal is opened, and that changes nothing.
"""

import pytest

from terminal_sim.lab.prng import SeededEntropy
from tests.simulation.disk import SURVIVALS, Promised, wrecks
from tests.simulation.sqlite_disk.rig import SCENARIOS
from tests.testing.quota import NIGHTLY

ROUNDS = 25 if NIGHTLY else 1
"""How often dice are thrown for every step and survival."""


@pytest.mark.parametrize("survival", SURVIVALS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_acknowledged_record_is_lost(rig, entries, scenario, survival):
    """At every step, and once more at some step of the recovery; then the journal goes on behind what is left."""
    disk = rig.record(SCENARIOS[scenario], entries)
    dice = SeededEntropy(f"{scenario}/{survival}")
    for _ in range(ROUNDS):
        seen: dict[tuple[Promised, tuple[tuple[str, bytes], ...]], None] = {}
        for wreck in wrecks(disk):
            image = wreck.image(SURVIVALS[survival](wreck.pending, dice))
            case = (wreck.promised, tuple(image.items()))
            if case not in seen:
                seen[case] = None
                recover_twice(rig, image, wreck.promised, entries, dice)


def recover_twice(rig, image, promised, entries, dice):
    """Recover, crash at some step of that, recover again: the same; then append one more."""
    count, recovery = rig.recover(image, promised, entries)
    point = dice.below(len(recovery.steps) + 1)
    for number, wreck in enumerate(wrecks(recovery)):
        if number == point:
            left = wreck.image(dice.pick(list(SURVIVALS.values()))(wreck.pending, dice))
    assert rig.recover(left, Promised(count, count), entries)[0] == count
