"""The scripted issuer: the first line that fits answers, and no account is ever touched."""

import pytest

from keys.sensitive import Pan
from switch.domain.money import Money, currency
from switch.domain.reasons import Reason
from switch.domain.request import Request, RequestKind
from switch.issuer import Book, ScriptedHandler
from switch.issuer.handler import Case
from switch.issuer.scripted import ScriptLine

SCRIPT = [
    ScriptLine(Reason.EXPIRED_CARD, pan_prefix="4761"),
    ScriptLine(Reason.INSUFFICIENT_FUNDS, minor=5_100),
    ScriptLine(Reason.RESTRICTED_CARD, pan_prefix="41", minor=5_101),
]


def case(pan="4111111111111111", minor=1_000, kind=RequestKind.PURCHASE, approval_code=""):
    request = Request(
        kind, Money(minor, currency("EUR")), "000001", "0101000000", pan=Pan(pan) if pan else None, approval_code=approval_code
    )
    return Case(request, "key", "TOKEN", "", 0)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (case("4761739001010119", 5_100), Reason.EXPIRED_CARD),
        (case(minor=5_100), Reason.INSUFFICIENT_FUNDS),
        (case(minor=5_101), Reason.RESTRICTED_CARD),
        (case("5413330089010434", 5_101), Reason.APPROVED),
        (case(""), Reason.APPROVED),
        (case(), Reason.APPROVED),
    ],
)
def test_the_first_line_that_fits_answers(asked, reason):
    """Prefix, amount, both; what no line fits is approved; a request without a card fits no prefix."""
    verdict = ScriptedHandler(SCRIPT).decide(asked, Book())
    assert verdict.decision.reason is reason
    assert bool(verdict.decision.approval_code) == verdict.decision.approved
    assert (verdict.postings, verdict.hold, verdict.card) == ((), None, None)


def test_an_advice_is_never_declined():
    """Whatever the script says: it has happened."""
    verdict = ScriptedHandler(SCRIPT).decide(case(minor=5_100, kind=RequestKind.COMPLETION, approval_code="123456"), Book())
    assert verdict.decision.approved
    assert verdict.decision.approval_code == "123456"
