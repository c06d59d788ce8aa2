"""Key changes in mid-traffic: who speaks under which keys when, and what becomes of those who have not heard of the new ones.

The second generation of each link is the first one of the other: published keys of the same use.
"""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switch.core import ChangeKeys, KeySet
from switch.ledger.records import KeyEvent, Ordered
from switch.limits import KEY_GRACE_MS
from switch.machine import Severity

CARD = "mc-chip"
POS, BANK = KeySet("pos.zak", "pos.zpk"), KeySet("issuer-link.zak", "issuer-link.zpk")
TO_POS, TO_BANK = ChangeKeys("pos", *("issuer-link.zak", "issuer-link.zpk")), ChangeKeys("bank", *("pos.zak", "pos.zpk"))


def network(code, stan="000009"):
    return {"mti": "0800", 7: "0101000000", 11: stan, 70: code}


def asked_of(bank, kind="0800"):
    return [message for message in bank.take() if message.mti == kind]


# Toward an acquirer.


def test_the_new_keys_are_in_force_with_the_order(desk, pos, wallet):
    """MAC and PIN under the new set, the answer as well."""
    desk.order(TO_POS)
    pos.keys = BANK
    answer = pos.ask(wallet.pay() | {52: wallet.pin_block("visa-mag", "1234", key=BANK.pin_key)})
    assert answer[39] == "00"
    assert desk.told("keys.changed")
    assert [record for record in desk.records if isinstance(record, Ordered)] == [
        Ordered("ChangeKeys", "pos: MAC key issuer-link.zak, PIN key issuer-link.zpk")
    ]


def test_the_former_keys_are_accepted_for_a_grace_and_answered_under_themselves(desk, pos, wallet):
    """MAC and PIN of one set belong together; the last millisecond counts."""
    desk.order(TO_POS)
    desk.wait(KEY_GRACE_MS - 1)
    assert pos.ask(wallet.pay(pin="1234"))[39] == "00"
    assert desk.told("keys.former")


def test_a_pin_under_the_other_set_than_the_mac_is_wrong(desk, pos, wallet):
    """It is not tried against both: a PIN block cannot be."""
    desk.order(TO_POS)
    assert pos.ask(wallet.pay() | {52: wallet.pin_block("visa-mag", "1234", key=BANK.pin_key)})[39] != "00"


def test_after_the_grace_the_former_keys_are_refused_under_themselves(desk, pos, wallet):
    """63, with a notice of its own, and nothing is remembered; whoever has the new keys is served."""
    desk.order(TO_POS)
    desk.wait(KEY_GRACE_MS)
    assert desk.told("keys.ended")
    before = desk.snapshot()[2:]
    assert pos.ask(wallet.pay())[39] == "63"
    assert desk.snapshot()[2:] == before
    assert desk.told("keys.outdated")
    assert not desk.told("mac.bad")
    pos.keys = BANK
    assert pos.ask(wallet.pay())[39] == "00"


def test_an_answer_leaves_under_the_keys_of_its_request(desk, pos, bank, wallet):
    """Asked under the former set, answered after the change and after the grace: still under it."""
    pos.post(wallet.pay(CARD, entry="012"))
    asked = bank.take_one()
    desk.order(TO_POS)
    bank.reply(asked, "00")
    assert pos.take_one()[39] == "00"


def test_a_timeout_is_told_under_the_keys_of_its_request(desk, pos, bank, wallet):
    """The exchange was opened late in the grace and ends behind it."""
    desk.order(TO_POS)
    desk.wait(KEY_GRACE_MS - 1)
    pos.post(wallet.pay(CARD, entry="012"))
    desk.wait(20_000)
    assert desk.told("keys.ended")
    assert pos.take_one()[39] == "91"


def test_a_repeat_under_the_new_keys_is_answered_under_them(desk, pos, bank, wallet):
    """The answer goes to who asked last, and as it asked."""
    paid = wallet.pay(CARD, entry="012")
    pos.post(paid)
    desk.order(TO_POS)
    pos.keys = BANK
    pos.post(paid | {"mti": "0201"})
    bank.reply(bank.take_one(), "00")
    assert pos.take_one()[39] == "00"


