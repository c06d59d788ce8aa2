"""What an outsider knows of a link's keys: from orders, from an issuer's yes, from the clock."""

from types import SimpleNamespace

import pytest

from keys.hsm import SoftHsm
from keys.lab import lab_keystore
from switch.core import ChangeKeys, KeySet
from switch.limits import KEY_GRACE_MS
from switch.machine import Operate, Received, Tick
from switch.wire import DIALECTS, FRAMINGS
from terminal_sim.lab.key_desk import other_generation
from terminal_sim.lab.key_watch import KeyWatch
from terminal_sim.lab.network import End, Passage, Speech, join_ends
from terminal_sim.lab.turn import Turn

POS, BANK = KeySet("pos.zak", "pos.zpk"), KeySet("issuer-link.zak", "issuer-link.zpk")
HSM = SoftHsm(lab_keystore(), None, lambda event: None)
DIALECT, FRAMING = DIALECTS["iso87-ascii"], FRAMINGS["len2-big"]


@pytest.fixture
def watch():
    """A switch with one link of each kind."""
    return KeyWatch({"pos1": POS, "bank1": BANK}, frozenset(["bank1"]))


def passage(link, keys, mti="0800", **fields):
    """A message on a link, signed under these keys."""
    values = {7: "1122093000", 11: "000123", 70: "161"} | {int(de[1:]): value for de, value in fields.items()}
    message = DIALECT.decode(DIALECT.encode({"mti": mti, **values}))
    signed = message.with_mac(lambda data: HSM.generate_mac(keys.mac_key, data))
    near, far = (End(SimpleNamespace(name=name), 1, 1) for name in ("one", "other"))
    join_ends(near, far, Speech(link, DIALECT, FRAMING, keys.mac_key))
    return Passage(near, FRAMING.frame(signed.raw), 0)


def turn(event, at_ms, *heard):
    """A turn of the switch."""
    return Turn("switch", event, at_ms, False, heard, True, False, (), ())


def take(watch, turn, *, can_ask=True):
    """Have it take in a turn, in which its issuers can be asked or not."""
    watch.took(turn, lambda issuer: can_ask)


def order(link, keys):
    """An operator's order."""
    return Operate(ChangeKeys(link, keys.mac_key, keys.pin_key))


def test_an_acquirer_has_both_sets_until_the_grace_is_over(watch):
    """From the order to the first look at the clock after it."""
    new = other_generation(POS)
    assert not watch.is_over(passage("pos1", new))  # Nothing is known about keys that were never ordered.
    take(watch, turn(order("pos1", new), 1_000))
    assert not watch.is_over(passage("pos1", POS))
    assert not watch.is_over(passage("pos1", new))
    take(watch, turn(Tick(), 999 + KEY_GRACE_MS))
    assert not watch.is_over(passage("pos1", POS))
    take(watch, turn(Received(1, b""), 1_000 + KEY_GRACE_MS))
    assert not watch.is_over(passage("pos1", POS))
    take(watch, turn(Tick(), 1_000 + KEY_GRACE_MS))
    assert watch.is_over(passage("pos1", POS))
    assert not watch.is_over(passage("pos1", new))


@pytest.mark.parametrize(
    ("code", "stan", "present"), [("00", "000123", True), ("12", "000123", False), ("00", "000124", False)]
)
def test_an_issuers_yes_brings_the_new_set_into_force(code, stan, present, watch):
    """A no does not, nor does an answer to another question."""
    new = other_generation(BANK)
    take(watch, turn(order("bank1", new), 1_000))
    question = passage("bank1", BANK)
    watch.said(question, question.brief)
    take(watch, turn(Received(1, b""), 2_000, passage("bank1", BANK, "0810", _11=stan, _39=code)))
    assert (watch.links["bank1"].present == new) is present
    assert (watch.links["bank1"].coming is None) is present


def test_an_order_about_one_issuer_leaves_the_question_to_another_open():
    """The answer to it brings that one's new set into force all the same."""
    watch, new = KeyWatch({"bank1": BANK, "bank2": BANK}, frozenset(["bank1", "bank2"])), other_generation(BANK)
    take(watch, turn(order("bank1", new), 1_000))
    question = passage("bank1", BANK)
    watch.said(question, question.brief)
    take(watch, turn(order("bank2", new), 1_500))
    take(watch, turn(Received(1, b""), 2_000, passage("bank1", BANK, "0810", _11="000123", _39="00")))
    assert watch.links["bank1"].present == new
    assert watch.links["bank2"].coming == new


def test_a_switch_that_begins_again_knows_its_configuration_alone(watch):
    """What was former is over at once."""
    new = other_generation(POS)
    take(watch, turn(order("pos1", new), 1_000))
    watch.began({"pos1": new, "bank1": BANK})
    assert watch.is_over(passage("pos1", POS))
    assert not watch.is_over(passage("pos1", new))


def test_an_issuer_is_to_be_asked_from_when_it_was_asked_last_or_could_not_be(watch):
    """An order counts as a question: that is said at once."""
    take(watch, turn(order("bank1", other_generation(BANK)), 1_000))
    link = watch.links["bank1"]
    assert link.asked_ms == 1_000
    take(watch, turn(Tick(), 2_000))
    assert link.asked_ms == 1_000
    take(watch, turn(Tick(), 3_000), can_ask=False)
    assert link.asked_ms == 3_000
    question = passage("bank1", BANK)
    question.at_ms = 4_000
    watch.said(question, question.brief)
    assert link.asked_ms == 4_000
