"""The accounts handler on its own: it decides and changes nothing, and its checks come in an order that gives nothing away."""

import msgspec
import pytest

from keys.emv.cryptogram import application_cryptogram
from keys.emv.derive import icc_master_key
from keys.emv.profiles import cryptogram_input, cvn_profile, session_key
from keys.hsm import SoftHsm
from keys.sensitive import Pan, Secret
from switch.domain.money import Money, currency
from switch.domain.reasons import Reason
from switch.domain.request import EntryMode, Request, RequestKind
from switch.domain.test_cards import TEST_CARDS
from switch.issuer import AccountsHandler, Book
from switch.issuer.accounts import CHECKS, IssuedCard, IssuerKeys, approval_code
from switch.issuer.handler import Case

NOW = 1_767_225_600_000
CARD = TEST_CARDS["visa-chip"]


class Issuer:
    """A handler with one card, a book with its account, and what the HSM audited."""

    def __init__(self, wallet, **card):
        self.wallet, self.audited = wallet, []
        issued = IssuedCard(CARD.pan, CARD.expiry, CARD.sequence, CARD.service_code, "A", 1, wallet.pvv("visa-chip"))
        hsm = SoftHsm(wallet.keys, None, self.audited.append)
        keys = IssuerKeys("issuer.pvk", "issuer.cvk", "issuer.imk-ac")
        issued = msgspec.structs.replace(issued, **card)
        self.handler = AccountsHandler([issued], hsm=hsm, keys=keys, pin_free=Money(5_000, currency("EUR")))
        self.book = Book()
        self.book.open_account("A", "978", 100_000)

    def decide(self, request, **case):
        before = _copy(self.book)
        verdict = self.handler.decide(Case(request, "key", "TOKEN", case.get("authorisation", ""), NOW), self.book)
        assert _copy(self.book) == before, "a handler changes nothing"
        return verdict

    def request(self, minor=1_250, kind=RequestKind.PURCHASE, mode=EntryMode.CHIP, pin="1234", chip=True, **fields):
        values = {
            "pan": CARD.pan,
            "sequence": "01",
            "entry_mode": mode,
            "pin_block": bytes.fromhex(self.wallet.pin_block("visa-chip", pin)) if pin else None,
            "pin_key": "pos.zpk" if pin else "",
            "icc": self.wallet.tags("visa-chip", minor=minor, atc=5) if chip else {},
        }
        return Request(kind, Money(minor, currency("EUR")), "000001", "0101000000", **(values | fields))


def _copy(book):
    return msgspec.to_builtins((book.accounts, book.holds, book.cards))


@pytest.fixture
def issuer(wallet):
    return Issuer(wallet)


def test_an_approval_says_all_that_follows(issuer):
    """Posting, counter, tag 91, approval code: in the verdict and nowhere else."""
    verdict = issuer.decide(issuer.request())
    assert verdict.decision.approved
    assert [(posting.account, posting.minor, posting.currency) for posting in verdict.postings] == [("A", -1_250, "978")]
    assert (verdict.hold, verdict.card.atc, verdict.card.pin_tries) == (None, 5, None)
    assert len(verdict.decision.issuer_authentication) == 8
    assert verdict.decision.approval_code == approval_code("key")


@pytest.mark.parametrize("iad", ["06010A03A0B800", "06011103A0B800", "0110A00003220000DAC000000000000000FF"])
def test_versions_answered_by_a_response_code_are_answered(issuer, wallet, iad):
    """Visa CVN 10 and 17, M/Chip CVN 16: tag 91 is an ARPC of method 1 and the code of an approval; a TC is none."""
    profile = cvn_profile(bytes.fromhex(iad))
    master = icc_master_key(wallet.secret("issuer.imk-ac"), CARD.pan, CARD.sequence, profile.master_key_option)
    for results, reason in ((iad, None), (iad.replace("A0", "50", 1), Reason.CRYPTOGRAM_FAILED)):
        tags = dict(wallet.tags("visa-chip", minor=1_250, atc=5)) | {"9F10": bytes.fromhex(results)}
        session = session_key(profile, master, tags["9F36"], tags["9F37"])
        tags["9F26"] = application_cryptogram(session, cryptogram_input(profile, tags), profile.padding)
        verdict = issuer.decide(issuer.request(icc=tags))
        assert verdict.decision.reason is (reason or Reason.APPROVED), verdict.decision.detail
        if reason is None:
            assert verdict.decision.issuer_authentication[8:] == b"00"


def test_an_authorisation_places_a_hold_in_place_of_a_posting(issuer):
    """Under the key of its own transaction."""
    verdict = issuer.decide(issuer.request(kind=RequestKind.AUTHORISATION))
    assert verdict.postings == ()
    assert (verdict.hold.transaction, verdict.hold.account, verdict.hold.minor) == ("key", "A", 1_250)


