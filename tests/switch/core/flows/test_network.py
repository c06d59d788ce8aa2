"""0800 and 0810: who may speak when, toward acquirers and toward issuers, each connection for itself."""

import msgspec
import pytest

from switch.machine import Unreachable


def network(code="001", stan="000001", **fields):
    return {"mti": "0800", 7: "0101000000", 11: stan, 70: code, **{int(name[1:]): value for name, value in fields.items()}}


@pytest.fixture
def guarded(make_desk, plan):
    """Both links ask for a sign-on."""
    links = tuple(msgspec.structs.replace(link, sign_on=True) for link in plan.links)
    return make_desk(msgspec.structs.replace(plan, links=links))


# Acquirers sign on to us.


def test_no_traffic_before_a_sign_on(guarded, wallet):
    """A purchase before 001 is refused with 12 and leaves nothing; after it the same message is new."""
    pos = guarded.connect()
    assert pos.ask(wallet.pay())[39] == "12"
    assert not guarded.state.transactions
    answer = pos.ask(network())
    assert (answer.mti, answer[39], answer[11], answer[70]) == ("0810", "00", "000001", "001")
    assert pos.ask(wallet.pay())[39] == "00"


@pytest.mark.parametrize("mti", ["0100", "0200", "0220", "0400", "0420", "0201"])
def test_every_kind_of_traffic_waits_for_the_sign_on(guarded, wallet, mti):
    """Advices and reversals too."""
    assert guarded.connect().ask(wallet.pay(mti=mti, d90="0200" + "0" * 38))[39] == "12"
    assert guarded.kinds() == ["account-opened"] * len(guarded.plan.accounts)


def test_a_sign_on_is_for_one_connection(guarded, wallet):
    """A second connection of the same party signs on for itself."""
    first, second = guarded.connect(), guarded.connect()
    first.ask(network())
    assert second.ask(wallet.pay())[39] == "12"
    assert first.ask(wallet.pay())[39] == "00"


def test_a_sign_off_ends_traffic_and_a_sign_on_begins_it_again(guarded, wallet):
    """002, then nothing passes, then 001 once more; signing on twice is harmless."""
    pos = guarded.connect()
    for stan, (code, expected) in enumerate((("001", "00"), ("002", "12"), ("002", "12"), ("001", "00"), ("001", "00")), 1):
        assert pos.ask(network(code))[39] == "00"
        assert pos.ask(wallet.pay(stan=stan))[39] == expected


def test_a_repeat_after_a_sign_off_hears_nothing(guarded, wallet):
    """Its 12 would be taken for the answer to the request, which was approved before."""
    pos = guarded.connect()
    pos.ask(network("001"))
    assert pos.ask(wallet.pay())[39] == "00"
    pos.ask(network("002"))
    assert pos.post(wallet.pay(mti="0201")) == []


def test_an_echo_opens_nothing(guarded, wallet):
    """301 is answered before a sign-on, and is none."""
    pos = guarded.connect()
    assert pos.ask(network("301"))[39] == "00"
    assert pos.ask(wallet.pay())[39] == "12"


@pytest.mark.parametrize("code", ["000", "003", "201", "999"])
def test_a_code_that_is_not_known_is_answered_40(guarded, wallet, code):
    """Nobody but us says when a day ends; and what is not known is no sign-on."""
    pos = guarded.connect()
    assert pos.ask(network(code))[39] == "40"
    assert guarded.told("network.unsupported")
    assert pos.ask(wallet.pay())[39] == "12"


@pytest.mark.parametrize("de", [7, 70])
def test_what_must_be_there_must_be_there(guarded, de):
    """An 0800 without its code, or without DE 7, is a format error."""
    values = network()
    del values[de]
    assert guarded.connect().ask(values)[39] == "30"


def test_a_link_without_sign_on_needs_none_and_minds_none(desk, pos, wallet):
    """001 and 002 are answered, and change nothing."""
    for code in ("001", "002"):
        assert pos.ask(network(code))[39] == "00"
        assert pos.ask(wallet.pay(mti="0201"))[39] == "00"


def test_the_answer_comes_before_what_it_sets_free(guarded, wallet):
    """Our 0810 to an issuer's sign-on goes out before the advices that waited for it."""
    pos = guarded.connect()
    pos.ask(network())
    pos.ask(wallet.complete(wallet.pay("mc-chip"), minor=900))
    bank = guarded.connect("bank")
    bank.take()
    assert [message.mti for message in bank.post(network(stan="000005"))] == ["0810", "0220"]


# We sign on to issuers.


