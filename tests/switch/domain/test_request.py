"""Requests and decisions: what they show of themselves, and their words."""

import pytest

from keys.sensitive import Pan, Secret
from switch.domain.decision import Decision, Source
from switch.domain.money import Money, currency
from switch.domain.reasons import WORDS, Reason
from switch.domain.request import Original, Request, RequestKind


def test_a_request_hides_its_card():
    """Its repr has the mask and the amount, and neither track nor PIN block nor chip data nor the whole number."""
    request = Request(
        RequestKind.PURCHASE,
        Money(1_250, currency("EUR")),
        "000001",
        "0101000000",
        pan=Pan("4761739001010119"),
        track2=Secret(b"4761739001010119=31122011234567"),
        pin_block=bytes.fromhex("0123456789ABCDEF"),
        icc={"57": bytes.fromhex("4761739001010119D3112201")},
        original=Original("0100", "000001", "0101000000"),
    )
    assert repr(request) == "Request(purchase, 476173******0119, 12.50 EUR, unknown, STAN 000001)"
    assert str(request) == repr(request)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(reason):
    """For receipts and notices; a decision adds its detail."""
    assert WORDS[reason]
    assert Decision(reason).words == WORDS[reason]
    assert Decision(reason, detail="more").words == f"{WORDS[reason]} (more)"
    assert Decision(reason).approved == (reason is Reason.APPROVED)


def test_a_decision_is_the_issuers_unless_said_otherwise():
    """The source is part of the record."""
    assert Decision(Reason.APPROVED).source is Source.ISSUER
