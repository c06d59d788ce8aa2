"""What an issuer answers is matched by the dialect's key and passed on once; late, foreign or contradictory, it is noted."""

import msgspec
import pytest

from switch.limits import LATE_MAX
from switch.wire import DIALECTS
from switch.wire.dialect_file import file_of, make_of
from switch.wire.tlv import encode

CARD = "mc-chip"


@pytest.fixture
def asked(pos, bank, wallet):
    """A purchase that the issuer has been asked for: the message it got."""
    pos.post(wallet.pay(CARD, entry="012"))
    return bank.take_one()


def test_an_answer_goes_back_in_the_acquirers_own_words(desk, pos, bank, asked, wallet):
    """DE 38 and 39 are the issuer's; STAN, DE 7 and the rest are the acquirer's."""
    bank.reply(asked, "51", d7="0101123456")
    answer = pos.take_one()
    sent = wallet.pay(CARD, entry="012")
    assert (answer.mti, answer[39]) == ("0210", "51")
    assert {de: answer[de] for de in (4, 7, 11, 32, 41)} == {de: sent[de] for de in (4, 7, 11, 32, 41)}
    assert desk.switch.next_deadline() > 20_000, "the deadline went with the exchange"


def test_two_terminals_with_the_same_stan_get_their_own_answers(desk, bank, wallet):
    """Answers in the other order reach the connections that asked."""
    first, second = desk.connect(), desk.connect()
    first.post(wallet.pay(CARD, entry="012", d41="TERM000A"))
    second.post(wallet.pay(CARD, entry="012", d41="TERM000B", minor=2_000))
    one, two = bank.take()
    bank.reply(two, "05")
    bank.reply(one, "00")
    assert (first.take_one()[39], second.take_one()[39]) == ("00", "05")


@pytest.mark.parametrize("changed", [{"d11": "000002"}, {"d41": "TERM0009"}, {"d41": ""}])
def test_an_answer_with_another_key_is_nobodys(desk, pos, bank, asked, changed):
    """STAN and terminal must both be those of the request: STAN alone is not enough."""
    bank.reply(asked, **changed)
    assert pos.take() == []
    assert desk.told("answer.unmatched")
    bank.reply(asked)
    assert pos.take_one()[39] == "00"


@pytest.mark.parametrize(("de", "value"), [(35, "5413330089010434=2512201"), (52, "0123456789ABCDEF")])
def test_what_an_answer_must_not_have_is_told_and_left_behind(desk, pos, bank, asked, de, value):
    """A track or a PIN block that an issuer echoes makes no approval unsure; nobody is shown it."""
    bank.reply(asked, **{f"d{de}": value})
    answer = pos.take_one()
    assert (answer[39], de in answer) == ("00", False)
    [notice] = desk.told("answer.stray")
    assert f"DE {de} must not be there" in notice.text


def test_an_answer_of_another_class_is_nobodys(desk, pos, bank, asked):
    """An 0110 does not answer an 0200."""
    bank.post({"mti": "0110", 11: asked[11], 32: asked[32], 41: asked[41], 39: "00"})
    assert pos.take() == []
    assert desk.told("answer.unmatched")


def test_an_answer_on_another_link_is_nobodys(make_desk, plan, wallet):
    """Another issuer cannot approve what it was not asked."""
    acquirer, issuer = plan.links
    other = msgspec.structs.replace(issuer, name="other")
    desk = make_desk(msgspec.structs.replace(plan, links=(acquirer, issuer, other)))
    pos, bank, stranger = desk.connect(), desk.connect("bank"), desk.connect("other")
    pos.post(wallet.pay(CARD, entry="012"))
    stranger.reply(bank.take_one())
    assert pos.take() == []


@pytest.mark.parametrize(
    "changed", [{"d4": "000000001251"}, {"d4": "000000000001"}, {"d49": "392"}, {"d32": "99"}, {"code": ""}]
)
def test_an_answer_that_contradicts_is_no_answer(desk, pos, bank, asked, changed):
    """Another amount, currency or acquirer, or no DE 39: the outcome is unknown, so one reversal is owed at the deadline."""
    bank.reply(asked, **changed)
    assert pos.take() == []
    assert desk.told("answer.contradicts")
    desk.wait(20_000)
    assert pos.take_one()[39] == "91"
    assert [message.mti for message in bank.take()] == ["0420"]


