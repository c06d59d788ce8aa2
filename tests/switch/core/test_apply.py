"""Applying: one row for each record, no exception for any order of lawful records, bounded memory."""

import typing

import pytest

from switch.core.apply import APPLIERS, apply
from switch.core.exchange import TransactionState
from switch.core.state import State
from switch.domain.postings import Hold, Posting
from switch.ledger import Record
from switch.ledger.records import AccountOpened, Answered, Expired, Forwarded, KeyEvent, Late, Opening, Reversed
from switch.limits import TRANSACTIONS_MAX


def opening(key="k", original=""):
    return Opening(key, "pos", "0200", "f", "purchase", 100, "978", "000001", "0101000000", token="TOKEN", original=original)


def answered(key="k", **what):
    return Answered(key, True, "approved", "issuer", "00", opening=opening(key), **what)


def state_with(*records):
    state = State()
    for record in records:
        apply(state, record)
    return state


def test_every_record_has_a_row():
    """The table and the union are the same set, so that no record can be written that is not applied."""
    assert set(APPLIERS) == set(typing.get_args(Record))


def test_postings_holds_and_counters_reach_the_book():
    """One `Answered` with everything in it."""
    state = state_with(
        AccountOpened("A", "978", 1_000),
        answered(postings=(Posting("A", -100, "978"),), hold=Hold("k", "A", 50, "978"), pin_tries=2, atc=9),
    )
    account = state.book.accounts["A"]
    assert (account.balance_minor, account.held_minor, account.available_minor) == (900, 50, 850)
    assert (state.book.cards["TOKEN"].pin_tries, state.book.cards["TOKEN"].atc) == (2, 9)


def test_a_counter_only_moves_forward():
    """A lower ATC in a later record changes nothing; None changes nothing."""
    state = state_with(answered("a", atc=9), answered("b", atc=3), answered("c", pin_tries=1), answered("d"))
    assert (state.book.cards["TOKEN"].atc, state.book.cards["TOKEN"].pin_tries) == (9, 1)


def test_releasing_ends_the_hold_everywhere():
    """In the book, and in the authorisation, which need not be remembered for ever any more."""
    state = state_with(
        AccountOpened("A", "978", 1_000), answered("a", hold=Hold("a", "A", 50, "978")), answered("c", released="a")
    )
    assert state.book.accounts["A"].held_minor == 0
    assert state.transactions["a"].hold is None


def test_a_reversal_may_come_first():
    """A transaction of which only the reversal is known is REVERSED and has no opening."""
    state = state_with(Reversed("k", "acquirer", known=False))
    assert (state.transactions["k"].state, state.transactions["k"].opening) == (TransactionState.REVERSED, None)


@pytest.mark.parametrize("record", [Late("k", "00"), KeyEvent("verify-mac", ("pos.zak",), "failed", "mac-mismatch")])
def test_some_records_change_nothing(record):
    """They are for people."""
    before, after = state_with(), state_with(record)
    assert (vars(after.book), after.transactions, after.saf, after.stans) == (
        vars(before.book),
        before.transactions,
        before.saf,
        before.stans,
    )


@pytest.mark.parametrize("wrong", [Expired("k", "91"), answered(), Forwarded(opening(), "bank", "000001", b"")])
def test_a_record_out_of_place_is_our_own_fault(wrong):
    """Nothing comes after a reversal; that a chain says so is not believed."""
    state = state_with(Reversed("k", "acquirer"))
    with pytest.raises(AssertionError):
        apply(state, wrong)


def test_the_oldest_finished_transaction_makes_room():
    """At the bound the oldest goes, but never one that is open or that holds money."""
    state = state_with(
        AccountOpened("A", "978", 1_000),
        Forwarded(opening("pos/open"), "bank", "000001", b""),
        answered("pos/holding", hold=Hold("pos/holding", "A", 50, "978")),
        answered("pos/done"),
        Reversed("pos/reversed", "acquirer"),
    )
    for number in range(TRANSACTIONS_MAX):
        state.transaction(f"pos/{number}")
    assert "pos/open" in state.transactions
    assert "pos/holding" in state.transactions
    assert "pos/done" not in state.transactions
    assert "pos/reversed" not in state.transactions
    assert len(state.transactions) <= TRANSACTIONS_MAX + 2


def test_what_cannot_go_does_not_make_the_memory_grow():
    """Holds that nobody completes stay, and however often the bound comes round, only they are above it."""
    holding = 50
    state = state_with(
        AccountOpened("A", "978", 1_000),
        *(answered(f"pos/holding {n}", hold=Hold(f"pos/holding {n}", "A", 1, "978")) for n in range(holding)),
    )
    for number in range(3 * TRANSACTIONS_MAX):
        state.transaction(f"pos/{number}")
    assert len(state.transactions) <= TRANSACTIONS_MAX + holding
    assert sum(entry.hold is not None for entry in state.transactions.values()) == holding


def test_a_flood_of_one_acquirer_pushes_out_its_own():
    """The answers of a quieter one stay for its repeats and reversals, up to its share; then the two give in turns."""
    state = State(100)
    for number in range(30):
        apply(state, answered(f"atm/{number}"))
    for number in range(1_000):
        apply(state, answered(f"pos/{number}"))
    assert list(state.transactions) == [*(f"atm/{n}" for n in range(30)), *(f"pos/{n}" for n in range(930, 1_000))]
    for number in range(30, 1_030):
        apply(state, answered(f"atm/{number}"))
    kept = list(state.transactions)
    assert (len(kept), sum(key.startswith("pos/") for key in kept)) == (100, 50)


def test_open_requests_of_one_acquirer_push_out_nothing_of_others():
    """They stand beside those that make room for each other, and make room themselves when they have ended."""
    state = State(10)
    for number in range(5):
        apply(state, answered(f"atm/{number}"))
    for number in range(40):
        apply(state, Forwarded(opening(f"pos/{number}"), "bank", "000001", b""))
    assert list(state.transactions) == [*(f"atm/{number}" for number in range(5)), *(f"pos/{number}" for number in range(40))]
    for number in range(40):
        apply(state, Expired(f"pos/{number}", "91"))
    assert list(state.transactions) == [
        *(f"atm/{number}" for number in range(5)),
        *(f"pos/{number}" for number in range(35, 40)),
    ]


def test_a_copy_of_a_state_forgets_what_its_original_does():
    """Also what was passed over before it was made, and what finishes after that."""
    state = State(4)
    apply(state, AccountOpened("A", "978", 1_000))
    apply(state, answered("pos/held", hold=Hold("pos/held", "A", 1, "978")))
    for number in range(5):
        apply(state, answered(f"pos/{number}"))
    twin = state.copy()
    for each in (state, twin):
        apply(each, Reversed("pos/held", "acquirer", released="pos/held"))
        for number in range(5, 12):
            apply(each, answered(f"pos/{number}"))
    assert list(twin.transactions) == list(state.transactions) == [f"pos/{number}" for number in range(8, 12)]