def test_connections_change_each_for_itself(desk, pos, wallet):
    """One has the new keys, the other not yet; both are served."""
    other = desk.connect()
    desk.order(TO_POS)
    pos.keys = BANK
    for stan in range(1, 9, 2):
        assert pos.ask(wallet.pay(stan=stan))[39] == "00"
        assert other.ask(wallet.pay(stan=stan + 1))[39] == "00"


def test_a_mac_that_is_right_under_a_known_set_is_no_failure(desk, pos, wallet):
    """Messages under either set on one connection, in turns, and one under ended keys: no event in the journal."""
    desk.order(TO_POS)
    for stan in range(1, 6):
        pos.keys = (POS, BANK)[stan % 2]
        assert pos.ask(wallet.pay(stan=stan))[39] == "00"
    desk.wait(KEY_GRACE_MS)
    pos.keys = POS
    assert pos.ask(wallet.pay(stan=6))[39] == "63"
    assert "key-event" not in desk.kinds()


def test_a_forged_mac_is_one_failure_however_many_sets_are_known(desk, pos, wallet):
    """One event, which names all the keys that it was not right under."""
    desk.order(TO_POS)
    desk.order(ChangeKeys("pos", *("pos.zak", "pos.zpk")))
    desk.order(TO_POS)
    raw = pos.message(wallet.pay()).raw
    pos.post_raw(raw[:-1] + (b"1" if raw[-1:] == b"0" else b"0"))
    events = [record for record in desk.records if isinstance(record, KeyEvent)]
    assert [(event.keys, event.result) for event in events] == [(("issuer-link.zak", "pos.zak"), "failed")]


def test_a_set_that_is_to_come_back_is_tried_once(desk, bank):
    """An issuer's link is ordered back within the grace: a forged MAC is not right under two keys, and not under three."""
    desk.order(TO_BANK)
    bank.reply(asked_of(bank)[0])
    bank.keys = POS
    desk.order(ChangeKeys("bank", *("issuer-link.zak", "issuer-link.zpk")))
    bank.keys = BANK  # Refused under the keys of what it has said last.
    raw = bank.message(network("301")).raw
    bank.post_raw(raw[:-1] + (b"1" if raw[-1:] == b"0" else b"0"))
    (event,) = [record for record in desk.records if isinstance(record, KeyEvent)]
    assert event.keys == ("pos.zak", "issuer-link.zak")


def test_a_forged_mac_is_wrong_under_both(desk, pos, wallet):
    """Two sets are no two chances: 63, and it is a bad MAC."""
    desk.order(TO_POS)
    raw = pos.message(wallet.pay()).raw
    assert pos.post_raw(raw[:-1] + (b"1" if raw[-1:] == b"0" else b"0"))[0][39] == "63"
    assert desk.told("mac.bad")
    assert not desk.state.transactions


def test_a_second_change_ends_the_first_ones_grace(desk, pos, wallet):
    """From A to B and back to A: A is present, B is the former one, and none has ended before its time."""
    desk.order(TO_POS)
    desk.order(ChangeKeys("pos", *("pos.zak", "pos.zpk")))
    assert pos.ask(wallet.pay())[39] == "00"
    pos.keys = BANK
    assert pos.ask(wallet.pay(stan=2))[39] == "00"
    assert not desk.told("keys.ended")
    desk.wait(KEY_GRACE_MS)
    assert pos.ask(wallet.pay(stan=3))[39] == "63"


def test_a_grace_that_is_cut_short_is_told(desk, pos, bank, wallet):
    """From A to B to C within one grace: only B is left beside C; whoever still speaks under A is refused."""
    desk.order(TO_POS)
    desk.order(ChangeKeys("pos", "pos.zak-2", "pos.zpk-2"))
    (told,) = desk.told("keys.ended")
    assert (told.severity, told.text.partition(":")[0]) == (Severity.WARNING, "pos")
    assert pos.ask(wallet.pay())[39] == "63"
    pos.keys = BANK
    assert pos.ask(wallet.pay())[39] == "00"


