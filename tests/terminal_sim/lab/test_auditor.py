"""The auditor at work: it stops at the first violation, by weight, at once or afterwards, and tells no secret itself."""

import pytest

from terminal_sim.lab.auditor import Auditor, Violation
from terminal_sim.lab.failure import ActorFailure
from terminal_sim.lab.invariants import INVARIANTS, by_weight
from terminal_sim.lab.network import Passage


@pytest.fixture
def watching(wires):
    """A maker of auditors that watch the wires."""

    def watch(**how):
        auditor = Auditor(**how)
        auditor.watch(wires.run)
        return auditor

    return watch


@pytest.fixture
def invented(wires):
    """An answer of the switch to nobody's question."""
    end = wires.pos[1]
    values = {"mti": "0210", 3: "000000", 4: "000000001000", 7: "0101000000", 11: "000077", 37: "000000000077", 39: "00"}
    return Passage(end, end.speech.framing.frame(end.speech.dialect.encode(values | {41: "LAB00001"})), 0)


def test_what_is_wrong_ends_the_run_as_it_is_said(watching, invented):
    """With the number of what was broken, its words, the transaction and the time."""
    with pytest.raises(Violation) as found:
        watching().said(invented)
    assert (found.value.invariant, found.value.transaction) == ("I6", ("LAB00001", "000000000077"))
    assert str(found.value).startswith(f"I6: {INVARIANTS['I6'].words} At 0 ms: ")


def test_judged_afterwards_it_is_the_same_violation_of_the_same_moment(watching, wires, invented):
    """Though the world has gone on meanwhile."""
    auditor = watching(at_end=True)
    auditor.said(invented)
    wires.run.world.run(5_000)
    with pytest.raises(Violation) as found:
        auditor.judge_steps()
    assert (found.value.invariant, found.value.at_ms) == ("I6", 0)


def test_once_judged_nothing_waits(watching, invented):
    """What comes behind that is judged as it is said."""
    auditor = watching(at_end=True)
    auditor.judge_steps()
    with pytest.raises(Violation, match="I6"):
        auditor.said(invented)


def test_a_switch_that_does_not_hang_up_is_convicted(watching):
    """By the connections that it leaves."""
    auditor = watching()
    auditor.judge_stop(0)
    with pytest.raises(Violation, match=r"I21: .* 2 connections are open"):
        auditor.judge_stop(2)


def test_of_what_a_machine_lets_out_only_what_may_be_told_is_told(watching, wires):
    """An actor's own failure in its words, anything else by its kind and place; a secret by its name alone, and as I16."""
    auditor = watching()
    failure = auditor.judge_failure(ActorFailure("Mine.handle: KeyError in mine.py, line 3"))
    assert (failure.invariant, failure.text) == ("I0", "Mine.handle: KeyError in mine.py, line 3")
    try:
        raise KeyError(wires.pan)
    except KeyError as error:
        raised = auditor.judge_failure(error)
    assert (raised.invariant, raised.text.partition(" in ")[0]) == ("I0", "KeyError")
    assert wires.pan not in str(raised)
    try:
        raise AssertionError(f"no account of {wires.pan}")
    except AssertionError as error:
        told = auditor.judge_failure(error)
    assert told.invariant == "I16"
    assert wires.pan not in str(told)


def test_every_row_is_judged_once_in_the_order_of_its_weight():
    """What explains the others comes first; none is left out."""
    names = [name for name, _ in by_weight()]
    assert sorted(names) == sorted(INVARIANTS)
    assert len(set(names)) == len(names)


def test_a_journal_that_was_changed_must_not_be_begun_on(watching, wires):
    """A machine that finds the damage says so; one that does not is convicted."""
    auditor, host = watching(), wires.run.switch
    auditor.revived(host, [], ValueError("damaged"), True)
    with pytest.raises(Violation, match=r"I12: .* a bit of switch's journal was changed, and it began all the same"):
        auditor.revived(host, [], None, True)
