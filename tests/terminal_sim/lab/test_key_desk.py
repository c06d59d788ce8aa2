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
from terminal_sim.terminal import PinPad, Terminal

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


class OwnTerminal(Terminal):
    """A terminal of somebody's own."""

    def __init__(self, profile, wallet, *, stan, keystore, entropy, journal):
        super().__init__(profile, wallet, PinPad(keystore, entropy), entropy, journal=journal, stan=stan)


def test_links_of_hosts_of_somebodys_own_keep_their_keys():
    """Nobody knows whether they can change them."""
    run = Run(options(1), makers=Makers(issuer=OwnIssuer))
    run.world.run(40_000)
    assert all(run.operator.keys[name].mac_key == "issuer-link.zak" for name in run.issuers)
    assert run.ear.notices["keys.changed"]


def test_links_of_the_lab_alone_change_beside_them():
    """A link at which somebody's own and the lab's sit is one of somebody's own; payments go on at all of them."""
    drawn = msgspec.structs.replace(options(1), terminals=7, acquirer_wires=options(1).acquirer_wires[:1] * 3)
    mixed = msgspec.structs.replace(drawn, own_terminals=4, own_issuers=1)
    run = Run(mixed, makers=Makers(issuer=OwnIssuer, terminal=OwnTerminal))
    assert mixed.own_terminal_names == ("LAB00001", "LAB00002", "LAB00004", "LAB00007")
    run.world.run(60_000)
    changed = [name for name, keys in run.operator.keys.items() if keys.mac_key.endswith("-2")]
    assert changed == ["pos3", "bank2"]
    assert not run.ear.notices["mac.bad"]
