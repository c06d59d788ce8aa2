"""A day book adds up what each business day comes to by its records, and finds days that were closed with other totals."""

import pytest

from switch.ledger.records import AdviceOwed, Answered, DayClosed, Forwarded, Opening, Reversed, Total
from terminal_sim.lab.day_book import DayBook


def opening(key, mti="0200", minor=1_000):
    """A request of that amount."""
    return Opening(key, "pos1", mti, "", "purchase", minor, "978", "000001", "1122093000")


def answered(key, **values):
    """A yes, of our own where it has an opening."""
    return Answered(
        key, approved=values.pop("approved", True), reason="approved", source="issuer", response_code="00", **values
    )


RECORDS = (
    Forwarded(opening("a"), "bank1", "000001", b""),
    answered("a"),
    answered("b", opening=opening("b", minor=500)),
    answered("c", opening=opening("c"), approved=False),
    AdviceOwed("d", "bank1", "0220", "000002", "1122093000", b"", b"x"),
    answered("d", opening=opening("d", "0220", 300)),
    Reversed("a", "acquirer"),
    Reversed("c", "acquirer"),
    Reversed("e", "acquirer", known=False),
)
HERE = Total("pos1", "", "978", approvals=1, approved_minor=500)
THERE = Total(
    "pos1",
    "bank1",
    "978",
    approvals=1,
    approved_minor=1_000,
    completions=1,
    completed_minor=300,
    reversals=1,
    reversed_minor=1_000,
)


@pytest.fixture
def book():
    """One that has taken the records of a day."""
    made = DayBook()
    for record in RECORDS:
        made.take(record)
    return made


def test_it_adds_up_what_was_approved_completed_and_undone(book):
    """What was declined, or never there, counts nowhere."""
    assert not book.differs([THERE, HERE])
    assert book.differs([THERE])


def test_a_day_that_is_closed_rightly(book):
    """The next one begins with nothing; what is undone in it counts there."""
    book.take(DayClosed("20261122", "20261123", (HERE, THERE)))
    assert (book.wrong, book.closed) == ([], 1)
    assert not book.differs([])
    book.take(Reversed("b", "acquirer"))
    assert not book.differs([Total("pos1", "", "978", reversals=1, reversed_minor=500)])


@pytest.mark.parametrize("totals", [(), (HERE,), (THERE, THERE), (HERE, THERE, Total("pos2", "", "978", approvals=1))])
def test_a_day_that_is_closed_wrongly(book, totals):
    """Whatever is missing, or too much."""
    book.take(DayClosed("20261122", "20261123", totals))
    assert book.wrong == ["business day 20261122 was closed with other totals than its records come to"]


def test_days_only_grow():
    """One that is over cannot come again, nor follow itself."""
    book = DayBook()
    for day, following in (("20261122", "20261124"), ("20261124", "20261123"), ("20261123", "20261123")):
        book.take(DayClosed(day, following, ()))
    assert len(book.wrong) == 2
