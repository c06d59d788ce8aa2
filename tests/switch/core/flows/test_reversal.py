"""0400 and 0420: before, after, twice, without an original, the result is that it does not stand; money returns once."""

import pytest

from switch.core.exchange import TransactionState

CARD = "mc-chip"


def test_a_purchase_is_given_back(desk, pos, wallet):
    """The posting is undone; a repeat of the purchase is refused from then on."""
    paid = wallet.pay()
    pos.ask(paid)
    answer = pos.ask(wallet.undo(paid))
    assert (answer.mti, answer[39], answer[11]) == ("0430", "00", "000900")
    assert desk.balance() == 100_000
    assert pos.ask(wallet.pay(mti="0201"))[39] == "21"


def test_an_authorisation_is_released(desk, pos, wallet):
    """The hold ends and nothing was booked."""
    held = wallet.pay(mti="0100")
    pos.ask(held)
    assert pos.ask(wallet.undo(held, mti="0400"))[39] == "00"
    assert (desk.balance(), desk.held()) == (100_000, 0)


@pytest.mark.parametrize("mti", ["0400", "0401", "0420", "0421"])
def test_money_comes_back_once_however_often_it_is_asked_for(desk, pos, wallet, mti):
    """Every kind of reversal, again and again, on other connections and after a restart: answered 00, one effect."""
    paid = wallet.pay()
    pos.ask(paid)
    for stan in (900, 900, 901):
        assert pos.ask(wallet.undo(paid, mti=mti, stan=stan))[39] == "00"
    assert desk.connect().ask(wallet.undo(paid, mti=mti))[39] == "00"
    desk.restart()
    assert desk.connect().ask(wallet.undo(paid, mti=mti))[39] == "00"
    assert desk.balance() == 100_000
    assert desk.kinds().count("reversed") == 1


@pytest.mark.parametrize(("mti", "code"), [("0400", "25"), ("0401", "25"), ("0420", "00"), ("0421", "00")])
def test_before_its_original_it_stands_in_the_way(desk, pos, wallet, mti, code):
    """An unknown original: 25 for the request, 00 for the advice; the original, when it comes, is refused and books nothing."""
    paid = wallet.pay(pin="9999")
    assert pos.ask(wallet.undo(paid, mti=mti))[39] == code
    assert pos.ask(wallet.undo(paid, mti=mti))[39] == code
    assert desk.told("reversal.first")
    for repeat in ("0200", "0201"):
        assert pos.ask(wallet.pay(mti=repeat, pin="9999"))[39] == "21"
    assert desk.balance() == 100_000
    assert not desk.state.book.cards, "not even a PIN try was counted"


def test_an_original_that_was_sent_as_a_repeat_is_found(desk, pos, wallet):
    """DE 90 may name the MTI as it was sent last, 0201: it is the same transaction."""
    pos.ask(wallet.pay(mti="0201"))
    named = "0201" + "000001" + "0101000000" + "0" * 22
    assert pos.ask(wallet.undo(wallet.pay(), mti="0400", d90=named))[39] == "00"
    assert desk.balance() == 100_000


def test_a_declined_purchase_has_nothing_to_give_back(desk, pos, wallet):
    """Nothing was taken, so nothing returns; the answer is yes all the same."""
    declined = wallet.pay(minor=200_000, pin="1234")
    assert pos.ask(declined)[39] == "51"
    assert pos.ask(wallet.undo(declined))[39] == "00"
    assert desk.balance() == 100_000


def test_a_wrong_pin_is_not_unlearnt(desk, pos, wallet):
    """Reversing a purchase gives no try back."""
    for stan in (1, 2, 3):
        wrong = wallet.pay(stan=stan, pin="9999")
        pos.ask(wrong)
        pos.ask(wallet.undo(wrong, stan=900 + stan))
    assert pos.ask(wallet.pay(stan=4, pin="1234"))[39] == "75"


@pytest.mark.parametrize("changed", [{"d41": "TERM0002"}, {"d41": ""}, {"d11": "000002"}, {"d7": "0101000001"}])
def test_another_terminals_purchase_cannot_be_reversed(desk, pos, wallet, changed):
    """Party, terminal, STAN and DE 7 must all be the original's."""
    pos.ask(wallet.pay())
    other = wallet.pay(**changed)
    assert pos.ask(wallet.undo(other | {41: other.get(41, "")}, mti="0400", d41=changed.get("d41", "TERM0001")))[39] == "25"
    assert desk.balance() == 98_750


def test_an_advice_without_its_terminal_is_not_told_yes_for_nothing(desk, pos, wallet):
    """Without DE 41 the purchase of a terminal is not found: 25, since its money is still taken. With it, it is given back."""
    pos.ask(wallet.pay())
    for mti in ("0420", "0421"):
        assert pos.ask(wallet.undo(wallet.pay(), mti=mti, d41=""))[39] == "25"
    assert desk.balance() == 98_750
    assert pos.ask(wallet.undo(wallet.pay()))[39] == "00"
    assert desk.balance() == 100_000


