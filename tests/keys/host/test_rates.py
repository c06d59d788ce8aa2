"""Proves the allowances: so many a second, as many at once after a rest, none of one caller for another's."""

from keys.host.rates import Rate, Rates

RATE = Rate(10)


def taken(rates, count, now_ms, caller="a", key="k"):
    return sum(rates.take(caller, key, RATE, now_ms) is None for _ in range(count))


def test_an_allowance_is_a_seconds_worth_and_fills_with_time():
    """Ten at once, then none; a tenth of a second later one more; after a long rest ten and no more."""
    rates = Rates()
    assert taken(rates, 20, 0) == 10
    assert taken(rates, 5, 99) == 0
    assert taken(rates, 5, 100) == 1
    assert taken(rates, 50, 1_000_000) == 10


def test_callers_and_keys_have_allowances_of_their_own():
    """One who guesses stops nobody else."""
    rates = Rates()
    assert taken(rates, 20, 0) == taken(rates, 20, 0, caller="b") == taken(rates, 20, 0, key="l") == 10


def test_emptiness_is_told_once_until_the_caller_rests():
    """The allowance remembers; a use that was allowed forgets."""
    rates = Rates()
    taken(rates, 10, 0)
    empty = rates.take("a", "k", RATE, 0)
    empty.told = True
    assert rates.take("a", "k", RATE, 0).told
    assert taken(rates, 1, 100) == 1
    assert not rates.take("a", "k", RATE, 100).told


def test_no_more_pairs_are_remembered_than_the_bound():
    """The pair longest unused goes first."""
    rates = Rates(pairs_max=2)
    for key in "klm":
        taken(rates, 10, 0, key=key)
    assert [taken(rates, 10, 0, key=key) for key in ("m", "l")] == [0, 0]
    assert taken(rates, 10, 0, key="k") == 10
