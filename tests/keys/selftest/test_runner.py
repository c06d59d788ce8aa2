"""Proves what the runner counts as passed: the published value, the published ending, and nothing else."""

import pytest

from keys.errors import KeyExhausted, MalformedInput, PinMismatch
from keys.selftest import Failure, Tally, Vector, VectorError, read_vectors, run_vectors


def refuse(p):
    raise MalformedInput("a value has two digits")


def exhaust(p):
    raise KeyExhausted("the counter has come to its end")


def misread(p):
    return p.text("absent")


OPERATIONS = {
    "echo": lambda p: p.text("value"),
    "list": lambda p: [p.text("value"), "B"],
    "refuse": refuse,
    "exhaust": exhaust,
    "misread": misread,
}


def vector(op, expected, name="v-1", **params):
    return Vector(name, op, params, expected)


@pytest.mark.parametrize(
    "right",
    [
        vector("echo", "A1", value="A1"),
        vector("list", ["A1", "B"], value="A1"),
        vector("refuse", "REJECT"),
        vector("exhaust", "EXHAUSTED"),
    ],
    ids=lambda each: each.op,
)
def test_what_comes_out_as_published_passes(right):
    """Values, lists of values, refusals and exhaustion each have their own expectation."""
    assert run_vectors([right], OPERATIONS) == [Tally(right.op, 1, ())]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (vector("echo", "A2", value="A1"), "another value came out"),
        (vector("echo", "a1", value="A1"), "another value came out"),
        (vector("echo", ["A1"], value="A1"), "another value came out"),
        (vector("echo", "REJECT", value="A1"), "another value came out"),
        (vector("list", ["B", "A1"], value="A1"), "another value came out"),
        (vector("refuse", "A1"), "refused: a value has two digits"),
        (vector("refuse", "EXHAUSTED"), "refused: a value has two digits"),
        (vector("exhaust", "REJECT"), "refused: the counter has come to its end"),
        (vector("misread", "REJECT"), "param 'absent' is missing, or is no string"),
        (vector("nowhere", "REJECT"), "operation 'nowhere' is not known"),
    ],
)
def test_what_comes_out_otherwise_fails_and_is_named(wrong, why):
    """A value for a refusal, one refusal for another, a vector that cannot be read, an operation that nobody knows."""
    assert run_vectors([wrong], OPERATIONS) == [Tally(wrong.op, 0, (Failure("v-1", why),))]


def test_vectors_are_counted_by_operation():
    """Operations stand in the order in which they first appear, failures in the order of the file."""
    given = [
        vector("echo", "1", "a", value="1"),
        vector("refuse", "1", "b"),
        vector("echo", "2", "c", value="1"),
        vector("echo", "1", "d", value="1"),
        vector("echo", "3", "e", value="1"),
    ]
    tallies = run_vectors(given, OPERATIONS)
    assert [(each.op, each.passed, [one.id for one in each.failures]) for each in tallies] == [
        ("echo", 2, ["c", "e"]),
        ("refuse", 0, ["b"]),
    ]


def test_a_failure_shows_no_value():
    """Neither what was computed nor what was expected is in a text: a vector may hold somebody's own key."""
    (tally,) = run_vectors([vector("echo", "5EC2E7", value="C0FFEE")], OPERATIONS)
    assert "5EC2E7" not in repr(tally)
    assert "C0FFEE" not in repr(tally)


def test_a_fault_of_ours_is_no_refusal():
    """An exception that is not of the family goes on as it is: it must not pass for REJECT."""
    with pytest.raises(ZeroDivisionError):
        run_vectors([vector("broken", "REJECT")], {"broken": lambda p: 1 / 0})


def test_a_badly_written_card_number_is_no_refusal():
    """A vector that cannot be read does not pass because it expects REJECT; a refused PIN does."""
    known = {"pan": lambda p: p.pan().masked, "pin": refuse_pin}
    assert [each.passed for each in run_vectors([vector("pan", "REJECT", pan="12")], known)] == [0]
    assert [each.passed for each in run_vectors([vector("pin", "REJECT")], known)] == [1]


def refuse_pin(p):
    raise PinMismatch


def test_a_file_is_read():
    """What a vector's object has beside the four is for people."""
    text = b'[{"id": "x-1", "op": "x", "params": {"key": "00"}, "expected": "11", "source": "a book", "authority": "std"}]'
    assert read_vectors(text) == [Vector("x-1", "x", {"key": "00"}, "11")]


@pytest.mark.parametrize(
    "text",
    [b"", b"{}", b"[]", b"[1]", b'[{"id": "x"}]', b"\xff", b'[{"id":"x","op":"x","params":[],"expected":"1"}]',
     b'[{"id":"x","op":"x","params":{},"expected":1}]', b'[{"id":"\xff","op":"x","params":{},"expected":"1"}]'],
)  # fmt: skip
def test_what_is_no_file_of_vectors_is_told(text):
    """An empty file is a fault too: it would prove nothing in silence."""
    with pytest.raises(VectorError, match="not a file of vectors"):
        read_vectors(text)
