"""What a machine has let out, in words: what it was and where, and of its own words only those of an assertion."""

import pytest

from terminal_sim.lab.failure import ActorFailure, JournalRefused, print_failure
from terminal_sim.lab.prng import SeededEntropy

CARD_NUMBER = "4761739001010119"


def raise_here():
    """Fails in this file."""
    raise ValueError(CARD_NUMBER)


def raise_below():
    """Fails in another one."""
    SeededEntropy(1).pick([])


def break_promise():
    """An assertion, whose text holds no card data."""
    raise AssertionError("seq 3 after seq 1")


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (raise_here, "ValueError in test_failure.py, line 13"),
        (raise_below, "ZeroDivisionError in prng.py, line {}, by way of test_failure.py, line 18"),
        (break_promise, "AssertionError in test_failure.py, line 23: seq 3 after seq 1"),
    ],
)
def test_a_failure_is_told_with_its_place(action, told):
    """And, where it came up further down, with the last line of the actor's own file."""
    with pytest.raises((ValueError, ZeroDivisionError, AssertionError)) as found:
        action()
    line = found.traceback[-1].lineno + 1
    assert print_failure(found.value, __file__) == told.format(line)
    assert print_failure(found.value) == told.format(line).replace(", by way of test_failure.py, line 18", "")


def test_a_journal_that_is_refused_is_a_failure_and_bad_bytes():
    """The world takes the second for what must happen to bytes that were changed, the trial the first for a violation."""
    assert issubclass(JournalRefused, ActorFailure)
    assert issubclass(JournalRefused, ValueError)
