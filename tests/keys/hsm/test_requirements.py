"""Proves the requirements that published attacks on HSMs have led to, each by a test that names it (R1 to R32).

Two attacks are replayed: first against the primitives, where they work, then through the public interface, where they must
not. R12, R13 and the file of R32 are the host port's, and have their tests there.
"""

import copy
import inspect
import json
import pickle
from itertools import product

import msgspec
import pytest

from keys.ciphers import Tdes
from keys.components import Component
from keys.errors import (
    KeyBlockError,
    KeysError,
    KeyStateError,
    KeyUsageError,
    KsnReplayed,
    MacMismatch,
    MalformedInput,
    PinFormatError,
    PinMismatch,
    Reason,
)
from keys.hsm import Contribution, Direction, DukptKey, SoftHsm
from keys.keystore import MemoryKeystore
from keys.mac import cbc_mac
from keys.material import Algorithm, Exportability, Key, KeyUsage, Mode
from keys.pin import natural_pin, pin_offset, pvv
from keys.pinblock import PinBlockFormat, decrypt_iso0, decrypt_pin, encrypt_iso0, encrypt_pin
from keys.policy import OPERATIONS, Operation
from keys.sensitive import Pan, Secret
from keys.terms import KeyState, Permission, Terms, check_decimalisation
from keys.tr31.block import wrap
from keys.tr31.header import Header, Version

ISO_0, ISO_1, ISO_2, ISO_3, ISO_4 = PinBlockFormat
PAN = Pan("4761739001010119")
THIEFS_PAN = Pan("4111111111111111")
PIN = Secret(b"1234")
TABLE = "0123456789012345"
KSN = bytes.fromhex("FFFF9876543210E00001")
EVERY_TDES_FORMAT = Terms(pin_formats=(ISO_0, ISO_1, ISO_2, ISO_3))
E, S, N = Exportability.EXPORTABLE, Exportability.SENSITIVE, Exportability.NON_EXPORTABLE


@pytest.fixture
def stand(desk, make_key):
    return desk(
        make_key("zpk", "P0", bytes(range(16)), terms=EVERY_TDES_FORMAT),
        make_key("zpk2", "P0", bytes(range(16, 32)), terms=EVERY_TDES_FORMAT),
        make_key("plain", "P0", bytes(range(32, 48))),
        make_key("pek", "P0", bytes(range(32)), algorithm="A", terms=Terms(pin_formats=(ISO_0, ISO_2, ISO_4))),
        make_key("pvk", "V2", bytes(range(48, 64))),
        make_key("ibm", "V1", bytes(range(64, 80)), terms=Terms(decimalisation=TABLE)),
        make_key("zak", "M3"),
        make_key("bdk", "B0", bytes(range(80, 96))),
        make_key("kbpk", "K1", bytes(range(32, 64)), algorithm="A"),
        make_key("dek", "D0", bytes(range(96, 112))),
    )


def secret(stand, name):
    return stand.keystore.get(name).secret


def seen(act):
    """All that a caller can see of a refusal."""
    with pytest.raises(KeysError) as caught:
        act()
    error = caught.value
    return type(error), error.args, str(error), error.__cause__, error.__context__


def key_for(block_format, names=("zpk", "pek")):
    return names[1] if block_format is ISO_4 else names[0]


def pin_block(stand, name, block_format, pan=PAN, pin=PIN):
    return encrypt_pin(secret(stand, name), block_format, pin, pan, bytes(range(16)))


@pytest.mark.parametrize(("source", "target"), list(product(PinBlockFormat, repeat=2)))
def test_r01_formats_only_become_what_the_table_allows(stand, source, target):
    """All 25 pairs, even where both keys' terms name both formats: refused before anything is deciphered."""
    arguments = {"source": key_for(source), "target": key_for(target), "source_format": source, "target_format": target}
    block = pin_block(stand, key_for(source), source) if source is not ISO_2 else bytes(8)

    def act(given):
        return stand.hsm.translate_pin(**arguments, block=given, pan=PAN)

    if source is not ISO_2 and target is not ISO_2 and not (source in (ISO_0, ISO_3, ISO_4) and target is ISO_1):
        assert decrypt_pin(secret(stand, key_for(target)), target, act(block), PAN) == PIN
        return
    for given in (block, bytes(8), b""):  # Whatever the block is, it is the formats that are refused.
        with pytest.raises(PinFormatError):
            act(given)


