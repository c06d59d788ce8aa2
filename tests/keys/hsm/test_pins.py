"""Proves that PINs are translated, verified, chosen and changed, and that nobody sees one on the way."""

from itertools import product

import pytest

from keys.errors import KeyUsageError, MalformedInput, PinFormatError, PinMismatch
from keys.pin import pin_from_offset, pin_offset, pvv
from keys.pinblock import PinBlockFormat, decrypt_pin, encrypt_pin
from keys.policy import TRANSLATIONS
from keys.sensitive import Pan, Secret
from keys.terms import Permission, Terms

PAN = Pan("4761739001010119")
PIN = Secret(b"1234")
TABLE = "0123456789012345"
FORMATS = tuple(PinBlockFormat)
ALL_TDES = Terms(pin_formats=(PinBlockFormat.ISO_0, PinBlockFormat.ISO_1, PinBlockFormat.ISO_3))
ISO_0, ISO_1, ISO_2, ISO_3, ISO_4 = FORMATS


@pytest.fixture
def stand(desk, make_key):
    """PIN keys of each algorithm, with all formats that they can have, and keys to verify by."""
    return desk(
        make_key("zpk", "P0", bytes(range(16)), terms=ALL_TDES),
        make_key("other", "P0", bytes(range(16, 32)), terms=ALL_TDES),
        make_key("plain", "P0", bytes(range(64, 80))),
        make_key("pek", "P0", bytes(range(32)), algorithm="A"),
        make_key("pek2", "P0", bytes(range(32, 64)), algorithm="A"),
        make_key("pvk", "V2"),
        make_key("bound", "V2", bytes(range(80, 96)), terms=Terms(pvki=3)),
        make_key("chosen", "V2", bytes(range(96, 112)), terms=Terms(permissions=(Permission.CHOSEN_PINS,))),
        make_key("ibm", "V1", terms=Terms(decimalisation=TABLE)),
        make_key("tableless", "V1", bytes(range(112, 128))),
    )


def secret(stand, name):
    return stand.keystore.get(name).secret


def block_of(stand, name, block_format, pin=PIN, pan=PAN):
    return encrypt_pin(secret(stand, name), block_format, pin, pan, bytes(range(16)))


def key_of(block_format, *, target=False):
    if block_format is ISO_4:
        return "pek2" if target else "pek"
    return "other" if target else "zpk"


@pytest.mark.parametrize(("source", "target"), list(product([ISO_0, ISO_1, ISO_3, ISO_4], repeat=2)))
def test_blocks_are_translated_as_the_table_says(stand, source, target):
    """Each pair of formats under keys that have them: the PIN is there afterwards, or the translation is refused."""

    def act():
        return stand.hsm.translate_pin(
            source=key_of(source),
            target=key_of(target, target=True),
            block=block_of(stand, key_of(source), source),
            pan=PAN,
            source_format=source,
            target_format=target,
        )

    if target in TRANSLATIONS[source]:
        assert decrypt_pin(secret(stand, key_of(target, target=True)), target, act(), PAN) == PIN
    else:
        with pytest.raises(PinFormatError, match="never becomes"):
            act()


@pytest.mark.parametrize(("key", "block_format"), list(product(["zpk", "plain", "pek"], FORMATS)))
def test_a_key_has_its_formats_only(stand, key, block_format):
    """TDES has 0, 1 and 3 where its terms say so, 0 and 3 by default; AES has 4; 2 no key has."""
    allowed = {"zpk": (ISO_0, ISO_1, ISO_3), "plain": (ISO_0, ISO_3), "pek": (ISO_4,)}[key]
    if block_format in allowed:
        assert stand.hsm.generate_pin(pin_key=key, pan=PAN, pin_format=block_format)
    else:
        with pytest.raises(PinFormatError, match=f"format {block_format.value} are not for key '{key}'"):
            stand.hsm.generate_pin(pin_key=key, pan=PAN, pin_format=block_format)


@pytest.mark.parametrize("block_format", [ISO_0, ISO_1, ISO_3, ISO_4])
def test_pins_are_verified_in_each_format(stand, block_format):
    """By PVV and by offset, from blocks of every format."""
    key = key_of(block_format)
    block, wrong = block_of(stand, key, block_format), block_of(stand, key, block_format, Secret(b"4321"))
    value = pvv(secret(stand, "pvk"), PAN, 1, PIN)
    offset = pin_offset(secret(stand, "ibm"), "173900101011FFFF", TABLE, PIN)
    by_pvv = {"pin_key": key, "pvk": "pvk", "pan": PAN, "pvki": 1, "pvv": value, "pin_format": block_format}
    by_offset = {"pin_key": key, "pvk": "ibm", "pan": PAN, "offset": offset, "pin_format": block_format}
    assert stand.hsm.verify_pin_pvv(**by_pvv, block=block) is None
    assert stand.hsm.verify_pin_offset(**by_offset, block=block) is None
    for act, arguments in ((stand.hsm.verify_pin_pvv, by_pvv), (stand.hsm.verify_pin_offset, by_offset)):
        for bad in (wrong, b"", block[:-1], block + b"\x00"):
            with pytest.raises(PinMismatch):
                act(**arguments, block=bad)


