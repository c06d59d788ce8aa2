"""Proves that components make the key they were split from, and that what is no dual control is refused (R23)."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from keys.components import Component, check_components, combine, join, split
from keys.errors import KeyBlockError, KeysError, MalformedInput
from keys.material import Algorithm, check_value
from keys.sensitive import Secret

KEY = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
ONE = Secret(bytes.fromhex("5CA1AB1E0B5E55EDC0DE1F1EDA7ABA5E"))
OTHER = Secret(bytes.fromhex("FEEDC0DEDEADBEEFABAD1DEA0D15EA5E"))

sizes = st.sampled_from(
    [(Algorithm.TDES, 16), (Algorithm.TDES, 24), (Algorithm.AES, 16), (Algorithm.AES, 32), (Algorithm.HMAC, 20)]
)


def component(secret, algorithm=Algorithm.TDES):
    return Component(secret, check_value(algorithm, secret))


@given(sizes, st.integers(1, 8), st.data())
def test_a_split_key_comes_back(kind, others, data):
    """Whatever was drawn, all components together make the key, in any order, and each has its check value."""
    algorithm, size = kind
    key = Secret(data.draw(st.binary(min_size=size, max_size=size)))
    entropy = data.draw(st.binary(min_size=size * others, max_size=size * others))
    try:
        parts = split(key, entropy, algorithm)
    except KeyBlockError:
        assume(False)
    assert len(parts) == others + 1
    assert [part.kcv for part in parts] == [check_value(algorithm, part.secret) for part in parts]
    assert join(data.draw(st.permutations(parts)), algorithm) == key
    assert combine([part.secret for part in parts]) == key


def test_all_components_but_one_say_nothing():
    """The components that were drawn are the entropy itself, whatever the key: one less than all is no knowledge of it."""
    entropy = ONE.expose() + OTHER.expose()
    for key in (KEY, Secret(bytes(range(16)))):
        assert [part.secret for part in split(key, entropy, Algorithm.TDES)[:-1]] == [ONE, OTHER]


def test_a_wrong_check_value_names_its_component():
    """Whoever mistyped is told by number; no value is in the text."""
    wrong = Component(OTHER, "000000")
    with pytest.raises(KeyBlockError, match="component 2 does not have the check value") as caught:
        join([component(ONE), wrong], Algorithm.TDES)
    assert OTHER.expose().hex() not in str(caught.value).lower()
    assert check_value(Algorithm.TDES, OTHER) not in str(caught.value)


def test_check_values_are_read_in_either_case():
    """A custodian may type letters small."""
    small = Component(ONE, check_value(Algorithm.TDES, ONE).lower())
    assert join([small, component(OTHER)], Algorithm.TDES) == combine([ONE, OTHER])


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([ONE, Secret(bytes(16))], "component 2 is all zeroes"),
        ([Secret(bytes(16)), ONE, OTHER], "component 1 is all zeroes"),
        ([ONE, ONE], "components 1 and 2 are equal"),
        ([ONE, OTHER, ONE], "components 1 and 3 are equal"),
    ],
)
def test_zero_and_equal_components_are_refused(parts, text):
    """Either leaves the key to fewer people than there are custodians (R23); splitting makes none of them either."""
    for act in (lambda: check_components(parts), lambda: join([component(each) for each in parts], Algorithm.TDES)):
        with pytest.raises(KeyBlockError, match=text):
            act()


@pytest.mark.parametrize("entropy", [bytes(16), KEY.expose(), ONE.expose() * 2])
def test_a_split_makes_no_component_that_is_refused(entropy):
    """Zeroes drawn, the key itself drawn (which leaves zeroes), the same drawn twice."""
    with pytest.raises(KeyBlockError):
        split(KEY, entropy, Algorithm.TDES)


@pytest.mark.parametrize(
    "act",
    [
        lambda: combine([ONE]),
        lambda: combine([]),
        lambda: combine([ONE] * 10),
        lambda: combine([ONE, Secret(bytes(8))]),
        lambda: join([component(ONE)], Algorithm.TDES),
        lambda: split(KEY, b"", Algorithm.TDES),
        lambda: split(KEY, bytes(15), Algorithm.TDES),
        lambda: split(KEY, bytes(24), Algorithm.TDES),
        lambda: split(Secret(b""), bytes(16), Algorithm.TDES),
        lambda: split(Secret(bytes(range(8))), bytes(range(8, 16)), Algorithm.TDES),
    ],
)
def test_other_numbers_and_sizes_are_refused(act):
    """Two to nine components of one length; half a key has no check value (R22)."""
    with pytest.raises(MalformedInput):
        act()


def test_nothing_shows_a_component():
    """A component prints its size and check value."""
    assert repr(component(ONE)) == f"Component(secret=Secret(16 bytes), kcv='{check_value(Algorithm.TDES, ONE)}')"
    assert issubclass(KeyBlockError, KeysError)
