"""Proves that the published vectors come out of the public functions of `keys`, weak test keys included."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.selftest import OPERATIONS, Vector, run_vectors

VECTORS_PER_FILE = 505  # A file that lost some would prove less in silence.


@pytest.fixture(scope="session")
def typed(vectors) -> list[Vector]:
    """The vectors as the runner takes them."""
    return msgspec.convert(vectors, list[Vector])


@pytest.fixture(scope="session")
def tallies(typed):
    """What came of the whole file."""
    return {tally.op: tally for tally in run_vectors(typed, OPERATIONS)}


def test_every_vector_gives_the_published_value(typed, tallies):
    """Every vector of every operation gives its published value, and REJECT is a refusal of ours."""
    assert len(typed) == VECTORS_PER_FILE
    assert {op: tally.failures for op, tally in tallies.items() if tally.failures} == {}


def test_every_vector_is_counted(typed, tallies):
    """Passed and failed together are as many as the file has of each operation."""
    assert {op: tally.passed + len(tally.failures) for op, tally in tallies.items()} == Counter(each.op for each in typed)


def test_no_operation_is_known_without_a_vector(tallies):
    """Every operation of the tables is proved by at least one vector."""
    assert OPERATIONS.keys() <= tallies.keys()


@given(st.data())
def test_a_changed_value_is_seen_and_named(typed, data):
    """Any vector whose published value is changed in any one character fails, and the failure names it."""
    vector = data.draw(st.sampled_from(typed))
    changed = msgspec.structs.replace(vector, expected=with_one_character_changed(vector.expected, data.draw))
    (tally,) = run_vectors([changed], OPERATIONS)
    assert (tally.op, tally.passed, [failure.id for failure in tally.failures]) == (vector.op, 0, [vector.id])


def test_every_changed_value_is_seen_among_all_others(typed, tallies):
    """With the first character of every value changed nothing passes that passed before."""
    changed = [msgspec.structs.replace(each, expected=with_character_changed(each.expected, 0, "#")) for each in typed]
    assert sum(tally.passed for tally in run_vectors(changed, OPERATIONS)) == 0


def with_one_character_changed(value, draw):
    """The value with any one of its characters another."""
    where = draw(st.integers(0, len(value[0] if isinstance(value, list) else value) - 1))
    return with_character_changed(value, where, draw(st.sampled_from("0123456789ABCDEFX")))


def with_character_changed(value, where, character):
    """The value, or the first of several, with another character there."""
    if isinstance(value, list):
        return [with_character_changed(value[0], where, character), *value[1:]]
    other = "#" if value[where] == character else character
    return value[:where] + other + value[where + 1 :]
