"""Proves that whatever is given to an operation, it gives a result or one of our own errors, and audits each of them."""

import inspect
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.components import Component
from keys.dukpt_aes import KeyType
from keys.errors import KeysError
from keys.hsm import Caller, Contribution, Direction, DukptKey, SoftHsm
from keys.keystore import MemoryKeystore
from keys.material import Algorithm, Exportability, Key, KeyUsage, Mode
from keys.pinblock import PinBlockFormat
from keys.policy import AUDITED, OPERATIONS, ROLES, Operation
from keys.sensitive import Pan, Secret
from keys.terms import KeyState, Permission, Terms
from keys.tr31.header import Version

TERMS = Terms(pin_formats=tuple(PinBlockFormat), decimalisation="0123456789012345", permissions=tuple(Permission))
MATERIAL = {Algorithm.TDES: 16, Algorithm.AES: 32, Algorithm.HMAC: 32}


def right_keys():
    """A key for each role that there is, each of its own material."""
    rules = sorted({rule for roles in OPERATIONS.values() for each in roles.values() for rule in each}, key=repr)
    made = {}
    for rule in rules:
        for usage in rule.usages:
            for algorithm in rule.algorithms:
                name = f"{usage.value}-{algorithm.value}"
                made[name] = Key.make(
                    name,
                    usage,
                    Random(name).randbytes(MATERIAL[algorithm]),
                    algorithm=algorithm,
                    exportability=Exportability.EXPORTABLE,
                    terms=TERMS,
                )
    return list(made.values())


KEYS = right_keys()
NAMES = [key.name for key in KEYS]


class Source:
    """Entropy and counters."""

    def __init__(self):
        self.random = Random(5)

    def draw(self, count, /):
        return self.random.randbytes(count)

    def advance(self, device, counter):
        return True


def names_for(operation, role):
    """Mostly names of keys that may have the role, so that something is computed."""
    right = [
        key.name
        for key in KEYS
        for rule in OPERATIONS[operation].get(role, ())
        if key.usage in rule.usages and key.algorithm in rule.algorithms
    ]
    return st.sampled_from(right * 4 + NAMES[:3]) if right else st.sampled_from([*NAMES, "none", ""])


octets = st.binary(max_size=24) | st.integers(0, 4).map(lambda count: bytes(8 * count))
digits = st.text("0123456789", max_size=16)
words = digits | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
pans = st.text("0123456789", min_size=8, max_size=19).map(Pan)
iads = st.sampled_from(["06011203A0B800", "06010A03A0B800", "0110A00003220000DAC000000000000000FF", "", "06"])
some_tags = st.dictionaries(
    st.sampled_from(["9F02", "9F03", "9F1A", "95", "5F2A", "9A", "9C", "9F37", "82", "9F36", "9F26", "XX"]), octets
)
tags = st.builds(lambda given_tags, iad: given_tags | {"9F10": bytes.fromhex(iad)}, some_tags, iads)
whole_tags = st.sampled_from(["06011203A0B800", "06011103A0B800", "0114A00003220000DAC000000000000000FF"]).map(
    lambda iad: {
        "9F02": bytes(6), "9F03": bytes(6), "9F1A": bytes(2), "95": bytes(5), "5F2A": bytes(2), "9A": bytes(3), "9C": bytes(1),
        "9F37": bytes(4), "82": bytes(2), "9F36": bytes(2), "9F26": bytes(8), "9F10": bytes.fromhex(iad),
    }
)  # fmt: skip
formats = st.sampled_from(PinBlockFormat)
numbers = st.integers(-1, 20) | st.integers()
ivs = st.none() | st.sampled_from([b"", bytes(8), bytes(16)])
contributions = st.lists(st.builds(Contribution, words, st.builds(Component, octets.map(Secret), words)), max_size=3)

VALUES = {
    "data": octets, "mac": octets, "block": octets, "new_block": octets, "current_block": st.none() | octets,
    "blocks": octets, "plaintext": octets, "protected": octets, "context": octets, "header": octets, "atc": octets,
    "track": octets, "un": octets, "csu": octets, "arc": st.none() | octets, "proprietary": octets,
    "iv": ivs, "target_iv": ivs,
    "pvv": words, "offset": words, "value": words, "expiry": words, "service_code": words, "psn": words, "text": words,
    "pan": pans, "tags": tags | whole_tags,
    "pin_format": formats, "source_format": formats, "target_format": formats,
    "padding": numbers, "target_padding": numbers, "length": numbers, "pvki": numbers, "digits": numbers, "count": numbers,
    "size": numbers,
    "name": st.sampled_from([*NAMES, "new", "", "x" * 65, "two words"]), "usage": st.sampled_from(KeyUsage),
    "contributions": contributions, "algorithm": st.sampled_from(Algorithm), "mode": st.sampled_from(Mode),
    "exportability": st.sampled_from(Exportability), "state": st.sampled_from(KeyState), "terms": st.just(TERMS),
    "version": st.none() | st.sampled_from(Version),
}  # fmt: skip


def argument(operation, name):
    """What may be given for one argument of an operation."""
    roles = OPERATIONS[operation]
    if operation is Operation.IMPORT_KEY and name == "block":
        return words
    if f"{name}_base" in roles:
        serials = st.binary(min_size=9, max_size=13) | st.sampled_from([bytes(9) + b"\x01", bytes(11) + b"\x01"])
        device = st.builds(
            DukptKey,
            base=names_for(operation, f"{name}_base"),
            ksn=serials,
            direction=st.sampled_from(Direction),
            key_type=st.sampled_from(KeyType),
            mac_usage=st.sampled_from([usage for usage in KeyUsage if usage.value[0] == "M"]),
            bare=st.booleans(),
        )
        return device if name not in roles else names_for(operation, name) | device
    return names_for(operation, name) if name in roles else VALUES[name]


@pytest.mark.parametrize("operation", Operation)
@given(data=st.data())
def test_nothing_but_a_result_or_an_error_of_ours(operation, data):
    """Arguments of every kind; each error is in the audit once, and each act of key management too."""
    events = []
    source = Source()
    caller = Caller("anna", ROLES[operation][0])
    hsm = SoftHsm(MemoryKeystore(KEYS), source, events.append, caller=caller, counters=source)
    act = getattr(hsm, operation.name.lower())
    given_values = {name: data.draw(argument(operation, name), label=name) for name in inspect.signature(act).parameters}
    error = None
    try:
        act(**given_values)
    except KeysError as refused:
        error = refused
    told = [] if error is None else [error.reason]
    if error is None and operation in AUDITED:
        told = [None]
    assert [event.reason for event in events] == told
    assert {event.operation for event in events} <= {operation}