def test_a_link_without_macs_has_no_grace_and_is_told_of_none(make_desk, plan, wallet):
    """Nothing says which set a message is under: its PIN is under the new key at once, and no former key is kept."""
    pos, bank = plan.links
    desk = make_desk(msgspec.structs.replace(plan, links=(msgspec.structs.replace(pos, mac_key=""), bank)))
    pos = desk.connect()
    desk.order(ChangeKeys("pos", pin_key="issuer-link.zpk"))
    (told,) = desk.told("keys.changed")
    assert told.text == "pos speaks under its new keys; without MACs nothing is accepted under the former ones"
    assert "pos.zpk" not in desk.switch.keys_accepted
    assert pos.ask(wallet.pay() | {52: wallet.pin_block("visa-mag", "1234", key=BANK.pin_key)})[39] == "00"
    assert pos.ask(wallet.pay(stan=2, pin="1234"))[39] != "00"
    assert pos.ask(network("161", stan="000003"))[39] == "00"
    desk.wait(KEY_GRACE_MS)
    assert not desk.told("keys.ended")


@pytest.mark.parametrize("code", ["161", "101"])
def test_an_acquirer_that_has_changed_may_end_the_grace(desk, pos, wallet, code):
    """Its 0800 under the new set is answered, and the former one ends at once."""
    other = desk.connect()
    desk.order(TO_POS)
    pos.keys = BANK
    assert pos.ask(network(code))[39] == "00"
    assert other.ask(wallet.pay())[39] == "63"
    assert pos.ask(network(code))[39] == "00"


def test_an_acquirer_that_announces_its_change_is_answered_and_keeps_its_grace(desk, pos, wallet):
    """Under the former set the 0800 may have to be repeated, and messages are under way."""
    desk.order(TO_POS)
    assert pos.ask(network("161"))[39] == "00"
    assert pos.ask(network("161"))[39] == "00"
    assert pos.ask(wallet.pay())[39] == "00"
    pos.keys = BANK
    assert pos.ask(wallet.pay(stan=2))[39] == "00"


def test_a_change_that_nobody_has_ordered_is_not_supported(desk, pos, wallet):
    """Which keys would they be?"""
    assert pos.ask(network("161"))[39] == "40"
    assert desk.told("keys.unknown")
    assert pos.ask(wallet.pay())[39] == "00"


def test_a_restart_begins_with_the_keys_of_the_plan(desk, pos, wallet):
    """Key sets and graces are the process's."""
    desk.order(TO_POS)
    desk.restart()
    assert desk.connect().ask(wallet.pay(pin="1234"))[39] == "00"


# Toward an issuer.


def test_an_issuer_is_asked_under_the_old_keys_and_told_nothing_under_the_new_ones_before_its_yes(desk, pos, bank, wallet):
    """0800 with DE 70 = 161; requests go on under the old set; from the good 0810 on they are under the new one."""
    desk.order(TO_BANK)
    (ours,) = asked_of(bank)
    assert ours[70] == "161"
    pos.post(wallet.pay(CARD, entry="012"))
    first = bank.take_one()
    bank.reply(ours, "00")
    assert desk.told("keys.changed")
    bank.keys = POS
    pos.post(wallet.pay(CARD, entry="012", stan=2, pin="1234"))
    second = bank.take_one()
    assert second[52] == wallet.pin_block(CARD, "1234")
    bank.keys = BANK
    bank.reply(first, "00")
    bank.keys = POS
    bank.reply(second, "00")
    assert [answer[39] for answer in pos.take()] == ["00", "00"]


def test_the_issuer_may_answer_under_the_new_keys_before_we_use_them(desk, pos, bank, wallet):
    """Also the 0810 itself: whoever takes a change may sign so at once."""
    desk.order(TO_BANK)
    (ours,) = asked_of(bank)
    bank.keys = POS
    bank.reply(ours, "00")
    pos.post(wallet.pay(CARD, entry="012"))
    bank.reply(bank.take_one(), "00")
    assert pos.take_one()[39] == "00"


