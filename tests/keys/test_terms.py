"""Proves that terms are checked when they are made, and come back from text as they were."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import KeyBlockError
from keys.pinblock import PinBlockFormat
from keys.terms import DEFAULT_TERMS, TRANSITIONS, KeyState, Permission, Terms


@pytest.mark.parametrize(
    "wrong",
    [
        {"mac_bytes": 3},
        {"mac_bytes": 65},
        {"mac_bytes": -1},
        {"pvki": 10},
        {"pvki": -1},
        {"decimalisation": "0000000000000000"},
        {"decimalisation": "012345678901234"},
        {"validation": "PPPPPPPPPPPPFFF"},
        {"validation": "PPPPPPPPPPPPFFFFF"},
        {"validation": "PPPPPPPFPPPPPPPP"},
        {"validation": "KPPPPPPPPPPPPPPP"},
        {"validation": "FFFFFFFFFFFFFFFF"},
        {"validation": "ppppppppppppffff"},
        {"ksn_prefix": "ff"},
        {"ksn_prefix": "F" * 21},
    ],
)
def test_unlawful_terms_are_refused(wrong):
    """Each by itself."""
    with pytest.raises(KeyBlockError):
        Terms(**wrong)


@pytest.mark.parametrize("layout", ["PPPPPPPPPPPPFFFF", "PPPPPPPPPPPPPPPK", "0123PPPPPPPPPPPK", "P000000000000000"])
def test_lawful_layouts_are_taken(layout):
    """One run of P, a K behind it, and hex digits around."""
    assert Terms(validation=layout).validation == layout


@given(
    st.builds(
        Terms,
        pin_formats=st.lists(st.sampled_from(PinBlockFormat), unique=True).map(tuple),
        mac_bytes=st.sampled_from([0, 4, 8, 16, 64]),
        pvki=st.none() | st.integers(0, 9),
        decimalisation=st.sampled_from(["", "0123456789012345", "8351296477461538"]),
        ksn_prefix=st.text("0123456789ABCDEF", max_size=20),
        permissions=st.lists(st.sampled_from(Permission), unique=True).map(tuple),
    )
)
def test_terms_come_back_from_text(terms):
    """As a key store writes them: printable ASCII, and nothing for what is as by default."""
    text = msgspec.json.encode(terms)
    assert msgspec.json.decode(text, type=Terms) == terms
    assert text.decode("ascii").isprintable()


def test_ordinary_terms_are_no_text():
    """So that most entries are short."""
    assert msgspec.json.encode(DEFAULT_TERMS) == b"{}"


def test_unknown_terms_are_not_passed_over():
    """A term of a later edition might restrict what this one would allow."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"only_on_sundays":true}', type=Terms)


def test_every_state_has_its_row():
    """And nothing leads out of the last one."""
    assert TRANSITIONS.keys() == set(KeyState)
    assert TRANSITIONS[KeyState.EXPIRED] == ()
    assert all(state not in after for state, after in TRANSITIONS.items())
