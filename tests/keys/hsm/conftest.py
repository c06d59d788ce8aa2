"""What the tests of the HSM share: one with any keys, whose entropy is seeded and whose audit is remembered."""

from random import Random

import msgspec
import pytest

from keys.hsm import AuditEvent, Caller, SoftHsm
from keys.keystore import MemoryKeystore
from keys.material import Algorithm, Key, KeyUsage, Mode
from keys.policy import Role
from keys.terms import DEFAULT_TERMS

DOUBLE = "0123456789ABCDEFFEDCBA9876543210"
OTHER_DOUBLE = "C1A55E5BEE5DE5AD07517CA4AB1E5D6E"


class SeededEntropy:
    """Random bytes that are the same each time."""

    def __init__(self):
        self.random = Random(9564)

    def draw(self, count, /):
        return self.random.randbytes(count)


class Counters:
    """The last counter of each device, in memory."""

    def __init__(self):
        self.last = {}

    def advance(self, device, counter):
        if counter <= self.last.get(device, 0):
            return False
        self.last[device] = counter
        return True


class Desk(msgspec.Struct):
    """An HSM, its keystore, and what it audited."""

    hsm: SoftHsm
    keystore: MemoryKeystore
    audited: list[AuditEvent]

    @property
    def admin(self):
        return self.hsm.acting_for(Caller("anna", Role.ADMIN))

    @property
    def custodian(self):
        return self.hsm.acting_for(Caller("bert", Role.CUSTODIAN))


@pytest.fixture
def desk():
    """A maker of HSMs over keys."""

    def make(*keys):
        audited = []
        keystore = MemoryKeystore(keys)
        return Desk(SoftHsm(keystore, SeededEntropy(), audited.append, counters=Counters()), keystore, audited)

    return make


@pytest.fixture
def make_key():
    """A maker of keys by the codes of X9.143."""

    def make(name, usage, material=DOUBLE, *, algorithm="T", mode="N", terms=DEFAULT_TERMS, **attributes):
        return Key.make(
            name, KeyUsage(usage), material, algorithm=Algorithm(algorithm), mode=Mode(mode), terms=terms, **attributes
        )

    return make
