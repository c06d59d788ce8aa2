"""Proves the sizes that cryptograms take; their published values are in test_vectors."""

import pytest

from keys.ciphers import Tdes
from keys.emv.cryptogram import application_cryptogram, arpc_method_1, arpc_method_2
from keys.errors import MalformedInput
from keys.mac import retail_mac
from keys.sensitive import Secret

KEY = Secret(bytes.fromhex("436B942AD637E08564B532B0EC97CB26"))
ARQC = bytes.fromhex("7A788EA6B8A3E733")


def test_an_application_cryptogram_is_mac_algorithm_3():
    """Eight bytes of the retail MAC with the version's padding, from a key or a kept cipher."""
    assert application_cryptogram(KEY, b"data", 2) == retail_mac(KEY, b"data", padding=2)
    assert application_cryptogram(Tdes(KEY), b"data", 1) == retail_mac(KEY, b"data", padding=1)


def test_arpc_method_1_is_one_block():
    """ARQC XOR response code, enciphered: the definition, written out."""
    block = bytes([ARQC[0] ^ 0x30, ARQC[1] ^ 0x35, *ARQC[2:]])
    assert arpc_method_1(KEY, ARQC, b"05") == Tdes(KEY).encrypt(block)


def test_arpc_method_2_covers_all_it_is_given():
    """Card status update and proprietary data each change the answer."""
    answers = [
        arpc_method_2(KEY, ARQC, bytes(4)),
        arpc_method_2(KEY, ARQC, b"\x00\x12\x00\x00"),
        arpc_method_2(KEY, ARQC, bytes(4), b"\x01"),
        arpc_method_2(KEY, ARQC, bytes(4), bytes(8)),
    ]
    assert len(set(answers)) == 4
    assert {len(answer) for answer in answers} == {4}


@pytest.mark.parametrize(
    ("act", "arguments"),
    [
        (arpc_method_1, (ARQC[:7], b"00")),
        (arpc_method_1, (ARQC, b"0")),
        (arpc_method_1, (ARQC, b"000")),
        (arpc_method_2, (ARQC + b"\x00", bytes(4))),
        (arpc_method_2, (ARQC, bytes(3))),
        (arpc_method_2, (ARQC, bytes(4), bytes(9))),
    ],
)
def test_other_sizes_are_refused(act, arguments):
    """An ARQC of eight bytes, a code of two, an update of four, at most eight more."""
    with pytest.raises(MalformedInput):
        act(KEY, *arguments)


@pytest.mark.parametrize("size", [8, 24])
def test_the_key_is_a_pair(size):
    """Cryptograms are made under keys of sixteen bytes."""
    key = Secret(bytes(range(size)))
    for act in (
        lambda: application_cryptogram(key, b"", 2),
        lambda: arpc_method_1(key, ARQC, b"00"),
        lambda: arpc_method_2(key, ARQC, bytes(4)),
    ):
        with pytest.raises(MalformedInput, match="16 bytes"):
            act()
