"""Routing by prefix: the longest one that fits wins, whatever order they are given in."""

from hypothesis import given
from hypothesis import strategies as st

from keys.sensitive import Pan
from switch.core import Route
from switch.core.bin_table import BinTable

PREFIX = st.text("0123456789", min_size=1, max_size=8)


@given(prefixes=st.lists(PREFIX, unique=True, max_size=12), digits=st.text("0123456789", min_size=8, max_size=19))
def test_the_longest_prefix_wins(prefixes, digits):
    """Against the plain definition."""
    fitting = [prefix for prefix in prefixes if digits.startswith(prefix)]
    table = BinTable(tuple(Route(prefix, f"to {prefix}") for prefix in prefixes))
    assert table.route(Pan(digits)) == (f"to {max(fitting, key=len)}" if fitting else None)


def test_without_routes_nothing_is_found():
    """An empty table is no error."""
    assert BinTable(()).route(Pan("4111111111111111")) is None
