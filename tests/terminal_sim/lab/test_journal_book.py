"""The auditor's own reading of the switch's journal: what each transaction has cost, however many records say so."""

from switch.domain.postings import Posting
from switch.ledger.records import Answered, Opening, Reversed
from terminal_sim.lab.journal_book import JournalBook


def answered(stan, minor, rrn="632600000001"):
    """An approval that was booked here."""
    name = f"pos/0200/LAB00001/{stan}/1122093000"
    request = Opening(name, "pos", "0200", "f", "purchase", minor, "978", stan, "1122093000", terminal_id="LAB00001", rrn=rrn)
    return Answered(name, True, "approved", "issuer", "00", opening=request, postings=(Posting("A", -minor, "978"),))


TRANSACTION = ("LAB00001", "632600000001")


def test_what_was_booked_and_given_back():
    """By terminal and reference, as all others know a transaction."""
    book = JournalBook()
    record = answered("000001", 100)
    book.take(record)
    assert book.costs() == {TRANSACTION: 100}
    book.take(Reversed(record.key, "acquirer", postings=(Posting("A", 100, "978"),)))
    assert (book.cost(TRANSACTION), book.twice) == (0, {})


def test_one_key_that_is_booked_twice_is_noticed():
    """Another one of the same transaction is not."""
    book = JournalBook()
    for stan in ("000001", "000002"):
        book.take(answered(stan, 100))
    assert book.twice == {}
    book.take(answered("000002", 100))
    assert book.twice == {TRANSACTION: None}


def test_what_was_judged_is_forgotten():
    """And comes to nothing from then on."""
    book = JournalBook()
    book.take(answered("000001", 100))
    book.take(answered("000002", 50, rrn="632600000002"))
    book.forget(TRANSACTION)
    assert book.costs() == {("LAB00001", "632600000002"): 50}
