"""Methods that never come back are ended and named; those that take long, one after the other, are not.

Most looks are given by the actor itself, so that no test waits for a clock.
"""

import signal
import time
from contextlib import suppress

import pytest

from terminal_sim.cli.watch import Watch
from terminal_sim.lab.failure import ActorFailure, ActorHangs
from terminal_sim.lab.issuer_actor import IssuerActor
from terminal_sim.lab.makers import Makers
from terminal_sim.lab.reproduction import Reducer
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.trial import hold_trial

UNTIL_MS = 5_000
HOUR_S = 3_600.0


def look():
    """As if the time for one had come."""
    signal.raise_signal(signal.SIGALRM)


class Patient(IssuerActor):
    """Is looked at in every call, and never twice in one."""

    def handle(self, event, now):
        look()
        return super().handle(event, now)

    def next_deadline(self):
        look()
        return super().next_deadline()


class Spinning(IssuerActor):
    """Does not answer, whatever it is asked."""

    def handle(self, event, now):
        while True:
            self._try()

    def _try(self):
        with suppress(Exception):  # Careless, as such programs are.
            look()


class Stubborn(IssuerActor):
    """Lets nothing out the first time."""

    def handle(self, event, now):
        try:
            while True:
                look()
        except BaseException:  # noqa: BLE001  # Careless to the last.
            while True:
                look()


class Sleeping(IssuerActor):
    """Waits for what never comes, while the clock looks at it."""

    def handle(self, event, now):
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        time.sleep(HOUR_S)


class Unborn(IssuerActor):
    """Is never made."""

    def __init__(self, cards, **speech):
        while True:
            look()


def held(issuer, watch):
    """A small world without faults, watched."""
    with watch:
        return hold_trial(draw(3, terminals=2, issuers=1, faults={}), UNTIL_MS, makers=Makers(issuer=issuer))


@pytest.mark.parametrize("issuer", [Spinning, Stubborn, Sleeping])
def test_a_method_that_never_comes_back_is_named(issuer):
    """As I0, with its class and the line that it was in, though it swallows what is raised or sleeps."""
    violation = held(issuer, Watch(HOUR_S, 3)).violation
    assert violation.invariant == "I0"
    assert violation.text.startswith(f"{issuer.__name__}.handle has not come back within ")
    assert "test_watch.py, line " in violation.text


def test_nobody_waits_again_for_what_has_not_come_back():
    """The search for the faults that it needs holds no trial."""
    trial = held(Spinning, Watch(HOUR_S, 3))
    assert isinstance(trial.violation.__cause__, ActorHangs)
    reducer = Reducer(trial, UNTIL_MS, makers=Makers(issuer=Spinning))
    assert reducer.reduce().violation is trial.violation
    assert (reducer.trials, reducer.complete) == (0, False)


def test_an_actor_that_is_never_made_is_refused():
    """There is no run yet that could be judged."""
    with pytest.raises(ActorFailure, match=r"Unborn\.__init__ has not come back within 10800 s of real time"):
        held(Unborn, Watch(HOUR_S, 3))


def test_calls_are_counted_each_for_itself():
    """One look at each of thousands of calls ends none of them."""
    assert held(Patient, Watch(HOUR_S, 1)).violation is None


def test_what_was_there_is_there_again():
    """The signal does what it did before, and no further one comes."""
    before = signal.getsignal(signal.SIGALRM)
    with Watch(HOUR_S):
        assert signal.getitimer(signal.ITIMER_REAL)[1] == HOUR_S
        look()
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) == before
