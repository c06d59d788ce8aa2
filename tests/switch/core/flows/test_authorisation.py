"""0100 and 0200 at the embedded issuer: each way to pay works, each way to cheat or to fail is refused and costs nothing."""

import msgspec
import pytest

from switch.core import Route
from switch.domain.reasons import Reason
from switch.issuer import ScriptedHandler
from switch.issuer.scripted import ScriptLine


def test_a_purchase_books_at_once(desk, pos, wallet):
    """An 0200 is answered with a code and an approval code, and the money has left the account."""
    answer = pos.ask(wallet.pay(pin="1234", d37="RRN000000001"))
    assert (answer.mti, answer[39], answer[37]) == ("0210", "00", "RRN000000001")
    assert len(answer[38]) == 6
    assert (desk.balance(), desk.held()) == (98_750, 0)


def test_an_authorisation_holds(desk, pos, wallet):
    """An 0100 sets the money aside and books nothing."""
    answer = pos.ask(wallet.pay(mti="0100", pin="1234"))
    assert (answer.mti, answer[39]) == ("0110", "00")
    assert (desk.balance(), desk.held()) == (100_000, 1_250)


def test_held_money_cannot_be_spent(desk, pos, wallet):
    """What one authorisation holds is not there for the next purchase, down to the last cent."""
    pos.ask(wallet.pay(mti="0100", minor=60_000, pin="1234"))
    assert pos.ask(wallet.pay(stan=2, minor=40_001, pin="1234"))[39] == "51"
    assert pos.ask(wallet.pay(stan=3, minor=40_000, pin="1234"))[39] == "00"
    assert (desk.balance(), desk.held()) == (60_000, 60_000)


def test_an_answer_echoes_the_request_and_no_card_data(pos, wallet):
    """STAN, DE 7, terminal, amount come back as they were sent; track, PIN block and expiry do not come back at all."""
    sent = wallet.pay(pin="1234")
    answer = pos.ask(sent)
    assert {de: answer[de] for de in (2, 3, 4, 7, 11, 12, 13, 32, 41, 42, 49)} == {
        de: sent[de] for de in (2, 3, 4, 7, 11, 12, 13, 32, 41, 42, 49)
    }
    assert not {14, 22, 35, 52} & set(answer.fields)


def test_a_request_without_a_reference_gets_one(pos, wallet):
    """DE 37 is made of year, day, hour and STAN where the acquirer has none, and a repeat hears the same."""
    assert pos.ask(wallet.pay())[37] == "600100000001"
    assert pos.ask(wallet.pay(mti="0201"))[37] == "600100000001"


def test_a_reference_with_trailing_blanks_is_kept_as_it_came(pos, wallet):
    """DE 37 is an 12, so blanks may fill it; the answer carries all twelve characters."""
    assert pos.ask(wallet.pay(d37="RRN1        "))[37] == "RRN1        "


# The stripe.


def test_a_stripe_below_the_limit_needs_no_pin_and_above_it_does(desk, pos, wallet):
    """50.00 goes without a PIN, 50.01 does not (DE 39 = 1A, a PIN is wanted)."""
    assert pos.ask(wallet.pay(minor=5_000))[39] == "00"
    assert pos.ask(wallet.pay(stan=2, minor=5_001))[39] == "1A"
    assert desk.balance() == 95_000


@pytest.mark.parametrize("entry", ["021", "901", "911", "051", "071", "801", "001", ""])
def test_a_terminal_that_does_not_say_how_the_card_was_read_is_asked_for_a_pin(desk, pos, wallet, entry):
    """No value of DE 22 but key entry and e-commerce lets a large amount pass without a PIN; an unknown one does not."""
    assert pos.ask(wallet.pay(minor=5_001, d22=entry))[39] in ("1A", "05")
    assert desk.balance() == 100_000


@pytest.mark.parametrize("value", ["000", "999"])
def test_a_track_with_another_cvv_is_refused(desk, pos, wallet, value):
    """A made-up CVV declines, PIN right or not, and the reason is kept in the journal."""
    assert pos.ask(wallet.pay(pin="1234", d35=wallet.track2("visa-mag", value=value)))[39] == "05"
    assert desk.records[-2].reason == "cvv-failed" or desk.records[-1].reason == "cvv-failed"
    assert desk.balance() == 100_000


