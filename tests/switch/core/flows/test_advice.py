"""0220: it has happened, so it is booked, whatever else is wrong: once, on the right account, and its issuer hears of it."""

import pytest

from switch.core.state import Advice
from switch.issuer.book import SUSPENSE
from switch.limits import SAF_ENTRIES_MAX

CARD = "mc-chip"


@pytest.fixture
def held(desk, pos, wallet):
    """An approved authorisation over 50.00."""
    authorisation = wallet.pay(mti="0100", minor=5_000)
    assert pos.ask(authorisation)[39] == "00"
    return authorisation


@pytest.fixture
def remote(pos, bank, wallet):
    """An authorisation that the remote issuer has approved, and the message it got."""
    authorisation = wallet.pay(CARD, entry="012", mti="0100")
    pos.post(authorisation)
    asked = bank.take_one()
    bank.reply(asked, "00", d38="ABC123")
    pos.take()
    return authorisation, asked


@pytest.mark.parametrize("minor", [5_000, 3_000, 6_500, 0])
def test_a_completion_clears_its_hold_and_books_its_own_amount(desk, pos, wallet, held, minor):
    """The same amount, less, more or none: the hold is gone, and what was delivered is booked."""
    answer = pos.ask(wallet.complete(held, minor=minor, d38="123456"))
    assert (answer.mti, answer[39], answer[38]) == ("0230", "00", "123456")
    assert (desk.balance(), desk.held()) == (100_000 - minor, 0)


def test_a_repeat_books_once(desk, pos, wallet, held):
    """0221 after 0220, on another connection and after a restart, is the same completion."""
    completion = wallet.complete(held, minor=5_000)
    for _ in range(2):
        assert pos.ask(completion | {"mti": "0221"})[39] == "00"
    desk.restart()
    assert desk.connect().ask(completion)[39] == "00"
    assert (desk.balance(), desk.held()) == (95_000, 0)


def test_a_completion_without_authorisation_is_booked(desk, pos, wallet):
    """No DE 90, or one that names nothing: the card's account pays."""
    assert pos.ask(wallet.complete(wallet.pay(), minor=700, d90=""))[39] == "00"
    assert pos.ask(wallet.complete(wallet.pay(stan=99), minor=300, stan=501))[39] == "00"
    assert desk.balance() == 99_000


def test_a_second_completion_of_one_authorisation_is_booked_too(desk, pos, wallet, held):
    """Part deliveries: the hold is cleared by the first; the second has happened all the same."""
    pos.ask(wallet.complete(held, minor=2_000, stan=501))
    pos.ask(wallet.complete(held, minor=3_000, stan=502))
    assert (desk.balance(), desk.held()) == (95_000, 0)


def test_a_completion_is_never_declined_for_want_of_money(desk, pos, wallet):
    """More than there is, a blocked PIN, an expired card: booked."""
    assert pos.ask(wallet.complete(wallet.pay("visa-poor"), minor=500))[39] == "00"
    assert pos.ask(wallet.complete(wallet.pay("visa-expired"), minor=500, stan=501))[39] == "00"
    assert (desk.balance("ACC-POOR"), desk.balance("ACC-OLD")) == (-400, 99_500)


def test_a_card_that_nobody_knows_goes_to_suspense(desk, pos, wallet):
    """It has happened, so somebody will have to find out whose it is."""
    assert pos.ask(wallet.complete(wallet.pay(d2="4242424242424242"), minor=500))[39] == "00"
    assert {number: account.balance_minor for number, account in desk.state.book.accounts.items() if SUSPENSE in number} == {
        "SUSPENSE-978": -500
    }


def test_another_currency_goes_to_suspense(desk, pos, wallet, held):
    """Yen are not booked as cents: the account is left alone, and each currency has a suspense account of its own."""
    assert pos.ask(wallet.complete(held, minor=100, d49="392"))[39] == "00"
    assert pos.ask(wallet.complete(wallet.pay(d2="4242424242424242"), minor=500, stan=501))[39] == "00"
    accounts = desk.state.book.accounts
    assert desk.balance() == 100_000
    assert [(accounts[f"SUSPENSE-{code}"].balance_minor, accounts[f"SUSPENSE-{code}"].currency) for code in ("392", "978")] == [
        (-100, "392"),
        (-500, "978"),
    ]


def test_a_completion_spends_its_own_cards_money(desk, pos, wallet, held):
    """DE 90 names another card's authorisation: that hold stays, and the completion's own card pays."""
    other = wallet.pay("visa-chip") | {90: ""}
    answer = pos.ask(wallet.complete(held, minor=5_000, d2=other[2]))
    assert answer[39] == "00"
    assert (desk.balance(), desk.held()) == (100_000, 5_000)
    assert desk.balance("ACC-VISA") == 95_000


def test_a_refund_gives_money(desk, pos, wallet):
    """DE 3 = 20xxxx reports goods that came back: booked the right way round, and its reversal takes it away again."""
    refund = wallet.complete(wallet.pay(), minor=700, d3="200000", d90="")
    assert pos.ask(refund)[39] == "00"
    assert desk.balance() == 100_700
    assert pos.ask(wallet.undo(refund))[39] == "00"
    assert desk.balance() == 100_000


