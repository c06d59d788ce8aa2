"""Proves the life of keys: made, formed by custodians, let in and out in key blocks, put out of use, deleted; all audited."""

import pytest

from keys.components import split
from keys.errors import (
    KeyBlockError,
    KeyNotFound,
    KeysError,
    KeyStateError,
    KeystoreError,
    KeyUsageError,
    Reason,
    RoleError,
)
from keys.hsm import AuditEvent, Caller, Contribution, Result, SoftHsm
from keys.hsm.key_management import strength
from keys.keystore import MemoryKeystore
from keys.material import Algorithm, Exportability, Key, KeyUsage, Mode
from keys.policy import Operation, Role
from keys.sensitive import Pan, Secret
from keys.terms import TRANSITIONS, KeyState, Permission, Terms
from keys.tr31.block import METHODS, unwrap, wrap
from keys.tr31.header import Header, OptionalBlock, Version

TDES = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
E, S, N = Exportability.EXPORTABLE, Exportability.SENSITIVE, Exportability.NON_EXPORTABLE
ALL = Terms(permissions=tuple(Permission))


@pytest.fixture
def stand(desk, make_key):
    """Protection keys of three strengths, and one with every permission."""
    return desk(
        make_key("kbpk2", "K1", bytes(range(16))),
        make_key("kbpk3", "K1", bytes(range(16, 40))),
        make_key("kbpk-aes", "K1", bytes(range(32)), algorithm="A"),
        make_key("kbpk-aes-128", "K1", bytes(range(64, 80)), algorithm="A"),
        make_key("zmk", "K0", bytes(range(80, 96))),
        make_key("permitting", "K1", bytes(range(96, 112)), terms=ALL),
    )


def block(stand, kbpk, key=TDES, version=None, blocks=(), **changed):
    protecting = stand.keystore.get(kbpk)
    attributes = {
        "version": version or (Version.B if protecting.algorithm is Algorithm.TDES else Version.D),
        "usage": KeyUsage.PIN_ENCRYPTION,
        "algorithm": Algorithm.TDES,
        "mode": Mode.ENCRYPT,
        "exportability": E,
        "blocks": tuple(OptionalBlock(*each) for each in blocks),
    }
    return wrap(protecting.secret, Header(**(attributes | changed)), Secret(key), fill=bytes)


# Made.


@pytest.mark.parametrize(("algorithm", "size"), [("T", 16), ("T", 24), ("A", 16), ("A", 24), ("A", 32), ("H", 32)])
def test_keys_are_generated(stand, algorithm, size):
    """Of every algorithm and size, random, with the attributes that were asked for."""
    made = [
        stand.admin.generate_key(
            name, KeyUsage.DATA_ENCRYPTION, algorithm=Algorithm(algorithm), size=size, mode=Mode.ENCRYPT, exportability=S
        )
        for name in ("one", "other")
    ]
    key = stand.keystore.get("one")
    assert (made[0].kcv, made[0].bits, made[0].mode, made[0].exportability) == (key.kcv, 8 * size, Mode.ENCRYPT, S)
    assert len(key.secret) == size
    assert made[0].kcv != made[1].kcv
    assert made[0] == stand.hsm.describe_key("one")


def test_a_generated_key_is_lawful(stand):
    """No size that its algorithm has not, no name that is taken, no terms that permit weakness."""
    generate = stand.admin.generate_key
    for arguments, error in (
        ({"size": 8}, "no key of TDES has 8 bytes"),
        ({"algorithm": Algorithm.RSA, "size": 256}, "no key of RSA"),
        ({"terms": ALL}, "never weak"),
    ):
        with pytest.raises(KeyBlockError, match=error):
            generate("new", KeyUsage.DATA_ENCRYPTION, **arguments)
    with pytest.raises(KeyBlockError, match="two keys are named"):
        generate("zmk", KeyUsage.DATA_ENCRYPTION)


def test_a_broken_source_makes_no_key(make_key):
    """Entropy that gives zeroes only gives no TDES key: it is drawn again some times, and then refused."""

    class Zeroes:
        def draw(self, count, /):
            return bytes(count)

    hsm = SoftHsm(MemoryKeystore([]), Zeroes(), lambda event: None, caller=Caller("anna", Role.ADMIN))
    with pytest.raises(KeyBlockError, match="weak"):
        hsm.generate_key("new", KeyUsage.DATA_ENCRYPTION)


