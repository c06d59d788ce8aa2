"""What hosts have made durable: entries of the switch, of a terminal of ours, and of one that nobody else can read."""

import pytest

from switch.ledger import JOURNAL
from switch.ledger.records import AccountOpened, AdviceOwed
from switch.machine import GENESIS, Sealed
from terminal_sim.lab.durables import TERMINAL_NAMES_KEPT, Durables
from terminal_sim.lab.network import Brief

OURS, OWN = "LAB00001", "LAB00002"

ASKED = Brief("0200", "", "100", "0101000000", "000017", "632609000017", "", "", OURS, "0101000000", None)


def owed(seq):
    """An entry of the switch about an advice that it owes."""
    return JOURNAL.seal(AdviceOwed("key", "bank1", "0420", f"{seq:06d}", "0101000000", b""), seq=seq, at=0, previous=GENESIS)


def attempt(stan, seq=1, kind="attempt"):
    """An entry of a terminal about a request."""
    return Sealed(seq, 0, kind, f'{{"record":{{"stan":"{stan}","rrn":"632609{stan}"}}}}'.encode(), bytes(32))


@pytest.fixture
def durables():
    """The journals of a switch, and of two terminals of which one is somebody's own."""
    return Durables("switch", frozenset({"switch", OURS}))


def test_the_switch_has_a_record_that_was_taken(durables):
    """By its kind and what it is about; nobody else has it."""
    name = ("switch", "advice-owed", "bank1/000009")
    assert not durables.has(*name)
    durables.take("switch", owed(9))
    assert durables.has(*name)
    assert not durables.has(OURS, *name[1:])


def test_the_books_are_what_the_switch_has_made_durable(durables):
    """Of its records alone: a terminal's tell of no account."""
    durables.take("switch", JOURNAL.seal(AccountOpened("ACC-1", "978", 500), seq=1, at=0, previous=GENESIS))
    durables.take(OURS, attempt("000017"))
    assert durables.account_book.left_minor("ACC-1") == 500


@pytest.mark.parametrize("terminal", [OURS, OWN])
def test_a_terminal_has_a_request_that_was_taken(durables, terminal):
    """Read where it can be read; found by both its numbers where it cannot."""
    assert not durables.has_request(terminal, ASKED)
    durables.take(terminal, attempt("000018"))
    assert not durables.has_request(terminal, ASKED)
    durables.take(terminal, attempt("000017"))
    assert durables.has_request(terminal, ASKED)
    assert durables.reads(terminal) is (terminal == OURS)


def test_of_a_terminal_its_latest_requests_are_known(durables):
    """And none of its other records."""
    durables.take(OURS, attempt("000017", kind="receipt"))
    assert not durables.has_request(OURS, ASKED)
    durables.take(OURS, attempt("000017"))
    for number in range(TERMINAL_NAMES_KEPT):
        assert durables.has_request(OURS, ASKED)
        durables.take(OURS, attempt(f"{number + 20:06d}"))
    assert not durables.has_request(OURS, ASKED)


def test_an_entry_is_fresh_once(durables):
    """By its number: what a host finds when it begins again was seen before. Each host has numbers of its own."""
    entries = [owed(seq) for seq in (1, 2, 3)]
    assert list(durables.fresh("switch", [])) == []
    assert list(durables.fresh("switch", entries[:2])) == entries[:2]
    assert list(durables.fresh("switch", entries)) == entries[2:]
    assert list(durables.fresh(OURS, entries[:1])) == entries[:1]
    assert (durables.last_seq("switch"), durables.last_seq(OURS), durables.last_seq(OWN)) == (3, 1, 0)
