"""Proves the policy as a product: operation x key's role x usage x mode x algorithm x state, and who may call what."""

from itertools import product

import msgspec
import pytest

from keys.components import split
from keys.emv.cryptogram import application_cryptogram
from keys.emv.derive import icc_master_key
from keys.emv.iad import Scheme
from keys.emv.profiles import CVN_PROFILES, cryptogram_input, session_key
from keys.errors import KeyStateError, KeyUsageError, Mismatch, Reason, RoleError
from keys.hsm import AuditEvent, Caller, Contribution, DukptKey, Result, SoftHsm
from keys.keystore import MemoryKeystore
from keys.mac import retail_mac
from keys.material import Algorithm, Exportability, Key, KeyUsage, Mode
from keys.pinblock import PinBlockFormat, encrypt_iso0, encrypt_iso4
from keys.policy import OPERATIONS, ROLES, TRANSLATIONS, Operation, Role
from keys.sensitive import Pan, Secret
from keys.terms import KeyState, Permission, Terms
from keys.tr31.block import wrap
from keys.tr31.header import Header, Version

# The policy as the field has it (ANSI X9.143 usages and modes), typed apart from the table under test:
# (operation, role) -> cells, each usage codes, mode codes and algorithm codes.
BASE = [(["B0"], "XN", "TA")]


def macs(modes):
    return [(["M1", "M3"], modes, "T"), (["M6"], modes, "TA"), (["M7"], modes, "H")]


def one(usage, modes, algorithms="T"):
    return [([usage], modes, algorithms)]


ALLOWED = {
    ("generate-mac", "key"): macs("GCN"),
    ("generate-mac", "key_base"): BASE,
    ("verify-mac", "key"): macs("VCN"),
    ("verify-mac", "key_base"): BASE,
    ("translate-mac", "source"): macs("VCN"),
    ("translate-mac", "source_base"): BASE,
    ("translate-mac", "target"): macs("GCN"),
    ("translate-mac", "target_base"): BASE,
    ("translate-pin", "source"): one("P0", "DBN", "TA"),
    ("translate-pin", "source_base"): BASE,
    ("translate-pin", "target"): one("P0", "EBN", "TA"),
    ("translate-pin", "target_base"): BASE,
    ("verify-pin-pvv", "pin_key"): one("P0", "DBN", "TA"),
    ("verify-pin-pvv", "pin_key_base"): BASE,
    ("verify-pin-pvv", "pvk"): one("V2", "VCN"),
    ("verify-pin-offset", "pin_key"): one("P0", "DBN", "TA"),
    ("verify-pin-offset", "pin_key_base"): BASE,
    ("verify-pin-offset", "pvk"): one("V1", "VCN"),
    ("generate-pin", "pin_key"): one("P0", "EBN", "TA"),
    ("generate-pin-pvv", "pin_key"): one("P0", "EBN", "TA"),
    ("generate-pin-pvv", "pvk"): one("V2", "GCN"),
    ("generate-pin-offset", "pin_key"): one("P0", "EBN", "TA"),
    ("generate-pin-offset", "pvk"): one("V1", "GCN"),
    ("generate-pvv", "pin_key"): one("P0", "DBN", "TA"),
    ("generate-pvv", "pvk"): one("V2", "GCN"),
    ("change-pin-pvv", "pin_key"): one("P0", "DBN", "TA"),
    ("change-pin-pvv", "pin_key_base"): BASE,
    ("change-pin-pvv", "pvk"): one("V2", "CN"),
    ("change-pin-offset", "pin_key"): one("P0", "DBN", "TA"),
    ("change-pin-offset", "pin_key_base"): BASE,
    ("change-pin-offset", "pvk"): one("V1", "CN"),
    ("generate-cvv", "key"): one("C0", "GCN"),
    ("generate-icvv", "key"): one("C0", "GCN"),
    ("generate-cvv2", "key"): one("C0", "GCN"),
    ("verify-cvv", "key"): one("C0", "VCN"),
    ("verify-icvv", "key"): one("C0", "VCN"),
    ("verify-cvv2", "key"): one("C0", "VCN"),
    ("verify-dcvv", "key"): one("E4", "XN"),
    ("verify-cvc3", "key"): one("E4", "XN"),
    ("verify-arqc-generate-arpc", "key"): one("E0", "XN"),
    ("verify-cryptogram", "key"): one("E0", "XN"),
    ("generate-script-mac", "key"): one("E2", "XN"),
    ("encrypt-script-data", "key"): one("E1", "XN"),
    ("generate-pin-change", "imk_ac"): one("E0", "XN"),
    ("generate-pin-change", "imk_smi"): one("E2", "XN"),
    ("generate-pin-change", "imk_smc"): one("E1", "XN"),
    ("generate-pin-change", "pin_key"): one("P0", "DBN", "TA"),
    ("generate-pin-change", "pin_key_base"): BASE,
    ("encrypt-data", "key"): one("D0", "EBN", "TA"),
    ("encrypt-data", "key_base"): BASE,
    ("decrypt-data", "key"): one("D0", "DBN", "TA"),
    ("decrypt-data", "key_base"): BASE,
    ("translate-data", "source"): one("D0", "DBN", "TA"),
    ("translate-data", "source_base"): BASE,
    ("translate-data", "target"): one("D0", "EBN", "TA"),
    ("translate-data", "target_base"): BASE,
    ("token", "key"): one("M7", "GCN", "H"),
    ("protect", "key"): one("D0", "EBN", "A"),
    ("unprotect", "key"): one("D0", "DBN", "A"),
    ("accept-ksn", "key_base"): BASE,
    ("import-key", "kbpk"): [(["K0", "K1"], "DBN", "TA"), (["K4"], "DBN", "A")],
    ("export-key", "kbpk"): [(["K1"], "EBN", "TA"), (["K4"], "EBN", "A")],
}

