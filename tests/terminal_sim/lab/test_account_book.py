"""An account book moves and sets aside what records say, and nothing else."""

from switch.domain.postings import Hold, Posting
from switch.ledger.records import AccountOpened, Answered, Reversed
from terminal_sim.lab.account_book import AccountBook

EUR = "978"


def answered(**values):
    """A yes of the embedded issuer."""
    return Answered("K", approved=True, reason="approved", source="issuer", response_code="00", **values)


def test_a_booking_moves_and_its_reversal_moves_back():
    """On the account that a posting names."""
    book = AccountBook()
    for record in (AccountOpened("A", EUR, 1_000), AccountOpened("B", EUR, 50), answered(postings=(Posting("A", -300, EUR),))):
        book.take(record)
    assert book.balances == {"A": 700, "B": 50}
    book.take(Reversed("K", "acquirer", postings=(Posting("A", 300, EUR),)))
    assert book.balances == {"A": 1_000, "B": 50}


def test_a_hold_stands_until_it_is_released():
    """It moves nothing; the completion that releases it may book another amount."""
    book = AccountBook()
    book.take(AccountOpened("A", EUR, 1_000))
    book.take(answered(hold=Hold("K", "A", 400, EUR)))
    assert (book.balances["A"], book.held("A"), book.held("B")) == (1_000, 400, 0)
    assert (book.left_minor("A"), book.left_minor("B")) == (600, 0)
    book.take(answered(postings=(Posting("A", -350, EUR),), released="K"))
    assert (book.balances["A"], book.held("A"), book.left_minor("A")) == (650, 0, 650)
