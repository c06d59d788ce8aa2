"""What the tests of `keys` share: the vectors, an HSM over the lab keys, and a memory of what it audited."""

import json
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import pytest

import keys
from keys.hsm import AuditEvent, SoftHsm
from keys.keystore import MemoryKeystore
from keys.lab import lab_keystore
from keys.material import Key

PACKAGE = Path(keys.__file__).parent
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


@pytest.fixture(scope="session")
def locals_of() -> Callable[[BaseException], str]:
    """A reader of what a traceback with locals would show of our own frames, its chained exceptions included."""

    def read(error: BaseException) -> str:
        held = traceback.TracebackException.from_exception(error, capture_locals=True)
        chain = [one for one in (held, held.__cause__, held.__context__) if one is not None]
        frames = [frame for one in chain for frame in one.stack if Path(frame.filename).is_relative_to(PACKAGE)]
        assert frames, "no frame of ours was looked at"
        # The values are joined as they are: the repr of a dict of them would escape their escapes.
        return "\n".join(f"{frame.line} {value}" for frame in frames for value in (frame.locals or {}).values())

    return read
