"""Proves that kept cipher contexts give what fresh ones give, whatever was fed to them before."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ciphers import (
    Aes,
    AesSiv,
    HashName,
    Hmac,
    Tdes,
    aes,
    kcv_aes_cmac,
    kcv_aes_ecb_zero,
    kcv_hmac,
    kcv_tdes_legacy,
    odd_parity,
    tdes,
    xor,
)
from keys.errors import MalformedInput, ProtectionMismatch
from keys.sensitive import Secret

DOUBLE = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
AES_KEY = Secret(bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C"))

ciphers = st.sampled_from([Tdes(DOUBLE), Tdes(DOUBLE).left, Aes(AES_KEY)])  # Kept for the whole run, on purpose.


def fresh(cipher):
    match cipher:
        case Aes():
            return Aes(AES_KEY)
        case _:
            return Tdes(DOUBLE) if cipher.key_bytes == 16 else Tdes(DOUBLE).left


def whole(cipher, data):
    return data[: len(data) // cipher.block_bytes * cipher.block_bytes] or bytes(cipher.block_bytes)


@given(ciphers, st.binary(min_size=16, max_size=200))
def test_encipherment_is_undone_by_decipherment(cipher, data):
    """ECB and CBC each come back to where they began."""
    blocks, iv = whole(cipher, data), bytes(range(cipher.block_bytes))
    assert cipher.decrypt(cipher.encrypt(blocks)) == blocks
    assert cipher.decrypt_cbc(iv, cipher.encrypt_cbc(iv, blocks)) == blocks


@given(ciphers, st.binary(min_size=16, max_size=200))
def test_a_kept_context_gives_what_a_fresh_one_gives(cipher, data):
    """Nothing of an earlier call is left in a kept context: the chain is CBC from zeroes every time."""
    blocks = whole(cipher, data)
    assert cipher.encrypt(blocks) == fresh(cipher).encrypt(blocks)
    assert cipher.chain(blocks) == cipher.encrypt_cbc(bytes(cipher.block_bytes), blocks)[-cipher.block_bytes :]


@given(ciphers, st.binary(max_size=40), st.sampled_from(["encrypt", "decrypt", "chain"]))
def test_a_part_of_a_block_is_refused_and_spoils_nothing(cipher, data, method):
    """A length that is no multiple of the block is refused before the context sees a byte."""
    block = bytes(cipher.block_bytes)
    before = cipher.chain(block)
    if len(data) % cipher.block_bytes:
        with pytest.raises(MalformedInput, match="whole blocks"):
            getattr(cipher, method)(data)
    assert cipher.chain(block) == before
    assert cipher.decrypt(cipher.encrypt(block)) == block


@pytest.mark.parametrize("after", [True, False])
def test_an_interrupted_chain_is_dropped(after):
    """An interruption before or after the cipher's own work does not spoil the next MAC."""
    cipher = Tdes(DOUBLE)
    expected = cipher.chain(bytes(16))
    update, carried = cipher._chain

    def interrupted(blocks):
        if after:
            update(blocks)
        raise KeyboardInterrupt

    cipher._chain = interrupted, carried
    with pytest.raises(KeyboardInterrupt):
        cipher.chain(bytes(16))
    assert cipher.chain(bytes(16)) == expected


def test_no_blocks_leave_the_chain_at_its_start():
    """The chain over nothing is a block of zeroes; nothing to encipher is refused."""
    assert Tdes(DOUBLE).chain(b"") == bytes(8)
    with pytest.raises(MalformedInput):
        Tdes(DOUBLE).encrypt(b"")


@pytest.mark.parametrize(
    ("make", "size"),
    [(Tdes, 0), (Tdes, 7), (Tdes, 15), (Tdes, 32), (Aes, 8), (Aes, 20), (AesSiv, 16), (Hmac, 0), (Hmac, 129)],
)
def test_keys_of_other_lengths_are_refused(make, size):
    """A key of a length that the algorithm does not have is refused by its length alone."""
    with pytest.raises(MalformedInput, match=f"not {size}$"):
        make(Secret(bytes(size)))


def test_an_initial_vector_is_one_block():
    """A short or long initial vector is refused."""
    for size in (0, 7, 16):
        with pytest.raises(MalformedInput, match="initial vector"):
            Tdes(DOUBLE).encrypt_cbc(bytes(size), bytes(8))


def test_tdes_takes_one_two_or_three_keys():
    """K is K K K, and K1 K2 is K1 K2 K1 (ISO/IEC 18033-3 keying options)."""
    one, two = bytes.fromhex("0123456789ABCDEF"), bytes.fromhex("FEDCBA9876543210")
    block = b"\x01" * 8
    assert Tdes(Secret(one)).encrypt(block) == Tdes(Secret(one * 3)).encrypt(block)
    assert Tdes(Secret(one + two)).encrypt(block) == Tdes(Secret(one + two + one)).encrypt(block)
    assert tdes(Tdes(DOUBLE)).key_bytes == tdes(DOUBLE).key_bytes == 16
    kept = Tdes(DOUBLE)
    assert tdes(kept) is kept
    assert kept.left is kept.left
    kept_aes = Aes(AES_KEY)
    assert aes(kept_aes) is kept_aes
    assert aes(AES_KEY).encrypt(bytes(16)) == kept_aes.encrypt(bytes(16))


