"""A table that forgets: never more than it keeps, and the latest ones."""

from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.lab.recent import Recent


@given(st.lists(st.integers(0, 20)), st.integers(1, 8))
def test_the_latest_are_kept(keys, kept):
    """Whatever comes in which order; an entry that is set again keeps its place and has its new value."""
    table, order, values = Recent(kept), [], {}
    for at, key in enumerate(keys):
        table.keep(key, at)
        values[key] = at
        if key not in order:
            order.append(key)
        order = order[-kept:]
        assert list(table.items()) == [(key, values[key]) for key in order]
