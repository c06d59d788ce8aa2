"""Of which approvals a copy can have left: by what the switch says, what leaves it, and what it is told of the rest."""

import pytest

from switch.machine import GENESIS, Append, Closed, Opened, Sealed, Send
from terminal_sim.lab.deliveries import Deliveries
from terminal_sim.lab.turn import Entry, Turn

APPROVED = Entry(kind="answered", key="key", approved=True)


@pytest.fixture
def deliveries():
    """An acquirer is connected, and an approval was recorded and said to it."""
    made = Deliveries()
    take(made, Opened(1, "pos1"))
    take(made, Opened(2, "bank1"), Append(Sealed(1, 0, "answered", b"", GENESIS)), Send(1, b"0210"), entries=(APPROVED,))
    return made


def take(deliveries, event, *commands, entries=()):
    """A turn of the switch."""
    deliveries.turn(Turn("switch", event, 0, False, (), True, False, commands, entries), ("pos1",), lambda send: "")


def test_what_has_left_may_have_arrived(deliveries):
    """Nobody can say that it has not."""
    deliveries.left(1)
    deliveries.dropped(1)
    take(deliveries, Closed(1, "reset"))
    assert deliveries.lost == []


def test_what_did_not_leave_the_line_is_lost(deliveries):
    """As the switch is told."""
    deliveries.left(1)
    deliveries.dropped(1)
    take(deliveries, Closed(1, "reset", 1))
    assert deliveries.lost == ["key"]


def test_what_never_left_the_switch_is_lost(deliveries):
    """Whatever it is told: its record was not durable when the line broke."""
    deliveries.dropped(1)
    take(deliveries, Closed(1, "reset"))
    assert deliveries.lost == ["key"]
