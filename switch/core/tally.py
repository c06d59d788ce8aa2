"""Counting a business day: what was approved, completed and undone, as the records say it. Called by `apply` alone.

A transaction counts in the day in which it is answered, its reversal in the day in which that is done.
"""

from msgspec.structs import replace

from switch.core.exchange import Transaction
from switch.core.state import State
from switch.ledger.records import Opening, Total
from switch.wire.mti import is_advice


def count_answer(state: State, transaction: Transaction) -> None:
    """A transaction has its answer: a yes counts, as an approval or a completion."""
    opening = transaction.opening
    if opening is None or not transaction.approved:
        return
    total = _total(state, opening, transaction.route)
    if is_advice(opening.mti):
        total = replace(total, completions=total.completions + 1, completed_minor=total.completed_minor + opening.minor)
    else:
        total = replace(total, approvals=total.approvals + 1, approved_minor=total.approved_minor + opening.minor)
    _keep(state, total)


def count_reversal(state: State, transaction: Transaction) -> None:
    """A transaction is undone, which counts where its yes has counted."""
    opening = transaction.opening
    if opening is None or not transaction.approved:
        return
    total = _total(state, opening, transaction.route)
    _keep(state, replace(total, reversals=total.reversals + 1, reversed_minor=total.reversed_minor + opening.minor))


def _total(state: State, opening: Opening, issuer: str) -> Total:
    key = (opening.link, issuer, opening.currency)
    return state.totals.get(key) or Total(*key)


def _keep(state: State, total: Total) -> None:
    state.totals[total.acquirer, total.issuer, total.currency] = total
