"""Proves that the lab keys are what their docstring says: derived from their names, odd, strong enough, distinct."""

from hashlib import sha256

import pytest

from keys.ciphers import odd_parity
from keys.lab import LAB_KEYS, lab_key
from keys.material import Algorithm
from keys.sensitive import Secret


@pytest.mark.parametrize("name", LAB_KEYS)
def test_nothing_was_chosen(name):
    """The material is the beginning of SHA-256 of the name, with odd parity where it is TDES."""
    row = LAB_KEYS[name]
    given = bytes.fromhex(row.hex)
    expected = Secret(sha256(f"Pointsman lab key {name}".encode()).digest()[: len(given)])
    assert given == (odd_parity(expected) if row.algorithm is Algorithm.TDES else expected).expose()


@pytest.mark.parametrize("name", LAB_KEYS)
def test_each_is_a_key(name):
    """Each passes the checks of a key, keeps its material unchanged and says what it is for."""
    key = lab_key(name)
    assert key.secret.expose().hex().upper() == LAB_KEYS[name].hex
    assert (key.usage, key.mode) == (LAB_KEYS[name].usage, LAB_KEYS[name].mode)
    assert LAB_KEYS[name].what


def test_no_two_share_material_or_check_value():
    """A key has one purpose: no two names share material, nor a half of it, nor a check value."""
    halves = [row.hex[start : start + 16] for row in LAB_KEYS.values() for start in range(0, len(row.hex), 16)]
    assert len(set(halves)) == len(halves)
    assert len({lab_key(name).kcv for name in LAB_KEYS}) == len(LAB_KEYS)