def test_we_dial_and_sign_on_to_an_issuer(guarded, wallet):
    """The first tick dials; the connection carries our 001; traffic passes only after its 0810 with 00."""
    assert guarded.dialled == []
    guarded.tick()
    assert guarded.dialled == ["bank"]
    bank, pos = guarded.connect("bank"), guarded.connect()
    pos.ask(network())
    ours = bank.take_one()
    assert (ours.mti, ours[70]) == ("0800", "001")
    assert pos.ask(wallet.pay("mc-chip", entry="012"))[39] == "91"
    bank.reply(ours, "00")
    assert pos.post(wallet.pay("mc-chip", entry="012", stan=2)) == []
    assert bank.take_one().mti == "0200"


@pytest.mark.parametrize("changed", [{"d11": "900009"}, {"d70": "301"}, {"d7": "0101000099"}])
def test_somebody_elses_answer_opens_nothing(guarded, wallet, changed):
    """An 0810 that is not the one to our 0800 is noted."""
    bank = guarded.connect("bank")
    bank.reply(bank.take_one(), "00", **changed)
    assert guarded.told("answer.unmatched")
    assert not guarded.traffic.connections[bank.conn].online


def test_a_refused_sign_on_is_hung_up_and_tried_again(guarded):
    """An issuer that does not want us now is dialled again later."""
    guarded.tick()
    bank = guarded.connect("bank")
    bank.reply(bank.take_one(), "91")
    assert bank.hung_up == "sign-on refused"
    assert guarded.told("network.sign_on_refused")
    bank.close()
    guarded.wait(60_000)
    assert guarded.dialled.count("bank") > 1


def test_a_sign_on_without_answer_is_given_up(guarded):
    """After ten seconds the connection counts as dead."""
    bank = guarded.connect("bank")
    guarded.wait(9_999)
    assert bank.hung_up is None
    guarded.wait(1)
    assert bank.hung_up == "no answer to our 0800"


def test_an_issuer_that_signs_off_gets_no_more_traffic(guarded, wallet):
    """002 of the issuer: 91 to acquirers until it signs on again."""
    bank, pos = guarded.connect("bank"), guarded.connect()
    pos.ask(network())
    bank.reply(bank.take_one(), "00")
    assert bank.ask(network("002"))[39] == "00"
    assert pos.ask(wallet.pay("mc-chip", entry="012"))[39] == "91"
    assert bank.ask(network("001", "000002"))[39] == "00"
    assert pos.post(wallet.pay("mc-chip", entry="012", stan=2)) == []


def test_a_silent_host_is_asked_for_an_echo(desk, bank):
    """After 30 s without a byte we send 301; with its answer the connection goes on, and is asked again."""
    for _ in range(3):
        desk.wait(29_999)
        assert bank.take() == []
        desk.wait(1)
        echo = bank.take_one()
        assert (echo.mti, echo[70]) == ("0800", "301")
        bank.reply(echo, "00")
    assert bank.hung_up is None


def test_a_talking_host_is_not_asked(desk, bank):
    """Any byte shows that it lives."""
    for stan in range(1, 6):
        desk.wait(20_000)
        assert [message.mti for message in bank.post(network("301", f"{stan:06d}"))] == ["0810"]
    assert bank.take() == []


def test_a_dead_host_is_found_and_hung_up(desk, bank):
    """No answer to the echo within ten seconds; then it is dialled again."""
    desk.wait(40_000)
    assert bank.hung_up == "no answer to our 0800"
    bank.close()
    desk.wait(500)
    assert desk.dialled == ["bank", "bank"]


def test_an_acquirer_is_never_asked_and_never_dialled(desk, pos):
    """Terminals may be silent for a day."""
    desk.wait(86_400_000)
    assert pos.take() == []
    assert pos.hung_up is None
    assert set(desk.dialled) == {"bank"}


def test_dialling_again_waits_longer_each_time(desk):
    """0.5 s, 1 s, 2 s, up to 30 s; hearing from the host starts again from the beginning."""
    desk.tick()
    pauses = []
    for _ in range(9):
        desk.handle(Unreachable("bank", "connection refused"))
        began, count = desk.now.mono_ms, len(desk.dialled)
        while len(desk.dialled) == count:
            desk.wait(desk.switch.next_deadline() - desk.now.mono_ms)
        pauses.append(desk.now.mono_ms - began)
    assert pauses == [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]
    bank = desk.connect("bank")
    bank.ask(network("301"))
    bank.close()
    desk.wait(500)
    assert len(desk.dialled) == 11


def test_a_host_that_hangs_up_at_once_is_not_hammered(guarded):
    """It accepts and closes, again and again: only a session that came up makes the pauses short again."""
    guarded.tick()
    for _ in range(8):
        guarded.connect("bank").close()
        count = len(guarded.dialled)
        while len(guarded.dialled) == count:
            guarded.wait(guarded.switch.next_deadline() - guarded.now.mono_ms)
    assert guarded.now.mono_ms > 60_000
