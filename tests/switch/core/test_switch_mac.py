"""The MAC is judged on the bytes as they came, before anything else is believed."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switch.wire import DIALECTS
from switch.wire.dialect_file import file_of, make_of

MESSAGES = {
    "purchase": lambda wallet: wallet.pay(stan=2, pin="1234"),
    "authorisation": lambda wallet: wallet.pay(stan=2, mti="0100", pin="1234"),
    "chip": lambda wallet: wallet.pay_by_chip(stan=3, atc=1, pin="1234"),
    "completion": lambda wallet: wallet.complete(wallet.pay(), minor=500),
    "reversal": lambda wallet: wallet.undo(wallet.pay()),
    "repeat": lambda wallet: wallet.pay(mti="0201"),
    "network": lambda wallet: {"mti": "0800", 7: "0101000000", 11: "000009", 70: "001"},
}
"""One of each kind that acts; the purchase that some speak of has been answered."""


def rest(desk):
    """The state without the journal's own head, which a `KeyEvent` moves."""
    return desk.snapshot()[2:]


def forged(message):
    """The message with the last digit of its MAC changed to another."""
    return message.raw[:-1] + (b"1" if message.raw[-1:] == b"0" else b"0")


@pytest.mark.parametrize("name", MESSAGES)
@settings(max_examples=25)
@given(place=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_one_changed_byte_changes_nothing(new_desk, wallet, name, place, flip):
    """Any byte of a signed message flipped, the MAC's own included: no state but the HSM's own event, whatever is answered."""
    desk = new_desk()
    pos = desk.connect()
    pos.ask(wallet.pay())
    before, written = rest(desk), len(desk.journal)
    raw = bytearray(pos.message(MESSAGES[name](wallet)).raw)
    raw[place % len(raw)] ^= flip
    answers = pos.post_raw(bytes(raw))
    assert rest(desk) == before
    assert set(desk.kinds(written)) <= {"key-event"}
    assert all(answer[39] in ("63", "30") for answer in answers)


def test_a_message_with_a_right_mac_does_change_something(desk, pos, wallet):
    """The law above can fail: the same messages unharmed do act."""
    pos.ask(wallet.pay())
    for name in ("purchase", "chip", "reversal"):
        before = rest(desk)
        assert pos.ask(MESSAGES[name](wallet))[39] == "00"
        assert rest(desk) != before


def test_a_wrong_mac_is_answered_63_and_written_down(desk, pos, wallet):
    """The refusal is signed, the HSM's event is in the journal, and a right message afterwards is taken as new."""
    answer = pos.post_raw(forged(pos.message(wallet.pay())))[0]
    assert (answer.mti, answer[39], answer[11]) == ("0210", "63", "000001")
    assert desk.kinds()[-1] == "key-event"
    assert desk.records[-1].keys == ("pos.zak",)
    assert desk.told("mac.bad")
    assert pos.ask(wallet.pay())[39] == "00"


def test_a_missing_mac_is_answered_63(desk, pos, wallet):
    """Leaving DE 64 out is no way around it."""
    assert pos.ask(wallet.pay(), sign=False)[39] == "63"
    assert not desk.state.transactions


def test_a_mac_that_is_not_the_last_element_counts_as_none(desk, pos, wallet):
    """DE 64 with a right MAC, and DE 90 behind it which nobody has signed: 63."""
    signed = pos.message(wallet.pay())
    raw = signed.with_fields({90: "0" * 42}).raw
    assert pos.post_raw(raw)[0][39] == "63"


def test_a_mac_under_another_links_key_is_wrong(desk, pos, wallet):
    """Each link has its own key."""
    message = pos.plan.dialect.decode(pos.plan.dialect.encode(wallet.pay()))
    foreign = message.with_mac(lambda data: desk.hsm.generate_mac("issuer-link.zak", data))
    assert pos.post_raw(foreign.raw)[0][39] == "63"


@pytest.mark.parametrize("mti", ["0200", "0201"])
def test_a_copy_with_a_wrong_mac_hears_nothing(desk, pos, wallet, mti):
    """Who cannot sign learns nothing about the first answer, and gets no signed "no" that could be taken for it."""
    pos.ask(wallet.pay())
    assert pos.post_raw(forged(pos.message(wallet.pay(mti=mti)))) == []
    assert desk.told("copy.unanswered")
    assert pos.ask(wallet.pay(mti="0201"))[39] == "00"


def test_a_copy_with_a_wrong_mac_says_no_to_nobody_who_waits(desk, pos, bank, wallet):
    """The request is with its issuer, a forged copy of it comes: the only answer is the issuer's own."""
    assert pos.post(wallet.pay("mc-chip", entry="012")) == []
    assert pos.post_raw(forged(pos.message(wallet.pay("mc-chip", entry="012")))) == []
    assert desk.told("copy.unanswered")
    bank.reply(bank.take_one(), d38="123456")
    assert pos.take_one()[39] == "00"


def test_a_copy_that_cannot_be_read_hears_nothing(desk, pos, wallet):
    """Its name can be read, its amount cannot: 30 would contradict the approval."""
    pos.ask(wallet.pay())
    raw = pos.message(wallet.pay()).raw
    assert pos.post_raw(raw.replace(b"000000001250", b"00000000X250", 1)) == []
    assert desk.told("copy.unanswered")


def test_a_completion_with_a_wrong_mac_hears_so_again(desk, pos, wallet):
    """No "no" ends an advice: whoever repeats it may hear what is wrong."""
    advice = wallet.complete(wallet.pay(), minor=500)
    assert pos.ask(advice)[39] == "00"
    assert pos.post_raw(forged(pos.message(advice)))[0][39] == "63"


def test_an_answer_with_a_wrong_mac_is_dropped(desk, pos, bank, wallet):
    """The exchange stays open: nothing is told to the acquirer until the issuer's own answer comes."""
    assert pos.post(wallet.pay("mc-chip", entry="012")) == []
    request = bank.take_one()
    values = {"mti": "0210", 11: request[11], 32: request[32], 41: request[41], 39: "00", 38: "123456"}
    assert bank.post_raw(forged(bank.message(values))) == []
    assert pos.take() == []
    assert desk.told("answer.dropped")
    bank.reply(request, d38="123456")
    assert pos.take_one()[39] == "00"


def test_an_unsigned_sign_on_opens_nothing(make_desk, plan, wallet):
    """Network messages are signed too."""
    guarded = msgspec.structs.replace(plan.links[0], sign_on=True)
    desk = make_desk(msgspec.structs.replace(plan, links=(guarded,)))
    pos = desk.connect()
    assert pos.ask({"mti": "0800", 7: "0101000000", 11: "000001", 70: "001"}, sign=False)[39] == "63"
    assert pos.ask(wallet.pay())[39] == "12"


def test_a_link_without_a_mac_key_asks_for_none_and_sends_none(make_desk, plan, wallet):
    """MACs are the link's business: without a key nothing is verified and nothing signed."""
    bare = msgspec.structs.replace(plan.links[0], mac_key="")
    desk = make_desk(msgspec.structs.replace(plan, links=(bare,)))
    answer = desk.connect().ask(wallet.pay())
    assert answer[39] == "00"
    assert 64 not in answer


@pytest.mark.parametrize("without", ["pos.zak", "journal.token", "issuer.cvk", "issuer.pvk", "pos.zpk"])
def test_a_missing_key_is_our_own_trouble(make_desk, wallet, without):
    """96, nothing booked, no try lost; without the MAC key itself nothing can even be signed."""
    desk = make_desk(without=(without,))
    pos = desk.connect()
    answers = pos.post(wallet.pay(pin="1234"))
    assert [answer[39] for answer in answers] == ([] if without == "pos.zak" else ["96"])
    assert desk.told("keys.failed")
    assert desk.balance() == 100_000
    assert not desk.state.book.cards


def test_a_missing_chip_key_is_our_own_trouble(make_desk, wallet):
    """A card is not said to be false because the issuer cannot verify it."""
    desk = make_desk(without=("issuer.imk-ac",))
    assert desk.connect().ask(wallet.pay_by_chip(pin="1234"))[39] == "96"


@pytest.mark.parametrize(
    ("mti", "without"),
    [("0100", "journal.protect"), ("0100", "pos.zpk"), ("0100", "issuer-link.zpk"), ("0220", "journal.protect")],
)
def test_a_missing_key_forwards_nothing(make_desk, wallet, mti, without):
    """Without the key for a vault or a PIN nothing goes out, and nothing is left open or owed."""
    desk = make_desk(without=(without,))
    pos, bank = desk.connect(), desk.connect("bank")
    assert pos.ask(wallet.pay("mc-chip", entry="012", mti=mti, pin="4315"))[39] == "96"
    assert bank.take() == []
    assert not desk.state.saf


def test_a_message_that_has_no_place_for_a_mac_is_not_sent(make_desk, plan, wallet):
    """An element behind DE 128 leaves none at its end: the issuer is not asked, the acquirer hears so at once."""
    acquirer, issuer = plan.links
    spoken = acquirer.dialect
    spec = {**spoken.spec, "130": dict(spoken.spec["48"])}
    dialect = make_of(file_of("longer", "", spec, spoken.content, base=spoken.name), DIALECTS)
    acquirer = msgspec.structs.replace(acquirer, dialect=dialect, mac_key="")
    desk = make_desk(msgspec.structs.replace(plan, links=(acquirer, msgspec.structs.replace(issuer, dialect=dialect))))
    pos, bank = desk.connect(), desk.connect("bank")
    assert pos.ask(wallet.pay("mc-chip", entry="012", d130="MORE"))[39] == "30"
    assert bank.take() == []
    assert len(desk.traffic.inflight) == 0