# Who may call what, typed apart too.
CALLERS = {
    "describe-key": {"viewer", "operator", "custodian", "admin"},
    "form-key": {"custodian"},
    **{name: {"admin"} for name in ("generate-key", "import-key", "export-key", "change-key-state", "delete-key")},
}

TDES = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
MATERIAL = {Algorithm.TDES: TDES, Algorithm.AES: bytes(range(32)), Algorithm.HMAC: bytes(range(32))}
KSNS = {Algorithm.TDES: bytes.fromhex("FFFF9876543210E00001"), Algorithm.AES: bytes.fromhex("123456789012345600000001")}
FORMATS = {Algorithm.TDES: PinBlockFormat.ISO_0, Algorithm.AES: PinBlockFormat.ISO_4}
PAN = Pan("4761739001010119")
PIN = Secret(b"1234")
TERMS = Terms(decimalisation="0123456789012345", permissions=(Permission.CHOSEN_PINS,))
TAGS = {
    "9F02": bytes(6), "9F03": bytes(6), "9F1A": bytes(2), "95": bytes(5), "5F2A": bytes(2), "9A": bytes(3),
    "9C": bytes(1), "9F37": bytes(4), "82": bytes(2), "9F36": bytes(2), "9F10": bytes.fromhex("06011203A0B800"),
}  # fmt: skip
BLOCKS = {
    PinBlockFormat.ISO_0: encrypt_iso0(Secret(TDES), PIN, PAN),
    PinBlockFormat.ISO_4: encrypt_iso4(Secret(MATERIAL[Algorithm.AES]), PIN, PAN, bytes(8)),
}


def key(name, usage, mode, algorithm, **changed):
    return Key.make(name, usage, MATERIAL[algorithm], algorithm=algorithm, mode=mode, terms=TERMS, **changed)