def test_an_offset_is_as_long_as_its_pin(stand):
    """A shorter or longer offset never fits, and one of letters or three digits is no offset."""
    pin = Secret(b"123456")
    offset = pin_offset(secret(stand, "ibm"), "173900101011FFFF", TABLE, pin)
    arguments = {"pin_key": "zpk", "pvk": "ibm", "pan": PAN, "block": block_of(stand, "zpk", ISO_0, pin)}
    assert stand.hsm.verify_pin_offset(**arguments, offset=offset) is None
    for other in (offset[:4], offset[:5], offset + "0", offset[::-1]):
        with pytest.raises(PinMismatch):
            stand.hsm.verify_pin_offset(**arguments, offset=other)
    for malformed in ("", "123", "12E4", "١٢٣٤", "1" * 13, " 1234"):
        with pytest.raises(MalformedInput):
            stand.hsm.verify_pin_offset(**arguments, offset=malformed)


def test_a_key_without_a_table_verifies_nothing(stand):
    """The table is a term of the key, or there is none."""
    with pytest.raises(KeyUsageError, match="no decimalisation table"):
        stand.hsm.generate_pin_offset(pin_key="zpk", pvk="tableless", pan=PAN)


def test_a_short_number_makes_no_validation_data(stand):
    """The layout takes twelve digits and a check digit."""
    with pytest.raises(MalformedInput, match="at least 13 digits"):
        stand.hsm.generate_pin_offset(pin_key="zpk", pvk="ibm", pan=Pan("476173900101"))


def test_issued_pins_verify(stand):
    """Block and value of a random PIN belong together; no two PINs of a hundred cards are all alike."""
    seen = set()
    for digits in (4, 5, 6, 12):
        by_pvv = stand.hsm.generate_pin_pvv(pin_key="plain", pvk="pvk", pan=PAN, pvki=1, digits=digits)
        stand.hsm.verify_pin_pvv(pin_key="plain", pvk="pvk", block=by_pvv.block, pan=PAN, pvki=1, pvv=by_pvv.value)
        by_offset = stand.hsm.generate_pin_offset(pin_key="plain", pvk="ibm", pan=PAN, digits=digits)
        stand.hsm.verify_pin_offset(pin_key="plain", pvk="ibm", block=by_offset.block, pan=PAN, offset=by_offset.value)
        assert len(by_offset.value) == digits
        seen |= {by_pvv.block, by_offset.block, stand.hsm.generate_pin(pin_key="plain", pan=PAN, digits=digits)}
    assert len(seen) == 12


def test_a_pin_is_changed_by_who_knows_the_old_one(stand):
    """The new value verifies the new PIN; with a wrong old PIN or an unreadable block there is none."""
    old, new = block_of(stand, "zpk", ISO_0), block_of(stand, "zpk", ISO_0, Secret(b"987654"))
    value = pvv(secret(stand, "pvk"), PAN, 1, PIN)
    offset = pin_offset(secret(stand, "ibm"), "173900101011FFFF", TABLE, PIN)
    by_pvv = {"pin_key": "zpk", "pvk": "pvk", "pan": PAN, "pvki": 1, "pvv": value}
    by_offset = {"pin_key": "zpk", "pvk": "ibm", "pan": PAN, "offset": offset}
    new_value = stand.hsm.change_pin_pvv(**by_pvv, block=old, new_block=new)
    assert stand.hsm.verify_pin_pvv(**(by_pvv | {"pvv": new_value}), block=new) is None
    new_offset = stand.hsm.change_pin_offset(**by_offset, block=old, new_block=new)
    assert stand.hsm.verify_pin_offset(**(by_offset | {"offset": new_offset}), block=new) is None
    natural = pin_from_offset(secret(stand, "ibm"), "173900101011FFFF", TABLE, new_offset)
    assert natural == Secret(b"987654")
    for act, arguments in ((stand.hsm.change_pin_pvv, by_pvv), (stand.hsm.change_pin_offset, by_offset)):
        for blocks in (
            {"block": new, "new_block": new},
            {"block": old, "new_block": bytes(8)},
            {"block": b"", "new_block": new},
        ):
            with pytest.raises(PinMismatch):
                act(**arguments, **blocks)


def test_a_bound_index_is_the_only_one(stand):
    """A PVK of index 3 makes and verifies values of index 3 only."""
    assert stand.hsm.generate_pin_pvv(pin_key="zpk", pvk="bound", pan=PAN, pvki=3)
    with pytest.raises(KeyUsageError, match="of index 3"):
        stand.hsm.generate_pin_pvv(pin_key="zpk", pvk="bound", pan=PAN, pvki=1)


def test_a_chosen_pin_takes_a_permission(stand):
    """A PVV for a PIN from elsewhere: only under a key whose terms permit it."""
    arguments = {"pin_key": "zpk", "block": block_of(stand, "zpk", ISO_0), "pan": PAN, "pvki": 1}
    assert stand.hsm.generate_pvv(**arguments, pvk="chosen") == pvv(secret(stand, "chosen"), PAN, 1, PIN)
    with pytest.raises(KeyUsageError, match="chosen-pins"):
        stand.hsm.generate_pvv(**arguments, pvk="pvk")
