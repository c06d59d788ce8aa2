"""Sessions and links: every row of the session's table and every missing one, and how links choose and dial."""

import pytest

from switch.core.link import TRANSITIONS, Connection, Link, SessionState, Signal


@pytest.fixture
def link(plan):
    """The issuer's link."""
    return Link(plan.links[1])


def connected(link, conn, state):
    connection = link.connections[conn] = Connection(conn, link)
    connection.state = state
    return connection


@pytest.mark.parametrize("state", SessionState)
@pytest.mark.parametrize("signal", Signal)
def test_the_table_is_the_law(link, state, signal):
    """What the table allows leads where it says; anything else is our own fault and changes nothing."""
    connection = connected(link, 1, state)
    follower = TRANSITIONS[state].get(signal)
    if follower is None:
        with pytest.raises(AssertionError):
            connection.move(signal)
        assert connection.state is state
    else:
        connection.move(signal)
        assert connection.state is follower


def test_the_table_as_it_must_be():
    """Typed a second time: only a sign-on or an admission leads online, a loss ends everything, nothing follows it."""
    online = {
        (state, signal) for state, row in TRANSITIONS.items() for signal, follower in row.items() if follower.value == "online"
    }
    assert online == {
        (SessionState.UP, Signal.ADMIT),
        (SessionState.UP, Signal.SIGN_ON),
        (SessionState.SIGNING_ON, Signal.SIGN_ON),
        (SessionState.ONLINE, Signal.SIGN_ON),
    }
    for state in (SessionState.UP, SessionState.SIGNING_ON, SessionState.ONLINE):
        assert TRANSITIONS[state][Signal.LOST] is SessionState.DOWN
        assert TRANSITIONS[state][Signal.SIGN_OFF] is SessionState.UP
    assert TRANSITIONS[SessionState.DOWN] == {}
    assert set(TRANSITIONS) == set(SessionState)


def test_traffic_takes_the_oldest_connection_that_is_online(link):
    """Not one that waits for its sign-on, not one that is being hung up."""
    assert link.online() is None
    connected(link, 1, SessionState.SIGNING_ON)
    second, third = connected(link, 2, SessionState.ONLINE), connected(link, 3, SessionState.ONLINE)
    assert link.online() is second
    second.leaving = True
    assert link.online() is third


def test_an_answer_travels_on_any_online_connection_of_the_party(desk, bank, pos, wallet):
    """A second connection of the issuer takes over when the first goes, and answers what the first was asked."""
    second = desk.connect("bank")
    pos.post(wallet.pay("mc-chip", entry="012"))
    asked = bank.take_one()
    bank.close()
    second.reply(asked, "00")
    assert pos.take_one()[39] == "00"
    pos.post(wallet.pay("mc-chip", entry="012", stan=2))
    assert second.take_one().mti == "0200"
