"""What goes to a remote issuer: our STAN, a new DE 7, the PIN under its key, all else as it came; or a clear no at once."""

import msgspec
import pytest

from keys.mac import retail_mac
from keys.pinblock import decrypt_iso0
from keys.sensitive import Pan
from keys.terms import KeyState
from switch.core.exchange import Exchange
from switch.core.plan import KeySet
from switch.core.state import Advice
from switch.limits import FRAME_BYTES_MAX, INFLIGHT_MAX, SAF_ENTRIES_MAX
from switch.wire import DIALECTS, FRAMINGS

CARD = "mc-chip"


@pytest.fixture
def binary_desk(make_desk, plan):
    """The acquirer speaks iso87-ascii, the issuer iso87-binary with another framing."""
    acquirer, issuer = plan.links
    issuer = msgspec.structs.replace(issuer, dialect=DIALECTS["iso87-binary"], framing=FRAMINGS["ascii4"])
    return make_desk(msgspec.structs.replace(plan, links=(acquirer, issuer)))


def test_a_request_goes_out_before_it_is_answered(desk, pos, bank, wallet):
    """Nothing is told to the acquirer yet; the record comes before the bytes."""
    assert pos.post(wallet.pay(CARD, entry="012")) == []
    kinds = [type(command).__name__ for command in desk.commands]
    assert kinds == ["Append", "Send"]
    assert desk.kinds()[-1] == "forwarded"
    assert bank.take_one().mti == "0200"


def test_only_what_must_change_changes(desk, pos, bank, wallet):
    """DE 7 and 11 are ours, 37 is added, PIN and MAC are made anew; every other element is byte for byte the acquirer's."""
    sent = pos.message(wallet.pay_by_chip(CARD, pin="4315", d43="SHOP, SOMEWHERE".ljust(40), d48="PRIVATE", d60="X"))
    desk.now = type(desk.now)(5_000, desk.now.wall_ms + 5_000)
    assert pos.post_raw(sent.raw) == []
    got = bank.take_one()
    assert (got[7], got[11]) == ("0101000005", "000001")
    assert set(got.fields) == {*sent.fields, 37}
    for de in set(sent.fields) - {7, 11, 52, 64}:
        assert got.raw[slice(*got.extent(de))] == sent.raw[slice(*sent.extent(de))], f"DE {de}"


def test_the_pin_is_under_the_issuers_key(pos, bank, wallet):
    """The block opens under the issuer link's key to the PIN that was typed, and is not the acquirer's block."""
    pos.post(wallet.pay(CARD, pin="4315"))
    block = bytes.fromhex(bank.take_one()[52])
    assert decrypt_iso0(wallet.secret("issuer-link.zpk"), block, Pan(wallet.pan(CARD))).expose() == b"4315"
    assert block.hex().upper() != wallet.pin_block(CARD)


def test_a_wrong_check_digit_is_not_forwarded(pos, bank, wallet):
    """No issuer has to be asked for a number that cannot be one."""
    assert pos.ask(wallet.pay(CARD, entry="012", d2="5413330089010435"))[39] == "14"
    assert bank.take() == []


def test_a_pin_that_does_not_open_is_not_forwarded(desk, pos, bank, wallet):
    """63 at once; the issuer hears nothing."""
    assert pos.ask(wallet.pay(CARD, entry="012", d52="00" * 8))[39] == "63"
    assert bank.take() == []


def test_a_pin_is_never_left_out_on_the_way(make_desk, plan, wallet):
    """An issuer link without a PIN key cannot take a PIN; forwarding without it would ask for less than was proven."""
    acquirer, issuer = plan.links
    bare = msgspec.structs.replace(issuer, pin_key="")
    desk = make_desk(msgspec.structs.replace(plan, links=(acquirer, bare)))
    pos, bank = desk.connect(), desk.connect("bank")
    assert pos.ask(wallet.pay(CARD, entry="012", pin="4315"))[39] == "63"
    assert pos.post(wallet.pay(CARD, entry="012", stan=2)) == []
    assert bank.take_one()[11] == "000001"


def test_stans_are_ours_and_run_on_over_a_restart(desk, pos, bank, wallet):
    """Each exchange has the next STAN, whatever the terminals use; a restart gives none out twice."""
    for number, terminal in enumerate(("TERM0001", "TERM0002", "TERM0003"), 1):
        pos.post(wallet.pay(CARD, entry="012", stan=77, d41=terminal))
        assert bank.take_one()[11] == f"{number:06d}"
    desk.restart()
    bank = desk.connect("bank")
    owed = [message[11] for message in bank.take()]
    assert owed == ["000004", "000005", "000006"]
    desk.connect().post(wallet.pay(CARD, entry="012", stan=78))
    assert bank.take_one()[11] == "000007"