CELLS = list(product(KeyUsage, Mode, MATERIAL))
TRIALS = {cell: key("trial", *cell) for cell in CELLS}
OUTGOING = Key.make(
    "outgoing", KeyUsage.CARD_VERIFICATION, bytes(range(16)), mode=Mode.VERIFY, exportability=Exportability.EXPORTABLE
)


def arqc():
    profile = CVN_PROFILES[Scheme.VISA, 0x12]
    session = session_key(profile, icc_master_key(Secret(TDES), PAN, "01", "B"), TAGS["9F36"])
    return application_cryptogram(session, cryptogram_input(profile, TAGS), profile.padding)


CARD = {"pan": PAN, "psn": "01", "tags": TAGS | {"9F26": arqc()}}


def incoming(algorithm):
    """A key block that the trial key can have made."""
    header = Header(
        version=Version.B if algorithm is Algorithm.TDES else Version.D,
        usage=KeyUsage.CARD_VERIFICATION,
        algorithm=Algorithm.TDES,
        mode=Mode.VERIFY,
        exportability=Exportability.EXPORTABLE,
    )
    return wrap(Secret(MATERIAL[algorithm]), header, OUTGOING.secret, fill=bytes)


INCOMING = {algorithm: incoming(algorithm) for algorithm in FORMATS}


CONTRIBUTIONS = [
    Contribution(custodian, component)
    for custodian, component in zip(
        ("bert", "carla"), split(Secret(bytes(range(48, 64))), bytes(range(32, 48)), Algorithm.TDES), strict=True
    )
]


class Given(msgspec.Struct):
    """What a call is made with: its keys by argument, and what suits the key under trial."""

    keys: dict
    trial: Key

    @property
    def format(self):
        return FORMATS.get(self.trial.algorithm, PinBlockFormat.ISO_0)

    @property
    def pins(self):
        """PIN key, format and block: of the key under trial, where it is the PIN key."""
        block_format = self.format if self.has("pin_key") else PinBlockFormat.ISO_0
        return {"pin_key": self.keys["pin_key"], "pin_format": block_format, "pan": PAN}

    @property
    def block(self):
        return BLOCKS[self.pins["pin_format"]]

    @property
    def blocks(self):
        return bytes(16)

    def has(self, argument):
        """Whether the key under trial is this argument's."""
        given = self.keys[argument]
        return (given.base if isinstance(given, DukptKey) else given) == "trial"

    def padding(self, argument):
        return 3 if self.has(argument) and self.trial.usage is KeyUsage.MAC_ALGORITHM_1 else 1


