"""Time and stopping: what is due happens, once, in whatever company; a stop finishes what is open and takes nothing new."""

import pytest

from switch.core.exchange import TransactionState
from switch.limits import STOP_GRACE_MS
from switch.machine import Drain, Operate, Order, Tick

CARD = "mc-chip"


@pytest.fixture
def drain(desk):
    """Order a stop."""
    return lambda: desk.handle(Operate(Drain()))


@pytest.fixture
def asked(pos, bank, wallet):
    """A purchase that is open at the issuer."""
    pos.post(wallet.pay(CARD, entry="012"))
    return bank.take_one()


def test_accounts_are_opened_once(desk, pos):
    """At the first event, and not again after a restart."""
    opened = len(desk.plan.accounts)
    assert desk.kinds() == ["account-opened"] * opened
    desk.restart()
    assert desk.kinds() == ["account-opened"] * opened


def test_a_late_tick_expires_everything_that_is_due_in_order(desk, pos, bank, wallet):
    """Three exchanges whose deadlines have passed, one tick: three times 91, in the order in which they were opened."""
    for stan in (1, 2, 3):
        pos.post(wallet.pay(CARD, entry="012", stan=stan))
        desk.wait(1_000)
    desk.wait(60_000, late=True)
    assert [(answer[11], answer[39]) for answer in pos.take()] == [("000001", "91"), ("000002", "91"), ("000003", "91")]


def test_a_tick_with_nothing_due_does_nothing(desk, pos, bank):
    """Spurious wake-ups are free."""
    assert desk.handle(Tick()) == []


def test_time_that_steps_back_on_the_wall_changes_no_deadline(desk, pos, bank, asked):
    """Deadlines live on the monotonic clock: an hour back or forth on the wall is nothing to them."""
    for step in (-3_600_000, 7_200_000):
        desk.now = type(desk.now)(desk.now.mono_ms + 1, desk.now.wall_ms + step)
        desk.tick()
        assert pos.take() == []
    desk.wait(20_000)
    assert pos.take_one()[39] == "91"


def test_an_idle_switch_stops_at_once(desk, pos, bank, drain):
    """Nothing is open: everybody is hung up."""
    drain()
    assert (pos.hung_up, bank.hung_up) == ("the switch stops", "the switch stops")


def test_what_is_open_is_answered_before_the_hangup(desk, pos, bank, asked, drain):
    """In-flight work finishes; the answer goes out in front of the hangup."""
    drain()
    assert pos.hung_up is None
    bank.reply(asked, "00")
    assert pos.take_one()[39] == "00"
    assert pos.hung_up == "the switch stops"
    kinds = [type(command).__name__ for command in desk.commands]
    assert kinds.index("Send") < kinds.index("Hangup")


def test_new_work_is_refused_while_stopping(desk, pos, bank, asked, drain, wallet):
    """91 for requests; what has happened (advices) and what must be undone (reversals) is still taken."""
    drain()
    assert pos.ask(wallet.pay(stan=2))[39] == "91"
    assert pos.ask(wallet.pay(CARD, entry="012", stan=3))[39] == "91"
    assert pos.ask(wallet.complete(wallet.pay(), minor=100))[39] == "00"
    assert pos.ask({"mti": "0800", 7: "0101000000", 11: "000009", 70: "301"})[39] == "00"
    assert pos.hung_up is None
    assert [message.mti for message in pos.post(wallet.undo(wallet.pay(CARD, entry="012")))] == ["0430"]
    assert pos.hung_up == "the switch stops", "that was the last thing open"


def test_after_the_grace_what_is_open_is_a_timeout(desk, pos, bank, asked, drain):
    """91 to the acquirer, a reversal owed, then the hangup."""
    drain()
    desk.wait(STOP_GRACE_MS)
    assert pos.take_one()[39] == "91"
    assert [message.mti for message in bank.take()] == ["0420"]
    assert pos.hung_up == "the switch stops"
    assert desk.switch.next_deadline() is None or desk.switch.next_deadline() > desk.now.mono_ms


def test_grace_and_deadline_may_end_in_the_same_late_tick(desk, pos, bank, asked, drain):
    """The exchange would have expired by itself a moment later: one 91, one reversal, no exception."""
    desk.wait(9_500)
    drain()
    desk.wait(60_000, late=True)
    assert pos.take_one()[39] == "91"
    assert desk.kinds().count("advice-owed") == 1


def test_a_newcomer_while_stopping_is_sent_away(desk, pos, bank, asked, drain):
    """It is hung up with the others, and no host is dialled any more."""
    drain()
    newcomer = desk.connect()
    bank.reply(asked, "00")
    assert newcomer.hung_up == "the switch stops"
    latest = desk.connect()
    assert latest.hung_up == "the switch stops"
    bank.close()
    desk.wait(120_000)
    assert desk.dialled == ["bank"]


def test_a_stop_before_the_first_tick_dials_nobody(desk, drain):
    """Nothing is begun that would have to be ended."""
    drain()
    desk.wait(120_000)
    assert desk.dialled == []


def test_an_order_that_is_not_known_is_our_own_fault(new_desk):
    """No silent "nothing happened" for a misdirected order."""
    desk = new_desk()
    with pytest.raises(AssertionError):
        desk.handle(Operate(Order()))


def test_a_crash_with_open_exchanges_reverses_them(desk, pos, bank, asked, wallet):
    """After a restart: expired, one 0420 owed, nothing said unasked, a repeat hears 91, the late yes changes nothing."""
    desk.restart()
    key = "pos/0200/TERM0001/000001/0101000000"
    assert desk.state.transactions[key].state is TransactionState.EXPIRED
    assert desk.kinds()[-2:] == ["expired", "advice-owed"]
    bank, pos = desk.connect("bank"), desk.connect()
    assert bank.take_one()[90][4:10] == asked[11]
    assert pos.ask(wallet.pay(CARD, entry="012", mti="0201"))[39] == "91"
    bank.post({"mti": "0210", 11: asked[11], 32: asked[32], 41: asked[41], 39: "00"})
    assert pos.take() == []


def test_a_restart_during_a_restart_changes_nothing(desk, pos, bank, asked):
    """The second process finds what the first has recorded, and owes nothing twice."""
    for _ in range(4):
        desk.restart()
    assert desk.kinds().count("advice-owed") == 1
    assert desk.kinds().count("expired") == 1