def test_a_repeat_is_forwarded_as_its_original(pos, bank, wallet):
    """When the first copy was lost and only the 0201 arrives, the issuer is asked with 0200: to it this is the first."""
    pos.post(wallet.pay(CARD, entry="012", mti="0201"))
    assert bank.take_one().mti == "0200"


def test_a_link_that_is_down_is_answered_91_at_once(desk, pos, wallet):
    """Nothing is opened and nothing is owed: the issuer has never heard of it."""
    assert pos.ask(wallet.pay(CARD, entry="012"))[39] == "91"
    assert not desk.state.saf
    assert desk.switch.next_deadline() == 0, "only the dialling waits"


def test_a_link_that_has_gone_is_answered_91(desk, pos, bank, wallet):
    """A closed connection is not used again."""
    bank.close()
    assert pos.ask(wallet.pay(CARD, entry="012"))[39] == "91"


def test_a_link_that_is_being_hung_up_is_answered_91(desk, pos, bank, wallet):
    """Between our hangup and its end a connection takes nothing new: its answers would not be read."""
    bank.feed(b"\x00\x00")
    assert bank.hung_up
    assert pos.ask(wallet.pay(CARD, entry="012"))[39] == "91"


def test_a_full_table_refuses_new_work_and_keeps_the_old(desk, pos, bank, wallet):
    """At the bound of open exchanges a request is answered 91; the open ones are answered as ever."""
    pos.post(wallet.pay(CARD, entry="012"))
    request = bank.take_one()
    inflight = desk.traffic.inflight
    fillers = [Exchange(f"filler {n}", 99, request, ("filler", str(n)), KeySet()) for n in range(INFLIGHT_MAX - 1)]
    for filler in fillers:
        inflight.open(filler)
    assert pos.ask(wallet.pay(CARD, entry="012", stan=2))[39] == "91"
    bank.reply(request)
    assert pos.take_one()[39] == "00"
    for filler in fillers:
        inflight.close(filler, answered=True)


def test_nothing_is_forwarded_to_an_issuer_that_hears_no_reversals(desk, pos, bank, wallet):
    """With the queue full a request is answered 91 at once and the issuer hears nothing."""
    filler = Advice("filler", "0420", "000000", "0101000000", b"")
    desk.state.saf["bank"] = {f"{stan:06d}": filler for stan in range(SAF_ENTRIES_MAX)}
    assert pos.ask(wallet.pay(CARD, entry="012"))[39] == "91"
    assert bank.take() == []
    del desk.state.saf["bank"]
    pos.post(wallet.pay(CARD, entry="012", stan=2))
    bank.reply(bank.take_one())
    assert pos.take_one()[39] == "00"


def test_a_request_is_recast_for_another_dialect(binary_desk, wallet):
    """From ASCII to packed digits and back: same values, track separator D, MAC and PIN under the issuer's keys."""
    pos, bank = binary_desk.connect(), binary_desk.connect("bank")
    sent = wallet.pay(CARD, pin="4315")
    assert pos.post(sent) == []
    got = bank.take_one()
    assert got.dialect.name == "iso87-binary"
    assert got[35] == sent[35].replace("=", "D")
    same = (2, 3, 4, 12, 13, 14, 22, 25, 32, 41, 42, 49)
    assert {de: got[de] for de in same} == {de: sent[de] for de in same}
    key = wallet.secret("issuer-link.zak")
    assert got.mac == retail_mac(key, got.mac_input(), padding=1, length=8)
    bank.reply(got, d38="ABC123")
    answer = pos.take_one()
    assert (answer.mti, answer[39], answer[38], answer[11]) == ("0210", "00", "ABC123", "000001")


def test_a_request_is_recast_the_other_way(make_desk, plan, wallet):
    """From packed digits to ASCII: track separator =."""
    acquirer, issuer = plan.links
    acquirer = msgspec.structs.replace(acquirer, dialect=DIALECTS["iso87-binary"])
    desk = make_desk(msgspec.structs.replace(plan, links=(acquirer, issuer)))
    pos, bank = desk.connect(), desk.connect("bank")
    track = wallet.track2(CARD)
    assert pos.post(wallet.pay(CARD, pin="4315", d35=track.replace("=", "D"))) == []
    got = bank.take_one()
    assert got[35] == track
    bank.reply(got)
    assert pos.take_one()[39] == "00"