def test_r02_a_pin_stays_with_its_card(stand):
    """One PAN serves both sides, and another one opens nothing, or not this PIN: no block moves to another card."""
    assert [name for name in inspect.signature(SoftHsm.translate_pin).parameters if "pan" in name] == ["pan"]
    for block_format in (ISO_0, ISO_3, ISO_4):
        block = pin_block(stand, key_for(block_format), block_format)
        with pytest.raises(PinMismatch):
            stand.hsm.translate_pin(
                source=key_for(block_format),
                target=key_for(block_format),
                block=block,
                pan=THIEFS_PAN,
                source_format=block_format,
                target_format=block_format,
            )
    digits = PAN.expose()
    for place in range(5, 15):  # The digits that lie over the fill of a four-digit PIN: format 0 sees each.
        other = Pan(f"{digits[:place]}{(int(digits[place]) + 1) % 10}{digits[place + 1 :]}")
        with pytest.raises(PinMismatch):
            stand.hsm.translate_pin(source="zpk", target="zpk2", block=pin_block(stand, "zpk", ISO_0), pan=other)


def test_r03_format_4_is_bound_to_its_card_whole(stand):
    """Every digit of the PAN counts, and no operation or permission lets a format 4 block change its card."""
    digits = PAN.expose()
    block = pin_block(stand, "pek", ISO_4)
    for place in range(16):
        other = Pan(f"{digits[:place]}{(int(digits[place]) + 1) % 10}{digits[place + 1 :]}")
        with pytest.raises(PinMismatch):
            stand.hsm.translate_pin(
                source="pek", target="pek", block=block, pan=other, source_format=ISO_4, target_format=ISO_4
            )
    assert not [permission for permission in Permission if "pan" in permission.value]


@pytest.mark.parametrize("block_format", PinBlockFormat)
@pytest.mark.parametrize("name", ["zpk", "plain", "pek"])
def test_r04_formats_belong_to_keys(stand, name, block_format):
    """TDES has 0, 1, 3, AES has 4, whatever terms say; by default 0 and 3, or 4."""
    allowed = {"zpk": (ISO_0, ISO_1, ISO_3), "plain": (ISO_0, ISO_3), "pek": (ISO_4,)}[name]
    if block_format in allowed:
        assert stand.hsm.generate_pin(pin_key=name, pan=PAN, pin_format=block_format)
    else:
        with pytest.raises(PinFormatError):
            stand.hsm.generate_pin(pin_key=name, pan=PAN, pin_format=block_format)


@pytest.mark.parametrize("block_format", [ISO_0, ISO_1, ISO_3, ISO_4])
def test_r05_all_unreadable_blocks_look_alike(stand, block_format):
    """A thousand blocks, random and with one clear nibble changed, to each operation that opens blocks: one error."""
    name, entropy = key_for(block_format), stand.hsm._entropy
    size = 16 if block_format is ISO_4 else 8
    blocks = [entropy.draw(size) for _ in range(100)] + [b"", bytes(7), bytes(size + 1)]
    if block_format is not ISO_4:
        cipher = Tdes(secret(stand, name))
        clear = int.from_bytes(cipher.decrypt(pin_block(stand, name, block_format)), "big")
        nibbles = range(16) if block_format is not ISO_1 else range(14, 16)
        blocks += [cipher.encrypt((clear ^ (flip << 4 * nibble)).to_bytes(8, "big")) for nibble in nibbles for flip in (6, 15)]
    verify = {"pin_key": name, "pan": PAN, "pin_format": block_format}
    same = {
        seen(lambda b=block, a=act: a(b))
        for block in blocks
        for act in (
            lambda b: stand.hsm.verify_pin_pvv(**verify, pvk="pvk", block=b, pvki=1, pvv="????"),
            lambda b: stand.hsm.verify_pin_offset(**verify, pvk="ibm", block=b, offset="0" * 12),
            lambda b: stand.hsm.change_pin_pvv(**verify, pvk="pvk", block=b, new_block=b, pvki=1, pvv="????"),
        )
    }
    assert [kind for kind, *_ in same] == [PinMismatch]


