"""The plan of faults: drawn from a seed, each kind apart from the others, each fault numbered so that it can be left out."""

import pytest

from terminal_sim.faults import FAULTS, FaultPlan, parse_faults
from terminal_sim.faults.plan import print_faults
from terminal_sim.lab import SeededEntropy


def plan(means, kept=None, seed=1):
    """A plan with dice from a seed."""
    return FaultPlan(means, lambda name: SeededEntropy(f"{seed}/{name}"), kept)


def times(planned, name, opportunities=1_000):
    """At which opportunities a fault happens."""
    return [at for at in range(opportunities) if planned.fires(name)]


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_has_words_and_a_rate(name):
    """And happens about as often as its mean says."""
    fault = FAULTS[name]
    assert fault.mean >= 1
    assert fault.words
    happened = times(plan({name: 10}), name)
    assert 70 < len(happened) < 140


def test_what_is_off_never_happens():
    """Nor does it use up anybody's dice."""
    assert times(plan({"late": 3}), "duplicate") == []


def test_leaving_one_out_changes_nothing_about_another():
    """Each has dice of its own."""
    both, alone = plan({"late": 5, "duplicate": 7}), plan({"duplicate": 7})
    mixed = [at for at in range(500) if (both.fires("late"), both.fires("duplicate"))[1]]
    assert mixed == times(alone, "duplicate", 500)


def test_faults_have_numbers_and_only_those_kept_happen():
    """The third and the fifth, exactly where they happened among all."""
    all_of_them, some = plan({"late": 4}), plan({"late": 4}, {"late": frozenset({3, 5})})
    happened = times(all_of_them, "late")
    assert times(some, "late") == [happened[2], happened[4]]
    assert some.done == {"late": [3, 5]}
    assert all_of_them.done["late"] == list(range(1, len(happened) + 1))


def test_after_calm_nothing_happens():
    """Whatever was planned."""
    planned = plan({"late": 1})
    assert planned.fires("late")
    planned.calm()
    assert times(planned, "late") == []


@pytest.mark.parametrize("text", ["late", "late:3", "duplicate,late:3+7", "kill:1,chunks"])
def test_what_is_printed_is_parsed(text):
    """The text of a command line and back."""
    assert print_faults(parse_faults(text)) == text


@pytest.mark.parametrize(
    "text", ["", "no-such", "late:x", "late:1+-2", "late,,kill", "late:1 2", "late:", "late:0", "late:1,late:2"]
)
def test_a_wrong_list_is_refused(text):
    """With what is wrong about it."""
    with pytest.raises(ValueError, match=r"fault|numbers|twice"):
        parse_faults(text)


def test_the_order_in_which_faults_are_named_means_nothing():
    """Who asks a plan for its faults in turn gets the table's order, so that a command means one run however it is spelled."""
    names = ("silence", "late", "duplicate")
    assert list(plan(dict.fromkeys(names, 5)).means) == ["duplicate", "late", "silence"]
