"""Counting a day by itself: a yes once, by acquirer, issuer and currency; its undoing beside it, on whatever day that is."""

import pytest

from switch.core.exchange import Transaction
from switch.core.state import State
from switch.core.tally import count_answer, count_reversal
from switch.ledger.records import Opening, Total


def transaction(mti="0200", minor=1_000, *, link="pos", route="", currency="978", approved=True):
    """One that has its answer."""
    opening = Opening("k", link, mti, "f", "purchase", minor, currency, "000001", "0101000000")
    return Transaction(opening=opening, route=route, approved=approved)


def totals(*counted):
    """What a day comes to in which these were counted: transactions with "answer" or "reversal"."""
    state = State()
    for what, entry in counted:
        (count_answer if what == "answer" else count_reversal)(state, entry)
    return list(state.totals.values())


@pytest.mark.parametrize(
    ("mti", "words"),
    [("0100", "approv"), ("0200", "approv"), ("0220", "complet"), ("0120", "complet"), ("1200", "approv"), ("1220", "complet")],
)
def test_requests_are_approvals_and_advices_are_completions(mti, words):
    """Each has its count and its sum, whatever its edition."""
    (total,) = totals(("answer", transaction(mti, 250)))
    counts = (total.approvals, total.approved_minor, total.completions, total.completed_minor)
    assert counts == ((1, 250, 0, 0) if words == "approv" else (0, 0, 1, 250))


def test_each_acquirer_issuer_and_currency_has_a_total_of_its_own():
    """What was decided here has no issuer's name; cents and yen are never added."""
    counted = [
        transaction(minor=1),
        transaction(minor=10),
        transaction(minor=100, route="bank"),
        transaction(minor=1_000, currency="392"),
        transaction(minor=10_000, link="other"),
    ]
    assert totals(*(("answer", entry) for entry in counted)) == [
        Total("pos", "", "978", approvals=2, approved_minor=11),
        Total("pos", "bank", "978", approvals=1, approved_minor=100),
        Total("pos", "", "392", approvals=1, approved_minor=1_000),
        Total("other", "", "978", approvals=1, approved_minor=10_000),
    ]


def test_a_reversal_stands_beside_what_it_undoes():
    """Nothing is taken away from the approvals; on a day of its own it stands alone."""
    paid = transaction(route="bank", minor=700)
    assert totals(("answer", paid), ("reversal", paid)) == [
        Total("pos", "bank", "978", approvals=1, approved_minor=700, reversals=1, reversed_minor=700)
    ]
    assert totals(("reversal", paid)) == [Total("pos", "bank", "978", reversals=1, reversed_minor=700)]


@pytest.mark.parametrize("entry", [transaction(approved=False), Transaction(approved=True)], ids=["declined", "never asked"])
def test_what_is_no_yes_is_in_no_total(entry):
    """Nor is its reversal: one that came before its original, or undoes a no."""
    assert totals(("answer", entry), ("reversal", entry)) == []
