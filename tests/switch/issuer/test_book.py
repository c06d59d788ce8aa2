"""The book: every change is total, holds and balances never mix, counters only go where they may."""

from hypothesis import given
from hypothesis import strategies as st

from switch.domain.postings import Hold, Posting
from switch.issuer.book import Book, CardCounters, suspense
from switch.limits import PIN_TRIES_MAX

NAMES = st.sampled_from(["A", "B", "nobody's"])
KEYS = st.sampled_from(["k1", "k2", "k3"])
ACTS = st.lists(
    st.one_of(
        st.builds(Posting, NAMES, st.integers(-(10**12), 10**12), st.sampled_from(["978", "392"])),
        st.builds(Hold, KEYS, NAMES, st.integers(1, 10**12), st.just("978")),
        KEYS,
    ),
    max_size=30,
)


@given(ACTS)
def test_any_order_of_changes_is_taken_and_adds_up(acts):
    """Unknown accounts, holds placed twice, releases of nothing: no exception, and what is held is the sum of open holds."""
    book, balance = Book(), {"A": 1_000, "B": 0, "nobody's": 0}
    book.open_account("A", "978", 1_000)
    book.open_account("B", "392", 0)
    for act in acts:
        match act:
            case Posting():
                book.post(act)
                balance[act.account] += act.minor
            case Hold():
                book.place(act)
            case key:
                book.release(key)
    for name, account in book.accounts.items():
        assert account.balance_minor == balance[name]
        assert account.held_minor == sum(hold.minor for hold in book.holds.values() if hold.account == name)
        assert account.available_minor == account.balance_minor - account.held_minor


def test_counters_are_fresh_for_a_card_not_seen():
    """And reading them does not make the card known."""
    book = Book()
    assert book.counters("T") == CardCounters(PIN_TRIES_MAX, -1)
    assert book.cards == {}


def test_each_currency_has_its_suspense_account():
    """Cents and yen are never added up."""
    assert suspense("978") != suspense("392")