def test_r06_no_answer_tells_how_long_a_pin_is(stand):
    """Blocks of PINs of 4 to 12 digits are translated to blocks of one length, and nothing else comes with them."""
    for digits in (b"1234", b"123456", b"123456789012"):
        answer = stand.hsm.translate_pin(
            source="zpk", target="zpk2", block=pin_block(stand, "zpk", ISO_0, pin=Secret(digits)), pan=PAN
        )
        assert isinstance(answer, bytes)
        assert len(answer) == 8


@pytest.mark.parametrize("block_format", [ISO_3, ISO_4])
def test_r07_filled_blocks_are_never_the_same_twice(stand, block_format):
    """The same block under the same key and format comes out as another each time."""
    name = key_for(block_format)
    block = pin_block(stand, name, block_format)
    arguments = {"source": name, "target": name, "pan": PAN, "source_format": block_format, "target_format": block_format}
    answers = {stand.hsm.translate_pin(**arguments, block=block) for _ in range(20)}
    assert len(answers) == 20
    assert block not in answers


# R8 is proved for every operation in tests/keys/test_secrecy.py.


def test_r09_a_verdict_has_no_reasons(stand):
    """Wrong PIN, unreadable block, wrong card: the same bytes to the caller and the same event to the audit."""
    value = pvv(secret(stand, "pvk"), PAN, 1, PIN)
    offset = pin_offset(secret(stand, "ibm"), "173900101011FFFF", TABLE, PIN)
    wrong = [pin_block(stand, "zpk", ISO_0, pin=Secret(b"4321")), bytes(8), pin_block(stand, "zpk", ISO_0, THIEFS_PAN)]
    answers = [
        seen(lambda b=block: stand.hsm.verify_pin_pvv(pin_key="zpk", pvk="pvk", block=b, pan=PAN, pvki=1, pvv=value))
        for block in wrong
    ] + [
        seen(lambda b=block: stand.hsm.verify_pin_offset(pin_key="zpk", pvk="ibm", block=b, pan=PAN, offset=offset))
        for block in wrong
    ]
    assert len(set(answers)) == 1
    assert len({(event.result, event.reason) for event in stand.audited}) == 1


def find_digits(answers_to):
    """TR-560: the digits of a PIN, by asking with a table of one digit at a time whether the PIN 0000 still fits.

    A table that is zero but for one in the places of a digit changes the natural PIN just if that digit is in it.
    """
    return {
        digit for digit in range(10) if not answers_to("".join("1" if int(place) == digit else "0" for place in TABLE), "0000")
    }


def test_r10_the_decimalisation_table_attack_has_nothing_to_ask(stand):
    """With a table of one's own any PIN is found in ten questions; through the HSM not one of them can be put."""
    ibm, data = secret(stand, "ibm"), "173900101011FFFF"
    pin = natural_pin(ibm, data, TABLE, 4).expose().decode()

    def bare(table, guess):
        return natural_pin(ibm, data, table, 4) == Secret(guess.encode())

    assert find_digits(bare) == {int(digit) for digit in pin}  # Against the primitive the attack works.

    asked = []

    def through_the_hsm(table, guess):
        block = pin_block(stand, "zpk", ISO_0, pin=Secret(guess.encode()))
        arguments = {"pin_key": "zpk", "pvk": "ibm", "block": block, "pan": PAN, "offset": "0000"}
        for act in (
            lambda: stand.hsm.verify_pin_offset(**arguments, table=table),
            lambda: stand.admin.generate_key("mine", KeyUsage.PIN_VERIFICATION_IBM_3624, terms=Terms(decimalisation=table)),
        ):
            with pytest.raises((TypeError, KeyBlockError)):
                act()
        asked.append(table)
        return True

    assert find_digits(through_the_hsm) == set()
    assert len(asked) == 10
    named = {name for _, act in inspect.getmembers(SoftHsm, inspect.isfunction) for name in inspect.signature(act).parameters}
    assert not {name for name in named if "table" in name or "decimal" in name or "validation" in name}


