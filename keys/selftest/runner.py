"""Runs vectors through operations and counts what came out. Knows no operation itself: the tables are given to it.

A vector passes when its operation gives the published value, or ends as it was published to end: REJECT is a refusal
of ours, EXHAUSTED a counter that has run out. What was computed is in no text: a vector may hold somebody's own keys.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import msgspec

from keys.errors import KeyExhausted, KeysError
from keys.selftest.params import Params, VectorError
from keys.sensitive import Secret, constant_time_equal

Published = str | list[str]
Operation = Callable[[Params], Published]

REJECT: Final = "REJECT"
EXHAUSTED: Final = "EXHAUSTED"


class Vector(msgspec.Struct, frozen=True):
    """One published vector. What else its object has (who says so, who has checked it) is for people."""

    id: str
    op: str
    params: dict[str, object]
    expected: Published


class Failure(msgspec.Struct, frozen=True):
    """One vector that did not come out, and why."""

    id: str
    why: str


class Tally(msgspec.Struct, frozen=True):
    """What came of all vectors of one operation, the failures in the order of the file."""

    op: str
    passed: int
    failures: tuple[Failure, ...]


def read_vectors(text: bytes) -> list[Vector]:
    """The vectors of a file: a JSON array of objects with `id`, `op`, `params` and `expected`.

    Raises:
        VectorError: it is no such file, or it has no vector at all; the text names the place.
    """
    try:
        vectors = msgspec.json.decode(text, type=list[Vector])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise VectorError(f"not a file of vectors: {error}") from None
    if not vectors:
        raise VectorError("not a file of vectors: it has none")
    return vectors


def run_vectors(vectors: Iterable[Vector], operations: Mapping[str, Operation]) -> list[Tally]:
    """What came of the vectors, by operation, in the order in which the operations first appear."""
    passed: dict[str, int] = {}
    failures: dict[str, list[Failure]] = {}
    for vector in vectors:
        why = _fault(vector, operations.get(vector.op))
        passed[vector.op] = passed.get(vector.op, 0) + (why is None)
        if why is not None:
            failures.setdefault(vector.op, []).append(Failure(vector.id, why))
    return [Tally(op, count, tuple(failures.get(op, ()))) for op, count in passed.items()]


def in_hex(value: bytes | Secret) -> str:
    """Bytes as vectors spell them: hex digits in upper case."""
    return (value.expose() if isinstance(value, Secret) else value).hex().upper()


def in_digits(pin: Secret) -> str:
    """A PIN as vectors spell it."""
    return pin.expose().decode("ascii")


def _fault(vector: Vector, operation: Operation | None) -> str | None:
    """Why the vector did not come out; None if it did."""
    if operation is None:
        return f"operation {vector.op!r} is not known"
    refusal = None
    try:
        given = operation(Params(vector.params))
    except VectorError as error:
        return str(error)
    except KeysError as error:
        given, refusal = EXHAUSTED if isinstance(error, KeyExhausted) else REJECT, error
    if constant_time_equal(_plain(given), _plain(vector.expected)):
        return None
    return f"refused: {refusal}" if refusal else "another value came out"


def _plain(value: Published) -> bytes:
    return msgspec.json.encode(value)
