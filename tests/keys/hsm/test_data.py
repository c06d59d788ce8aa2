"""Proves that data is enciphered in whole blocks under data keys, translated without being seen, and that bytes are random."""

import pytest

from keys.ciphers import Aes, Tdes
from keys.errors import MalformedInput

AES = bytes(range(32))


@pytest.fixture
def stand(desk, make_key):
    return desk(make_key("tdes", "D0"), make_key("aes", "D0", AES, algorithm="A"))


@pytest.mark.parametrize(("name", "kind"), [("tdes", Tdes), ("aes", Aes)])
def test_data_comes_back(stand, name, kind):
    """CBC and ECB, the primitive's, and inverse to each other."""
    cipher = kind(stand.keystore.get(name).secret)
    blocks = bytes(range(64))
    for iv in (None, bytes(range(cipher.block_bytes))):
        enciphered = stand.hsm.encrypt_data(name, blocks, iv=iv)
        assert enciphered == (cipher.encrypt(blocks) if iv is None else cipher.encrypt_cbc(iv, blocks))
        assert stand.hsm.decrypt_data(name, enciphered, iv=iv) == blocks


@pytest.mark.parametrize("blocks", [b"", bytes(7), bytes(17)])
def test_parts_of_blocks_are_refused(stand, blocks):
    """And spoil nothing for the next."""
    before = stand.hsm.encrypt_data("aes", bytes(16), iv=None)
    for name in ("tdes", "aes"):
        for iv in (None, bytes(8), bytes(16), b""):
            with pytest.raises(MalformedInput):
                stand.hsm.encrypt_data(name, blocks, iv=iv)
            with pytest.raises(MalformedInput):
                stand.hsm.decrypt_data(name, blocks, iv=iv)
    assert stand.hsm.encrypt_data("aes", bytes(16), iv=None) == before


def test_data_is_translated(stand):
    """From one algorithm to the other."""
    enciphered = stand.hsm.encrypt_data("tdes", bytes(range(32)), iv=bytes(8))
    translated = stand.hsm.translate_data(source="tdes", target="aes", blocks=enciphered, iv=bytes(8), target_iv=bytes(16))
    assert stand.hsm.decrypt_data("aes", translated, iv=bytes(16)) == bytes(range(32))
    by_blocks = stand.hsm.translate_data(source="aes", target="tdes", blocks=translated, iv=bytes(16), target_iv=None)
    assert stand.hsm.decrypt_data("tdes", by_blocks, iv=None) == bytes(range(32))


def test_random_bytes_are_of_the_entropy(stand):
    """As many as asked for, up to the bound, and never twice the same."""
    assert [len(stand.hsm.draw_random(count)) for count in (1, 16, 1024)] == [1, 16, 1024]
    assert stand.hsm.draw_random(16) != stand.hsm.draw_random(16)
    for count in (0, -1, 1025):
        with pytest.raises(MalformedInput, match="1 to 1024"):
            stand.hsm.draw_random(count)
