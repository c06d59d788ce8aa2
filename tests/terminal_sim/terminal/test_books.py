"""A terminal's memory as a fold of its records: what was paid by its own account, and where its STANs begin."""

from terminal_sim.terminal.books import Books
from terminal_sim.terminal.records import (
    AdviceEnded,
    AdviceOwed,
    Cause,
    Outcome,
    Receipt,
    StanAdvanced,
    TransactionKey,
    TransactionKind,
)

KEY = TransactionKey("T0000001", "000001", "0101000000")
LATER = TransactionKey("T0000001", "000002", "0101000100")


def receipt(key: TransactionKey, kind=TransactionKind.PURCHASE, outcome=Outcome.APPROVED, minor=500, original=None) -> Receipt:
    """A terminal's receipt."""
    return Receipt(
        number=1,
        kind=kind,
        outcome=outcome,
        terminal_id=key.terminal_id,
        stan=key.stan,
        transmitted=key.transmitted,
        merchant_id="M",
        minor=minor,
        currency="978",
        words="",
        masked_pan="",
        rrn="",
        local_time="",
        local_date="",
        original=original,
    )


def test_what_transactions_have_cost():
    """Approved counts, declined and unanswered do not, what was undone is nothing, a completion replaces its authorisation."""
    books = Books()
    books.apply(receipt(KEY))
    assert books.costs == {KEY: 500}
    books.apply(AdviceOwed(KEY, "0420", "000009", "0101000200", Cause.CARD_DECLINED))
    books.apply(AdviceEnded(KEY, "0420", "00"))
    assert books.costs == {KEY: 0}
    books.apply(receipt(LATER, outcome=Outcome.DECLINED))
    assert books.costs == {KEY: 0}
    third, fourth = TransactionKey("T", "000003", "0101000300"), TransactionKey("T", "000004", "0101000400")
    books.apply(receipt(third, kind=TransactionKind.AUTHORISATION))
    books.apply(receipt(fourth, kind=TransactionKind.COMPLETION, minor=450, original=third))
    assert books.costs[third] == 450


def test_stans_go_on_behind_the_one_that_was_spent_before_all_records():
    """Unless a record says that a later one was spent since."""
    books = Books(999_998)
    assert books.next_stan() == "999999"
    books.apply(StanAdvanced("999999"))
    assert books.next_stan() == "000001"