# Each operation with lawful values, so that an allowed key is computed with.
CALLS = {
    Operation.GENERATE_MAC: lambda hsm, g: hsm.generate_mac(g.keys["key"], b"data", padding=g.padding("key")),
    Operation.VERIFY_MAC: lambda hsm, g: hsm.verify_mac(
        g.keys["key"], b"data", retail_mac(Secret(TDES), b"data"), padding=g.padding("key")
    ),
    Operation.TRANSLATE_MAC: lambda hsm, g: hsm.translate_mac(
        **g.keys, data=b"data", mac=bytes(8), padding=g.padding("source"), target_padding=g.padding("target")
    ),
    Operation.TRANSLATE_PIN: lambda hsm, g: hsm.translate_pin(
        **g.keys,
        block=BLOCKS[g.format] if g.has("source") else BLOCKS[PinBlockFormat.ISO_0],
        pan=PAN,
        source_format=g.format if g.has("source") else PinBlockFormat.ISO_0,
        target_format=g.format if g.has("target") else PinBlockFormat.ISO_0,
    ),
    Operation.VERIFY_PIN_PVV: lambda hsm, g: hsm.verify_pin_pvv(**g.pins, pvk=g.keys["pvk"], block=g.block, pvki=1, pvv="0000"),
    Operation.VERIFY_PIN_OFFSET: lambda hsm, g: hsm.verify_pin_offset(
        **g.pins, pvk=g.keys["pvk"], block=g.block, offset="0000"
    ),
    Operation.GENERATE_PIN: lambda hsm, g: hsm.generate_pin(**g.pins),
    Operation.GENERATE_PIN_PVV: lambda hsm, g: hsm.generate_pin_pvv(**g.pins, pvk=g.keys["pvk"], pvki=1),
    Operation.GENERATE_PIN_OFFSET: lambda hsm, g: hsm.generate_pin_offset(**g.pins, pvk=g.keys["pvk"]),
    Operation.GENERATE_PVV: lambda hsm, g: hsm.generate_pvv(**g.pins, pvk=g.keys["pvk"], block=g.block, pvki=1),
    Operation.CHANGE_PIN_PVV: lambda hsm, g: hsm.change_pin_pvv(
        **g.pins, pvk=g.keys["pvk"], block=g.block, new_block=g.block, pvki=1, pvv="0000"
    ),
    Operation.CHANGE_PIN_OFFSET: lambda hsm, g: hsm.change_pin_offset(
        **g.pins, pvk=g.keys["pvk"], block=g.block, new_block=g.block, offset="0000"
    ),
    Operation.GENERATE_CVV: lambda hsm, g: hsm.generate_cvv(**g.keys, pan=PAN, expiry="3012", service_code="201"),
    Operation.GENERATE_ICVV: lambda hsm, g: hsm.generate_icvv(**g.keys, pan=PAN, expiry="3012"),
    Operation.GENERATE_CVV2: lambda hsm, g: hsm.generate_cvv2(**g.keys, pan=PAN, expiry="3012"),
    Operation.VERIFY_CVV: lambda hsm, g: hsm.verify_cvv(**g.keys, pan=PAN, expiry="3012", service_code="201", value="000"),
    Operation.VERIFY_ICVV: lambda hsm, g: hsm.verify_icvv(**g.keys, pan=PAN, expiry="3012", value="000"),
    Operation.VERIFY_CVV2: lambda hsm, g: hsm.verify_cvv2(**g.keys, pan=PAN, expiry="3012", value="000"),
    Operation.VERIFY_DCVV: lambda hsm, g: hsm.verify_dcvv(
        **g.keys, pan=PAN, psn="00", expiry="3012", service_code="201", atc=bytes(2), value="000"
    ),
    Operation.VERIFY_CVC3: lambda hsm, g: hsm.verify_cvc3(
        **g.keys, pan=PAN, psn="00", track=bytes(19), un=bytes(4), atc=bytes(2), value="000"
    ),
    Operation.VERIFY_ARQC_GENERATE_ARPC: lambda hsm, g: hsm.verify_arqc_generate_arpc(**g.keys, **CARD, csu=bytes(4)),
    Operation.VERIFY_CRYPTOGRAM: lambda hsm, g: hsm.verify_cryptogram(**g.keys, **CARD),
    Operation.GENERATE_SCRIPT_MAC: lambda hsm, g: hsm.generate_script_mac(**g.keys, **CARD, header=bytes(5), data=b""),
    Operation.ENCRYPT_SCRIPT_DATA: lambda hsm, g: hsm.encrypt_script_data(**g.keys, **CARD, data=b"data"),
    Operation.GENERATE_PIN_CHANGE: lambda hsm, g: hsm.generate_pin_change(
        **(g.keys | g.pins), block=g.block, psn="01", tags=CARD["tags"]
    ),
    Operation.ENCRYPT_DATA: lambda hsm, g: hsm.encrypt_data(g.keys["key"], g.blocks, iv=None),
    Operation.DECRYPT_DATA: lambda hsm, g: hsm.decrypt_data(g.keys["key"], g.blocks, iv=None),
    Operation.TRANSLATE_DATA: lambda hsm, g: hsm.translate_data(**g.keys, blocks=g.blocks, iv=None, target_iv=None),
    Operation.TOKEN: lambda hsm, g: hsm.token(g.keys["key"], PAN),
    Operation.PROTECT: lambda hsm, g: hsm.protect(g.keys["key"], b"data", b"context"),
    Operation.UNPROTECT: lambda hsm, g: hsm.unprotect(g.keys["key"], bytes(17), b"context"),
    Operation.DRAW_RANDOM: lambda hsm, g: hsm.draw_random(8),
    Operation.ACCEPT_KSN: lambda hsm, g: hsm.accept_ksn(g.keys["key"]),
    Operation.DESCRIBE_KEY: lambda hsm, g: hsm.describe_key("outgoing"),
    Operation.GENERATE_KEY: lambda hsm, g: hsm.generate_key("new", KeyUsage.PIN_ENCRYPTION),
    Operation.FORM_KEY: lambda hsm, g: hsm.form_key("new", KeyUsage.PIN_ENCRYPTION, CONTRIBUTIONS),
    Operation.IMPORT_KEY: lambda hsm, g: hsm.import_key("incoming", **g.keys, block=INCOMING.get(g.trial.algorithm, "")),
    Operation.EXPORT_KEY: lambda hsm, g: hsm.export_key("outgoing", **g.keys),
    Operation.CHANGE_KEY_STATE: lambda hsm, g: hsm.change_key_state("outgoing", KeyState.DISABLED),
    Operation.DELETE_KEY: lambda hsm, g: hsm.delete_key("outgoing"),
}


