"""A swarm's options: the same for the same seed, all of them drawn, and what is given changes nothing else."""

import msgspec
import pytest

from switch.wire import DIALECTS, FRAMINGS
from switch.wire.pairing import unfit
from terminal_sim.faults import FAULTS
from terminal_sim.lab.failure import ActorFailure
from terminal_sim.lab.makers import OURS, Makers
from terminal_sim.lab.swarm import (
    DIALECT_NAMES,
    FLUENT,
    FRAMING_NAMES,
    ISSUERS_MAX,
    MOMENTS,
    TERMINALS_MAX,
    Fluency,
    draw,
    print_options,
)

SEEDS = range(1, 201)


def changed(options, other):
    """Names of the options that differ."""
    return [name for name in options.__struct_fields__ if getattr(options, name) != getattr(other, name)]


def test_the_same_seed_is_the_same_world():
    """And another one is another."""
    assert draw(7) == draw(7)
    assert draw(7) != draw(8)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"terminals": 3}, ["terminals"]),
        ({"issuers": 4}, ["issuers", "issuer_wires"]),
        ({"faults": {"late": frozenset({3})}}, ["faults", "kept"]),
        ({"terminals_speak": Fluency(dialects=("postilion",))}, ["acquirer_wires"]),
        ({"issuers_speak": Fluency(framings=("bcd2",))}, ["issuer_wires"]),
        ({"own_terminals": 1, "own_issuers": 1}, ["own_terminals", "own_issuers"]),
    ],
)
def test_what_is_given_changes_nothing_else(given, names):
    """So that a run with a part of it is the same run."""
    assert changed(draw(14), draw(14, **given)) == [name for name in draw(14).__struct_fields__ if name in names]


def test_everything_that_can_be_drawn_is_drawn():
    """By some seed of two hundred; and nothing beyond its bounds."""
    worlds = [draw(seed) for seed in SEEDS]
    wires = [wire for world in worlds for wire in (*world.acquirer_wires, *world.issuer_wires)]
    assert {world.moment for world in worlds} == set(MOMENTS)
    assert {wire.dialect for wire in wires} == set(DIALECT_NAMES)
    assert {wire.framing for wire in wires} == set(FRAMING_NAMES)
    assert {name for world in worlds for name in world.faults} == {name for name, fault in FAULTS.items() if fault.survivable}
    assert not any(unfit(DIALECTS[wire.dialect], FRAMINGS[wire.framing]) for wire in wires)
    assert {world.issuers for world in worlds} <= set(range(ISSUERS_MAX + 1))
    assert 2 <= min(world.terminals for world in worlds) <= max(world.terminals for world in worlds) <= TERMINALS_MAX


def test_all_dialects_and_framings_are_spoken():
    """Those with headers and polls too; only a framing that is too short for a purchase in any dialect is left out."""
    assert set(DIALECT_NAMES) == set(DIALECTS)
    assert set(FRAMINGS) - set(FRAMING_NAMES) == {"ascii2", "ascii2-incl"}


def test_acquirers_and_issuers_of_different_editions_meet():
    """In either direction, so that messages are recast."""
    met = {
        (DIALECTS[pos.dialect].edition.name, DIALECTS[bank.dialect].edition.name)
        for world in map(draw, SEEDS)
        for pos in world.acquirer_wires
        for bank in world.issuer_wires
    }
    assert len(met) == 9


def test_links_of_the_lab_alone_speak_everything():
    """Only those at which somebody's own sit are drawn from what they speak; the others are what they would have been."""
    spoken = Fluency(dialects=("postilion",))
    options = draw(14, terminals=6, issuers=3, terminals_speak=spoken, issuers_speak=spoken, own_terminals=1, own_issuers=2)
    free = draw(14, terminals=6, issuers=3)
    assert len(options.acquirer_wires) > 1
    assert options.acquirer_wires[0].dialect == "postilion"
    assert options.acquirer_wires[1:] == free.acquirer_wires[1:]
    assert [wire.dialect for wire in options.issuer_wires[:2]] == ["postilion"] * 2
    assert options.issuer_wires[2:] == free.issuer_wires[2:]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"terminals": 4, "own_terminals": 5}, "own-terminals 5: of terminals this world has 4; --terminals gives it more"),
        ({"issuers": 0, "own_issuers": 1}, "own-issuers 1: of issuers this world has 0"),
        ({"own_terminals": -1}, "own-terminals -1: "),
    ],
)
def test_no_more_can_be_somebodys_own_than_there_are(given, told):
    """With what would help."""
    with pytest.raises(ValueError, match=told):
        draw(14, **given)


@pytest.mark.parametrize("dialect", DIALECT_NAMES)
def test_every_dialect_can_be_spoken_alone(dialect):
    """Over any of the framings that suit it."""
    assert FLUENT.framings_of(dialect)
    assert {wire.dialect for wire in draw(1, issuers_speak=Fluency((dialect,))).issuer_wires} == {dialect}


def test_who_does_not_say_what_it_speaks_speaks_everything():
    """Ours among them."""
    assert OURS.issuers_speak == OURS.terminals_speak == FLUENT


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"dialects": ("iso99",)}, r"Mine\.dialects is no tuple of some of these: iso87-ascii, "),
        ({"dialects": ("gicc",), "framings": ("stx-etx",)}, r"Mine\.framings has none that suits gicc"),
        ({"dialects": ()}, r"Mine\.dialects is no tuple"),
        ({"framings": "ascii4"}, r"Mine\.framings is no tuple of some of these: len2-big, "),
        ({"framings": (3,)}, r"Mine\.framings is no tuple"),
    ],
)
def test_what_a_run_cannot_have_is_refused(said, told):
    """With all that it can."""
    with pytest.raises(ActorFailure, match=told):
        _ = Makers(terminal=type("Mine", (), said)).terminals_speak


def test_every_option_is_told():
    """In words, before anything runs; the seed first."""
    drawn = draw(5, terminals=4, issuers=2, own_terminals=1, own_issuers=0)
    options = msgspec.structs.replace(drawn, kept={"late": frozenset({3})})
    lines = print_options(options)
    assert lines[0] == "seed 5"
    assert "own terminals 1: LAB00001; the others are the laboratory's" in lines
    assert "own issuers 0: none; the others are the laboratory's" in lines
    for wire in (*options.acquirer_wires, *options.issuer_wires):
        assert any(wire.dialect in line and wire.framing in line for line in lines)
