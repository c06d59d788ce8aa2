"""A terminal's memory as a fold of its records: what was paid by its own account, and where its STANs begin."""

from terminal_sim.terminal.books import Books
from terminal_sim.terminal.records import (
    AdviceEnded,
    AdviceOwed,
    Attempt,
    Cause,
    LateAnswer,
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


def attempt(number: int, kind=TransactionKind.PURCHASE, original=None) -> Attempt:
    """The request of a transaction."""
    return Attempt(
        terminal_id="T",
        stan=f"{number:06d}",
        transmitted="0101000300",
        mti="0200",
        kind=kind,
        minor=500,
        currency="978",
        entry="",
        entry_mode="",
        local_time="",
        local_date="",
        rrn=f"{number:012d}",
        masked_pan="",
        vault=b"",
        original=original,
    )


def pay(books: Books, *numbers: int) -> None:
    """Transactions that were begun and have ended."""
    for number in numbers:
        books.apply(attempt(number))
        books.apply(receipt(attempt(number).key))


def test_the_oldest_transactions_make_room():
    """With everything that was known of them; receipts are numbered on."""
    books = Books(transactions_max=3)
    for number in range(1, 50):
        pay(books, number)
        books.apply(LateAnswer(attempt(number).key, "00"))
        books.apply(AdviceOwed(attempt(number).key, "0420", f"{number:06d}", "0101000300", Cause.PARTIAL))
        books.apply(AdviceEnded(attempt(number).key, "0420", "00"))
    kept = [attempt(number).key for number in (47, 48, 49)]
    assert list(books.attempts) == kept
    assert [list(table) for table in (books.undone, books.late, books.costs)] == [kept] * 3
    assert [entry.key for entry in books.receipts] == kept
    assert (books.latest("000046"), books.latest("000047")) == (None, kept[0])


def test_what_is_under_way_is_remembered():
    """Open, owed, or the original of such: until it has ended, however many come after it."""
    books = Books(transactions_max=3)
    pay(books, 1, 2)
    books.apply(AdviceOwed(attempt(1).key, "0420", "000009", "0101000300", Cause.TIMEOUT))
    void = attempt(3, TransactionKind.VOID, original=attempt(2).key)
    books.apply(void)
    pay(books, *range(10, 20))
    assert {attempt(1).key, attempt(2).key, void.key} <= set(books.attempts)
    assert len(books.attempts) <= 3 + 3
    books.apply(receipt(void.key, kind=TransactionKind.VOID, original=attempt(2).key))
    books.apply(AdviceEnded(attempt(1).key, "0420", "00"))
    pay(books, *range(20, 30))
    assert list(books.attempts) == [attempt(number).key for number in (27, 28, 29)]
    assert not books.undone