def test_a_party_without_terminals_can_reverse(desk, pos, wallet):
    """Where no message has a DE 41 the purchase is found without; and a reversal that comes first stands in its way."""
    paid = wallet.pay(d41="")
    pos.ask(paid)
    assert pos.ask(wallet.undo(paid))[39] == "00"
    assert desk.balance() == 100_000
    later = wallet.pay(d41="", stan=2)
    assert pos.ask(wallet.undo(later))[39] == "25"
    assert pos.ask(later)[39] == "21"


@pytest.mark.parametrize("mti", ["0420", "0421", "0422"])
def test_an_advice_is_accepted_whoever_it_is_from(pos, wallet, mti):
    """The origin digit says who asks, and changes nothing: an unknown original is accepted from each."""
    assert pos.ask(wallet.undo(wallet.pay(), mti=mti))[39] == "00"


def test_another_partys_purchase_cannot_be_reversed(make_desk, plan, wallet):
    """The same terminal, STAN and time on another link are another transaction."""
    first, issuer = plan.links
    second = type(first)("shop", first.role, first.dialect, first.framing, mac_key=first.mac_key, pin_key=first.pin_key)
    desk = make_desk(type(plan)((first, second, issuer), plan.routes, plan.accounts))
    pos, shop = desk.connect("pos"), desk.connect("shop")
    pos.ask(wallet.pay())
    assert shop.ask(wallet.undo(wallet.pay(), mti="0400"))[39] == "25"
    assert desk.balance() == 98_750
    assert shop.ask(wallet.pay())[39] == "21", "but its own one, which the reversal came before, is refused"


def test_without_de_90_it_is_a_format_error(desk, pos, wallet):
    """Nothing says what to undo."""
    pos.ask(wallet.pay())
    for mti in ("0400", "0420", "0402"):
        assert pos.ask(wallet.undo(wallet.pay(), mti=mti, d90=""))[39] == "30"
    assert desk.balance() == 98_750


def test_a_reversal_cannot_be_reversed(desk, pos, wallet):
    """DE 90 that names the reversal itself changes nothing."""
    paid = wallet.pay()
    pos.ask(paid)
    reversal = wallet.undo(paid)
    pos.ask(reversal)
    assert pos.ask(wallet.undo(reversal, stan=901, mti="0400"))[39] == "25"
    assert desk.balance() == 100_000


def test_while_its_original_is_open_it_ends_the_exchange(desk, pos, bank, wallet):
    """Crossing the issuer's answer: the issuer is told 0420 at once, its late yes is recorded and told to nobody."""
    paid = wallet.pay(CARD, entry="012")
    pos.post(paid)
    asked = bank.take_one()
    assert [answer.mti for answer in pos.post(wallet.undo(paid))] == ["0430"]
    assert bank.take_one().mti == "0420"
    bank.reply(asked, "00")
    assert pos.take() == []
    assert desk.kinds()[-1] == "late"
    desk.wait(4_000)
    assert bank.take() == []
    assert pos.ask(wallet.pay(CARD, entry="012", mti="0201"))[39] == "21"


def test_an_approved_one_is_reversed_at_its_issuer_once(desk, pos, bank, wallet):
    """DE 90 toward the issuer names what was sent there, never what the acquirer wrote."""
    paid = wallet.pay(CARD, entry="012", stan=77)
    pos.post(paid)
    asked = bank.take_one()
    bank.reply(asked, "00")
    pos.take()
    for _ in range(3):
        assert pos.ask(wallet.undo(paid))[39] == "00"
    reversal = bank.take_one()
    assert reversal[90] == "0200" + "000001" + asked[7] + "00000000001" + "0" * 11
    assert desk.kinds().count("advice-owed") == 1


def test_an_expired_one_is_reversed_once(desk, pos, bank, wallet):
    """The reversal owed since the timeout is the only one, whoever asks for another."""
    paid = wallet.pay(CARD, entry="012")
    pos.post(paid)
    desk.wait(20_000)
    pos.take()
    assert pos.ask(wallet.undo(paid))[39] == "00"
    assert desk.kinds().count("advice-owed") == 1
    assert desk.state.transactions["pos/0200/TERM0001/000001/0101000000"].state is TransactionState.REVERSED


@pytest.mark.parametrize(("de_95", "code"), [("000000000500" + "0" * 30, "40"), ("0" * 42, "00")])
def test_a_part_cannot_be_reversed(desk, pos, wallet, de_95, code):
    """Replacement amounts would leave a part standing: refused, nothing moves. Without any the whole is given back."""
    pos.ask(wallet.pay())
    assert pos.ask(wallet.undo(wallet.pay(), d95=de_95))[39] == code
    assert desk.balance() == (98_750 if code == "40" else 100_000)
