"""Approvals that did not arrive: undone when no byte of them can have left, and only then."""

import msgspec
import pytest

from keys.keystore import MemoryKeystore
from keys.mac import retail_mac
from keys.material import Key, KeyUsage, Mode
from switch.core import State
from switch.limits import JOURNAL_WAITING_MAX, SEND_BUFFER_BYTES_MAX, SENDS_REMEMBERED_MAX
from switch.machine import Closed
from switch.wire import DIALECTS

CARD = "mc-chip"


def test_an_approval_that_never_left_is_undone(desk, pos, wallet):
    """One answer unsent: its posting returns, and a repeat on a new connection is refused."""
    pos.ask(wallet.pay())
    pos.close(unsent=1)
    assert desk.balance() == 100_000
    assert desk.told("exchange.undelivered")
    assert desk.connect().ask(wallet.pay(mti="0201"))[39] == "21"


def test_an_approval_that_may_have_left_stands(desk, pos, wallet):
    """The connection broke behind it: only the acquirer knows, and its repeat gets the first answer."""
    first = pos.ask(wallet.pay())
    pos.close()
    assert desk.balance() == 98_750
    again = desk.connect().ask(wallet.pay(mti="0201"))
    assert (again[39], again[38]) == ("00", first[38])


def test_only_the_last_answers_are_undone(desk, pos, wallet):
    """Three answers, two unsent: the first stands."""
    for stan in (1, 2, 3):
        pos.ask(wallet.pay(stan=stan, minor=stan * 100))
    pos.close(unsent=2)
    assert desk.balance() == 99_900


def test_answers_to_other_things_are_counted_and_owe_nothing(desk, pos, wallet):
    """An echo, a decline and a refusal behind the approval are the unsent ones: the approval stands."""
    pos.ask(wallet.pay())
    pos.ask({"mti": "0800", 7: "0101000000", 11: "000009", 70: "301"})
    pos.ask(wallet.pay(stan=2, minor=9_999_999, pin="1234"))
    pos.ask(wallet.pay(stan=3, d90="0" * 42), sign=False)
    pos.close(unsent=3)
    assert desk.balance() == 98_750


def test_more_unsent_than_sent_is_all_of_them(desk, pos, wallet):
    """A count beyond what is remembered undoes what is remembered."""
    pos.ask(wallet.pay())
    pos.close(unsent=5_000)
    assert desk.balance() == 100_000


def test_more_answers_are_remembered_than_can_wait(make_desk, plan, wallet):
    """The shortest approval there is, in a full send buffer and behind a journal that lags: each of them is known by name."""
    acquirer = msgspec.structs.replace(plan.links[0], dialect=DIALECTS["iso87-binary"], mac_key="")
    pos = make_desk(msgspec.structs.replace(plan, links=(acquirer,), routes=plan.routes[:1])).connect()
    barest = dict.fromkeys((f"d{de}" for de in (2, 12, 13, 32, 41, 42)), "")
    answer = pos.ask(wallet.pay(**barest, d35=wallet.track2("visa-mag").replace("=", "D")))
    assert (answer.mti, answer[39]) == ("0210", "00")
    in_buffer = SEND_BUFFER_BYTES_MAX // len(acquirer.framing.frame(answer.raw))
    assert in_buffer + JOURNAL_WAITING_MAX < SENDS_REMEMBERED_MAX


def test_a_hold_is_released(desk, pos, wallet):
    """An 0100 whose answer never left sets nothing aside."""
    pos.ask(wallet.pay(mti="0100"))
    pos.close(unsent=1)
    assert desk.held() == 0


def test_an_advice_has_happened_whether_its_answer_left_or_not(desk, pos, wallet):
    """The goods are gone: the booking stands, and so does the answer to a reversal."""
    pos.ask(wallet.complete(wallet.pay(), minor=700))
    pos.ask(wallet.pay(stan=2))
    pos.ask(wallet.undo(wallet.pay(stan=2)))
    pos.close(unsent=3)
    assert desk.balance() == 99_300


def test_what_the_first_answer_brought_the_lost_repeat_does_not_take(desk, wallet):
    """The first answer was delivered; that of a copy of the request on another connection was not: the approval stands."""
    first, second = desk.connect(), desk.connect()
    first.ask(wallet.pay())
    second.ask(wallet.pay())
    second.close(unsent=1)
    assert desk.balance() == 98_750


def test_what_the_repeat_brought_the_lost_first_answer_does_not_take(desk, wallet):
    """The first answer hung in a dead connection; the repeat was answered and delivered elsewhere: the approval stands."""
    first, second = desk.connect(), desk.connect()
    first.ask(wallet.pay())
    second.ask(wallet.pay(mti="0201"))
    second.close()
    first.close(unsent=1)
    assert desk.balance() == 98_750


def test_when_neither_answer_left_it_is_undone(desk, wallet):
    """Both connections lost their copy: nobody has the approval."""
    first, second = desk.connect(), desk.connect()
    first.ask(wallet.pay())
    second.ask(wallet.pay(mti="0201"))
    first.close(unsent=1)
    assert desk.balance() == 98_750
    second.close(unsent=1)
    assert desk.balance() == 100_000


