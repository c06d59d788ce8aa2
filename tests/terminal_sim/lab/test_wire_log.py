"""The wire log: every message that is said and heard is in it, and what befell hosts and lines, in order."""

from switch.machine.trace import Befell, Heard, Said
from terminal_sim.lab.run import Run
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.trial import hold_trial
from terminal_sim.lab.wire_log import WireLogger


def log_of(faults, until_ms=20_000, seed=3):
    """The log of a run of one seed with these faults."""
    lines = []
    trial = hold_trial(draw(seed, terminals=4, issuers=2, faults=faults), until_ms, observers=[WireLogger(lines.append)])
    assert trial.violation is None
    return lines


def test_in_a_calm_world_all_that_is_said_is_heard():
    """Once each, and never before; numbers count on. What is said at the very end of a run stays on its way."""
    lines = log_of({})
    said = {line.number: line for line in lines if isinstance(line, Said)}
    heard = {line.number: line.at_ms for line in lines if isinstance(line, Heard)}
    assert list(said) == list(range(1, len(said) + 1))
    early = {number for number, line in said.items() if line.at_ms < 20_000}
    assert early <= heard.keys()
    assert all(at_ms > said[number].at_ms for number, at_ms in heard.items())
    assert not any(line.fault for line in said.values())


def test_what_a_bad_peer_says_is_in_it():
    """With the fault's name; what cannot be read any more still belongs to the transaction that it was meant for."""
    lines = log_of({"corrupt": frozenset(range(1, 60))}, 60_000, seed=8)
    unreadable = [line for line in lines if isinstance(line, Said) and line.fault == "corrupt" and not line.mti]
    assert unreadable
    assert all(line.stan for line in unreadable)


def test_deaths_and_new_beginnings_are_in_it():
    """And the connections that are lost with a host."""
    lines = []
    run = Run(draw(3, terminals=4, issuers=2, faults={}), [WireLogger(lines.append)])
    run.world.run(5_000)
    run.world.kill(run.switch)
    run.world.run(10_000)
    told = [line for line in lines if isinstance(line, Befell)]
    assert [(line.machine, line.what) for line in told if not line.conn] == [("switch", "died"), ("switch", "began again")]
    assert told[0].at_ms == 5_000
    assert {line.machine for line in told if line.conn} > {"switch", "LAB00001", "bank1"}
