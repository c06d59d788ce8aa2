"""Proves what a working refuses to conclude, and that nothing of it prints itself."""

import pytest

from keys.explain.working import Explanation, Working, in_blocks
from keys.sensitive import Secret


def test_steps_that_come_to_another_value():
    """They are our fault, and told without either value."""
    working = Working()
    working.show("key", Secret(b"\x01\x23"))
    with pytest.raises(AssertionError, match=r"^the steps to MAC come to another value than its primitive$"):
        working.conclude("MAC", b"\xaa", b"\xab")


def test_steps_as_they_are_shown():
    """Bytes in upper-case hex, text as it is, nothing as a word; the result is the last."""
    working = Working()
    working.show("data", b"")
    working.show("digits", "12")
    explanation = working.conclude("MAC", Secret(b"\xab"), b"\xab")
    assert [(step.what, step.expose()) for step in explanation.steps] == [
        ("data", "(nothing)"),
        ("digits", "12"),
        ("MAC", "AB"),
    ]
    assert explanation.result.what == "MAC"


def test_nothing_prints_itself():
    """Neither a step nor an explanation shows a value unless it is exposed."""
    working = Working()
    working.show("PIN", "4711")
    explanation = working.conclude("key", b"\x47\x11", b"\x47\x11")
    assert "4711" not in repr(explanation) + repr(working.last) + str(working.steps)


def test_pieces():
    """The last piece may be shorter."""
    assert in_blocks(b"abcde", 2) == [b"ab", b"cd", b"e"]


def test_one_computation_after_another():
    """All steps in order; the result is the last one's."""
    first, second = Working().conclude("key", b"\x01", b"\x01"), Working().conclude("MAC", b"\x02", b"\x02")
    joined = Explanation.joined(first, second)
    assert ([step.what for step in joined.steps], joined.result.what) == (["key", "MAC"], "MAC")