@pytest.mark.parametrize(
    ("message", "mac"),
    [
        ("", "bb1d6929e95937287fa37d129b756746"),
        ("6bc1bee22e409f96e93d7e117393172a", "070a16b46b4d4144f79bdd9dd04a287c"),
        (
            "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
            "dfa66747de9ae63030ca32611497c827",
        ),
    ],
)
def test_aes_cmac(message, mac):
    """NIST SP 800-38B example 1 to 3, twice from one object: copies do not disturb each other."""
    cipher = Aes(AES_KEY)
    assert cipher.cmac(bytes.fromhex(message)).hex() == mac
    assert cipher.cmac(bytes.fromhex(message)).hex() == mac


def test_aes_siv():
    """RFC 5297 A.1, deterministic authenticated encryption."""
    siv = AesSiv(Secret(bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")))
    context = bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")
    protected = siv.encrypt(bytes.fromhex("112233445566778899aabbccddee"), context)
    assert protected.hex() == "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c"
    assert siv.decrypt(protected, context).hex() == "112233445566778899aabbccddee"


@given(st.data())
def test_aes_siv_refuses_every_change(data):
    """Any bit of the bytes or of their context changed, or bytes cut off, is refused with one identical error."""
    siv, context = AesSiv(Secret(bytes(range(32)))), b"record 7"
    protected = siv.encrypt(b"4761739001010119", context)
    bit = data.draw(st.integers(0, len(protected) * 8 - 1))
    flipped = (int.from_bytes(protected, "big") ^ (1 << bit)).to_bytes(len(protected), "big")
    cut = protected[: data.draw(st.integers(0, len(protected) - 1))]
    texts = set()
    for wrong, where in ((flipped, context), (cut, context), (protected, b"record 8")):
        with pytest.raises(ProtectionMismatch) as caught:
            siv.decrypt(wrong, where)
        assert caught.value.__context__ is None
        texts.add(str(caught.value))
    assert len(texts) == 1


def test_aes_siv_has_nothing_to_protect():
    """An empty plaintext is refused: some versions of the library would not take it."""
    with pytest.raises(MalformedInput):
        AesSiv(Secret(bytes(range(32)))).encrypt(b"", b"")


def test_hmac_sha256():
    """RFC 4231 test case 4, twice from one object, and the empty message against hmac itself."""
    key = bytes(range(1, 26))
    keyed = Hmac(Secret(key))
    for _ in range(2):
        assert keyed.digest(b"\xcd" * 50).hex() == "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    assert keyed.digest(b"") == hmac.new(key, b"", hashlib.sha256).digest()


@pytest.mark.parametrize("name", HashName)
def test_hmac_of_each_hash(name):
    """Every hash against the interpreter's own one-shot HMAC, with a key shorter than a block and one of 128 bytes."""
    for key in (b"Jefe", bytes(range(128))):
        assert Hmac(Secret(key), name).digest(b"0200") == hmac.digest(key, b"0200", name.value)


@given(st.binary(min_size=8, max_size=24))
def test_odd_parity(key):
    """Every byte has an odd number of ones, only its lowest bit may have changed, and odd stays odd."""
    adjusted = odd_parity(Secret(key))
    assert all(octet.bit_count() % 2 for octet in adjusted.expose())
    assert all(one >> 1 == other >> 1 for one, other in zip(adjusted.expose(), key, strict=True))
    assert odd_parity(adjusted) == adjusted


@pytest.mark.parametrize("digits", [0, 3, 7, 16])
def test_a_check_value_is_short(digits):
    """A check value never gets long enough to search a key by, nor so short that it checks nothing (R22)."""
    with pytest.raises(MalformedInput):
        kcv_tdes_legacy(DOUBLE, digits=digits)
    for check in (kcv_aes_cmac, kcv_aes_ecb_zero, kcv_hmac):
        with pytest.raises(MalformedInput):
            check(AES_KEY, digits=digits if digits != 7 else 11)


def test_half_a_key_has_no_check_value():
    """The check value of eight bytes would let the halves of a key be searched one by one (R22)."""
    with pytest.raises(MalformedInput):
        kcv_tdes_legacy(Secret(DOUBLE.expose()[:8]))


def test_hmac_check_value():
    """The check value of an HMAC key is the beginning of the HMAC of sixteen zero bytes."""
    assert kcv_hmac(AES_KEY) == hmac.new(AES_KEY.expose(), bytes(16), hashlib.sha256).hexdigest().upper()[:6]


def test_xor_is_of_equal_lengths():
    """Two lengths are a mistake of ours, not a value; leading zeroes are kept."""
    assert xor(b"\x01\xff", b"\x01\x0f") == b"\x00\xf0"
    with pytest.raises(AssertionError):
        xor(b"\x01", b"\x01\x02")
