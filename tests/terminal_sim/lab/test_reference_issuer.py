"""The embedded issuer once more: PIN, tries, counter and funds as its answers leave them; a wrong answer is told, in words."""

import pytest

from keys.lab import lab_key
from keys.pinblock import encrypt_iso0
from keys.sensitive import Secret
from switch.domain.test_cards import TEST_CARDS
from switch.limits import PIN_TRIES_MAX
from switch.wire import DIALECTS
from switch.wire.tlv import encode
from terminal_sim.lab.reference_issuer import HOME_CODE, ReferenceIssuer

CARD, OTHER = TEST_CARDS["visa-chip"], TEST_CARDS["visa-mag"]
DIALECT = DIALECTS["iso87-ascii"]
RIGHT, WRONG = CARD.pin.expose().decode(), "9999"
LEFT_MINOR = 5_000


def asked(*, pin=None, atc=None, key="pos.zpk", currency=HOME_CODE):
    """A purchase of the card."""
    values = {
        "mti": "0200",
        2: CARD.pan.expose(),
        3: "000000",
        4: "000000000100",
        7: "0101000000",
        11: "000001",
        41: "LAB00001",
        49: currency,
    }
    if pin is not None:
        values[52] = encrypt_iso0(lab_key(key).secret, Secret(pin.encode()), CARD.pan).hex().upper()
    if atc is not None:
        values[55] = encode([("9F36", atc.to_bytes(2))]).hex().upper()
    return DIALECT.decode(DIALECT.encode(values))


@pytest.fixture
def answer():
    """Answers one purchase after the other, of an account that has `LEFT_MINOR` left; the first complaint of each."""
    issuer = ReferenceIssuer()

    def judge(code, *, card=CARD, minor=100, **what):
        return issuer.judge(card, asked(**what), code, minor=minor, left_minor=LEFT_MINOR)

    return judge


@pytest.mark.parametrize("pin", [None, RIGHT])
def test_a_purchase_is_approved(answer, pin):
    """With its PIN and without one; a no to it has no reason."""
    assert answer("00", pin=pin) == ""
    for code in ("40", "51", "55", "75", "05"):
        assert answer(code, pin=pin) == f"declined with {code}, for which its request gives no reason"


def test_a_wrong_pin_is_declined_until_no_try_is_left(answer):
    """55 twice, then 75 for whatever is asked; a right PIN approved then is wrong."""
    assert answer("00", pin=WRONG) == "approved with a wrong PIN"
    for _ in range(PIN_TRIES_MAX - 1):
        assert answer("55", pin=WRONG) == ""
    assert answer("55", pin=WRONG) != "", "the last one is 75"


@pytest.mark.parametrize(
    ("pin", "code", "told"), [(RIGHT, "75", ""), (RIGHT, "00", "a PIN that has no tries left"), (None, "00", "")]
)
def test_when_no_try_is_left_only_what_has_a_pin_is_refused(answer, pin, code, told):
    """Also the right one; a purchase without a PIN is as before."""
    for _ in range(PIN_TRIES_MAX - 1):
        assert answer("55", pin=WRONG) == ""
    assert answer("75", pin=WRONG) == ""
    assert answer(code, pin=pin) == (f"approved with {told}" if told else "")


@pytest.mark.parametrize("code", ["00", "51"])
def test_a_right_pin_gives_all_tries_back(answer, code):
    """Though there is too little for it: the PIN was right."""
    assert answer("55", pin=WRONG) == ""
    assert answer(code, pin=RIGHT, minor=100 if code == "00" else LEFT_MINOR + 1) == ""
    for _ in range(PIN_TRIES_MAX - 1):
        assert answer("55", pin=WRONG) == ""
    assert answer("75", pin=WRONG) == ""


def test_a_counter_is_used_once(answer):
    """The same one again, or a lower one, is no approval and a reason for 05."""
    assert answer("00", atc=7) == ""
    for atc in (7, 6, 0):
        assert answer("00", atc=atc) == "approved with a counter that was used before"
        assert answer("05", atc=atc) == ""
    assert answer("05", atc=8) != ""
    assert answer("00", atc=9) == ""


def test_a_card_spends_what_its_account_has_left(answer):
    """All of it, and nothing beyond; only what is beyond is a reason for 51."""
    assert answer("00", minor=LEFT_MINOR) == ""
    assert answer("51", minor=LEFT_MINOR) == "declined with 51, for which its request gives no reason"
    assert answer("51", minor=LEFT_MINOR + 1) == ""
    assert answer("00", minor=LEFT_MINOR + 1) == "approved with more than its account had left"


@pytest.mark.parametrize("currency", ["840", "392", "414"])
def test_an_account_has_one_currency(answer, currency):
    """In another one nothing is approved, and nothing else is a reason for 40."""
    assert answer("00", currency=currency) == "approved with another currency than its account's"
    assert answer("40", currency=currency) == ""


def test_each_card_has_tries_and_a_counter_of_its_own(answer):
    """What one has tried is nothing to the other."""
    assert answer("00", atc=7) == ""
    assert answer("00", card=OTHER, atc=7) == ""


def test_a_pin_block_of_either_generation_is_opened(answer):
    """Links change their keys; a block under nobody's key holds no PIN."""
    assert answer("00", pin=RIGHT, key="pos.zpk-2") == ""
    assert answer("00", pin=RIGHT, key="issuer-link.zpk") == "approved with a wrong PIN"
