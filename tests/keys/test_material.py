"""Proves that only sound material becomes a key, and that a key tells nothing but name, usage and check value."""

import copy
import pickle

import msgspec
import pytest

from keys.ciphers import Tdes
from keys.errors import KeyBlockError
from keys.material import (
    KEY_BYTES,
    SEMI_WEAK_DES_KEYS,
    WEAK_DES_KEYS,
    Algorithm,
    Exportability,
    Key,
    KeyUsage,
    Mode,
    check_value,
)
from keys.sensitive import Secret

DOUBLE = "0123456789ABCDEFFEDCBA9876543210"
CANARY = "C1A55E5BEE5DE5AD07517CA4AB1E5D6E"


def make(material=DOUBLE, **attributes):
    return Key.make("pos.zak", KeyUsage.MAC_ALGORITHM_3, material, **attributes)


def test_a_key_is_made_of_hex_or_bytes():
    """Hex of either case and bytes give one key, with the published check value and the narrowest export."""
    key = make()
    assert key == make(DOUBLE.lower()) == make(bytes.fromhex(DOUBLE))
    assert (key.kcv, key.mode, key.exportability) == ("08D7B4", Mode.ANY, Exportability.NON_EXPORTABLE)


def test_check_values_follow_the_algorithm():
    """CMAC for AES (ANSI X9.143:2021 8.1), legacy for TDES, six digits each."""
    aes = make("3F419E1CB7079442AA37474C2EFBF8B8", algorithm=Algorithm.AES)
    assert aes.kcv == "08793E"
    assert make("3F419E1CB7079442AA37474C2EFBF8B8").kcv == "57C409"
    assert len(make(bytes(range(32)), algorithm=Algorithm.HMAC).kcv) == 6


def test_tdes_parity_is_made_odd():
    """Even parity is corrected, so that one key is one value."""
    assert make("0022446688AACCEEFEDCBA9876543210").secret.expose().hex().upper().startswith("0123456789ABCDEF")


@pytest.mark.parametrize(
    ("algorithm", "size"),
    [
        (Algorithm.TDES, 8),
        (Algorithm.TDES, 15),
        (Algorithm.TDES, 32),
        (Algorithm.AES, 8),
        (Algorithm.AES, 17),
        (Algorithm.HMAC, 15),
        (Algorithm.HMAC, 129),
    ],
)
def test_other_sizes_are_refused(algorithm, size):
    """A size that the algorithm does not have is refused with those that it has; single DES among them."""
    with pytest.raises(KeyBlockError, match=f"bytes, not {size}$"):
        make(bytes(range(size)), algorithm=algorithm)


@pytest.mark.parametrize("text", ["", "0", DOUBLE[:-1], DOUBLE[:-1] + "G", f" {DOUBLE}", DOUBLE.replace("8", " ", 1)])
def test_text_that_is_not_hex_is_refused(text):
    """Spaces and odd digits are refused, although bytes.fromhex would take some of them."""
    with pytest.raises(KeyBlockError):
        make(text)


@pytest.mark.parametrize("name", ["", "two words", "é", "a\n", "x" * 65])
def test_names_are_short_and_plain(name):
    """A name is 1 to 64 printable ASCII characters without spaces."""
    with pytest.raises(KeyBlockError):
        Key.make(name, KeyUsage.MAC_ALGORITHM_3, DOUBLE)


@pytest.mark.parametrize(
    "parts",
    [
        "0123456789ABCDEF 0123456789ABCDEF",
        "0123456789ABCDEF 0022446688AACCEE",  # equal but for parity
        "0123456789ABCDEF 0123456789ABCDEF FEDCBA9876543210",
        "0123456789ABCDEF FEDCBA9876543210 FEDCBA9876543210",
    ],
)
def test_keys_that_leave_single_des_are_refused(parts):
    """Two equal neighbours cancel each other in E D E (R23, R27)."""
    with pytest.raises(KeyBlockError, match="single DES"):
        make(parts.replace(" ", ""))