def test_while_it_is_not_answered_the_change_is_repeated(desk, pos, bank, wallet):
    """The same message as 0801; the old set goes on; the answer to the first one counts as well."""
    desk.order(TO_BANK)
    (ours,) = asked_of(bank)
    desk.wait(20_000)
    again = [message for message in bank.take() if message.mti == "0801"]
    assert [(message[7], message[11], message[70]) for message in again] == [(ours[7], ours[11], "161")] * 2
    pos.post(wallet.pay(CARD, entry="012"))
    bank.reply(bank.take()[-1], "00")
    assert pos.take_one()[39] == "00"
    assert bank.hung_up is None
    bank.reply(ours, "00")
    bank.keys = POS
    pos.post(wallet.pay(CARD, entry="012", stan=2))
    assert bank.take_one().mti == "0200"


def test_a_refused_change_is_asked_for_again_later(desk, bank):
    """The other side's operator may not be so far; the old set goes on meanwhile."""
    desk.order(TO_BANK)
    (ours,) = asked_of(bank)
    bank.reply(ours, "57")
    assert desk.told("keys.refused")
    assert not desk.told("keys.changed")
    desk.wait(10_000)
    (anew,) = asked_of(bank)
    assert (anew[70], anew[11] != ours[11]) == ("161", True)
    bank.reply(anew, "00")
    assert desk.told("keys.changed")


def test_an_issuer_that_is_away_is_asked_when_it_is_back(desk, bank):
    """Its link is down when the order comes, or goes down before the answer and stays so for a while."""
    bank.close()
    desk.order(TO_BANK)
    bank = desk.connect("bank")
    (first,) = asked_of(bank)
    bank.close()
    desk.wait(10_000)
    bank = desk.connect("bank")
    (second,) = asked_of(bank)
    assert {first[70], second[70]} == {"161"}
    bank.reply(second, "00")
    assert desk.told("keys.changed")


def test_an_issuer_that_hangs_up_on_the_question_has_its_traffic_meanwhile(desk, pos, bank, wallet):
    """Back at once it is not asked again at once, which would make it hang up for ever; requests go on under the old keys."""
    desk.order(TO_BANK)
    bank.close()
    bank = desk.connect("bank")
    assert asked_of(bank) == []
    pos.post(wallet.pay(CARD, entry="012"))
    bank.reply(bank.take_one(), "00")
    assert pos.take_one()[39] == "00"
    desk.wait(10_000)
    assert [message[70] for message in asked_of(bank)] == ["161"]


def test_after_the_grace_an_issuers_old_keys_are_dropped(desk, pos, bank, wallet):
    """Its answer is none: the exchange expires, and its reversal goes out under the new set."""
    desk.order(TO_BANK)
    bank.reply(asked_of(bank)[0], "00")
    bank.keys = POS
    desk.wait(KEY_GRACE_MS)
    bank.reply(asked_of(bank)[0], "00")
    pos.post(wallet.pay(CARD, entry="012"))
    asked = bank.take_one()
    bank.keys = BANK
    bank.reply(asked, "00")
    assert desk.told("keys.outdated")
    assert pos.take() == []
    bank.keys = POS
    desk.wait(20_000)
    assert pos.take_one()[39] == "91"
    assert "0420" in [message.mti for message in bank.take()]


def test_an_order_back_before_the_yes_withdraws_the_change(desk, bank):
    """The present set goes on, the late yes is nobody's, and the new set is not accepted any more."""
    desk.order(TO_BANK)
    (ours,) = asked_of(bank)
    desk.order(ChangeKeys("bank", *("issuer-link.zak", "issuer-link.zpk")))
    assert desk.told("keys.withdrawn")
    bank.reply(ours, "00")
    assert desk.told("answer.unmatched")
    desk.wait(20_000)
    assert not desk.told("keys.changed")
    bank.keys = POS
    under_the_new = bank.message(network("301")).raw
    bank.keys = BANK
    assert bank.post_raw(under_the_new)[0][39] == "63"
    assert desk.told("mac.bad")