@pytest.mark.parametrize(
    ("table", "good"),
    [
        ("0123456789012345", True),
        ("8351296477461538", True),
        ("0000111122223333", False),  # Four digits only.
        ("0123456000001234", False),  # Seven, and a zero too often.
        ("0123456700000123", False),  # A zero six times.
        ("0000123456712345", True),  # A zero four times.
        ("0000012345671234", False),  # Five times.
        ("012345678901234", False),
        ("012345678901234A", False),
        ("٠123456789012345", False),
    ],
)
def test_r10_poor_tables_are_refused(table, good):
    """At least eight digits, none more than four times."""
    if good:
        check_decimalisation(table)
    else:
        with pytest.raises(KeyBlockError):
            check_decimalisation(table)


def test_r11_what_a_pin_is_verified_by_is_checked(stand, make_key, desk):
    """Offsets are of digits and of a PIN's length, an index is the key's own; no PIN has three digits."""
    block = pin_block(stand, "zpk", ISO_0)
    for offset in ("", "123", "12a4", "1" * 13, "-123"):
        with pytest.raises(MalformedInput):
            stand.hsm.verify_pin_offset(pin_key="zpk", pvk="ibm", block=block, pan=PAN, offset=offset)
    for digits in (0, 3, 13):
        with pytest.raises(MalformedInput):
            stand.hsm.generate_pin(pin_key="zpk", pan=PAN, digits=digits)
    bound = desk(make_key("zpk", "P0", bytes(range(16))), make_key("pvk", "V2", terms=Terms(pvki=2)))
    with pytest.raises(KeyUsageError):
        bound.hsm.verify_pin_pvv(pin_key="zpk", pvk="pvk", block=block, pan=PAN, pvki=1, pvv="0000")


def test_r14_values_for_foreign_pins_are_not_made(stand, make_key, desk):
    """A key that may verify makes no values; PVVs of chosen PINs take a permission; offsets of foreign blocks nobody makes."""
    block = pin_block(stand, "zpk", ISO_0)
    arguments = {"pin_key": "zpk", "block": block, "pan": PAN, "pvki": 1}
    with pytest.raises(KeyUsageError, match="chosen-pins"):
        stand.hsm.generate_pvv(**arguments, pvk="pvk")
    verifier = desk(
        make_key("zpk", "P0", bytes(range(16))),
        make_key("pvk", "V2", mode="V", terms=Terms(permissions=(Permission.CHOSEN_PINS,))),
    )
    with pytest.raises(KeyUsageError):
        verifier.hsm.generate_pvv(**arguments, pvk="pvk")
    takes_block = [
        name
        for name, act in inspect.getmembers(SoftHsm, inspect.isfunction)
        if "offset" in name and "block" in inspect.signature(act).parameters
    ]
    assert sorted(takes_block) == ["change_pin_offset", "verify_pin_offset"]  # Both know the right PIN before they answer.


def test_r14_the_translate_attack_is_impossible(stand):
    """Berkman and Ostrovsky: through format 1 a block loses its card and gets the thief's, whose offset then tells the PIN."""
    block = pin_block(stand, "zpk", ISO_0)
    loose = encrypt_pin(secret(stand, "zpk"), ISO_1, decrypt_iso0(secret(stand, "zpk"), block, PAN), PAN, bytes(16))
    moved = encrypt_pin(
        secret(stand, "zpk"), ISO_0, decrypt_pin(secret(stand, "zpk"), ISO_1, loose, PAN), THIEFS_PAN, bytes(16)
    )
    assert decrypt_iso0(secret(stand, "zpk"), moved, THIEFS_PAN) == PIN  # With primitives the PIN has changed its card.

    both = {"source": "zpk", "target": "zpk"}
    for attempt in (
        lambda: stand.hsm.translate_pin(**both, block=block, pan=PAN, target_format=ISO_1),
        lambda: stand.hsm.translate_pin(**both, block=block, pan=THIEFS_PAN),
        lambda: stand.hsm.translate_pin(**both, block=block, pan=PAN, source_format=ISO_1, target_format=ISO_1),
        lambda: stand.hsm.translate_pin(**both, block=block, pan=THIEFS_PAN, source_format=ISO_1),
        lambda: stand.hsm.translate_pin(**both, block=block, pan=PAN, source_format=ISO_0, target_format=ISO_2),
    ):
        with pytest.raises((PinFormatError, PinMismatch)):
            attempt()
    assert not [act for act in vars(SoftHsm) if "offset" in act and "foreign" in act]