def test_a_verified_chip_keeps_its_counter_though_the_pin_is_wrong(issuer):
    """Both facts are kept: the ATC has been used, and a try is gone."""
    verdict = issuer.decide(issuer.request(pin="9999"))
    assert verdict.decision.reason is Reason.WRONG_PIN
    assert (verdict.card.pin_tries, verdict.card.atc) == (2, 5)


def test_a_right_pin_gives_tries_back_only_when_some_are_missing(issuer):
    """No record says what is true already."""
    assert issuer.decide(issuer.request()).card.pin_tries is None
    issuer.book.count("TOKEN", 1, None)
    assert issuer.decide(issuer.request()).card.pin_tries == 3


def test_a_declined_approval_gives_no_tag_91(issuer):
    """No money, no authentication data: the card must not be told yes."""
    verdict = issuer.decide(issuer.request(minor=200_000))
    assert verdict.decision.reason is Reason.INSUFFICIENT_FUNDS
    assert verdict.decision.issuer_authentication == b""
    assert verdict.decision.approval_code == ""


def test_a_blocked_card_is_refused_before_any_secret_is_tried(wallet):
    """Nothing can be learnt of its PIN or its cryptograms."""
    issuer = Issuer(wallet, blocked=True)
    verdict = issuer.decide(issuer.request(pin="9999"))
    assert (verdict.decision.reason, verdict.card, issuer.audited) == (Reason.RESTRICTED_CARD, None, [])


def test_a_pin_is_not_tried_against_a_false_card(issuer):
    """A wrong cryptogram ends it: a stolen number alone gives no PIN oracle, and costs its holder no tries."""
    verdict = issuer.decide(issuer.request(icc=issuer.wallet.tags("visa-chip", minor=1_250, atc=5, t9F26="00" * 8), pin="9999"))
    assert verdict.decision.reason is Reason.CRYPTOGRAM_FAILED
    assert verdict.card is None
    track = Secret(issuer.wallet.track2("visa-chip", value="000").encode())
    verdict = issuer.decide(issuer.request(chip=False, mode=EntryMode.MAGSTRIPE, track2=track, pin="9999"))
    assert (verdict.decision.reason, verdict.card) == (Reason.CVV_FAILED, None)


@pytest.mark.parametrize("mode", [EntryMode.MAGSTRIPE, EntryMode.CONTACTLESS_MAGSTRIPE])
def test_a_swipe_without_its_track_needs_a_pin(issuer, mode):
    """Whoever only knows the number does not pay; a holder whose PIN is right does."""
    assert issuer.decide(issuer.request(chip=False, mode=mode, pin="")).decision.reason is Reason.CVV_FAILED
    assert issuer.decide(issuer.request(chip=False, mode=mode, pin="9999")).decision.reason is Reason.WRONG_PIN
    assert issuer.decide(issuer.request(chip=False, mode=mode)).decision.approved


def test_a_card_without_a_pin_takes_none(wallet):
    """An empty PVV matches no PIN."""
    issuer = Issuer(wallet, pvv="")
    assert issuer.decide(issuer.request()).decision.reason is Reason.WRONG_PIN


def test_a_card_blocked_for_pin_may_still_tap_small_amounts(issuer):
    """Without a PIN nothing about the PIN matters; above the limit one is asked for."""
    issuer.book.count("TOKEN", 0, None)
    tap = {"mode": EntryMode.CONTACTLESS, "pin": ""}
    assert issuer.decide(issuer.request(**tap)).decision.approved
    assert issuer.decide(issuer.request(minor=5_001, **tap)).decision.reason is Reason.PIN_REQUIRED
    assert issuer.decide(issuer.request()).decision.reason is Reason.PIN_TRIES_EXCEEDED


@pytest.mark.parametrize("mode", EntryMode)
@pytest.mark.parametrize("minor", [5_000, 5_001])
def test_who_needs_a_pin(issuer, mode, minor):
    """Above the limit everybody whose holder is there; key entry and e-commerce have nobody to ask."""
    reason = issuer.decide(issuer.request(minor=minor, mode=mode, pin="")).decision.reason
    needs = minor > 5_000 and mode not in (EntryMode.MANUAL, EntryMode.ECOMMERCE)
    assert reason is (Reason.PIN_REQUIRED if needs else Reason.APPROVED)


def test_an_unknown_card_is_invalid_and_an_unknown_pan_too(issuer):
    """Another number, and none at all."""
    for pan in (Pan("4242424242424242"), None):
        assert issuer.decide(issuer.request(pan=pan)).decision.reason is Reason.INVALID_CARD


def test_money_comes_last():
    """Whoever is not who he says learns nothing about the account."""
    assert [check.__name__ for check in CHECKS][-2:] == ["check_pin", "check_funds"]


@pytest.mark.parametrize("key", ["a", "b", "pos/0200/TERM0001/000001/0101000000"])
def test_approval_codes_are_six_digits_and_always_the_same(key):
    """Drawn from the transaction's key: a repeat decided again would hear the same one."""
    assert approval_code(key) == approval_code(key)
    assert len(approval_code(key)) == 6
    assert approval_code(key).isdigit()