def test_a_refund_clears_no_hold(desk, pos, wallet, held):
    """It names the authorisation that the goods were bought with; what is still set aside there stays set aside."""
    assert pos.ask(wallet.complete(held, minor=700, d3="200000"))[39] == "00"
    assert (desk.balance(), desk.held()) == (100_700, 5_000)


def test_a_completion_that_is_reversed_gives_its_money_back(desk, pos, wallet, held):
    """The posting returns once; the hold does not come back."""
    completion = wallet.complete(held, minor=4_000)
    pos.ask(completion)
    for _ in range(2):
        assert pos.ask(wallet.undo(completion))[39] == "00"
    assert (desk.balance(), desk.held()) == (100_000, 0)


def test_a_completion_with_other_contents_under_the_same_key_is_refused(desk, pos, wallet, held):
    """94: the first one stands."""
    pos.ask(wallet.complete(held, minor=4_000))
    assert pos.ask(wallet.complete(held, minor=4_500))[39] == "94"
    assert desk.balance() == 96_000


@pytest.mark.parametrize("pan", ["4929123456789012", "5500005555555559"])
def test_a_card_that_is_not_published_for_tests_is_not_taken(desk, pos, bank, wallet, pan):
    """Perhaps somebody's real card: 58 for the issuer here and the one behind the link, nothing booked, nothing passed on."""
    advice = wallet.complete(wallet.pay(d2=pan, d35=""), minor=500)
    for mti in ("0220", "0221"):
        assert pos.ask(advice | {"mti": mti})[39] == "58"
    assert bank.take() == []
    assert not desk.state.saf
    assert all(SUSPENSE not in number for number in desk.state.book.accounts)


# At a remote issuer.


def test_a_remote_issuer_is_told_in_its_own_terms(desk, pos, bank, wallet, remote):
    """The acquirer hears yes at once; the issuer gets an 0220 whose DE 90 names the authorisation as it knows it."""
    authorisation, asked = remote
    assert pos.ask(wallet.complete(authorisation, minor=900, d38="ABC123"))[39] == "00"
    advice = bank.take_one()
    assert (advice.mti, advice[4], advice[38], advice[2]) == ("0220", "000000000900", "ABC123", wallet.pan(CARD))
    assert advice[90] == "0100" + asked[11] + asked[7] + "00000000001" + "0" * 11


def test_a_completion_without_its_card_finds_its_issuer(pos, bank, wallet, remote):
    """DE 90 is enough: the authorisation knows where it went."""
    authorisation, _ = remote
    assert pos.ask(wallet.complete(authorisation, minor=900, d2="", d35=wallet.track2(CARD)))[39] == "00"
    assert bank.take_one()[2] == wallet.pan(CARD)


def test_a_remote_completion_is_repeated_as_the_same_one(desk, pos, bank, wallet, remote):
    """0221 has the STAN and the DE 7 of its 0220: an issuer that tells repeats by them books once."""
    pos.ask(wallet.complete(remote[0], minor=900))
    first = bank.take_one()
    desk.wait(5_000)
    again = bank.take_one()
    assert (first.mti, again.mti) == ("0220", "0221")
    assert {de: again[de] for de in again.fields if de not in (64, 128)} == {
        de: first[de] for de in first.fields if de not in (64, 128)
    }


def test_a_remote_completion_that_is_repeated_here_is_sent_once(desk, pos, bank, wallet, remote):
    """The acquirer's 0221 gets its answer, and the issuer no second advice."""
    completion = wallet.complete(remote[0], minor=900)
    for mti in ("0220", "0221", "0220"):
        assert pos.ask(completion | {"mti": mti})[39] == "00"
    assert len(bank.take()) == 1


def test_a_remote_completion_that_is_reversed_is_reversed_at_its_issuer(desk, pos, bank, wallet, remote):
    """After its 0220 has been taken, and only then, an 0420 follows that names the 0220 as the issuer got it."""
    completion = wallet.complete(remote[0], minor=900)
    pos.ask(completion)
    advice = bank.take_one()
    assert pos.ask(wallet.undo(completion, stan=901))[39] == "00"
    assert bank.take() == [], "entries of one transaction keep their order"
    bank.reply(advice, "00")
    reversal = bank.take_one()
    assert reversal.mti == "0420"
    assert reversal[90] == "0220" + advice[11] + advice[7] + "00000000001" + "0" * 11
    assert reversal[4] == "000000000900"
    assert pos.ask(wallet.undo(completion, stan=902))[39] == "00"
    assert bank.take() == []


def test_a_remote_advice_waits_for_its_link(desk, pos, wallet):
    """The issuer is away: the acquirer hears yes all the same, and the advice goes out when the link comes."""
    assert pos.ask(wallet.complete(wallet.pay(CARD), minor=900))[39] == "00"
    assert desk.connect("bank").take_one().mti == "0220"


def test_a_remote_completion_finds_no_room(desk, pos, bank, wallet, remote):
    """With the queue full it is answered 96 and not remembered, so that its repeat is taken when there is room."""
    filler = Advice("filler", "0420", "000000", "0101000000", b"")
    desk.state.saf["bank"] = {f"{stan:06d}": filler for stan in range(SAF_ENTRIES_MAX)}
    completion = wallet.complete(remote[0], minor=900)
    assert pos.ask(completion)[39] == "96"
    del desk.state.saf["bank"]
    assert pos.ask(completion)[39] == "00"
    assert [message.mti for message in bank.take()] == ["0220"]
