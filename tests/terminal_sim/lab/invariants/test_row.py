"""A check of any turn is made at every kind of turn, and one of a kind at that kind alone."""

import pytest

from switch.machine import Received, Tick
from terminal_sim.lab.invariants.row import When, kinds_of, turn_of
from terminal_sim.lab.turn import Turn


@pytest.mark.parametrize(
    ("is_switch", "any_turn", "reading", "tick"),
    [
        (True, When.TURN, When.READING, When.TICK),
        (False, When.TERMINAL_TURN, When.TERMINAL_READING, When.TERMINAL_TICK),
    ],
)
def test_turns_are_told_apart(is_switch, any_turn, reading, tick):
    """By whose they are, by whether messages were heard in them, and by whether the clock was looked at."""

    def kind(event, heard=()):
        return turn_of(Turn("host", event, 0, False, heard, True, False, (), ()), is_switch=is_switch)

    assert kind(Received(1, b"x"), heard=(object(),)) is reading
    assert kind(Received(1, b"half")) is any_turn
    assert kind(Tick()) is tick
    assert kinds_of(any_turn) == (any_turn, reading, tick)
    assert (kinds_of(reading), kinds_of(tick)) == ((reading,), (tick,))