class Counting:
    """Counters of devices that are always new; entropy that counts, so that it makes lawful keys."""

    def advance(self, device, counter):
        return True

    def draw(self, count, /):
        return bytes(range(1, count + 1))


def right_key(operation, role):
    rule = OPERATIONS[operation][role][0]
    return key(role, rule.usages[0], rule.modes[0], rule.algorithms[0])


def arguments(operation, role):
    """Names of keys by argument, the trial in its role; transactions' keys only where the trial is their base key."""
    named = {}
    for other in OPERATIONS[operation]:
        argument = other.removesuffix("_base")
        if other == role or (not other.endswith("_base") and argument not in named and f"{argument}_base" != role):
            named[argument] = "trial" if other == role else other
    return named


def attempt(operation, role, trial, caller=None):
    """The operation with the trial key in one role and right keys in the others: its error, events and uses."""
    named = arguments(operation, role)
    others = [right_key(operation, name) for name in named.values() if name != "trial"]
    if role and role.endswith("_base"):
        ksn = KSNS.get(trial.algorithm, bytes(10))
        named = {name: DukptKey(base="trial", ksn=ksn) if value == "trial" else value for name, value in named.items()}
    events = []
    hsm = SoftHsm(
        MemoryKeystore([trial, *others, OUTGOING]),
        Counting(),
        events.append,
        caller=caller or Caller("", ROLES[operation][0]),
        counters=Counting(),
    )
    try:
        CALLS[operation](hsm, Given(named, trial))
    except Mismatch:
        return None, [], hsm.uses
    except (KeyUsageError, RoleError) as error:
        return error, events, hsm.uses
    return None, [event for event in events if event.result is not Result.DONE], hsm.uses


def test_the_table_has_every_operation_and_role():
    """No operation is without a rule, and no rule without an operation."""
    assert OPERATIONS.keys() == set(Operation) == CALLS.keys() == ROLES.keys()
    assert {(operation.value, role) for operation in OPERATIONS for role in OPERATIONS[operation]} == ALLOWED.keys()


@pytest.mark.parametrize(("name", "role"), ALLOWED)
def test_only_the_allowed_cells_succeed(name, role):
    """Each usage, mode and algorithm of ours in this role: exactly the cells of the field's table are computed (R16, R21)."""
    operation = Operation(name)
    succeeded = set()
    for cell in CELLS:
        error, events, uses = attempt(operation, role, TRIALS[cell])
        if error is None:
            succeeded.add(tuple(part.value for part in cell))
            assert not events
            assert uses[operation, "trial"] == 1
        else:
            assert [(event.operation, event.result, event.reason) for event in events] == [
                (operation, Result.REFUSED, Reason.KEY_USAGE)
            ]
            assert (operation, "trial") not in uses
    assert succeeded == {cell for allowed in ALLOWED[name, role] for cell in product(*allowed)}