def test_r15_a_devices_counter_only_goes_forward(stand):
    """Each serial number is accepted once; an older one never; too many one-bits, or none, are no counter."""

    def at(counter):
        return DukptKey(base="bdk", ksn=KSN[:7] + (0xE00000 | counter).to_bytes(3, "big"))

    for counter in (1, 2, 3, 0x10, 0x1FF800):
        assert stand.hsm.accept_ksn(at(counter)) is None
    for counter in (0x1FF800, 0x10, 1):
        with pytest.raises(KsnReplayed):
            stand.hsm.accept_ksn(at(counter))
    for counter in (0, 0x1FFFFF, 0xFFF):
        with pytest.raises(MalformedInput):
            stand.hsm.accept_ksn(at(counter))
    assert [event.reason for event in stand.audited if event.reason is Reason.KSN_REPLAYED] == [Reason.KSN_REPLAYED] * 3


# R16 is proved as a product in tests/keys/test_policy.py.


def test_r17_a_key_has_one_purpose_for_life(stand):
    """No operation takes a usage or a mode for a key that there is; a key cannot be changed; import takes no attributes."""
    for operation in Operation:
        parameters = inspect.signature(getattr(SoftHsm, operation.name.lower())).parameters
        if operation not in (Operation.GENERATE_KEY, Operation.FORM_KEY):
            assert not {"usage", "mode", "algorithm"} & set(parameters), operation
    with pytest.raises(AttributeError):
        stand.keystore.get("zpk").usage = KeyUsage.DATA_ENCRYPTION
    text = stand.admin.export_key(exportable(stand), kbpk="kbpk")
    with pytest.raises(KeyBlockError, match="MAC is wrong"):
        stand.admin.import_key("as-data", kbpk="kbpk", block=text.replace("P0", "D0", 1))


def exportable(stand, exportability=E, name="leaving"):
    stand.keystore.add(
        Key.make(name, KeyUsage.PIN_ENCRYPTION, bytes(range(112, 128)), mode=Mode.ENCRYPT, exportability=exportability)
    )
    return name


def test_r18_every_character_of_a_block_counts(stand):
    """Each single character of an exported block changed: nothing is imported, and no key is there afterwards."""
    text = stand.admin.export_key(exportable(stand), kbpk="kbpk")
    before = stand.keystore.names()
    for place, sign in enumerate(text):
        for other in ("0" if sign != "0" else "1", "F" if sign != "F" else "E"):
            with pytest.raises(KeysError):
                stand.admin.import_key("changed", kbpk="kbpk", block=text[:place] + other + text[place + 1 :])
    assert stand.keystore.names() == before


@pytest.mark.parametrize("permitted", [False, True])
def test_r18_versions_of_the_past_take_a_permission(desk, make_key, permitted):
    """The block of version A that TR-31 prints: read only under a KBPK whose terms say so."""
    block = "A0072P0TE00E0000F5161ED902807AF26F1D62263644BD24192FDB3193C730301CEE8701"
    terms = Terms(permissions=(Permission.LEGACY_BLOCKS,)) if permitted else Terms()
    stand = desk(make_key("kbpk", "K0", "89E88CF7931444F334BD7547FC3F380C", terms=terms))
    if permitted:
        assert stand.admin.import_key("old", kbpk="kbpk", block=block).usage is KeyUsage.PIN_ENCRYPTION
        return
    with pytest.raises(KeyBlockError, match="of the past"):
        stand.admin.import_key("old", kbpk="kbpk", block=block)


STRENGTHS = [("T", 16), ("T", 24), ("A", 16), ("A", 24), ("A", 32)]
BITS = {("T", 16): 80, ("T", 24): 112, ("A", 16): 128, ("A", 24): 192, ("A", 32): 256}


