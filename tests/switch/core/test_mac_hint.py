"""Proves that a wrong MAC under a published key is told what it would match, and under any other key nothing."""

import pytest

from keys.ciphers import Tdes
from keys.hsm import SoftHsm
from keys.keystore import MemoryKeystore
from keys.lab import LAB_KEYS, lab_keystore
from keys.mac import cbc_mac, retail_mac
from keys.material import Key, KeyUsage
from keys.sensitive import Secret
from switch.core.mac_hint import mac_hint

NAME = "pos.zak"
LAB = Secret(bytes.fromhex(LAB_KEYS[NAME].hex))
OTHER = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))


def hsm_of(keystore):
    """An HSM that nobody listens to; a hint is no use of a key and asks for no audit."""
    heard = []
    return SoftHsm(keystore, None, heard.append), heard


def signed(pos, wallet, compute):
    """A purchase whose MAC is made in another way."""
    unsigned = pos.plan.dialect.decode(pos.plan.dialect.encode(wallet.pay()))
    return unsigned.with_mac(compute)


@pytest.mark.parametrize(
    ("compute", "words"),
    [
        (lambda data: retail_mac(LAB, data, padding=2), "algorithm 3, padding 2"),
        (lambda data: cbc_mac(LAB, data), "algorithm 1, padding 1"),
        (lambda data: cbc_mac(Tdes(LAB).left, data), "algorithm 1, padding 1, and the key's left half alone"),
        (lambda data: retail_mac(LAB, data[4:]), "without the first 4 bytes"),
        (lambda data: retail_mac(LAB, len(data).to_bytes(2, "big") + data), "with a length of 2 bytes before it"),
        (lambda data: retail_mac(Secret(bytes.fromhex(LAB_KEYS["issuer-link.zak"].hex)), data), "key issuer-link.zak"),
    ],
)
def test_the_notice_says_what_would_match(desk, pos, wallet, compute, words):
    """The notice ends with the hint; the peer hears 63 as ever and nothing of it."""
    answer = pos.post_raw(signed(pos, wallet, compute).raw)[0]
    assert answer[39] == "63"
    assert [notice.text.partition("wrong MAC")[2] for notice in desk.told("mac.bad")] == [f"; it would match with: {words}"]
    assert b"match" not in answer.raw


def test_a_mac_that_is_like_nothing(desk, pos, wallet):
    """The notice says no more than that it is wrong."""
    pos.post_raw(signed(pos, wallet, lambda data: bytes(8)).raw)
    assert desk.told("mac.bad")[0].text.endswith("wrong MAC")


def test_no_hint_under_another_key(pos, wallet):
    """A key that only has the name of a published one, a name that is none, and no key at all: nothing is said."""
    message = signed(pos, wallet, lambda data: retail_mac(LAB, data, padding=2))
    assert mac_hint(hsm_of(lab_keystore())[0], NAME, message)
    hsm, heard = hsm_of(MemoryKeystore([Key.make(NAME, KeyUsage.MAC_ALGORITHM_3, OTHER.expose())]))
    assert mac_hint(hsm, NAME, message) == ""
    mine = MemoryKeystore([Key.make("mine.zak", KeyUsage.MAC_ALGORITHM_3, LAB.expose())])
    assert mac_hint(hsm_of(mine)[0], "mine.zak", message) == ""
    assert mac_hint(hsm_of(MemoryKeystore([]))[0], NAME, message) == ""
    assert mac_hint(hsm_of(lab_keystore())[0], "pos.zpk", message) == ""
    assert heard == []


def test_a_hint_is_no_use_of_the_key(pos, wallet):
    """Nothing is counted, and nothing audited."""
    hsm, heard = hsm_of(lab_keystore())
    message = signed(pos, wallet, lambda data: retail_mac(LAB, data, padding=2))
    assert mac_hint(hsm, NAME, message)
    assert (heard, dict(hsm.uses)) == ([], {})
