"""A trial from options to verdict: nothing is wrong in a calm world, and what is planted in an actor is found and explained."""

import gc

import msgspec
import pytest

from terminal_sim.lab.invariants import INVARIANTS, by_weight
from terminal_sim.lab.issuer_actor import IssuerActor
from terminal_sim.lab.makers import Makers
from terminal_sim.lab.swarm import draw, print_options
from terminal_sim.lab.trial import COLLECTED_EVERY, history_of, hold_trial
from terminal_sim.terminal import TerminalKeys

CALM = {"faults": {}}


class Careless(IssuerActor):
    """An issuer that does not know its own cards."""

    def _decide(self, fields: dict[str, str], keys: TerminalKeys) -> dict[str, str]:
        return {}["4111111111111111"]


class Talkative(IssuerActor):
    """An issuer that fails with a card number in its words."""

    def _decide(self, fields: dict[str, str], keys: TerminalKeys) -> dict[str, str]:
        raise AssertionError(f"card {fields['2']} is unknown")


def small(seed, **more):
    """A small world's options."""
    return draw(seed, terminals=4, issuers=1, **more)


@pytest.mark.parametrize("name", INVARIANTS)
def test_every_invariant_is_checked_or_says_where(name):
    """A row without a check and without a word about it would promise what nobody sees to."""
    invariant = INVARIANTS[name]
    assert invariant.words.endswith(".")
    assert invariant.steps or invariant.turns or invariant.records or invariant.end or invariant.judged


def test_weighing_leaves_no_invariant_out():
    """Each row is judged once, whatever comes first."""
    names = [name for name, _ in by_weight()]
    assert sorted(names) == sorted(INVARIANTS)


@pytest.mark.parametrize("at_end", [False, True])
def test_a_calm_world_holds_everything(at_end):
    """Whenever it is judged; and its trace does not depend on that."""
    trial = hold_trial(small(3, **CALM), 20_000, at_end=at_end)
    assert trial.violation is None
    assert trial.run.transactions > 10
    assert trial.trace == hold_trial(small(3, **CALM), 20_000).trace


def test_cycles_are_looked_for_seldom_and_afterwards_as_before():
    """Whoever holds a trial within a program of his own finds its settings as they were, also when the trial fails."""
    before, within = gc.get_threshold(), set()
    hold_trial(small(3, **CALM), 2_000, on_progress=lambda run: within.add(gc.get_threshold()[0]))
    assert (within, gc.get_threshold()) == ({COLLECTED_EVERY}, before)
    assert hold_trial(small(3, **CALM), 20_000, makers=Makers(issuer=Careless)).violation is not None
    assert gc.get_threshold() == before


def test_another_seed_is_another_trace():
    """Or the digest would prove nothing."""
    assert hold_trial(small(3, **CALM), 5_000).trace != hold_trial(small(4, **CALM), 5_000).trace


@pytest.mark.parametrize("at_end", [False, True])
def test_an_issuer_that_posts_twice_is_convicted(at_end, double_poster):
    """Of booking a repeat, within twenty seeds; the faults that it takes are few, and one of them is a repeat."""
    for seed in range(1, 21):
        options = draw(seed, terminals=6, issuers=2, faults={"duplicate": frozenset()})
        trial = hold_trial(options, 60_000, at_end=at_end, makers=double_poster)
        if trial.violation is not None:
            assert trial.violation.invariant in ("I1", "I4")
            return
    pytest.fail("nobody has noticed")


def test_an_issuer_that_keeps_no_books_is_convicted(forgetful):
    """Receipts say that money was spent, and nobody has it."""
    trial = hold_trial(small(3, **CALM), 20_000, makers=forgetful)
    assert trial.violation is not None
    assert trial.violation.invariant == "I1"
    assert any("says to bank1" in line for line in history_of(trial))
    assert not any(card.pan.expose() in line for line in history_of(trial) for card in trial.run.crowd)


def test_an_issuer_that_raises_is_named():
    """Whatever comes out of an actor is a finding with its place; its text, which may hold anything, is not repeated."""
    trial = hold_trial(small(3, **CALM), 20_000, makers=Makers(issuer=Careless))
    assert trial.violation is not None
    assert trial.violation.invariant == "I0"
    assert "KeyError in test_trial.py, line" in str(trial.violation)
    assert "4111111111111111" not in str(trial.violation)


def test_a_failure_that_tells_a_secret_is_convicted_of_that():
    """An assertion's words are told, and so may hold no card data; the verdict does not repeat them."""
    trial = hold_trial(small(3, **CALM), 20_000, makers=Makers(issuer=Talkative))
    assert trial.violation is not None
    assert trial.violation.invariant == "I16"
    assert "the text of what was raised tells a card number: " in trial.violation.text
    assert not any(card.pan.expose() in str(trial.violation) for card in trial.run.crowd)


def test_every_option_is_printed():
    """The seed first; whoever reads the lines knows the world."""
    lines = print_options(small(5))
    assert lines[0] == "seed 5"
    assert all(any(name in line for line in lines) for name in small(5).faults)


def test_a_disk_that_lies_is_convicted_when_the_power_goes():
    """Within a few seeds: nothing can outlive that, and so no swarm draws it; the auditor misses what was acknowledged."""
    assert "lying-sync" not in {name for seed in range(1, 51) for name in draw(seed).faults}
    for seed in range(1, 6):
        options = draw(seed, terminals=6, faults={"lying-sync": frozenset(), "power-off": frozenset()})
        trial = hold_trial(msgspec.structs.replace(options, faults={"lying-sync": 2, "power-off": 5}), 30_000)
        if trial.violation is not None:
            assert trial.violation.invariant == "I12"
            assert "records are gone from" in trial.violation.text
            return
    pytest.fail("nobody has noticed")


def test_a_disk_that_lies_harms_nobody_whose_process_dies():
    """The system still has what it was handed."""
    options = draw(3, terminals=6, faults={"lying-sync": frozenset(), "kill": frozenset()})
    trial = hold_trial(msgspec.structs.replace(options, faults={"lying-sync": 2, "kill": 30}), 20_000)
    assert trial.run.ear.restarts > 3
    assert trial.violation is None