@pytest.mark.parametrize(("outer", "inner"), list(product(STRENGTHS, repeat=2)))
def test_r19_no_key_travels_under_a_weaker_one(desk, make_key, outer, inner):
    """All 25 pairs, in and out."""
    stand = desk(
        make_key("kbpk", "K1", bytes(range(outer[1])), algorithm=outer[0]),
        make_key("key", "D0", bytes(range(64, 64 + inner[1])), algorithm=inner[0], exportability=E),
    )
    header = Header(
        version=Version.B if outer[0] == "T" else Version.D,
        usage=KeyUsage.CARD_VERIFICATION,
        algorithm=Algorithm(inner[0]),
        mode=Mode.ANY,
        exportability=E,
    )
    block = wrap(secret(stand, "kbpk"), header, Secret(bytes(range(100, 100 + inner[1]))), fill=bytes)
    acts = (
        lambda: stand.admin.export_key("key", kbpk="kbpk"),
        lambda: stand.admin.import_key("in", kbpk="kbpk", block=block),
    )
    for act in acts:
        if BITS[outer] >= BITS[inner]:
            assert act()
        else:
            with pytest.raises(KeyBlockError, match="take a stronger key"):
                act()


@pytest.mark.parametrize(("own", "stated", "permitted"), list(product((E, S, N), (E, S, N, None), (False, True))))
def test_r20_exportability_is_kept_or_narrowed(desk, make_key, own, stated, permitted):
    """E leaves, S by permission, N never; a block may say less than the key, and never more."""
    stand = desk(
        make_key("kbpk", "K1", terms=Terms(permissions=(Permission.EXPORT_SENSITIVE,) if permitted else ())),
        make_key("key", "P0", bytes(range(16)), exportability=own),
    )
    order = [E, S, N]
    leaves = own is E or (own is S and permitted)
    if leaves and (stated is None or order.index(stated) >= order.index(own)):
        block = stand.admin.export_key("key", kbpk="kbpk", exportability=stated)
        assert stand.admin.import_key("back", kbpk="kbpk", block=block).exportability is (stated or own)
    else:
        with pytest.raises(KeyUsageError):
            stand.admin.export_key("key", kbpk="kbpk", exportability=stated)


def test_r21_nothing_deciphers_what_it_should_not(stand):
    """No operation on data takes a PIN key, a KBPK or a base key, so none opens PIN blocks or key blocks."""
    for act, name in product(
        (stand.hsm.encrypt_data, stand.hsm.decrypt_data), ("zpk", "pek", "kbpk", "bdk", "zak", "pvk", "ibm")
    ):
        with pytest.raises(KeyUsageError):
            act(name, bytes(16), iv=None)
    for name in ("dek", "zak", "zpk"):
        with pytest.raises(KeyUsageError):
            stand.admin.import_key("in", kbpk=name, block="")
    both = [
        (operation, role)
        for operation, roles in OPERATIONS.items()
        for role, rules in roles.items()
        for rule in rules
        if KeyUsage.DATA_ENCRYPTION in rule.usages and len(rule.usages) > 1
    ]
    assert both == []


def test_r22_check_values_are_short_and_of_whole_keys(stand):
    """Six digits of every key, no argument that asks for more, and none of eight bytes."""
    assert all(len(stand.hsm.describe_key(name).kcv) == 6 for name in stand.keystore.names())
    assert list(inspect.signature(SoftHsm.describe_key).parameters) == ["self", "name"]
    with pytest.raises(KeyBlockError):
        stand.admin.generate_key("half", KeyUsage.DATA_ENCRYPTION, size=8)


HALF = bytes.fromhex("0123456789ABCDEF")


@pytest.mark.parametrize(
    ("parts", "custodians", "error"),
    [
        ([bytes(16), HALF + bytes(range(8))], "ab", "all zeroes"),
        ([HALF * 2, HALF * 2], "ab", "equal"),
        ([bytes(range(16)), bytes(range(16, 32))], "aa", "another custodian"),
        ([bytes(range(16)), bytes(range(16, 32))], "a", "another custodian"),
        ([bytes(range(16)), bytes(a ^ b for a, b in zip(range(16), HALF * 2, strict=True))], "ab", "equal"),
        ([bytes(range(16)), bytes(a ^ b for a, b in zip(range(16), b"\x01" * 16, strict=True))], "ab", "weak"),
    ],
)
def test_r23_components_make_no_poor_key(stand, parts, custodians, error):
    """Zeroes, two alike, one custodian, one component, equal halves, a weak key: refused, and nothing is kept."""
    before = stand.keystore.names()
    contributions = [
        Contribution(custodian, Component(Secret(part), Tdes(Secret(part)).encrypt(bytes(8)).hex().upper()[:6]))
        for custodian, part in zip(custodians, parts, strict=False)
    ]
    with pytest.raises(KeyBlockError, match=error):
        stand.custodian.form_key("new", KeyUsage.KEY_BLOCK_PROTECTION, contributions)
    assert stand.keystore.names() == before