# Formed.


def contributions(key=TDES, custodians=("bert", "carla", "dora")):
    parts = split(Secret(key), bytes(range(1, 1 + 16 * (len(custodians) - 1))), Algorithm.TDES)
    return [Contribution(custodian, part) for custodian, part in zip(custodians, parts, strict=True)]


@pytest.mark.parametrize("custodians", [("bert", "carla"), ("bert", "carla", "dora")])
def test_a_key_is_formed_by_its_custodians(stand, custodians):
    """Its check value is known before; parity is made odd."""
    made = stand.custodian.form_key("zmk2", KeyUsage.KEY_BLOCK_PROTECTION, contributions(custodians=custodians))
    assert made.kcv == "08D7B4"
    assert stand.keystore.get("zmk2").secret == Secret(TDES)
    assert stand.audited == [AuditEvent(Operation.FORM_KEY, ("zmk2",), Result.DONE, None, "bert")]


@pytest.mark.parametrize("custodians", [("bert", "bert"), ("bert", " BERT "), ("bert", ""), ("bert", "carla", "bert")])
def test_one_custodian_is_not_two(stand, custodians):
    """Under no spelling of the name (R23)."""
    with pytest.raises(KeyBlockError, match="another custodian"):
        stand.custodian.form_key("new", KeyUsage.KEY_BLOCK_PROTECTION, contributions(custodians=custodians))


def test_fewer_than_two_form_nothing(stand):
    """One component, or none."""
    for few in (contributions()[:1], []):
        with pytest.raises(KeyBlockError):
            stand.custodian.form_key("new", KeyUsage.KEY_BLOCK_PROTECTION, few)


# Let in.


@pytest.mark.parametrize("kbpk", ["kbpk2", "kbpk3", "kbpk-aes", "zmk"])
def test_a_key_comes_in_as_its_block_says(stand, kbpk):
    """Usage, algorithm, mode and exportability are the header's (R17)."""
    made = stand.admin.import_key("zpk", kbpk=kbpk, block=block(stand, kbpk))
    assert (made.usage, made.algorithm, made.mode, made.exportability) == (
        KeyUsage.PIN_ENCRYPTION,
        Algorithm.TDES,
        Mode.ENCRYPT,
        E,
    )
    assert stand.keystore.get("zpk").secret == Secret(TDES)


@pytest.mark.parametrize(
    ("kbpk", "blocks", "right"),
    [
        ("kbpk2", [("KC", "0008D7B4")], True),
        ("kbpk2", [("KC", "0008D7B5")], False),
        ("kbpk2", [("KC", "0108D7B4")], False),
        ("kbpk-aes", [("KC", "0008D7B4")], True),
        ("kbpk-aes", [("KP", "0008D7B4")], False),
        ("kbpk2", [("KC", "0008D7B400")], False),
    ],
)
def test_stated_check_values_are_compared(stand, kbpk, blocks, right):
    """What a block says of its key (KC) or of its protection key (KP) must be so."""
    text = block(stand, kbpk, blocks=blocks)
    if right:
        assert stand.admin.import_key("zpk", kbpk=kbpk, block=text)
    else:
        with pytest.raises(KeyBlockError, match="states a check value"):
            stand.admin.import_key("zpk", kbpk=kbpk, block=text)


def test_the_check_value_of_the_protection_key_is_compared(stand):
    """By both methods, with as many digits as are stated."""
    kcv = stand.keystore.get("kbpk-aes").kcv
    for stated in (f"01{kcv}", f"01{kcv[:4]}"):
        name = f"zpk-{stated}"
        assert stand.admin.import_key(name, kbpk="kbpk-aes", block=block(stand, "kbpk-aes", blocks=[("KP", stated)]))


def test_a_key_comes_in_once(stand):
    """Not under a name that is taken, and not for a second purpose (R17)."""
    stand.admin.import_key("zpk", kbpk="kbpk2", block=block(stand, "kbpk2"))
    with pytest.raises(KeyBlockError, match="two keys"):
        stand.admin.import_key("zpk", kbpk="kbpk2", block=block(stand, "kbpk2"))
    with pytest.raises(KeyBlockError, match="has another use"):
        stand.admin.import_key("dek", kbpk="kbpk2", block=block(stand, "kbpk2", usage=KeyUsage.DATA_ENCRYPTION))


