"""Proves which mistakes in making a MAC are recognised, that nothing else is, and that the search has an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ciphers import Hmac, xor
from keys.dukpt_tdes import Variant
from keys.explain.neighbours import DATA_BYTES_MAX, FOUND_MAX, Way, neighbours
from keys.mac import cbc_mac, hmac, retail_mac, tdes_cmac
from keys.sensitive import Secret

KEY = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
OLD = Secret(bytes.fromhex("89ABCDEF0123456776543210FEDCBA98"))
EXPECTED = Way("3", 1)
MESSAGE = b"0200" + bytes.fromhex("7220000102C08001") + b"164761739001010119000000000000001250112210150000000112"
HEX_MESSAGE = b"0200" + b"7220000102C08001" + MESSAGE[12:]


def half(part):
    """Half of the key."""
    return Secret(KEY.expose()[part])


MISTAKES = [
    (retail_mac(KEY, MESSAGE, padding=2), "algorithm 3, padding 2"),
    (retail_mac(KEY, MESSAGE, padding=3), "algorithm 3, padding 3"),
    (cbc_mac(KEY, MESSAGE), "algorithm 1, padding 1"),
    (tdes_cmac(KEY, MESSAGE), "TDES CMAC"),
    (hmac(Hmac(KEY), MESSAGE, length=8), "HMAC-SHA-256"),
    (cbc_mac(half(slice(8)), MESSAGE), "algorithm 1, padding 1, and the key's left half alone"),
    (cbc_mac(half(slice(8, 16)), MESSAGE, padding=2), "algorithm 1, padding 2, and the key's right half alone"),
    (retail_mac(Secret(KEY.expose()[8:] + KEY.expose()[:8]), MESSAGE), "the key's halves swapped"),
    (
        retail_mac(Secret(xor(KEY.expose(), Variant.MAC_REQUEST.value)), MESSAGE),
        "the key's DUKPT variant mac request",
    ),
    (retail_mac(OLD, MESSAGE), "key generation 1"),
    (retail_mac(OLD, MESSAGE, padding=2), "algorithm 3, padding 2, and key generation 1"),
    (retail_mac(KEY, MESSAGE[4:]), "without the first 4 bytes"),
    (retail_mac(KEY, MESSAGE[1:]), "without the first byte"),
    (retail_mac(KEY, MESSAGE[:-1]), "without the last byte"),
    (retail_mac(KEY, MESSAGE[12:], padding=2), "algorithm 3, padding 2, and without the first 12 bytes"),
    (retail_mac(KEY, MESSAGE[:4] + MESSAGE[12:]), "without a bitmap of 8 bytes at byte 4"),
    (retail_mac(KEY, bytes((0, len(MESSAGE))) + MESSAGE), "with a length of 2 bytes before it"),
    (retail_mac(KEY, b"%04d" % len(MESSAGE) + MESSAGE), "with a length of 4 digits before it"),
    (retail_mac(KEY, MESSAGE + bytes(8)), "with 8 zero bytes behind it, as for the MAC's own element"),
    (retail_mac(KEY, MESSAGE.hex().upper().encode()), "spelled in upper-case hex digits"),
    (
        retail_mac(KEY, MESSAGE[:11] + b"\x00" + MESSAGE[12:]),
        "with the bit of DE 64 turned round (binary bitmap at byte 4)",
    ),
    (retail_mac(KEY, MESSAGE)[4:], "its last 4 bytes in place of the first"),
    (retail_mac(KEY, MESSAGE)[:4].hex().upper().encode(), "its first 4 bytes spelled in hex digits"),
    (retail_mac(KEY, MESSAGE)[:4] + bytes(4), "its first 4 bytes, with zeroes behind them"),
    (
        retail_mac(OLD, MESSAGE[4:], padding=2)[:4],
        "algorithm 3, padding 2, and key generation 1, and without the first 4 bytes",
    ),
]


@pytest.mark.parametrize(("mac", "words"), MISTAKES, ids=[words for _, words in MISTAKES])
def test_a_mistake_is_named(mac, words):
    """The way in which the MAC was made is the nearest that is found."""
    found = neighbours(KEY, MESSAGE, mac, way=EXPECTED, others={"generation 1": OLD})
    assert [str(match) for match in found][:1] == [words]


def test_a_bitmap_in_hex_digits():
    """Its last bit is found where a message spells its bitmap in characters."""
    turned = HEX_MESSAGE[:19] + b"0" + HEX_MESSAGE[20:]
    found = neighbours(KEY, HEX_MESSAGE, retail_mac(KEY, turned), way=EXPECTED)
    assert str(found[0]) == "with the bit of DE 64 turned round (hex bitmap at byte 4)"


def test_the_right_mac_has_no_neighbour():
    """What is as it should be is no mistake, nor anything of as few bytes as can be met by chance."""
    assert neighbours(KEY, MESSAGE, retail_mac(KEY, MESSAGE), way=EXPECTED) == []
    assert neighbours(KEY, MESSAGE, retail_mac(KEY, MESSAGE, padding=2)[:3], way=EXPECTED) == []


def test_the_search_ends():
    """Nothing is computed beyond the bound, no more is told than asked for, and long data is tried as it stands."""
    mac = retail_mac(KEY, MESSAGE[4:])
    assert neighbours(KEY, MESSAGE, mac, way=EXPECTED, trials_max=10) == []
    assert len(neighbours(KEY, bytes(8), retail_mac(KEY, bytes(16)), way=EXPECTED)) == 2
    assert len(neighbours(KEY, bytes(8), retail_mac(KEY, bytes(16)), way=EXPECTED, found_max=1)) == 1
    assert len(neighbours(KEY, bytes(64), retail_mac(KEY, bytes(8)), way=EXPECTED)) == FOUND_MAX
    long = bytes(DATA_BYTES_MAX + 1)
    assert neighbours(KEY, long, retail_mac(KEY, long[1:]), way=EXPECTED) == []


@given(st.binary(max_size=24), st.binary(min_size=8, max_size=8), st.sampled_from((8, 16, 24, 32)))
def test_any_input_is_answered(data, mac, size):
    """Whatever the key, data and MAC: no exception, and no match that is none."""
    key = Secret(bytes(range(size)))
    for match in neighbours(key, data, mac, way=EXPECTED if size == 16 else Way("1", 1), trials_max=400):
        assert match.differences