def test_r23_a_component_is_known_by_its_check_value(stand):
    """Typed in wrong, it is named by its number."""
    parts = [Component(Secret(bytes(range(16))), "000000"), Component(Secret(bytes(range(16, 32))), "000000")]
    with pytest.raises(KeyBlockError, match="component 1 does not have"):
        stand.custodian.form_key(
            "new", KeyUsage.KEY_BLOCK_PROTECTION, [Contribution("a", parts[0]), Contribution("b", parts[1])]
        )


def test_r24_no_door_leads_to_a_clear_key(stand):
    """A key prints its name, usage and check value; it is not pickled, and a copy prints no more."""
    key = stand.keystore.get("zpk")
    for text in (
        repr(key),
        str(key),
        f"{key}",
        repr(copy.copy(key)),
        repr(copy.deepcopy(key)),
        repr(msgspec.structs.asdict(key)),
    ):
        assert bytes(range(16)).hex() not in text.lower()
        assert repr(bytes(range(16)))[2:-1] not in text
    for act in (lambda: pickle.dumps(key), lambda: json.dumps(key), lambda: msgspec.json.encode(key)):
        with pytest.raises((TypeError, NotImplementedError)):
            act()
    for operation in Operation:
        answer = inspect.signature(getattr(SoftHsm, operation.name.lower())).return_annotation
        assert answer not in (Secret, Key), operation


def test_r25_a_keys_ciphers_go_with_it(stand):
    """Disabled or deleted: nothing of it stays in the cache."""
    stand.hsm.generate_mac("zak", b"")
    assert "zak" in stand.hsm._kept
    stand.admin.change_key_state("zak", KeyState.DISABLED)
    assert "zak" not in stand.hsm._kept
    stand.admin.delete_key("zak")
    assert "zak" not in stand.hsm._kept


def test_r26_a_mac_is_as_long_as_its_key_says(stand, make_key, desk):
    """Never as long as the message: every shorter one is wrong, and fewer than four bytes nobody makes."""
    mac = stand.hsm.generate_mac("zak", b"0200")
    for length in range(8):
        with pytest.raises(MacMismatch):
            stand.hsm.verify_mac("zak", b"0200", mac[:length])
    for length in (0, 1, 2, 3):
        with pytest.raises(MalformedInput):
            stand.hsm.generate_mac("zak", b"0200", length=length)
    for length in (1, 2, 3):
        with pytest.raises(KeyBlockError):
            Terms(mac_bytes=length)


def test_r27_algorithm_1_is_not_forged(desk, make_key):
    """Two messages with their MACs make a third with one: with padding 1 it works, so without permission it is refused."""
    key = make_key("zak", "M1")
    first, second = b"8 bytes." * 2, b"another " * 2
    mac, other = cbc_mac(key.secret, first), cbc_mac(key.secret, second)
    spliced = first + bytes(a ^ b for a, b in zip(second[:8], mac, strict=True)) + second[8:]
    assert cbc_mac(key.secret, spliced) == other  # A forgery, made of two honest MACs.
    hsm = desk(key).hsm
    for padding in (1, 2):
        with pytest.raises(KeyUsageError, match="legacy-macs"):
            hsm.verify_mac("zak", spliced, other, padding=padding)
    with pytest.raises(MacMismatch):
        hsm.verify_mac("zak", spliced, hsm.generate_mac("zak", second, padding=3), padding=3)


def test_r27_equal_halves_make_no_mac(desk):
    """Algorithm 3 with K1 = K2 is single DES: refused however the key came in."""
    weak = Key(
        "zak", Algorithm.TDES, KeyUsage.MAC_ALGORITHM_3, Mode.ANY, N, Secret(HALF * 2), "000000",
        KeyState.ACTIVE, Terms(permissions=(Permission.LEGACY_KEYS,)),
    )  # fmt: skip
    with pytest.raises(KeyBlockError, match="single DES"):
        desk(weak).hsm.generate_mac("zak", b"")


