"""The issuer's books by themselves: whatever comes first or twice, a transaction costs what it came to, once."""

import pytest

from switch.machine import GENESIS, ChainError
from terminal_sim.lab.issuer_books import (
    JOURNAL,
    KEYS,
    Completed,
    Decided,
    IssuerBooks,
    Key,
    KeysEnded,
    KeysReady,
    KeysTaken,
    Undone,
)
from terminal_sim.terminal import TerminalKeys

ASKED, TOLD = (Key(mti, "000001", "0101000000", "TERM0001") for mti in ("0100", "0220"))
TRANSACTION = ("TERM0001", "600100000123")
NEXT = TerminalKeys(pin_key="issuer-link.zpk-2", mac_key="issuer-link.zak-2", protect_key=KEYS.protect_key)

APPROVED = Decided(ASKED, TRANSACTION, 500, "00", "000001", "")
DECLINED = Decided(ASKED, TRANSACTION, 500, "51", "", "")
COMPLETED = Completed(TOLD, TRANSACTION, 450, ASKED)
UNDONE, UNDONE_TOO = Undone(ASKED), Undone(TOLD)


def books_of(*records):
    books = IssuerBooks()
    for record in records:
        books.apply(record)
    return books


@pytest.mark.parametrize(
    ("records", "minor"),
    [
        ([APPROVED], 500),
        ([DECLINED], 0),
        ([APPROVED, UNDONE], 0),
        ([APPROVED, UNDONE, UNDONE], 0),
        ([DECLINED, UNDONE], 0),
        ([APPROVED, COMPLETED], 450),
        ([COMPLETED], 450),
        ([APPROVED, COMPLETED, UNDONE], 450),
        ([APPROVED, COMPLETED, UNDONE_TOO], 0),
        ([UNDONE_TOO, APPROVED, COMPLETED], 0),
        ([APPROVED, UNDONE, COMPLETED], 450),
        ([APPROVED, Completed(TOLD, TRANSACTION, 450, None)], 950),
    ],
)
def test_a_transaction_costs_what_it_came_to(records, minor):
    """A completion ends the hold that it names; what is undone gives back what it had cost, and only that."""
    assert books_of(*records).net.get(TRANSACTION, 0) == minor


def test_keys_are_ready_then_taken_then_the_only_ones():
    """Nothing is taken that is not ready; the former ones count until their end."""
    books, steps = IssuerBooks(), []
    for record in (KeysTaken(), KeysReady(NEXT), KeysTaken(), KeysTaken(), KeysEnded()):
        books.apply(record)
        steps.append((books.keys, books.former, books.ready))
    assert steps == [(KEYS, None, None), (KEYS, None, NEXT), (NEXT, KEYS, None), (NEXT, KEYS, None), (NEXT, None, None)]


def sealed(*records):
    """A journal of these records."""
    entries, previous = [], GENESIS
    for seq, record in enumerate(records, 1):
        entries.append(JOURNAL.seal(record, seq=seq, at=0, previous=previous))
        previous = entries[-1].digest
    return entries


def test_a_copy_goes_on_by_itself():
    """What is folded into one is not in the other, and both know how to go on: an undoing finds what it gives back."""
    journal = sealed(APPROVED, KeysReady(NEXT), UNDONE)
    books = IssuerBooks()
    books.fold(journal[:2])
    twin = books.copy()
    books.fold(journal[2:])
    assert (books.net[TRANSACTION], twin.net[TRANSACTION], twin.ready) == (0, 500, NEXT)
    twin.fold(journal[2:])
    assert (twin.net, twin.seq, twin.digest) == (books.net, books.seq, books.digest)


def test_a_journal_with_a_gap_is_refused():
    """And so is one that has been folded already."""
    journal = sealed(APPROVED, COMPLETED, UNDONE)
    books = IssuerBooks()
    books.fold(journal[:1])
    for wrong in (journal[2:], journal[:1]):
        with pytest.raises(ChainError):
            books.fold(wrong)
    books.fold(journal[1:])
    assert books.net[TRANSACTION] == 450
