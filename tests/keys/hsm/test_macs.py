"""Proves that a key's usage decides how its MACs are made and how long they are, and that MACs are translated."""

import pytest

from keys.errors import KeyNotFound, KeyUsageError, MacMismatch, MalformedInput
from keys.hsm import Result
from keys.mac import aes_cmac, cbc_mac, hmac, retail_mac, tdes_cmac
from keys.terms import Permission, Terms

AES = bytes(range(32))
HMAC = bytes(range(40))
OTHER_DOUBLE = "C1A55E5BEE5DE5AD07517CA4AB1E5D6E"
THIRD_DOUBLE = "1C587F1C13924FEF2AD59E1A3B5B0E43"
LEGACY = Terms(permissions=(Permission.LEGACY_MACS,))

# What the key is made with, padding, and the primitive that gives the MAC.
CASES = {
    "M1, padding 3": (("M1",), {}, 3, lambda key, data: cbc_mac(key, data, padding=3)),
    "M1, padding 1 by permission": (("M1",), {"terms": LEGACY}, 1, cbc_mac),
    "M1 of 24 bytes": (("M1", bytes(range(24))), {}, 3, lambda key, data: cbc_mac(key, data, padding=3)),
    "M3, padding 1": (("M3",), {}, 1, retail_mac),
    "M3, padding 2": (("M3",), {}, 2, lambda key, data: retail_mac(key, data, padding=2)),
    "M6 of TDES": (("M6",), {}, 1, tdes_cmac),
    "M6 of AES": (("M6", AES), {"algorithm": "A"}, 1, lambda key, data: aes_cmac(key, data, length=8)),
    "M6 of AES, 16 bytes by terms": (("M6", AES), {"algorithm": "A", "terms": Terms(mac_bytes=16)}, 1, aes_cmac),
    "M7": (("M7", HMAC), {"algorithm": "H"}, 1, hmac),
    "M7, 8 bytes by terms": (
        ("M7", HMAC),
        {"algorithm": "H", "terms": Terms(mac_bytes=8)},
        1,
        lambda key, data: hmac(key, data, length=8),
    ),
    "M3, 4 bytes by terms": (("M3",), {"terms": Terms(mac_bytes=4)}, 1, lambda key, data: retail_mac(key, data, length=4)),
}


@pytest.mark.parametrize("name", CASES)
def test_the_usage_decides(name, desk, make_key):
    """The MAC is the primitive's, verifies, and nothing else of any length does."""
    arguments, attributes, padding, primitive = CASES[name]
    key = make_key("key", *arguments, **attributes)
    hsm = desk(key).hsm
    for data in (b"", b"0200", bytes(200)):
        mac = hsm.generate_mac("key", data, padding=padding)
        assert mac == primitive(key.secret, data)
        hsm.verify_mac("key", data, mac, padding=padding)
        for wrong in (mac[:-1], mac[:4] if len(mac) > 4 else b"", mac + b"\x00", bytes([mac[0] ^ 1]) + mac[1:]):
            with pytest.raises(MacMismatch):
                hsm.verify_mac("key", data, wrong, padding=padding)


def test_a_length_is_asked_for_where_terms_leave_it_open(desk, make_key):
    """Without terms a shorter MAC can be made, though not verified; with them none but theirs."""
    hsm = desk(make_key("open", "M3"), make_key("bound", "M3", terms=Terms(mac_bytes=4))).hsm
    assert (
        hsm.generate_mac("open", b"0200", length=4)
        == hsm.generate_mac("bound", b"0200")
        == hsm.generate_mac("open", b"0200")[:4]
    )
    with pytest.raises(MacMismatch):
        hsm.verify_mac("open", b"0200", hsm.generate_mac("open", b"0200", length=4))
    with pytest.raises(MalformedInput, match="4 bytes by its terms, not 8"):
        hsm.generate_mac("bound", b"0200", length=8)


def test_cmac_and_hmac_take_no_padding(desk, make_key):
    """They have their own."""
    hsm = desk(make_key("cmac", "M6"), make_key("hmac", "M7", HMAC, algorithm="H")).hsm
    for name in ("cmac", "hmac"):
        with pytest.raises(MalformedInput, match="padding of their own"):
            hsm.generate_mac(name, b"0200", padding=2)


def test_a_mac_is_translated_once_it_was_right(desk, make_key):
    """The new one is the target's; a wrong one gives none."""
    hsm = desk(make_key("source", "M3"), make_key("target", "M6", AES, algorithm="A")).hsm
    mac = hsm.generate_mac("source", b"0200", padding=2)
    translated = hsm.translate_mac(source="source", target="target", data=b"0200", mac=mac, padding=2)
    hsm.verify_mac("target", b"0200", translated)
    for data, wrong in ((b"0200", mac[:-1] + b"\x00"), (b"0201", mac), (b"0200", mac[:7])):
        with pytest.raises(MacMismatch):
            hsm.translate_mac(source="source", target="target", data=data, mac=wrong, padding=2)


def test_algorithm_1_needs_its_permission(desk, make_key):
    """The refusal names what is missing."""
    with pytest.raises(KeyUsageError, match="legacy-macs"):
        desk(make_key("key", "M1")).hsm.generate_mac("key", b"0200", padding=2)


def test_a_mac_may_be_right_under_any_of_several_keys(desk, make_key):
    """The first that fits is named and nothing is told; where none fits one failure is, of them all."""
    stand = desk(make_key("one", "M3", OTHER_DOUBLE), make_key("two", "M3"), make_key("three", "M3", THIRD_DOUBLE))
    mac = stand.hsm.generate_mac("two", b"0200")
    assert stand.hsm.verify_mac_under(("one", "two", "three"), b"0200", mac) == "two"
    assert stand.audited == []
    with pytest.raises(MacMismatch):
        stand.hsm.verify_mac_under(("one", "three"), b"0200", mac)
    assert [(event.keys, event.result) for event in stand.audited] == [(("one", "three"), Result.FAILED)]


def test_only_the_first_of_several_keys_must_be_usable(desk, make_key):
    """Without it nobody can say that a MAC is wrong; without another one it is."""
    hsm = desk(make_key("one", "M3", OTHER_DOUBLE), make_key("two", "M3")).hsm
    mac = hsm.generate_mac("two", b"0200")
    assert hsm.verify_mac_under(("gone", "two"), b"0200", mac) == "two"
    with pytest.raises(KeyNotFound):
        hsm.verify_mac_under(("gone", "one"), b"0200", mac)
    with pytest.raises(MacMismatch):
        hsm.verify_mac_under(("one", "gone"), b"0200", mac)


def test_padding_is_the_same_under_several_keys(desk, make_key):
    """A MAC over method 2 is right under its key by that method alone."""
    hsm = desk(make_key("one", "M3", OTHER_DOUBLE), make_key("two", "M3")).hsm
    mac = hsm.generate_mac("two", b"0200", padding=2)
    assert hsm.verify_mac_under(("one", "two"), b"0200", mac, padding=2) == "two"
    with pytest.raises(MacMismatch):
        hsm.verify_mac_under(("one", "two"), b"0200", mac)
