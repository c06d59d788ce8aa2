"""Hazards: in a calm world nothing goes wrong; a storm is asked for the same things, and answers each of them."""

import inspect

import pytest

from switch.machine import Tick
from terminal_sim.lab.hazards import COMMIT_MS, LATENCY_MS, Calm, Fate
from terminal_sim.lab.run import Run
from terminal_sim.lab.storm import Storm
from terminal_sim.lab.swarm import draw

QUESTIONS = [name for name, _ in inspect.getmembers(Calm, inspect.isfunction) if not name.startswith("_")]


def test_nothing_goes_wrong_in_the_calm(world, recorder):
    """Everything takes as long as it always does, and arrives as it was said."""
    calm, host = Calm(), world.add("host", recorder())
    assert (calm.latency_ms(host, "link"), calm.commit_ms(host)) == (LATENCY_MS, COMMIT_MS)
    assert (calm.refusal(host, "link"), calm.survivors(host), calm.found(host, b"log")) == ("", None, b"log")
    assert calm.fate(host, Tick()) is Fate.LIVE
    assert not calm.lies(host)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_storm_answers_for_itself(question):
    """Whatever the world asks a calm, a storm has an answer of its own to; else a fault would never happen."""
    assert question in vars(Storm)
    assert list(inspect.signature(getattr(Storm, question)).parameters) == list(
        inspect.signature(getattr(Calm, question)).parameters
    )


def test_a_storm_without_faults_is_calm():
    """But for latencies, which are drawn."""
    run = Run(draw(3, terminals=2, issuers=1, faults={}))
    run.world.run(5_000)
    storm, host = run.storm, run.switch
    assert storm.refusal(host, "bank1") == ""
    assert storm.commit_ms(host) == COMMIT_MS
    assert storm.found(host, b"log") == b"log"
    assert storm.fate(host, Tick()) is Fate.LIVE
    assert 1 <= storm.latency_ms(host, "bank1") <= run.options.latency_max_ms
    assert run.plan.done == {}
