"""The life of a transaction: every row of the table, and every row that is not there."""

import pytest

from switch.core.exchange import TRANSITIONS, Exchange, Signal, Transaction, TransactionState
from switch.core.plan import KeySet
from switch.wire import DIALECTS


@pytest.mark.parametrize("state", TransactionState)
@pytest.mark.parametrize("signal", Signal)
def test_the_table_is_the_law(state, signal):
    """What the table allows leads where it says; anything else is our own fault and changes nothing."""
    transaction = Transaction(state=state)
    follower = TRANSITIONS[state].get(signal)
    if follower is None:
        with pytest.raises(AssertionError):
            transaction.move(signal)
        assert transaction.state is state
    else:
        transaction.move(signal)
        assert transaction.state is follower


def test_the_table_as_it_must_be():
    """Typed a second time: an answer ends only what is open, an expiry only what was forwarded, a reversal all but itself."""
    s, g = TransactionState, Signal
    assert {(a, signal): b for a, row in TRANSITIONS.items() for signal, b in row.items()} == {
        (s.RECEIVED, g.FORWARD): s.FORWARDED,
        (s.RECEIVED, g.ANSWER): s.ANSWERED,
        (s.RECEIVED, g.REVERSE): s.REVERSED,
        (s.FORWARDED, g.ANSWER): s.ANSWERED,
        (s.FORWARDED, g.EXPIRE): s.EXPIRED,
        (s.FORWARDED, g.REVERSE): s.REVERSED,
        (s.ANSWERED, g.REVERSE): s.REVERSED,
        (s.EXPIRED, g.REVERSE): s.REVERSED,
    }
    assert set(TRANSITIONS) == set(TransactionState)


def test_an_open_exchange_shows_no_card_data(wallet):
    """It holds the request with all its secrets; its repr does not."""
    dialect = DIALECTS["iso87-ascii"]
    values = wallet.pay(pin="1234")
    shown = repr(Exchange("key", 1, dialect.decode(dialect.encode(values)), ("bank", "02", "000001"), KeySet()))
    assert not [de for de in (2, 14, 35, 52) if values[de] in shown]
