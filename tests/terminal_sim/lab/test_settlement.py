"""Settlement: who is quiet and agreed upon need not be judged at the end, and a long run keeps few transactions."""

import pytest

from terminal_sim.lab.settlement import QUIET_MS, SETTLED_KEPT, Settlement


@pytest.fixture
def forgotten():
    """What was forgotten."""
    return []


@pytest.fixture
def settlement(forgotten):
    """A fresh one."""
    return Settlement(forgotten.append)


def name(number):
    """A transaction."""
    return ("LAB00001", f"{number:012d}")


def agreed(transaction):
    """All books agree on everything."""
    return True


def test_what_is_quiet_and_agreed_upon_is_settled(settlement):
    """Not before it was quiet for long enough, and nothing that was spoken of since."""
    settlement.touch(name(1), 0)
    settlement.touch(name(2), 0)
    settlement.touch(name(1), 1_000)
    settlement.settle(QUIET_MS - 1, agreed)
    assert settlement.settled == 0
    settlement.settle(QUIET_MS, agreed)
    assert (list(settlement.open), settlement.settled) == ([name(1)], 1)
    assert (settlement.is_open(name(1)), settlement.is_open(name(2))) == (True, False)


def test_what_books_differ_about_stays_open(settlement):
    """For ever, however often it is looked at."""
    settlement.touch(name(1), 0)
    for round_ in range(1, 5):
        settlement.settle(round_ * QUIET_MS, lambda transaction: False)
    assert settlement.is_open(name(1))
    assert settlement.settled == 0


def test_what_is_spoken_of_again_is_judged_again(settlement):
    """A reversal an hour later must be seen by the end."""
    settlement.touch(name(1), 0)
    settlement.settle(QUIET_MS, agreed)
    settlement.touch(name(1), 2 * QUIET_MS)
    assert settlement.is_open(name(1))
    assert settlement.settled == 0


def test_what_nobody_has_spoken_of_is_judged_while_all_is_remembered(settlement, forgotten):
    """A booking out of nowhere is found; when some are forgotten, nobody can tell it from one of those."""
    assert settlement.is_open(name(0))
    for number in range(1, SETTLED_KEPT + 3):
        settlement.touch(name(number), 0)
    settlement.settle(QUIET_MS, agreed)
    assert forgotten == [name(1), name(2)]
    assert not settlement.is_open(name(0))
    assert not settlement.is_open(name(SETTLED_KEPT))