def test_the_yes_to_an_earlier_order_is_none_to_the_later_one(desk, bank):
    """Ordered otherwise before the issuer has answered: it is asked anew, and only that answer counts."""
    desk.order(TO_BANK)
    (first,) = asked_of(bank)
    desk.order(ChangeKeys("bank", "pos.zak", "issuer-link.zpk"))
    (second,) = asked_of(bank)
    bank.reply(first, "00")
    assert not desk.told("keys.changed")
    assert desk.told("answer.unmatched")
    bank.reply(second, "00")
    assert desk.traffic.links["bank"].keys.present == KeySet("pos.zak", "issuer-link.zpk")


def test_the_issuers_own_change_counts_as_its_yes(desk, bank):
    """Both sides' operators have ordered the same, and its question crosses ours."""
    desk.order(TO_BANK)
    (ours,) = asked_of(bank)
    assert bank.ask(network("161"))[39] == "00"
    assert desk.told("keys.changed")
    bank.reply(ours, "00")
    assert len(desk.told("keys.changed")) == 1


def test_a_sign_on_an_echo_and_a_key_change_are_all_waited_for(desk, bank):
    """Answers in any order find what they answer."""
    desk.wait(30_000)
    (echo,) = asked_of(bank)
    desk.order(TO_BANK)
    (change,) = asked_of(bank)
    assert echo[11] != change[11]
    bank.reply(change, "00")
    bank.reply(echo, "00")
    desk.wait(15_000)
    assert bank.hung_up is None
    assert not desk.told("answer.unmatched")


def test_the_keys_that_a_link_accepts_are_named(make_desk, plan):
    """Both sets from the order on, though the issuer has not answered, and until the grace is over; then the new one alone."""
    desk = make_desk(msgspec.structs.replace(plan, links=plan.links[1:], routes=()))
    bank = desk.connect("bank")
    old, new = {BANK.mac_key, BANK.pin_key}, {POS.mac_key, POS.pin_key}
    assert set(desk.switch.keys_accepted) == old
    desk.order(TO_BANK)
    assert set(desk.switch.keys_accepted) == old | new
    bank.reply(asked_of(bank)[0], "00")
    bank.keys = POS
    desk.wait(KEY_GRACE_MS - 1)
    assert set(desk.switch.keys_accepted) == old | new
    desk.wait(1)
    assert set(desk.switch.keys_accepted) == new


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("order"), st.sampled_from([POS, BANK])),
            st.tuples(st.just("pay"), st.sampled_from([POS, BANK])),
            st.tuples(st.just("change"), st.sampled_from([POS, BANK])),
            st.tuples(st.just("wait"), st.sampled_from([1, KEY_GRACE_MS - 1, KEY_GRACE_MS])),
        ),
        max_size=12,
    )
)
def test_whoever_pays_is_served_under_its_own_keys_or_refused(new_desk, wallet, steps):
    """Orders, waits, the acquirer's own 0800s and purchases in any order, against a model of two sets and a grace."""
    desk = new_desk()
    pos = desk.connect()
    present, former, until = POS, None, 0
    for number, (what, value) in enumerate(steps, 1):
        if former is not None and desk.now.mono_ms >= until:
            former = None
        match what:
            case "order":
                desk.order(ChangeKeys("pos", value.mac_key, value.pin_key))
                if value != present:
                    present, former, until = value, present, desk.now.mono_ms + KEY_GRACE_MS
            case "wait":
                desk.wait(value)
            case "pay" if value == POS or desk.told("keys.changed"):
                pos.keys = value
                answer = pos.ask(wallet.pay(stan=number) | {52: wallet.pin_block("visa-mag", "1234", key=value.pin_key)})
                # The answer's MAC was right under the keys that were asked with: `receive` has looked.
                assert answer[39] == ("00" if value in (present, former) else "63")
            case "change" if value in (present, former):
                pos.keys = value
                ordered = desk.told("keys.changed") != []
                assert pos.ask(network("161", f"{number:06d}"))[39] == ("00" if ordered else "40")
                if value == present and ordered:
                    former = None
            case _:
                pass
    desk.audit()
