"""Proves the policy as a product: operation x role x usage x mode x algorithm, and only the allowed cells succeed."""

from itertools import product

import msgspec
import pytest

from keys.cvv import cvv
from keys.emv.cryptogram import application_cryptogram
from keys.emv.derive import icc_master_key
from keys.emv.iad import Scheme
from keys.emv.profiles import CVN_PROFILES, cryptogram_input, session_key
from keys.errors import KeyUsageError, Reason
from keys.hsm import AuditEvent, Result, SoftHsm
from keys.mac import retail_mac
from keys.material import Algorithm, Exportability, Key, KeyUsage, Mode
from keys.pin import pvv
from keys.pinblock import encrypt_iso0
from keys.policy import OPERATIONS, Operation
from keys.sensitive import Pan, Secret

# The policy as the field has it (ANSI X9.143 usages and modes), typed apart from the table under test:
# (operation, role) -> usage codes, mode codes, algorithm codes.
ALLOWED = {
    ("generate-mac", "key"): (["M3"], "GCN", "T"),
    ("verify-mac", "key"): (["M3"], "VCN", "T"),
    ("translate-pin", "source"): (["P0"], "DBN", "T"),
    ("translate-pin", "target"): (["P0"], "EBN", "T"),
    ("verify-pin-pvv", "pin_key"): (["P0"], "DBN", "T"),
    ("verify-pin-pvv", "pvk"): (["V2"], "VCN", "T"),
    ("verify-cvv", "key"): (["C0"], "VCN", "T"),
    ("verify-icvv", "key"): (["C0"], "VCN", "T"),
    ("verify-arqc-generate-arpc", "key"): (["E0"], "XN", "T"),
    ("token", "key"): (["M7"], "GCN", "H"),
    ("protect", "key"): (["D0"], "EBN", "A"),
    ("unprotect", "key"): (["D0"], "DBN", "A"),
}

TDES = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
MATERIAL = {Algorithm.TDES: TDES, Algorithm.AES: bytes(range(32)), Algorithm.HMAC: bytes(range(32))}
PAN = Pan("4761739001010119")
PIN = Secret(b"1234")
TAGS = {
    "9F02": bytes(6), "9F03": bytes(6), "9F1A": bytes(2), "95": bytes(5), "5F2A": bytes(2), "9A": bytes(3),
    "9C": bytes(1), "9F37": bytes(4), "82": bytes(2), "9F36": bytes(2), "9F10": bytes.fromhex("06011203A0B800"),
}  # fmt: skip


def key(name, usage, mode, algorithm):
    return Key.make(name, usage, MATERIAL[algorithm], algorithm=algorithm, mode=mode)


def arqc():
    profile = CVN_PROFILES[Scheme.VISA, 0x12]
    session = session_key(profile, icc_master_key(Secret(TDES), PAN, "01", "B"), TAGS["9F36"])
    return application_cryptogram(session, cryptogram_input(profile, TAGS), profile.padding)


def block():
    return encrypt_iso0(Secret(TDES), PIN, PAN)


# Each operation with right values, so that an allowed key must succeed.
CALLS = {
    Operation.GENERATE_MAC: lambda hsm, key: hsm.generate_mac(key, b"data"),
    Operation.VERIFY_MAC: lambda hsm, key: hsm.verify_mac(key, b"data", retail_mac(Secret(TDES), b"data")),
    Operation.TRANSLATE_PIN: lambda hsm, source, target: hsm.translate_pin(
        source=source, target=target, block=block(), pan=PAN
    ),
    Operation.VERIFY_PIN_PVV: lambda hsm, pin_key, pvk: hsm.verify_pin_pvv(
        pin_key=pin_key, pvk=pvk, block=block(), pan=PAN, pvki=1, pvv=pvv(Secret(TDES), PAN, 1, PIN)
    ),
    Operation.VERIFY_CVV: lambda hsm, key: hsm.verify_cvv(
        key=key, pan=PAN, expiry="3012", service_code="201", value=cvv(Secret(TDES), PAN, "3012", "201")
    ),
    Operation.VERIFY_ICVV: lambda hsm, key: hsm.verify_icvv(
        key=key, pan=PAN, expiry="3012", value=cvv(Secret(TDES), PAN, "3012", "999")
    ),
    Operation.VERIFY_ARQC_GENERATE_ARPC: lambda hsm, key: hsm.verify_arqc_generate_arpc(
        key=key, pan=PAN, psn="01", tags=TAGS | {"9F26": arqc()}, csu=bytes(4)
    ),
    Operation.TOKEN: lambda hsm, key: hsm.token(key, PAN),
    Operation.PROTECT: lambda hsm, key: hsm.protect(key, b"data", b"context"),
    Operation.UNPROTECT: lambda hsm, key: hsm.unprotect(key, PROTECTED, b"context"),
}


