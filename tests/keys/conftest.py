"""What the tests of `keys` share: the vectors, an HSM over the lab keys, and a memory of what it audited."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import pytest

from keys.hsm import AuditEvent, SoftHsm
from keys.keystore import MemoryKeystore
from keys.lab import lab_keystore
from keys.material import Key

VECTORS = Path(__file__).parent.parent / "vectors" / "crypto.json"


class ZeroEntropy:
    """The plainest source: only zeroes, so that a test that needs freshness fails."""

    def draw(self, count: int, /) -> bytes:
        return bytes(count)


class World(msgspec.Struct, frozen=True):
    """An HSM and the events that it audited."""

    hsm: SoftHsm
    audited: list[AuditEvent]


@pytest.fixture(scope="session")
def vectors() -> list[dict]:
    """All published vectors, as they stand in the file."""
    return json.loads(VECTORS.read_text())


@pytest.fixture
def lab() -> World:
    """An HSM over the lab keys."""
    audited: list[AuditEvent] = []
    return World(SoftHsm(lab_keystore(), ZeroEntropy(), audited.append), audited)


@pytest.fixture
def world() -> Callable[[Iterable[Key]], World]:
    """A maker of HSMs over any keys."""

    def make(keys: Iterable[Key]) -> World:
        audited: list[AuditEvent] = []
        return World(SoftHsm(MemoryKeystore(keys), ZeroEntropy(), audited.append), audited)

    return make
