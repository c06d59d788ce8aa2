"""Proves that every exception of `keys` belongs to one family and carries a reason of its own."""

import inspect

import pytest

from keys import errors
from keys.errors import KeysError, MalformedInput, Mismatch, PinMismatch, Reason

CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, KeysError)]
LEAVES = [kind for kind in CLASSES if kind not in (KeysError, Mismatch)]


@pytest.mark.parametrize("kind", LEAVES)
def test_each_has_a_reason_of_its_own(kind):
    """An audit event can tell every kind from every other."""
    assert kind.reason is not Reason.UNSPECIFIED
    assert [other for other in LEAVES if other.reason is kind.reason] == [kind]


def test_every_reason_is_somebodys():
    """No reason is listed that nothing raises."""
    assert {kind.reason for kind in CLASSES} == set(Reason)


def test_malformed_input_is_a_value_error():
    """Callers that expect a ValueError for a malformed argument get one."""
    assert issubclass(MalformedInput, ValueError)


def test_pin_mismatch_takes_no_argument():
    """Its text cannot tell one cause from another, because nobody can give it one."""
    assert str(PinMismatch()) == str(PinMismatch())
    with pytest.raises(TypeError):
        PinMismatch("the fill was wrong")
