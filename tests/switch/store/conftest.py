"""A chain of small records, sealed for real, for the stores to keep."""

from collections.abc import Callable

import msgspec
import pytest

from switch.machine import GENESIS, RecordCodec, Sealed


class Noted(msgspec.Struct, frozen=True, tag="noted"):
    """Something to remember."""

    text: str


@pytest.fixture
def codec() -> RecordCodec[Noted]:
    return RecordCodec(Noted, 1)


@pytest.fixture
def chain(codec: RecordCodec[Noted]) -> Callable[..., list[Sealed]]:
    """`chain(count)` or `chain(count, after)`: entries that follow one another, and the entry `after`."""

    def make(count: int, after: Sealed | None = None) -> list[Sealed]:
        entries: list[Sealed] = []
        seq, previous = (after.seq, after.digest) if after else (0, GENESIS)
        for number in range(seq + 1, seq + count + 1):
            entries.append(codec.seal(Noted(f"number {number}"), seq=number, at=1_700_000_000_000 + number, previous=previous))
            previous = entries[-1].digest
        return entries

    return make