def test_the_chips_copy_of_the_track_is_worthless_on_a_stripe(desk, pos, wallet):
    """An iCVV does not pass for a CVV."""
    track = wallet.track2("visa-chip", chip=True)
    assert pos.ask(wallet.pay("visa-chip", pin="1234", d35=track))[39] == "05"


def test_an_expiry_moved_on_the_track_breaks_its_cvv(pos, wallet):
    """DE 14 and track with a later expiry: refused, whichever of the two is changed."""
    good = wallet.track2("visa-mag")
    forged = good.replace("=3112", "=3212")
    assert pos.ask(wallet.pay(pin="1234", d35=forged))[39] == "05"
    assert pos.ask(wallet.pay(stan=2, pin="1234", d35=forged, d14="3212"))[39] == "54"
    assert pos.ask(wallet.pay(stan=3, pin="1234", d14="3212"))[39] == "54"


def test_a_track_of_another_card_is_a_format_error(desk, pos, wallet):
    """DE 2 and DE 35 must be of one card."""
    assert pos.ask(wallet.pay(pin="1234", d35=wallet.track2("visa-chip")))[39] == "30"
    assert desk.kinds()[-1] == "account-opened"


def test_a_track_alone_names_the_card(desk, pos, wallet):
    """DE 2 and DE 14 may be absent when DE 35 is there."""
    assert pos.ask(wallet.pay(pin="1234", d2="", d14=""))[39] == "00"
    assert desk.balance() == 98_750


# The PIN.


def test_wrong_pins_are_counted_and_the_third_blocks(desk, pos, wallet):
    """Two times 55, then 75, and after that 75 for the right PIN too."""
    codes = [pos.ask(wallet.pay(stan=stan, pin="9999"))[39] for stan in (1, 2, 3)]
    assert codes == ["55", "55", "75"]
    assert pos.ask(wallet.pay(stan=4, pin="1234"))[39] == "75"
    assert desk.balance() == 100_000


def test_a_right_pin_gives_the_tries_back(pos, wallet):
    """Two wrong ones, a right one, two wrong ones: never blocked."""
    pins = ["9999", "9999", "1234", "9999", "9999", "1234"]
    codes = [pos.ask(wallet.pay(stan=stan, pin=pin))[39] for stan, pin in enumerate(pins, 1)]
    assert codes == ["55", "55", "00", "55", "55", "00"]


def test_a_repeat_of_a_wrong_pin_costs_one_try(pos, wallet):
    """The same message once more is the same try."""
    answers = [pos.ask(wallet.pay(mti=mti, pin="9999"))[39] for mti in ("0200", "0201", "0200", "0201")]
    assert answers == ["55"] * 4
    assert pos.ask(wallet.pay(stan=2, pin="9999"))[39] == "55"


def test_tries_survive_a_restart(desk, pos, wallet):
    """Two wrong ones before, one after: blocked."""
    for stan in (1, 2):
        pos.ask(wallet.pay(stan=stan, pin="9999"))
    desk.restart()
    assert desk.connect().ask(wallet.pay(stan=3, pin="9999"))[39] == "75"


def test_tries_belong_to_the_card_and_not_to_the_terminal(desk, wallet):
    """Another terminal on another connection does not give three more guesses."""
    codes = [desk.connect().ask(wallet.pay(stan=1, pin="9999", d41=f"TERM000{number}"))[39] for number in (1, 2, 3)]
    assert codes == ["55", "55", "75"]


def test_a_pin_block_of_another_card_is_a_wrong_pin(pos, wallet):
    """A block bound to another number does not open, and says no more than a wrong PIN does."""
    assert pos.ask(wallet.pay(d52=wallet.pin_block("visa-chip")))[39] == "55"
    assert pos.ask(wallet.pay(stan=2, d52="00" * 8))[39] == "55"


def test_a_pin_on_a_link_without_a_pin_key_is_refused(make_desk, plan, wallet):
    """Nobody could say which key it is under: 63, and no try is lost."""
    bare = msgspec.structs.replace(plan.links[0], pin_key="")
    desk = make_desk(msgspec.structs.replace(plan, links=(bare,)))
    assert desk.connect().ask(wallet.pay(pin="9999"))[39] == "63"
    assert not desk.state.book.cards