def test_r27_a_request_does_not_come_back_as_a_response(stand):
    """A DUKPT request's MAC is wrong as a response's, and the other way round."""
    request, response = DukptKey(base="bdk", ksn=KSN), DukptKey(base="bdk", ksn=KSN, direction=Direction.RESPONSE)
    for one, other in ((request, response), (response, request)):
        with pytest.raises(MacMismatch):
            stand.hsm.verify_mac(other, b"0200", stand.hsm.generate_mac(one, b"0200"))


def test_r28_only_a_verified_cryptogram_is_answered():
    """There is no operation that makes an ARPC and does not verify the ARQC that it answers."""
    makers = [operation for operation in Operation if "arpc" in operation.value]
    assert makers == [Operation.VERIFY_ARQC_GENERATE_ARPC]
    roles = OPERATIONS[Operation.GENERATE_PIN_CHANGE]
    usages = [rule.usages for role in ("imk_ac", "imk_smi", "imk_smc") for rule in roles[role]]
    assert len(set(usages)) == 3


def test_r29_a_service_code_tells_no_lies():
    """CVV2 and iCVV take no service code; that CVV refuses theirs is in test_cards."""
    for act in (SoftHsm.verify_icvv, SoftHsm.verify_cvv2, SoftHsm.generate_icvv, SoftHsm.generate_cvv2):
        assert "service_code" not in inspect.signature(act).parameters


@pytest.mark.parametrize("state", [KeyState.PENDING, KeyState.DISABLED, KeyState.EXPIRED])
def test_r30_a_state_counts_from_the_next_call(desk, make_key, state):
    """A key used a moment ago is refused once the keystore has it in another state, the cached cipher notwithstanding."""
    stand = desk(make_key("zak", "M3"))
    stand.hsm.generate_mac("zak", b"")
    stand.keystore.replace(msgspec.structs.replace(stand.keystore.get("zak"), state=state))
    with pytest.raises(KeyStateError):
        stand.hsm.generate_mac("zak", b"")
    stand.keystore.replace(msgspec.structs.replace(stand.keystore.get("zak"), state=KeyState.ACTIVE))
    assert stand.hsm.generate_mac("zak", b"")


def test_r31_all_randomness_is_the_given_one(make_key):
    """Two HSMs with the same entropy give the same answers, and one without entropy makes no PIN."""

    class Same:
        def draw(self, count, /):
            return bytes(range(count))

    keys = [make_key("zpk", "P0", bytes(range(16))), make_key("pvk", "V2")]
    one, other = (SoftHsm(MemoryKeystore(keys), Same(), lambda event: None) for _ in range(2))
    arguments = {"pin_key": "zpk", "pvk": "pvk", "pan": PAN, "pvki": 1, "pin_format": ISO_3}
    assert one.generate_pin_pvv(**arguments) == other.generate_pin_pvv(**arguments)
    with pytest.raises(AttributeError):
        SoftHsm(MemoryKeystore(keys), None, lambda event: None).generate_pin_pvv(**arguments)


def test_r32_what_cannot_be_told_is_not_done(make_key):
    """No sink, no HSM; a sink that fails lets neither a refusal nor an act of key management pass as answered."""
    with pytest.raises(TypeError):
        SoftHsm(MemoryKeystore([]), None)

    def full(event):
        raise OSError("no space left")

    hsm = SoftHsm(MemoryKeystore([make_key("zak", "M3")]), None, full)
    with pytest.raises(OSError, match="no space"):
        hsm.verify_mac("zak", b"", bytes(8))
    with pytest.raises(OSError, match="no space"):
        hsm.delete_key("zak")


def test_r32_no_event_has_a_card_number(stand):
    """Names of keys, an operation, a result, a reason, a caller: nothing of the card."""
    seen(lambda: stand.hsm.verify_pin_pvv(pin_key="zpk", pvk="pvk", block=bytes(8), pan=PAN, pvki=1, pvv="0000"))
    assert PAN.expose()[6:12] not in repr(stand.audited)
    assert encrypt_iso0(secret(stand, "zpk"), PIN, PAN).hex() not in repr(stand.audited)
