"""A repeat is the same transaction wherever and whenever it comes; the same key with other contents is refused."""

import pytest

from switch.core.duplicates import Sameness, compare
from switch.core.exchange import Transaction, TransactionState
from switch.ledger.records import Opening

CARD = "mc-chip"
OPENING = Opening("key", "pos", "0200", "f1", "purchase", 100, "978", "000001", "0101000000")


@pytest.mark.parametrize(
    ("state", "same", "other"),
    [
        (TransactionState.RECEIVED, Sameness.NEW, Sameness.NEW),
        (TransactionState.FORWARDED, Sameness.OPEN_REPEAT, Sameness.CLASH),
        (TransactionState.ANSWERED, Sameness.ANSWERED_REPEAT, Sameness.CLASH),
        (TransactionState.EXPIRED, Sameness.ANSWERED_REPEAT, Sameness.CLASH),
        (TransactionState.REVERSED, Sameness.UNDONE, Sameness.CLASH),
    ],
)
def test_every_state_has_its_judgement(state, same, other):
    """The table, for the same contents and for others under the same key."""
    seen = Transaction(opening=Opening("key", "pos", "0200", "f1", "purchase", 100, "978", "000001", "0101000000"), state=state)
    assert compare(OPENING, seen) is same
    seen.opening = Opening("key", "pos", "0200", "f2", "purchase", 200, "978", "000001", "0101000000")
    assert compare(OPENING, seen) is other


def test_what_was_never_seen_is_new_and_what_was_only_reversed_is_undone():
    """Without a transaction, and with one of which only the reversal came."""
    assert compare(OPENING, None) is Sameness.NEW
    assert compare(OPENING, Transaction(state=TransactionState.REVERSED)) is Sameness.UNDONE


@pytest.mark.parametrize("mti", ["0200", "0201"])
def test_a_repeat_gets_the_first_answer(desk, pos, wallet, mti):
    """On the same connection, on another, after a restart: DE 38 and 39 of the first, and one booking."""
    first = pos.ask(wallet.pay())
    for restart in (False, True):
        if restart:
            desk.restart()
        for peer in (desk.connect(), desk.connect()):
            again = peer.ask(wallet.pay(mti=mti))
            assert (again.mti, again[38], again[39], again[37]) == ("0210", first[38], "00", first[37])
    assert desk.balance() == 98_750


def test_a_repeat_of_a_decline_is_declined_the_same_way(desk, pos, wallet):
    """Even when by now there would be money enough."""
    big = {"minor": 60_000, "pin": "1234"}
    pos.ask(wallet.pay(stan=1, **big))
    assert pos.ask(wallet.pay(stan=2, **big))[39] == "51"
    pos.ask(wallet.undo(wallet.pay(stan=1, **big)))
    assert pos.ask(wallet.pay(stan=2, mti="0201", **big))[39] == "51"
    assert pos.ask(wallet.pay(stan=3, **big))[39] == "00"


@pytest.mark.parametrize(
    "changed",
    [{"minor": 1_251}, {"d42": "MERCHANT0000002"}, {"d3": "010000"}, {"d49": "392"}, {"d2": "4012888888881881", "d35": ""}],
)
def test_the_same_key_with_other_contents_is_refused(desk, pos, wallet, changed):
    """94, whether the first was answered or reversed; and the first stands."""
    pos.ask(wallet.pay())
    for mti in ("0200", "0201"):
        assert pos.ask(wallet.pay(mti=mti, **changed))[39] == "94"
    assert desk.balance() == 98_750
    pos.ask(wallet.undo(wallet.pay()))
    assert pos.ask(wallet.pay(**changed))[39] == "94"


@pytest.mark.parametrize("changed", [{"d41": "TERM0002"}, {"stan": 2}, {"at": "0101000001"}, {"mti": "0100"}])
def test_another_key_is_another_transaction(desk, pos, wallet, changed):
    """The STAN is unique per terminal and day only: terminal, DE 7 and the kind of message belong to the key."""
    pos.ask(wallet.pay())
    assert pos.ask(wallet.pay(**changed))[39] == "00"
    assert len(desk.state.transactions) == 2


def test_a_repeat_while_the_first_is_open_waits_with_it(desk, pos, bank, wallet):
    """No second forward, no answer yet; then one answer, to whoever asked last, with its own MTI's answer."""
    pos.post(wallet.pay(CARD, entry="012"))
    for mti in ("0200", "0201"):
        assert pos.post(wallet.pay(CARD, entry="012", mti=mti)) == []
    assert len(desk.told("duplicate.open_repeat")) == 2
    bank.reply(bank.take_one(), "00")
    assert pos.take_one().mti == "0210"


def test_a_clash_while_the_first_is_open_is_refused_at_once(desk, pos, bank, wallet):
    """94, and the open exchange goes on."""
    pos.post(wallet.pay(CARD, entry="012"))
    assert pos.ask(wallet.pay(CARD, entry="012", minor=1))[39] == "94"
    bank.reply(bank.take_one(), "00")
    assert pos.take_one()[39] == "00"


def test_a_repeat_after_the_timeout_hears_91_again(desk, pos, bank, wallet):
    """What timed out stays timed out, also after a restart: the reversal is owed."""
    pos.post(wallet.pay(CARD, entry="012"))
    desk.wait(20_000)
    assert pos.take_one()[39] == "91"
    assert pos.ask(wallet.pay(CARD, entry="012", mti="0201"))[39] == "91"
    desk.restart()
    assert desk.connect().ask(wallet.pay(CARD, entry="012", mti="0201"))[39] == "91"


def test_a_repeat_of_a_refusal_that_was_none_of_ours_is_new(pos, wallet):
    """63 and 30 leave nothing behind: the mended message is judged on its own."""
    assert pos.ask(wallet.pay(), sign=False)[39] == "63"
    assert pos.ask(wallet.pay(d4=""))[39] == "30"
    assert pos.ask(wallet.pay(mti="0201"))[39] == "00"


def test_a_terminal_is_the_same_with_and_without_trailing_blanks(desk, pos, wallet):
    """DE 41 is filled with blanks: "T1" and "T1      " are one terminal."""
    pos.ask(wallet.pay(d41="T1      "))
    pos.ask(wallet.undo(wallet.pay(d41="T1      ")))
    assert desk.balance() == 100_000