@pytest.mark.parametrize("unspeakable", [{"d54": "9" * 240}, {"d92": "AB"}, {"d93": "ABCDE"}])
def test_what_the_issuers_dialect_cannot_say_is_refused(binary_desk, wallet, unspeakable):
    """An element too long, or of another class, for the other dialect: 30, nothing forwarded, and the switch lives."""
    pos, bank = binary_desk.connect(), binary_desk.connect("bank")
    assert pos.ask(wallet.pay(CARD, entry="012", **unspeakable))[39] == "30"
    assert bank.take() == []
    assert not binary_desk.traffic.inflight.open_keys()
    assert pos.post(wallet.pay(CARD, entry="012", stan=2)) == []
    assert bank.take_one()[11] == "000001", "no STAN was used up"


def filled(peer, values, size):
    """The message of these values with private elements added until it has `size` bytes, signed."""
    values = values | dict.fromkeys((46, 47, 48, 56, 57, 58, 59), "X" * 990) | {60: "X"}
    values[61] = "X" * min(985, size - len(peer.message(values).raw) - 3)
    values[60] = "X" * (1 + size - len(peer.message(values).raw))
    message = peer.message(values)
    assert len(message.raw) == size
    return message


@pytest.mark.parametrize(("surplus", "forwarded"), [(0, True), (1, False), (12, False)])
def test_what_would_outgrow_a_frame_is_refused(desk, pos, bank, wallet, surplus, forwarded):
    """A lawful frame has no room for the DE 37 that we add: 30, nothing forwarded, and the switch lives."""
    answers = pos.post_raw(filled(pos, wallet.pay(CARD, entry="012"), FRAME_BYTES_MAX - 12 + surplus).raw)
    sent = bank.take()
    assert [answer[39] for answer in answers] == ([] if forwarded else ["30"])
    assert [len(message.raw) for message in sent] == ([FRAME_BYTES_MAX] if forwarded else [])
    assert len(desk.traffic.inflight) == len(sent)


def test_what_another_dialect_spells_longer_is_refused(make_desk, plan, wallet):
    """Packed digits fit a frame, the same digits as characters do not."""
    acquirer, issuer = plan.links
    acquirer = msgspec.structs.replace(acquirer, dialect=DIALECTS["iso87-binary"])
    desk = make_desk(msgspec.structs.replace(plan, links=(acquirer, issuer)))
    pos, bank = desk.connect(), desk.connect("bank")
    assert [answer[39] for answer in pos.post_raw(filled(pos, wallet.pay(CARD, entry="012"), 8_150).raw)] == ["30"]
    assert bank.take() == []
    assert len(desk.traffic.inflight) == 0


@pytest.mark.parametrize("key", ["issuer-link.zak", "issuer-link.zpk"])
def test_what_cannot_be_signed_or_enciphered_for_its_issuer_is_our_malfunction(desk, pos, bank, wallet, key):
    """96 at once, for its issuer has heard nothing: nothing is open, nothing is owed. With the key back the next one goes."""
    kept = desk.keystore.get(key)
    desk.keystore.replace(msgspec.structs.replace(kept, state=KeyState.DISABLED))
    assert pos.ask(wallet.pay(CARD, pin="4315"))[39] == "96"
    assert bank.take() == []
    assert desk.told("keys.failed")
    assert len(desk.traffic.inflight) == 0
    assert "forwarded" not in desk.kinds()
    desk.keystore.replace(kept)
    desk.wait(20_000)
    assert pos.take() == []
    assert [message.mti for message in bank.take()] == []
    assert pos.post(wallet.pay(CARD, pin="4315", stan=2)) == []
    assert bank.take_one()[11] == "000001", "no STAN was used up"


def test_what_its_issuers_framing_cannot_carry_is_refused_at_once(make_desk, plan, wallet):
    """Frames of 99 bytes at most: 30, and nothing is open."""
    acquirer, issuer = plan.links
    plans = (acquirer, msgspec.structs.replace(issuer, framing=FRAMINGS["ascii2"]))
    desk = make_desk(msgspec.structs.replace(plan, links=plans))
    pos, bank = desk.connect(), desk.connect("bank")
    assert pos.ask(wallet.pay(CARD, entry="012"))[39] == "30"
    assert bank.take() == []
    assert len(desk.traffic.inflight) == 0
