"""How long terminals wait: from when they ask, and between two times that they say an advice."""

from switch.machine import Opened, Send, Tick
from terminal_sim.lab.patience import Patience
from terminal_sim.lab.turn import Turn

TERMINAL = "LAB00001"


def turn(event, at_ms, *commands, first=False):
    """A turn of the terminal."""
    return Turn(TERMINAL, event, at_ms, first, (), True, False, commands, ())


def test_it_waits_from_the_turn_in_which_it_asks():
    """Others say nothing about that."""
    patience = Patience()
    patience.turn(turn(Opened(1, "pos1"), 5, Send(1, b"0200")))
    patience.turn(turn(Tick(), 9))
    assert patience.asked_ms == {TERMINAL: 5}


def test_a_pause_is_between_two_times_of_one_advice(wires):
    """Another advice has had none, and a terminal that begins again knows of none."""
    patience = Patience()
    first = wires.say(wires.pos[0], mti="0420", de11="000009").brief
    other = wires.say(wires.pos[0], mti="0420", de11="000010").brief
    assert patience.paused_ms(TERMINAL, first, 10) is None
    patience.said(TERMINAL, first, 10)
    assert patience.paused_ms(TERMINAL, first, 17) == 7
    assert patience.paused_ms(TERMINAL, other, 17) is None
    patience.turn(turn(Tick(), 20, first=True))
    assert patience.paused_ms(TERMINAL, first, 30) is None
