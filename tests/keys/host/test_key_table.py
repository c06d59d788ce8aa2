"""Proves the keys of commands: blocks opened once and known by their key, whatever block it came in; nobody else's taken."""

import msgspec
import pytest

from keys.errors import KeyBlockError, KeyNotFound
from keys.host.key_table import KeyTable
from keys.host.limits import BLOCKS_KEPT_MAX
from keys.host.service import LAB_LMK
from keys.lab import LAB_KEYS, lab_keystore
from keys.material import Algorithm, Mode
from keys.sensitive import Secret
from keys.system import SystemEntropy


@pytest.fixture
def table():
    return KeyTable(lab_keystore(), LAB_LMK, SystemEntropy())


@pytest.mark.parametrize("name", LAB_KEYS)
def test_a_key_goes_into_a_block_and_comes_back(table, name):
    """Material and attributes are the same, under a name that says nothing of them."""
    back = table.get(table.admit(table.wrap(name)))
    key = table.get(name)
    assert (back.secret, back.usage, back.mode, back.algorithm, back.exportability) == (
        key.secret,
        key.usage,
        key.mode,
        key.algorithm,
        key.exportability,
    )
    assert table.algorithm(back.name) is key.algorithm


def test_two_blocks_of_one_key_are_one_key(table):
    """They differ, and their key is known by one fingerprint: nobody gets new tries by a new block, or by a name."""
    one, other = table.wrap("issuer.pvk"), table.wrap("issuer.pvk")
    assert one != other
    assert table.admit(one) == table.admit(other)
    assert table.fingerprint("issuer.pvk") == table.fingerprint(table.admit(one))


def test_two_blocks_of_one_key_keep_their_own_rights(table):
    """One that may only verify does not generate because the other may, whichever came last; both are counted as one."""
    narrow = msgspec.structs.replace(lab_keystore().get("pos.zak"), name="narrow", mode=Mode.VERIFY)
    table.add(narrow)
    blocks = [table.wrap("narrow"), table.wrap("pos.zak")]
    names = [table.admit(block) for block in (*blocks, *reversed(blocks))]
    assert names == [names[0], names[1], names[1], names[0]]
    assert [table.get(name).mode for name in names[:2]] == [Mode.VERIFY, Mode.GENERATE_AND_VERIFY]
    assert table.fingerprint(names[0]) == table.fingerprint(names[1])


def test_fingerprints_say_nothing_to_others(table):
    """Under another LMK the same key has another one."""
    other = KeyTable(lab_keystore(), Secret(bytes(range(32))), SystemEntropy())
    assert other.fingerprint("issuer.pvk") != table.fingerprint("issuer.pvk")


def test_blocks_under_another_lmk_are_refused(table):
    """And changed ones; nothing of them is kept."""
    other = KeyTable(lab_keystore(), Secret(bytes(range(32))), SystemEntropy())
    block = table.wrap("pos.zak")
    for wrong in (other.wrap("pos.zak"), block.replace("M3", "D0"), block[:-1] + ("0" if block[-1] != "0" else "1")):
        with pytest.raises(KeyBlockError):
            table.admit(wrong)


def test_names_stay_the_keystores(table):
    """A key of a block is found by its fingerprint until it is forgotten; the keystore's names are not touched."""
    name = table.admit(table.wrap("journal.protect"))
    assert table.algorithm(name) is Algorithm.AES
    assert name not in table.names()
    table.forget()
    with pytest.raises(KeyNotFound):
        table.get(name)
    with pytest.raises(KeyNotFound):
        table.remove("pos.zak")
    with pytest.raises(KeyNotFound):
        table.replace(lab_keystore().get("pos.zak"))
    assert table.get("pos.zak").name == "pos.zak"


def test_it_says_when_it_is_full(table):
    """Past the bound whoever owns it begins anew."""
    for _ in range(BLOCKS_KEPT_MAX):
        table.admit(table.wrap("pos.zak"))
    assert not table.full()
    table.admit(table.wrap("pos.zak"))
    assert table.full()
