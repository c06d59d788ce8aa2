"""Seeded entropy: the same bytes for the same seed, in any portions, everywhere and for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.lab import SeededEntropy


def test_the_stream_is_written_down():
    """A seed of a bug report from last year must still mean the same world: SHA-256 of "1/0", as sha256sum gives it."""
    assert SeededEntropy(1).draw(8).hex() == SeededEntropy("1").draw(8).hex() == "18d6e1cac2a8adaf"


@given(seed=st.integers(), portions=st.lists(st.integers(0, 70), max_size=10))
def test_portions_make_no_difference(seed, portions):
    """Drawn at once or byte by byte: one stream."""
    entropy = SeededEntropy(seed)
    assert b"".join(entropy.draw(n) for n in portions) == SeededEntropy(seed).draw(sum(portions))


def test_seeds_are_apart():
    """Neighbouring seeds share nothing."""
    assert len({SeededEntropy(seed).draw(16) for seed in range(1_000)}) == 1_000


@pytest.mark.parametrize("bound", [1, 2, 6, 10**9])
def test_below_stays_below(bound):
    """From 0 to the bound less one, and every small value comes up."""
    entropy = SeededEntropy("dice")
    drawn = [entropy.below(bound) for _ in range(200)]
    assert 0 <= min(drawn) <= max(drawn) < bound
    if bound <= 6:
        assert set(drawn) == set(range(bound))