def test_each_copy_that_may_have_left_counts(desk, wallet):
    """Three copies on three connections: two of them lost are not enough, the third is."""
    peers = [desk.connect() for _ in range(3)]
    for peer, mti in zip(peers, ("0200", "0201", "0201"), strict=True):
        peer.ask(wallet.pay(mti=mti))
    balances = []
    for peer in peers:
        peer.close(unsent=1)
        balances.append(desk.balance())
    assert balances == [98_750, 98_750, 100_000]


def test_copies_are_remembered_as_long_as_their_transaction(new_desk, wallet):
    """Whatever others repeat meanwhile; when it is forgotten, so is how often it was answered."""
    desk = new_desk()
    desk.boot(State(8))
    first, second = desk.connect(), desk.connect()
    first.ask(wallet.pay())
    second.ask(wallet.pay(mti="0201"))
    for number in range(2, 5):
        second.ask(wallet.pay(stan=number))
        second.ask(wallet.pay(stan=number, mti="0201"))
    assert list(desk.traffic.copies) == list(desk.state.transactions)
    for number in range(5, 10):
        second.ask(wallet.pay(stan=number))
    assert [key.split("/")[3] for key in desk.traffic.copies] == ["000002", "000003", "000004"]
    balance = desk.balance()
    first.close(unsent=1)
    assert desk.balance() == balance


def test_both_copies_unsent_on_one_connection_are_undone_once(desk, pos, wallet):
    """The same approval twice among the unsent: its money returns once."""
    pos.ask(wallet.pay())
    pos.ask(wallet.pay(mti="0201"))
    pos.close(unsent=2)
    assert desk.balance() == 100_000
    assert desk.kinds().count("reversed") == 1


def test_one_of_two_copies_unsent_on_one_connection_stands(desk, pos, wallet):
    """The first copy left before the connection broke."""
    pos.ask(wallet.pay())
    pos.ask(wallet.pay(mti="0201"))
    pos.close(unsent=1)
    assert desk.balance() == 98_750


def test_an_undelivered_approval_of_a_remote_issuer_is_reversed_there(desk, pos, bank, wallet):
    """0420 at once; the acquirer's own reversal later has no second effect."""
    pos.post(wallet.pay(CARD, entry="012"))
    bank.reply(bank.take_one(), "00")
    pos.close(unsent=1)
    assert bank.take_one().mti == "0420"
    assert desk.connect().ask(wallet.undo(wallet.pay(CARD, entry="012")))[39] == "00"
    assert bank.take() == []


def test_what_was_reversed_already_is_not_undone_again(desk, pos, wallet):
    """The acquirer reversed it on another connection before the first broke."""
    pos.ask(wallet.pay())
    desk.connect().ask(wallet.undo(wallet.pay()))
    pos.close(unsent=1)
    assert desk.kinds().count("reversed") == 1


def test_an_answer_behind_a_hangup_never_leaves(desk, pos, bank, wallet):
    """The stream broke while the issuer was asked: the approval has nobody to go to and is reversed."""
    pos.post(wallet.pay(CARD, entry="012"))
    pos.feed(b"\x00\x00")
    bank.reply(bank.take_one(), "00")
    assert pos.take() == []
    assert bank.take_one().mti == "0420"


def test_an_answer_that_cannot_be_signed_is_not_counted_as_sent(make_desk, plan, wallet):
    """The link's MAC key is gone: nothing leaves, and the unsent are those that were handed over."""
    bare = msgspec.structs.replace(plan.links[0], mac_key="")
    desk = make_desk(msgspec.structs.replace(plan, links=(bare,)))
    pos = desk.connect()
    pos.ask(wallet.pay())
    assert list(desk.traffic.connections[pos.conn].sends) == ["pos/0200/TERM0001/000001/0101000000"]


@pytest.mark.parametrize("mti", ["0100", "0200"])
@pytest.mark.parametrize("card", ["visa-mag", CARD])
def test_an_approval_that_cannot_be_signed_is_undone(make_desk, plan, wallet, card, mti):
    """Verifying works and signing does not: nothing leaves, so nothing stays booked, set aside or standing at the issuer."""
    verifying = Key.make("half", KeyUsage.MAC_ALGORITHM_3, wallet.secret("pos.zak").expose(), mode=Mode.VERIFY)
    desk = make_desk(
        msgspec.structs.replace(plan, links=(msgspec.structs.replace(plan.links[0], mac_key="half"), plan.links[1]))
    )
    desk.keystore = MemoryKeystore([*map(desk.keystore.get, desk.keystore.names()), verifying])
    desk.boot(desk.state)
    pos, bank = desk.connect(), desk.connect("bank")
    message = pos.plan.dialect.decode(pos.plan.dialect.encode(wallet.pay(card, mti=mti)))
    secret = wallet.secret("pos.zak")
    assert pos.post_raw(message.with_mac(lambda data: retail_mac(secret, data)).raw) == []
    for asked in bank.take():
        bank.reply(asked, "00")
    assert pos.take() == []
    assert desk.told("mac.unsigned")
    assert (desk.balance(), desk.held()) == (100_000, 0)
    assert [advice.mti for advice in bank.take()] == (["0420"] if card == CARD else [])


@pytest.mark.parametrize("unsent", [0, 1, 2])
def test_a_closed_connection_is_closed_once(desk, pos, wallet, unsent):
    """A second `Closed` for the same number does nothing."""
    pos.ask(wallet.pay())
    desk.handle(Closed(pos.conn, "reset", unsent))
    balance = desk.balance()
    assert desk.handle(Closed(pos.conn, "reset", unsent)) == []
    assert desk.balance() == balance
