"""Which approvals can still arrive: copies by connection, what never left, and what an approval that is lost leaves to do."""

import pytest

from switch.limits import SENDS_REMEMBERED_MAX
from switch.machine import Append, Closed, Hangup, Opened, Send, Tick
from terminal_sim.lab.deliveries import Deliveries
from terminal_sim.lab.turn import Entry, Opening, Turn

APPROVED = Entry(kind="answered", opening=Opening(key="K", mti="0200"), approved=True)
FORWARDED_YES = Entry(kind="answered", key="K", approved=True)
ADVICE = Entry(kind="answered", opening=Opening(key="K", mti="0220"), approved=True)
DECLINED = Entry(kind="answered", opening=Opening(key="K", mti="0200"))
REVERSED = Entry(kind="reversed", key="K")


class Book:
    """Deliveries with a terminal's connections 1 and 2; a message is named by its bytes."""

    def __init__(self):
        self.deliveries = Deliveries()
        for conn in (1, 2):
            self.turn(Opened(conn, "pos"))
        self.turn(Opened(3, "bank"))

    def turn(self, event, *what):
        """A turn: records and commands in their order. What it leaves behind."""
        entries = tuple(one for one in what if isinstance(one, Entry))
        commands = [Append(None) if isinstance(one, Entry) else one for one in what]
        turn = Turn("switch", event, 0, False, (), True, False, commands, entries)
        self.deliveries.turn(turn, ("pos",), lambda send: send.data.decode())
        return self.deliveries.lost

    def close(self, conn, unsent=0):
        return self.turn(Closed(conn, "gone", unsent))


@pytest.fixture
def book():
    """Nothing was said yet."""
    return Book()


@pytest.mark.parametrize("approval", [APPROVED, FORWARDED_YES])
def test_an_approval_that_has_not_left_is_lost_with_its_connection(book, approval):
    """Whoever decided it; of one that has left nobody knows whether it arrived."""
    book.turn(Tick(), approval, Send(1, b""))
    assert book.close(1, unsent=1) == ["K"]
    other = Book()
    other.turn(Tick(), approval, Send(1, b""))
    assert other.close(1, unsent=0) == []


@pytest.mark.parametrize("approval", [APPROVED, FORWARDED_YES])
def test_an_approval_that_is_said_into_a_line_that_is_gone_is_lost(book, approval):
    """The switch cannot know yet, and is told when it hears of the end; whatever number it is told."""
    book.turn(Tick(), Send(1, b""))
    book.deliveries.left(1)
    book.deliveries.dropped(1)
    book.turn(Tick(), approval, Send(1, b""))
    assert book.close(1, unsent=0) == ["K"]


@pytest.mark.parametrize("record", [ADVICE, DECLINED])
def test_what_is_no_approval_is_not_lost(book, record):
    """An advice has happened, and of a no nothing is owed."""
    book.turn(Tick(), record, Send(1, b""))
    assert book.close(1, unsent=1) == []


def test_an_approval_is_lost_with_its_last_copy(book):
    """A repeat is answered on another connection: while that one may arrive, nothing is lost."""
    book.turn(Tick(), APPROVED, Send(1, b""))
    book.turn(Tick(), Send(2, b"K"))
    assert book.close(1, unsent=1) == []
    assert book.close(2, unsent=1) == ["K"]


def test_only_the_last_answers_have_not_left(book):
    """As many as are unsent, whatever else was said among them."""
    book.turn(Tick(), APPROVED, Send(1, b""))
    book.turn(Tick(), Send(1, b""))
    assert book.close(1, unsent=1) == []
    other = Book()
    other.turn(Tick(), APPROVED, Send(1, b""))
    other.turn(Tick(), Send(1, b""))
    assert other.close(1, unsent=2) == ["K"]


def test_an_approval_that_is_reversed_at_once_does_not_stand(book):
    """In the turn in which its connection goes, or when nobody is there to take it."""
    book.turn(Tick(), APPROVED, Send(1, b""))
    assert book.turn(Closed(1, "gone", 1), REVERSED) == []
    assert book.turn(Tick(), APPROVED, REVERSED) == []


def test_an_approval_that_is_recorded_and_said_to_nobody_is_lost(book):
    """At once, for no copy was ever made."""
    assert book.turn(Tick(), APPROVED) == ["K"]
    assert book.turn(Tick(), APPROVED, Send(3, b"")) == ["K"], "an issuer is nobody who asked"


def test_what_the_line_knows_counts_beside_what_the_switch_was_told(book):
    """A line that is gone takes along what was held back; what had left may have arrived, unless it is told otherwise."""
    book.turn(Tick(), APPROVED, Send(1, b""))
    book.deliveries.dropped(1)
    assert book.close(1) == ["K"]
    for unsent, lost in ((0, []), (1, ["K"])):
        other = Book()
        other.turn(Tick(), APPROVED, Send(1, b""))
        other.deliveries.left(1)
        other.deliveries.dropped(1)
        assert other.close(1, unsent) == lost


def test_nobody_can_be_answered_on_what_is_hung_up(book):
    """Of the connections of terminals alone; a new one can be answered again."""
    book.turn(Tick(), Hangup(1, "bye"))
    assert (book.deliveries.leaves(1), book.deliveries.leaves(2), book.deliveries.reachable) == (True, False, True)
    book.turn(Tick(), Hangup(2, "bye"))
    assert not book.deliveries.reachable
    book.close(1)
    book.turn(Opened(1, "pos"))
    assert (book.deliveries.leaves(1), book.deliveries.reachable) == (False, True)


def test_no_more_is_remembered_of_a_connection_than_the_switch_remembers(book):
    """What lies further back has left long ago, as far as anybody knows."""
    book.turn(Tick(), APPROVED, Send(1, b""))
    for _ in range(SENDS_REMEMBERED_MAX):
        book.turn(Tick(), Send(1, b""))
    assert book.close(1, unsent=SENDS_REMEMBERED_MAX + 1) == []