@pytest.mark.parametrize("state", KeyState)
@pytest.mark.parametrize(("name", "role"), ALLOWED)
def test_only_active_keys_are_used(name, role, state):
    """In every role of every operation a key in another state than active is refused, and told as such (R30)."""
    trial = msgspec.structs.replace(right_key(Operation(name), role), name="trial", state=state)
    error, events, _ = attempt(Operation(name), role, trial)
    if state is KeyState.ACTIVE:
        assert error is None
    else:
        assert isinstance(error, KeyStateError)
        assert [event.reason for event in events] == [Reason.KEY_STATE]


@pytest.mark.parametrize(("name", "role"), ALLOWED)
def test_only_lawful_sizes_are_used(name, role):
    """A TDES key of 24 bytes, where the standard knows keys of 16 only, is refused with its size (R16)."""
    operation = Operation(name)
    rule = OPERATIONS[operation][role][0]
    if not rule.sizes:
        return
    longer = {Algorithm.TDES: bytes(range(24)), Algorithm.AES: bytes(range(24))}[rule.algorithms[0]]
    trial = Key.make("trial", rule.usages[0], longer, algorithm=rule.algorithms[0], mode=rule.modes[0])
    error, _, _ = attempt(operation, role, trial)
    assert isinstance(error, KeyUsageError)
    assert "has 24 bytes" in str(error)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("operation", Operation)
def test_only_the_right_roles_may_call(operation, role):
    """Each operation in each role: operators compute, administrators keep keys, custodians form them, viewers look."""
    rules = OPERATIONS[operation]
    first = next(iter(rules), None)
    trial = msgspec.structs.replace(right_key(operation, first), name="trial") if first else TRIALS[CELLS[0]]
    error, events, _ = attempt(operation, first, trial, Caller("anna", role))
    allowed = CALLERS.get(operation.value, {"operator"})
    assert (error is None) == (role.value in allowed)
    if error is not None:
        assert isinstance(error, RoleError)
        assert [(event.result, event.reason, event.caller) for event in events] == [(Result.REFUSED, Reason.ROLE, "anna")]


def test_a_refusal_says_what_would_do():
    """The text names the key, what it is, the role it was tried in, and what the role needs."""
    trial = key("trial", KeyUsage.PIN_ENCRYPTION, Mode.ENCRYPT_AND_DECRYPT, Algorithm.TDES)
    error, events, _ = attempt(Operation.VERIFY_CVV, "key", trial)
    assert str(error) == (
        "key 'trial' (usage P0, mode B, TDES) is not a key for verify-cvv: use one of usage C0, mode V or C or N, TDES"
    )
    assert events == [AuditEvent(Operation.VERIFY_CVV, ("trial",), Result.REFUSED, Reason.KEY_USAGE)]


def test_exportability_does_not_matter_for_use():
    """Whether a key may leave says nothing about what it may compute."""
    base = key("trial", KeyUsage.MAC_ALGORITHM_3, Mode.ANY, Algorithm.TDES)
    for exportability in Exportability:
        trial = msgspec.structs.replace(base, exportability=exportability)
        assert attempt(Operation.GENERATE_MAC, "key", trial)[0] is None


def test_translations_are_those_of_the_field():
    """All 25 pairs: bound stays bound, unbound may be bound, format 2 comes from nowhere and leads nowhere (R1)."""
    allowed = {(source.value, target.value) for source, targets in TRANSLATIONS.items() for target in targets}
    assert allowed == {*product("034", "034"), ("1", "0"), ("1", "1"), ("1", "3"), ("1", "4")}