def test_three_parts_that_are_two_are_the_same_key(stand, make_key):
    """K1 K2 K1 enciphers as K1 K2 does: it gets no second purpose by its length (R17), and protects no more (R19)."""
    two, three = bytes(range(112, 128)), bytes(range(112, 128)) + bytes(range(112, 120))
    stand.keystore.add(make_key("zpk", "P0", two))
    stand.keystore.add(make_key("cvk", "C0", bytes(range(128, 144)) + bytes(range(128, 136))))
    for material in (three, bytes(range(128, 144))):
        with pytest.raises(KeyBlockError, match="has another use"):
            stand.admin.import_key("m3", kbpk="kbpk3", block=block(stand, "kbpk3", material, usage=KeyUsage.MAC_ALGORITHM_3))
    stand.keystore.add(make_key("kbpk-long", "K1", three))
    with pytest.raises(KeyBlockError, match="only 80"):
        stand.admin.import_key("in", kbpk="kbpk-long", block=block(stand, "kbpk-long", bytes(range(144, 168))))


def test_weak_and_old_keys_come_in_by_permission_only(stand):
    """Two halves alike: refused; under a KBPK that permits it, and with terms that say so, it comes in."""
    weak = TDES[:8] * 2
    with pytest.raises(KeyBlockError, match="equal"):
        stand.admin.import_key("weak", kbpk="kbpk2", block=block(stand, "kbpk2", weak))
    terms = Terms(permissions=(Permission.LEGACY_KEYS,))
    with pytest.raises(KeyUsageError, match="brings no weak keys"):
        stand.admin.import_key("weak", kbpk="kbpk2", block=block(stand, "kbpk2", weak), terms=terms)
    stand.admin.import_key("weak", kbpk="permitting", block=block(stand, "permitting", weak), terms=terms)
    assert stand.hsm.generate_pin(pin_key="weak", pan=Pan("4761739001010119"))


# Let out.


def exporting(stand, make_key, exportability, name="zpk", **attributes):
    stand.keystore.add(make_key(name, "P0", TDES, mode="E", exportability=exportability, **attributes))


@pytest.mark.parametrize(
    ("kbpk", "version"),
    [("kbpk2", None), ("kbpk3", Version.B), ("kbpk-aes", None), ("kbpk-aes", Version.D), ("kbpk-aes", Version.E)],
)
def test_an_exportable_key_leaves_and_comes_back(stand, make_key, kbpk, version):
    """The block says all that it is, with its check value, and another HSM takes it as it was."""
    exporting(stand, make_key, E)
    text = stand.admin.export_key("zpk", kbpk=kbpk, version=version)
    header = unwrap(stand.keystore.get(kbpk).secret, text).header
    assert (header.usage, header.mode, header.exportability) == (KeyUsage.PIN_ENCRYPTION, Mode.ENCRYPT, E)
    assert header.optional("KC") == "0008D7B4"
    again = stand.admin.import_key("again", kbpk=kbpk, block=text)
    assert again.kcv == "08D7B4"
    assert text != stand.admin.export_key("zpk", kbpk=kbpk, version=version)


@pytest.mark.parametrize("version", [Version.A, Version.B, Version.C])
def test_a_protection_key_has_its_versions(stand, make_key, version):
    """No A, no C, and no B under AES."""
    exporting(stand, make_key, E)
    with pytest.raises(KeyBlockError):
        stand.admin.export_key("zpk", kbpk="kbpk-aes", version=version)
    assert METHODS[Version.A].legacy


def test_a_key_under_a_data_key_is_no_export(stand, make_key):
    """Only K1 and K4 keys protect what leaves."""
    exporting(stand, make_key, E)
    stand.keystore.add(make_key("dek", "D0", bytes(range(112, 128))))
    for kbpk in ("dek", "zmk"):
        with pytest.raises(KeyUsageError):
            stand.admin.export_key("zpk", kbpk=kbpk)


@pytest.mark.parametrize("state", [KeyState.PENDING, KeyState.DISABLED, KeyState.EXPIRED])
def test_a_key_that_is_not_active_does_not_leave(stand, make_key, state):
    """Whatever its exportability (R30)."""
    exporting(stand, make_key, E, state=state)
    with pytest.raises(KeyStateError):
        stand.admin.export_key("zpk", kbpk="kbpk2")


# Put out of use.