class OneKeyForAll:
    """A keystore whose keys are made on demand: the one under trial, and right ones for the other roles."""

    def __init__(self, trial, others):
        self.keys = {"trial": trial} | others

    def get(self, name):
        return self.keys[name]

    def names(self):
        return sorted(self.keys)


def right_key(operation, role):
    rule = OPERATIONS[operation][role]
    return key(role, rule.usages[0], rule.modes[0], rule.algorithms[0])


def attempt(operation, role, trial):
    """The operation with the trial key in one role and right keys in the others: its error, events and uses."""
    others = {other: right_key(operation, other) for other in OPERATIONS[operation] if other != role}
    events = []
    hsm = SoftHsm(OneKeyForAll(trial, others), None, events.append)
    try:
        CALLS[operation](hsm, **({other: other for other in others} | {role: "trial"}))
    except KeyUsageError as error:
        return str(error), events, hsm.uses
    return None, events, hsm.uses


PROTECTED = SoftHsm(OneKeyForAll(key("trial", KeyUsage.DATA_ENCRYPTION, Mode.ANY, Algorithm.AES), {}), None, print).protect(
    "trial", b"data", b"context"
)


def test_the_table_has_every_operation_and_role():
    """No operation is without a rule, and no rule without an operation."""
    assert OPERATIONS.keys() == set(Operation) == CALLS.keys()
    assert {(operation.value, role) for operation in OPERATIONS for role in OPERATIONS[operation]} == ALLOWED.keys()


@pytest.mark.parametrize(("name", "role"), ALLOWED)
def test_only_the_allowed_cells_succeed(name, role):
    """Each usage, mode and algorithm of ours in this role: exactly the cells of the field's table succeed (R16, R21)."""
    operation = Operation(name)
    usages, modes, algorithms = ALLOWED[name, role]
    succeeded = set()
    for usage, mode, algorithm in product(KeyUsage, Mode, MATERIAL):
        error, events, uses = attempt(operation, role, key("trial", usage, mode, algorithm))
        if error is None:
            succeeded.add((usage.value, mode.value, algorithm.value))
            assert not events
            assert uses[operation, "trial"] == 1
        else:
            assert [(event.operation, event.result, event.reason) for event in events] == [
                (operation, Result.REFUSED, Reason.KEY_USAGE)
            ]
            assert (operation, "trial") not in uses
    assert succeeded == set(product(usages, modes, algorithms))


def test_a_refusal_says_what_would_do():
    """The text names the key, what it is, the role it was tried in, and what the role needs."""
    trial = key("trial", KeyUsage.PIN_ENCRYPTION, Mode.ENCRYPT_AND_DECRYPT, Algorithm.TDES)
    error, events, _ = attempt(Operation.GENERATE_MAC, "key", trial)
    assert error == (
        "key 'trial' (usage P0, mode B, TDES) is not a key for generate-mac: use one of usage M3, mode G or C or N, TDES"
    )
    assert events == [AuditEvent(Operation.GENERATE_MAC, ("trial",), Result.REFUSED, Reason.KEY_USAGE)]


def test_exportability_does_not_matter_for_use():
    """Whether a key may leave says nothing about what it may compute."""
    base = key("trial", KeyUsage.MAC_ALGORITHM_3, Mode.ANY, Algorithm.TDES)
    for exportability in Exportability:
        trial = msgspec.structs.replace(base, exportability=exportability)
        assert attempt(Operation.GENERATE_MAC, "key", trial)[0] is None
