"""Which issuers can be asked: those with a connection, and where one is asked for, with a sign-on that was granted."""

import pytest

from switch.machine import Closed, Hangup, Opened, Received, Tick
from terminal_sim.lab.reach import Reach
from terminal_sim.lab.turn import Turn


@pytest.fixture
def reach():
    """Two issuers, one of which wants a sign-on; nobody is connected."""
    return Reach(frozenset(("bank1", "bank2")), frozenset(("bank2",)))


def turn(event, *heard, commands=()):
    """A turn of the switch."""
    return Turn("switch", event, 0, False, heard, True, False, commands, ())


def test_a_connection_is_enough_where_no_sign_on_is_asked_for(reach):
    """Until it is closed, or hung up."""
    assert not reach.can_ask("bank1")
    for end in (turn(Closed(1, "gone")), turn(Tick(), commands=[Hangup(1, "silent")])):
        reach.turn(turn(Opened(1, "bank1")))
        assert reach.can_ask("bank1")
        reach.turn(end)
        assert not reach.can_ask("bank1")


def test_acquirers_are_nobody_to_ask(reach):
    """Whoever dials the switch decides nothing."""
    reach.turn(turn(Opened(1, "pos1")))
    assert not reach.can_ask("pos1")


@pytest.mark.parametrize(
    ("mti", "code", "fault", "granted"),
    [
        ("0810", "00", "", True),
        ("0810", "05", "", False),
        ("0810", "00", "wrong-stan", False),
        ("0210", "00", "", False),
    ],
)
def test_a_sign_on_must_be_granted(reach, wires, mti, code, fault, granted):
    """By an 0810 with nothing wrong about it."""
    end = wires.bank[1]
    fields = {7: "0101000000", 11: "000001", 39: code}
    said = wires.say(end, data=end.speech.framing.frame(end.speech.dialect.encode({"mti": mti, **fields})))
    said.fault = fault
    reach.turn(turn(Opened(1, "bank2")))
    assert not reach.can_ask("bank2")
    reach.turn(turn(Received(1, b""), said))
    assert reach.can_ask("bank2") is granted