def test_an_answer_that_echoes_little_is_taken(pos, bank, asked):
    """Not every issuer echoes DE 4, and not every one the acquirer."""
    bank.reply(asked, d4="", d32="", d49="")
    assert pos.take_one()[39] == "00"


def test_a_second_answer_changes_nothing(desk, pos, bank, asked):
    """The first answer wins, whatever the second says."""
    bank.reply(asked, "00")
    pos.take_one()
    before = desk.snapshot()
    bank.reply(asked, "05")
    assert pos.take() == []
    assert desk.snapshot() == before
    assert desk.told("answer.unmatched")


@pytest.mark.parametrize("code", ["00", "08", "10", "11", "16"])
def test_every_kind_of_yes_is_a_yes(desk, pos, bank, asked, wallet, code):
    """ISO 8583:1987 has five approvals: each is passed on as it is, and when it is reversed the issuer hears of it."""
    bank.reply(asked, code, d38="ABC123")
    assert pos.take_one()[39] == code
    assert pos.ask(wallet.undo(wallet.pay(CARD, entry="012")))[39] == "00"
    assert [message.mti for message in bank.take()] == ["0420"]


@pytest.mark.parametrize("code", ["05", "51", "91", "ZZ", "99"])
def test_a_no_owes_nothing(desk, pos, bank, asked, wallet, code):
    """A declined purchase that is reversed is not reversed at its issuer: there is nothing to undo."""
    bank.reply(asked, code)
    assert pos.take_one()[39] == code
    assert pos.ask(wallet.undo(wallet.pay(CARD, entry="012")))[39] == "00"
    assert bank.take() == []


def test_no_answer_in_time_is_91_and_one_reversal(desk, pos, bank, asked):
    """At the deadline and not before: 91 to the acquirer, one 0420 to the issuer that names what was sent to it."""
    desk.wait(19_999)
    assert pos.take() == []
    desk.wait(1)
    answer = pos.take_one()
    assert (answer.mti, answer[39], answer[11]) == ("0210", "91", "000001")
    reversal = bank.take_one()
    assert reversal.mti == "0420"
    assert reversal[90] == "0200" + asked[11] + asked[7] + asked[32].zfill(11) + "0" * 11
    assert (reversal[2], reversal[4], reversal[11]) == (asked[2], asked[4], "000002")
    assert 52 not in reversal
    assert 35 not in reversal


def test_a_late_answer_is_recorded_and_never_forwarded(desk, pos, bank, asked):
    """The acquirer has been told 91; the reversal owed stands; the journal knows what the issuer said."""
    desk.wait(20_000)
    pos.take(), bank.take()
    bank.reply(asked, "00")
    assert pos.take() == []
    assert desk.kinds()[-1] == "late"
    assert desk.records[-1].response_code == "00"
    assert bank.take() == []
    assert desk.told("answer.late")


def test_an_answer_at_the_deadline_has_one_outcome(desk, pos, bank, asked):
    """A tie: the answer that is read before the tick wins, and then nothing expires."""
    desk.now = type(desk.now)(20_000, desk.now.wall_ms + 20_000)
    bank.reply(asked)
    desk.tick()
    assert pos.take_one()[39] == "00"
    assert bank.take() == []


def test_an_answer_for_nobody_is_undone(desk, pos, bank, asked, wallet):
    """The connection that asked has gone: the approval is reversed toward the issuer at once, and a repeat is refused."""
    pos.close()
    bank.reply(asked, "00")
    assert [message.mti for message in bank.take()] == ["0420"]
    again = desk.connect()
    assert again.ask(wallet.pay(CARD, entry="012", mti="0201"))[39] == "21"
    assert again.ask(wallet.undo(wallet.pay(CARD, entry="012")))[39] == "00"
    assert bank.take() == [], "the acquirer's own reversal has no second effect"


def test_a_no_for_nobody_owes_nothing(desk, pos, bank, asked):
    """Nobody is there to hear a decline: nothing has to be undone."""
    pos.close()
    bank.reply(asked, "05")
    assert bank.take() == []


def test_an_answer_goes_to_the_connection_that_asked_last(desk, pos, bank, asked, wallet):
    """The terminal has come back on a new connection and repeated its request: its answer is there."""
    again = desk.connect()
    assert again.post(wallet.pay(CARD, entry="012", mti="0201")) == []
    assert bank.take() == [], "nothing is forwarded a second time"
    bank.reply(asked)
    assert pos.take() == []
    assert again.take_one()[39] == "00"


