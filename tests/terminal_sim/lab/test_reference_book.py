"""The reference book: what an issuer's answers come to, once for each message, whatever is repeated and in whatever order."""

import pytest

from switch.domain.request import Original
from terminal_sim.lab.network import Brief
from terminal_sim.lab.reference_book import ReferenceBook

TRANSACTION = ("LAB00001", "632600000001")
TIME = "1122093000"


def asked(mti, stan, minor="", original=None):
    """A message as the issuer heard it."""
    terminal_id, rrn = TRANSACTION
    return Brief(
        mti=mti,
        pan="",
        minor=minor,
        transmitted=TIME,
        stan=stan,
        rrn=rrn,
        approval_code="",
        response_code="",
        terminal_id=terminal_id,
        moment=TIME,
        original=original,
    )


REQUEST, REPEAT = asked("0100", "000001", "100"), asked("0101", "000001", "100")
COMPLETION = asked("0220", "000002", "90", Original("0100", "000001", TIME))
REVERSAL = asked("0420", "000003", "100", Original("0100", "000001", TIME))
UNDONE_COMPLETION = asked("0420", "000004", "90", Original("0220", "000002", TIME))


@pytest.mark.parametrize(
    ("said", "minor"),
    [
        ([REQUEST], 100),
        ([REQUEST, REPEAT, REQUEST], 100),
        ([REQUEST, COMPLETION, COMPLETION], 90),
        ([REQUEST, REVERSAL, REVERSAL], 0),
        ([REVERSAL, REQUEST], 0),
        ([REQUEST, COMPLETION, UNDONE_COMPLETION], 0),
    ],
)
def test_what_answers_come_to(said, minor):
    """The law of any issuer's books."""
    book = ReferenceBook()
    for brief in said:
        book.take(brief, brief.mti[:3] + "0")
    assert book.net.get(TRANSACTION, 0) == minor


def test_what_was_judged_is_forgotten():
    """And what still comes about it changes nothing."""
    book = ReferenceBook()
    book.take(REQUEST, "0100")
    book.forget(TRANSACTION)
    book.take(REVERSAL, "0420")
    assert book.net == {}