def test_equal_outer_parts_are_a_double_length_key():
    """K1 K2 K1 is ordinary two-key triple DES and stays allowed."""
    assert make("0123456789ABCDEFFEDCBA98765432100123456789ABCDEF").kcv == "08D7B4"


@pytest.mark.parametrize("weak", [*WEAK_DES_KEYS, *(key for pair in SEMI_WEAK_DES_KEYS for key in pair)])
@pytest.mark.parametrize("first", [True, False])
def test_weak_parts_are_refused(weak, first):
    """A weak or semi-weak DES key in either half is refused (R23), whatever its parity."""
    other = bytes.fromhex("FEDCBA9876543210")
    for part in (weak, bytes(octet ^ 1 for octet in weak)):
        with pytest.raises(KeyBlockError, match="weak"):
            make(part + other if first else other + part)


def test_the_weak_keys_are_weak():
    """The table is right: enciphering twice under a weak key, or once under each of a pair, undoes itself."""
    block = b"\x01\x23\x45\x67\x89\xab\xcd\xef"
    pairs = [(weak, weak) for weak in WEAK_DES_KEYS] + list(SEMI_WEAK_DES_KEYS)
    assert len({key for pair in pairs for key in pair}) == 16
    for one, partner in pairs:
        assert Tdes(Secret(one)).encrypt(Tdes(Secret(partner)).encrypt(block)) == block


def test_a_key_shows_name_usage_and_check_value():
    """Whatever prints a key shows nothing of its material, and no general door opens it (R24)."""
    key = Key.make("canary", KeyUsage.MAC_ALGORITHM_3, CANARY)
    material = key.secret.expose()
    assert repr(key) == str(key) == f"{key}" == f"Key('canary', M3, KCV {key.kcv})"
    shown = f"{[key]} {copy.copy(key)} {list(key.__rich_repr__())} {msgspec.structs.astuple(key)}"
    for form in (material.hex(), material.hex().upper(), repr(material)[2:-1]):
        assert form not in shown
    for door in (pickle.dumps, vars, msgspec.json.encode, msgspec.to_builtins, hash):
        with pytest.raises(TypeError):
            door(key)
    with pytest.raises(AttributeError):
        key.usage = KeyUsage.PIN_ENCRYPTION


@pytest.mark.parametrize("spoil", [lambda text: text[:-2], lambda text: text + "zz", lambda text: text * 2])
def test_a_refused_key_is_not_in_the_traceback(spoil, locals_of):
    """Material that was refused is not in the locals of the frames that refused it (R8)."""
    with pytest.raises(KeyBlockError) as caught:
        Key.make("canary", KeyUsage.MAC_ALGORITHM_3, spoil(CANARY))
    assert CANARY[:20] not in locals_of(caught.value)
    assert CANARY[:20] not in str(caught.value)


@pytest.mark.parametrize("algorithm", sorted(set(Algorithm) - KEY_BYTES.keys(), key=lambda algorithm: algorithm.value))
def test_other_algorithms_are_only_named(algorithm):
    """Key blocks may name them, but no key of theirs is made and none has a check value."""
    with pytest.raises(KeyBlockError, match=f"keys of {algorithm.name} are not kept"):
        Key.make("k", KeyUsage.SIGNATURE, bytes(16), algorithm=algorithm)
    with pytest.raises(KeyBlockError, match="no check value"):
        check_value(algorithm, Secret(bytes(16)))


def test_the_codes_are_those_of_the_standard():
    """ANSI X9.143 tables of usages, modes and algorithms, typed apart from the enums."""
    usages = "B0 B1 B2 B3 C0 D0 D1 D2 D3 E0 E1 E2 E3 E4 E5 E6 E7 I0 K0 K1 K2 K3 K4 M0 M1 M2 M3 M4 M5 M6 M7 M8 P0 P1"
    assert [usage.value for usage in KeyUsage] == f"{usages} S0 S1 S2 V0 V1 V2 V3 V4 V5".split()
    assert sorted(mode.value for mode in Mode) == list("BCDEGNSTVXY")
    assert sorted(algorithm.value for algorithm in Algorithm) == list("ADEHRST")