def test_chip_data_of_the_issuer_reaches_the_card(pos, bank, asked):
    """Issuer authentication, response code and scripts pass, a script given twice included."""
    icc = encode([("91", bytes(8)), ("8A", b"00"), ("72", b"\x86\x01\x00"), ("72", b"\x86\x01\x01")]).hex().upper()
    bank.reply(asked, d55=icc)
    assert pos.take_one()[55] == icc


def test_chip_data_that_an_issuer_echoes_is_not_kept(desk, pos, bank, asked, wallet):
    """Some issuers send DE 55 of the request back; its track and cryptogram belong neither to a card nor into a journal."""
    track = bytes.fromhex("5413330089010434D31122010000000F")
    echoed = encode([("57", track), ("9F26", bytes.fromhex("0123456789ABCDEF")), ("91", b"\x01" * 8)]).hex().upper()
    bank.reply(asked, d55=echoed)
    assert pos.take_one()[55] == encode([("91", b"\x01" * 8)]).hex().upper()
    written = desk.journal[-1].body.decode()
    assert track.hex().upper() not in written
    assert "0123456789ABCDEF" not in written


@pytest.mark.parametrize("icc", ["91", "9180", "00" * 20, "9", "8A0230300"])
def test_chip_data_that_is_none_is_left_out(desk, pos, bank, asked, icc):
    """An issuer's DE 55 that is no TLV, or ends with half a byte, does not end the switch; the decision stands without it."""
    bank.reply(asked, d55=icc)
    answer = pos.take_one()
    assert answer[39] == "00"
    assert 55 not in answer


@pytest.fixture
def lax(make_desk, plan):
    """An issuer whose dialect takes any character in DE 38 and 39."""
    acquirer, issuer = plan.links
    spoken = issuer.dialect
    file = file_of(
        "lax", "", spoken.spec, {de: name for de, name in spoken.content.items() if de not in (38, 39)}, base=spoken.name
    )
    issuer = msgspec.structs.replace(issuer, dialect=make_of(file, DIALECTS))
    return make_desk(msgspec.structs.replace(plan, links=(acquirer, issuer)))


@pytest.mark.parametrize(("code", "approval_code", "heard"), [("00", "A+B/C!", "00"), ("!!", "", "91")])
def test_what_the_acquirers_dialect_cannot_spell_ends_no_switch(lax, wallet, code, approval_code, heard):
    """An approval code is left out, and said so; a response code is none, and the reversal is owed at the deadline."""
    pos, bank = lax.connect(), lax.connect("bank")
    pos.post(wallet.pay(CARD, entry="012"))
    bank.reply(bank.take_one(), code, d38=approval_code)
    lax.wait(20_000)
    answer = pos.take_one()
    assert (answer[39], 38 in answer) == (heard, False)
    assert lax.told("answer.approval_code_dropped" if approval_code else "answer.contradicts")


def test_chip_data_too_long_for_the_acquirers_dialect_is_left_out(make_desk, plan, wallet):
    """999 bytes of scripts fit one dialect and not the other; the decision stands, and it is said what was left out."""
    acquirer, issuer = plan.links
    issuer = msgspec.structs.replace(issuer, dialect=DIALECTS["iso87-binary"])
    desk = make_desk(msgspec.structs.replace(plan, links=(acquirer, issuer)))
    pos, bank = desk.connect(), desk.connect("bank")
    pos.post(wallet.pay(CARD, entry="012"))
    bank.reply(bank.take_one(), d55=encode([("72", bytes(300))]).hex().upper())
    answer = pos.take_one()
    assert answer[39] == "00"
    assert 55 not in answer
    assert desk.told("answer.chip_data_dropped")


def test_the_memory_for_late_answers_is_bounded(desk, pos, bank, asked):
    """Beyond its bound the oldest is forgotten: its answer is then one that nobody asked for."""
    desk.wait(20_000)
    inflight = desk.traffic.inflight
    for number in range(LATE_MAX):
        filler = type("Filler", (), {"key": str(number), "match": ("filler", str(number))})()
        inflight.open(filler)
        inflight.close(filler, answered=False)
    bank.reply(asked)
    assert desk.told("answer.unmatched")
    assert not desk.told("answer.late")