# Everything else that says no.


def test_an_expired_card_is_refused(pos, wallet):
    """Its month is over: 54."""
    assert pos.ask(wallet.pay("visa-expired", pin="1234"))[39] == "54"


def test_what_is_not_there_cannot_be_spent(desk, pos, wallet):
    """1.00 is on the account: 1.01 is too much, 1.00 is not."""
    assert pos.ask(wallet.pay("visa-poor", minor=101, pin="1234"))[39] == "51"
    assert pos.ask(wallet.pay("visa-poor", stan=2, minor=100, pin="1234"))[39] == "00"
    assert desk.balance("ACC-POOR") == 0


REFUSALS = {
    "a card the issuer does not know": ({"d2": "4242424242424242", "d35": "", "d22": "012"}, "14"),
    "another currency": ({"d49": "392"}, "40"),
    "no amount": ({"minor": 0}, "13"),
    "a refund would book the wrong way round": ({"d3": "200000"}, "12"),
    "a balance inquiry books nothing": ({"d3": "310000"}, "12"),
    "somebody's real card": ({"d2": "4539578763621486", "d35": "", "d22": "012"}, "58"),
    "a wrong check digit": ({"d2": "4761739001010118", "d35": "", "d22": "012"}, "14"),
    "no route": ({"d2": "6011111111111117", "d35": "", "d22": "012"}, "15"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_not_decided_here_is_refused(desk, pos, wallet, case):
    """Each refusal has its own code; nothing is booked, and a repeat hears the same."""
    changes, code = REFUSALS[case]
    assert pos.ask(wallet.pay(**changes))[39] == code
    assert pos.ask(wallet.pay(mti="0201", **changes))[39] == code
    assert {account.balance_minor for account in desk.state.book.accounts.values()} == {100_000, 100}


def test_any_pan_takes_numbers_that_nobody_has_published(make_desk, plan, wallet):
    """With the override a real-looking number gets as far as its issuer, who does not know it."""
    desk = make_desk(msgspec.structs.replace(plan, any_pan=True, routes=(*plan.routes, Route("6", "issuer"))))
    pos = desk.connect()
    assert pos.ask(wallet.pay(d2="4539578763621486", d35="", d22="012"))[39] == "14"
    assert pos.ask(wallet.pay(stan=2, d2="4539578763621487", d35="", d22="012"))[39] == "14"


def test_a_currency_that_does_not_exist_is_a_format_error(pos, wallet):
    """DE 49 = 000 is nobody's money."""
    assert pos.ask(wallet.pay(d49="000"))[39] == "30"


@pytest.mark.parametrize("de", [3, 4, 7, 49])
@pytest.mark.parametrize("mti", ["0100", "0200", "0202", "0204", "0205"])
def test_what_must_be_there_must_be_there(desk, pos, wallet, de, mti):
    """A request without a DE it needs is a format error, whoever its origin digit says began it."""
    assert pos.ask(wallet.pay(mti=mti, **{f"d{de}": ""}))[39] == "30"
    assert not desk.state.transactions


@pytest.mark.parametrize("mti", ["0100", "0202", "0204", "0206"])
def test_a_request_without_a_stan_is_a_format_error(desk, pos, wallet, mti):
    """No number is made up for a request that has none."""
    assert [answer[39] for answer in pos.post(wallet.pay(mti=mti, d11=""))] in (["30"], [])
    assert not desk.state.transactions


def test_a_script_may_decide_in_place_of_the_accounts(make_desk, wallet):
    """The handler is the issuer's business: answers come from its table, repeats from the switch's memory."""
    desk = make_desk(handler=ScriptedHandler([ScriptLine(Reason.RESTRICTED_CARD, minor=1_250)]))
    pos = desk.connect()
    assert [pos.ask(wallet.pay(mti=mti))[39] for mti in ("0200", "0201")] == ["62", "62"]
    assert pos.ask(wallet.pay(stan=2, minor=1))[39] == "00"
    assert desk.balance() == 100_000
