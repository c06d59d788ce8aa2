"""Who sits where: somebody's own fill one link before the next, and all others are the lab's."""

import pytest

from terminal_sim.lab.seats import issuer_name, links_apart, own_issuers, own_terminals, terminal_name


@pytest.mark.parametrize(
    ("own", "terminals", "links", "numbers", "apart"),
    [
        (None, 4, 2, (0, 1, 2, 3), set()),
        (4, 4, 2, (0, 1, 2, 3), set()),
        (2, 4, 2, (0, 2), {1}),
        (3, 6, 3, (0, 1, 3), {2}),
        (1, 6, 3, (0,), {1, 2}),
        (1, 3, 1, (0,), set()),
        (0, 3, 2, (), {0, 1}),
        (1, 1, 3, (0,), set()),
        (None, 1, 3, (0,), set()),
    ],
)
def test_terminals_of_ones_own_fill_one_link_before_the_next(own, terminals, links, numbers, apart):
    """So that the lab's have the others to themselves; a link at which nobody sits is nobody's."""
    assert own_terminals(own, terminals, links) == numbers
    assert links_apart(own, terminals, links) == apart


@pytest.mark.parametrize(("own", "numbers"), [(None, (0, 1, 2)), (2, (0, 1)), (0, ())])
def test_issuers_of_ones_own_are_the_first(own, numbers):
    """Each has a link to itself."""
    assert own_issuers(own, 3) == numbers


def test_names_count_from_one():
    """And fill DE 41."""
    assert terminal_name(0) == "LAB00001"
    assert issuer_name(1) == "bank2"
