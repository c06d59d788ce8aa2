"""Totals: the journal added up by transaction, from the records alone."""

from switch.domain.postings import Hold, Posting
from switch.ledger.records import Answered, Expired, Forwarded, Late, Opening, Reversed
from switch.ledger.totals import Booked, Bookings, book


def opening(key, original=""):
    return Opening(key, "pos", "0200", "f", "purchase", 100, "978", "000001", "0101000000", original=original)


def answered(key, *, posted=0, held=0, released="", original=""):
    postings = (Posting("A", -posted, "978"),) if posted else ()
    hold = Hold(key, "A", held, "978") if held else None
    return Answered(
        key, True, "approved", "issuer", "00", opening=opening(key, original), postings=postings, hold=hold, released=released
    )


def test_a_purchase_is_posted():
    """What it took, until it is reversed: then nothing."""
    records = [answered("p", posted=100)]
    assert book(records) == {"p": Booked(posted=100)}
    records.append(Reversed("p", "acquirer", postings=(Posting("A", 100, "978"),)))
    assert book(records)["p"].taken == 0


def test_a_completion_counts_for_its_authorisation():
    """The hold ends, the money stands under the authorisation's key, and so does its return."""
    records = [answered("a", held=150), answered("c", posted=120, released="a", original="a")]
    assert book(records) == {"a": Booked(posted=120, held=0)}
    records.append(Reversed("c", "acquirer", postings=(Posting("A", 120, "978"),)))
    assert book(records)["a"].taken == 0


def test_an_open_hold_counts_until_it_is_released():
    """Held money cannot be spent."""
    assert book([answered("a", held=150)])["a"].taken == 150
    assert book([answered("a", held=150), Reversed("a", "acquirer", released="a")])["a"].taken == 0


def test_what_moves_no_money_counts_nothing():
    """Forwarded, expired, late, reversed before it came."""
    records = [
        Forwarded(opening("f"), "bank", "000001", b""),
        Expired("f", "91"),
        Late("f", "00"),
        Reversed("g", "acquirer", known=False),
    ]
    assert all(entry.taken == 0 for entry in book(records).values())


def test_what_is_forgotten_is_left_out():
    """Others stand as they did."""
    bookings = Bookings()
    for record in (answered("p", posted=100), answered("q", posted=50)):
        bookings.add(record)
    bookings.forget("p")
    bookings.forget("nobody")
    assert bookings.booked == {"q": Booked(posted=50)}
