"""Proves the MACs by the standards' examples, a second construction, and the laws of padding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ciphers import Aes, HashName, Hmac, Tdes
from keys.errors import MalformedInput
from keys.mac import aes_cmac, cbc_mac, hmac, pad, retail_mac, tdes_cmac
from keys.sensitive import Secret

KEY = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
ALL = b"Now is the time for all "
IT = b"Now is the time for it"


@pytest.mark.parametrize(
    ("data", "padding", "mac"),
    [
        (ALL, 1, "A1C72E74EA3FA9B6"),
        (ALL, 3, "AB059463D7A7D170"),
        (IT, 2, "5A692CE64F404145"),
    ],
)
def test_retail_mac_of_the_standard(data, padding, mac):
    """ISO/IEC 9797-1 annex B.4, MAC algorithm 3."""
    assert retail_mac(KEY, data, padding=padding).hex().upper() == mac


@pytest.mark.parametrize(
    ("data", "padding", "mac"),
    [(ALL, 1, "70A30640"), (ALL, 3, "2C58FB8F"), (IT, 2, "A924C721")],
)
def test_cbc_mac_of_the_standard(data, padding, mac):
    """ISO/IEC 9797-1 annex B.2, MAC algorithm 1 under single DES."""
    assert cbc_mac(Secret(KEY.expose()[:8]), data, padding=padding, length=4).hex().upper() == mac


@given(st.binary(max_size=300), st.sampled_from([1, 2, 3]), st.integers(4, 8))
def test_retail_mac_is_the_construction_of_the_standard(data, padding, length):
    """CBC under K1 over all blocks, then D under K2 and E under K1: the definition, written out."""
    left, right = Secret(KEY.expose()[:8]), Secret(KEY.expose()[8:])
    last = Tdes(left).encrypt_cbc(bytes(8), pad(data, padding))[-8:]
    expected = Tdes(left).encrypt(Tdes(right).decrypt(last))
    assert retail_mac(KEY, data, padding=padding, length=length) == expected[:length]


@given(st.lists(st.binary(max_size=64), max_size=6), st.sampled_from([1, 2, 3]))
def test_a_kept_cipher_gives_what_a_key_gives(messages, padding):
    """A cipher that has made other MACs before makes the same one as a fresh one."""
    kept = Tdes(KEY)
    for data in messages:
        assert retail_mac(kept, data, padding=padding) == retail_mac(KEY, data, padding=padding)
        assert cbc_mac(kept, data, padding=padding) == cbc_mac(KEY, data, padding=padding)


@given(st.binary(max_size=64), st.sampled_from([1, 2, 3]))
def test_padding_makes_whole_blocks_and_keeps_the_data(data, method):
    """Padded data is at least one block, whole blocks, and the data stands in it where the method puts it."""
    padded = pad(data, method)
    head = 8 if method == 3 else 0
    assert len(padded) % 8 == 0
    assert padded
    assert padded[head : head + len(data)] == data
    assert padded[head + len(data) :].strip(b"\x00") == (b"\x80" if method == 2 else b"")
    assert len(padded) - head - len(data) <= 8


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_paddings_2_and_3_tell_all_messages_apart(one, other):
    """Only method 1 gives two messages one padded form (those that differ in trailing zeroes)."""
    for method in (2, 3):
        assert (pad(one, method) == pad(other, method)) == (one == other)
    assert pad(b"\x01", 1) == pad(b"\x01\x00", 1)


@pytest.mark.parametrize("make", [retail_mac, cbc_mac])
@pytest.mark.parametrize("arguments", [{"padding": 0}, {"padding": 4}, {"length": 3}, {"length": 9}, {"length": 0}])
def test_other_paddings_and_lengths_are_refused(make, arguments):
    """A padding that does not exist, and a MAC short enough to guess or longer than a block, are refused."""
    with pytest.raises(MalformedInput):
        make(KEY, b"data", **arguments)


@pytest.mark.parametrize("size", [8, 24])
def test_algorithm_3_takes_a_key_pair(size):
    """Algorithm 3 under one or three keys is another algorithm, and refused."""
    with pytest.raises(MalformedInput, match="16 bytes"):
        retail_mac(Secret(bytes(range(size))), b"data")


# CMAC and HMAC.

AES_KEY = Secret(bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C"))


def cmac_written_out(cipher, data):
    """CMAC as NIST SP 800-38B defines it: CBC from zeroes, the last block XORed with a subkey."""
    size = cipher.block_bytes
    reduction = {8: 0x1B, 16: 0x87}[size]
    subkey = int.from_bytes(cipher.encrypt(bytes(size)), "big")
    whole = len(data) % size == 0 and data
    for _ in range(1 if whole else 2):
        subkey = (subkey << 1) ^ ((subkey >> (size * 8 - 1)) * ((1 << size * 8) | reduction))
    padded = data if whole else data + b"\x80" + bytes(-(len(data) + 1) % size)
    last = int.from_bytes(padded[-size:], "big") ^ subkey
    return cipher.encrypt_cbc(bytes(size), padded[:-size] + last.to_bytes(size, "big"))[-size:]


@given(st.binary(max_size=100), st.integers(4, 8))
def test_cmac_is_the_construction_of_the_standard(data, length):
    """Both ciphers, whole and part blocks, truncated from the left: the definition, written out."""
    assert tdes_cmac(KEY, data, length=length) == cmac_written_out(Tdes(KEY), data)[:length]
    assert aes_cmac(AES_KEY, data, length=2 * length) == cmac_written_out(Aes(AES_KEY), data)[: 2 * length]


@given(st.lists(st.binary(max_size=64), max_size=6))
def test_kept_contexts_give_what_keys_give(messages):
    """A context that has made other CMACs and HMACs before makes the same one as a fresh one."""
    kept, kept_aes, keyed = Tdes(KEY), Aes(AES_KEY), Hmac(AES_KEY)
    for data in messages:
        assert tdes_cmac(kept, data) == tdes_cmac(KEY, data)
        assert aes_cmac(kept_aes, data) == aes_cmac(AES_KEY, data)
        assert hmac(keyed, data) == hmac(AES_KEY, data)


def test_hmac_of_the_standard():
    """RFC 4231 test case 2 with SHA-256, SHA-384 and SHA-512, whole and truncated."""
    data = b"what do ya want for nothing?"
    begins = {
        HashName.SHA256: ("5bdcc146bf60754e", 32),
        HashName.SHA384: ("af45d2e376484031", 48),
        HashName.SHA512: ("164b7a7bfcf819e2", 64),
    }
    for name, (head, size) in begins.items():
        keyed = Hmac(Secret(b"Jefe"), name)
        assert hmac(keyed, data, length=8).hex() == head
        assert len(hmac(keyed, data)) == size


@pytest.mark.parametrize(
    ("make", "key", "most"),
    [(tdes_cmac, KEY, 8), (aes_cmac, AES_KEY, 16), (hmac, AES_KEY, 32), (hmac, Hmac(AES_KEY, HashName.SHA512), 64)],
)
def test_other_lengths_of_cmac_and_hmac_are_refused(make, key, most):
    """Four bytes at least, and no more than there are (R26)."""
    assert len(make(key, b"data", length=4)) == 4
    assert len(make(key, b"data", length=most)) == most
    for length in (0, 3, most + 1):
        with pytest.raises(MalformedInput):
            make(key, b"data", length=length)
