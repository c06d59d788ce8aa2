"""Keys change in mid-traffic: everybody gets the new ones, a switch that begins again has them, and money is whole."""

import msgspec
import pytest

from switch.core import KeySet
from terminal_sim.lab.issuer_actor import IssuerActor
from terminal_sim.lab.key_desk import other_generation
from terminal_sim.lab.makers import Makers
from terminal_sim.lab.run import Run
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.trial import hold_trial

FIRST = KeySet("pos.zak", "pos.zpk")
SECOND = KeySet("pos.zak-2", "pos.zpk-2")


def options(seed):
    """A small busy world in which keys change every few seconds."""
    drawn = draw(seed, terminals=4, issuers=2, faults={"change-keys": frozenset()})
    busy = msgspec.structs.replace(drawn.mix, pause_ms=700, bad_mac=0)
    return msgspec.structs.replace(drawn, mix=busy, faults={"change-keys": 3})


def test_generations_go_back_and_forth():
    """There are two of them."""
    assert other_generation(FIRST) == SECOND
    assert other_generation(SECOND) == FIRST


@pytest.mark.parametrize("seed", [1, 2])
def test_all_links_change_and_nothing_breaks(seed):
    """Without other faults nobody ever complains about a MAC, and payments go on."""
    trial = hold_trial(options(seed), 60_000)
    assert trial.violation is None
    seen = trial.run.ear.notices
    assert seen["keys.changed"] == len(trial.run.operator.keys)
    assert seen["keys.former"]
    assert not seen["issuer.mac-bad"]
    assert all(keys.mac_key.endswith("-2") for keys in trial.run.operator.keys.values())


def test_a_switch_that_begins_again_has_the_keys_that_were_in_force():
    """Otherwise nobody would believe it: payments go on, and no MAC is wrong."""
    run = Run(options(3))
    run.world.run(45_000)
    assert all(keys.mac_key.endswith("-2") for keys in run.operator.keys.values())
    run.world.kill(run.switch)
    run.world.run(10_000)
    approved = run.ear.receipts["approved"]
    assert run.switch.life == 2
    run.world.run(15_000)
    assert run.ear.receipts["approved"] > approved
    assert not run.ear.notices["mac.bad"]


class OwnIssuer(IssuerActor):
    """A bank of somebody's own."""


def test_links_of_hosts_of_somebodys_own_keep_their_keys():
    """Nobody knows whether they can change them."""
    run = Run(options(1), makers=Makers(issuer=lambda *args, **more: OwnIssuer(*args, **more)))
    run.world.run(40_000)
    assert all(run.operator.keys[name].mac_key == "issuer-link.zak" for name in run.issuers)
    assert run.ear.notices["keys.changed"]