@pytest.mark.parametrize("before", KeyState)
@pytest.mark.parametrize("after", KeyState)
def test_states_change_as_the_table_says(desk, make_key, before, after):
    """Every pair: the lawful ones change the key, the others nothing."""
    stand = desk(make_key("zak", "M3", state=before))
    if after in TRANSITIONS[before]:
        assert stand.admin.change_key_state("zak", after).state is after
        assert stand.keystore.get("zak").state is after
    else:
        with pytest.raises(KeyStateError, match=f"is {before.value}, and does not become {after.value}"):
            stand.admin.change_key_state("zak", after)
        assert stand.keystore.get("zak").state is before


def test_a_deleted_key_is_gone(desk, make_key):
    """For every operation, and with its ciphers."""
    stand = desk(make_key("zak", "M3"))
    stand.hsm.generate_mac("zak", b"")
    stand.admin.delete_key("zak")
    assert not stand.hsm._kept
    for act in (lambda: stand.hsm.generate_mac("zak", b""), lambda: stand.admin.delete_key("zak")):
        with pytest.raises(KeyNotFound):
            act()


# Audited.


def test_each_act_is_audited(stand, make_key):
    """Done, with who did it and to which keys; a refusal with its reason (R32)."""
    exporting(stand, make_key, E)
    stand.admin.generate_key("new", KeyUsage.DATA_ENCRYPTION)
    stand.admin.export_key("zpk", kbpk="kbpk2")
    stand.admin.change_key_state("new", KeyState.DISABLED)
    stand.admin.delete_key("new")
    stand.hsm.describe_key("zpk")
    with pytest.raises(RoleError):
        stand.hsm.delete_key("zpk")
    assert stand.audited == [
        AuditEvent(Operation.GENERATE_KEY, ("new",), Result.DONE, None, "anna"),
        AuditEvent(Operation.EXPORT_KEY, ("zpk", "kbpk2"), Result.DONE, None, "anna"),
        AuditEvent(Operation.CHANGE_KEY_STATE, ("new",), Result.DONE, None, "anna"),
        AuditEvent(Operation.DELETE_KEY, ("new",), Result.DONE, None, "anna"),
        AuditEvent(Operation.DELETE_KEY, ("zpk",), Result.REFUSED, Reason.ROLE, ""),
    ]


class ReadOnly:
    """A keystore that can only be read."""

    def __init__(self, *keys: Key):
        self.keys = {key.name: key for key in keys}

    def get(self, name):
        if name not in self.keys:
            raise KeyNotFound(name)
        return self.keys[name]

    def names(self):
        return sorted(self.keys)


def test_a_keystore_that_is_read_only_is_not_managed(make_key):
    """Told as such, whatever is tried."""
    hsm = SoftHsm(ReadOnly(make_key("zak", "M3")), None, lambda event: None, caller=Caller("anna", Role.ADMIN))
    for act in (lambda: hsm.delete_key("zak"), lambda: hsm.change_key_state("zak", KeyState.DISABLED)):
        with pytest.raises(KeystoreError, match="for reading only"):
            act()


def test_no_act_gives_a_clear_key(stand, make_key):
    """What key management returns holds check values and attributes, never material (R24)."""
    exporting(stand, make_key, E)
    results = [
        stand.hsm.describe_key("zpk"),
        stand.admin.export_key("zpk", kbpk="kbpk2"),
        stand.admin.change_key_state("zpk", KeyState.DISABLED),
        stand.audited,
    ]
    assert TDES.hex() not in repr(results).lower()
    assert not any(isinstance(part, (Secret, Key)) for part in results)


def test_strengths_are_nists():
    """Each algorithm and size, in order."""
    sizes = [(Algorithm.TDES, 8), (Algorithm.TDES, 16), (Algorithm.TDES, 24), (Algorithm.AES, 16), (Algorithm.AES, 24)]
    assert [strength(*size) for size in sizes] == [56, 80, 112, 128, 192]
    assert strength(Algorithm.HMAC, 128) == strength(Algorithm.AES, 32) == 256


def test_every_refusal_is_one_of_ours(stand):
    """Text that is no key block is refused in words, never by another exception."""
    for text in ("", "B", "B0016P0TE00E0000", "é" * 80, "D" + "0" * 111):
        with pytest.raises(KeysError):
            stand.admin.import_key("new", kbpk="kbpk2", block=text)
