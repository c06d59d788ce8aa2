"""Proves that keys are found by name, and that a missing one is answered with the names near it."""

import pytest

from keys.errors import KeyBlockError, KeyNotFound
from keys.keystore import MemoryKeystore
from keys.lab import LAB_KEYS, lab_key, lab_keystore


def test_keys_are_found_by_name():
    """get gives the key of that name, the same object each time, and names lists all, sorted."""
    store = lab_keystore()
    assert store.get("pos.zak").name == "pos.zak"
    assert store.get("pos.zak") is store.get("pos.zak")
    assert list(store.names()) == sorted(LAB_KEYS)


def test_a_missing_key_is_answered_with_near_names():
    """A slip of the finger is told what it may have meant."""
    with pytest.raises(KeyNotFound, match=r"'pos\.zac'; did you mean 'pos\.zak'"):
        lab_keystore().get("pos.zac")


def test_a_missing_key_with_no_near_name_is_answered_with_some():
    """A name like none is told how many there are, and the first of them."""
    with pytest.raises(KeyNotFound, match=rf"among {len(LAB_KEYS)}: issuer-link\.zak, "):
        lab_keystore().get("QQQQ")
    with pytest.raises(KeyNotFound, match="among 0"):
        MemoryKeystore([]).get("pos.zak")


def test_one_name_is_one_key():
    """Two keys of one name are refused."""
    with pytest.raises(KeyBlockError, match=r"pos\.zak"):
        MemoryKeystore([lab_key("pos.zak"), lab_key("pos.zak")])


def test_its_repr_is_its_names():
    """A keystore prints names only."""
    assert repr(MemoryKeystore([lab_key("pos.zak")])) == "MemoryKeystore(pos.zak)"
