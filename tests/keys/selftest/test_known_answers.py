"""Proves that the short self-test has one published vector for each operation, and that it fails when one does."""

import msgspec
import pytest

from keys.errors import SelfTestFailed
from keys.selftest import KNOWN_ANSWERS, OPERATIONS, Vector, check_known_answers


def test_each_operation_has_one():
    """One vector for each operation of the tables, in their order."""
    assert [vector.op for vector in KNOWN_ANSWERS] == list(OPERATIONS)


def test_each_is_published(vectors):
    """Each stands in the file of published vectors, as it is."""
    published = {vector.id: vector for vector in msgspec.convert(vectors, list[Vector])}
    assert [vector for vector in KNOWN_ANSWERS if published.get(vector.id) != vector] == []


def test_it_passes():
    """Nothing is raised for the operations as they are."""
    check_known_answers()


@pytest.mark.parametrize("op", ["aes_ecb_encrypt", "mac_iso9797_alg3", "tr31_reject"])
def test_one_wrong_operation_fails_it(op):
    """The operation is named, and nothing of what it gave."""
    with pytest.raises(SelfTestFailed, match=f"^the self-test of the HSM failed for {op}: nothing is started$") as caught:
        check_known_answers(OPERATIONS | {op: lambda p: "C0FFEE"})
    assert "C0FFEE" not in str(caught.value)
