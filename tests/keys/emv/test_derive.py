"""Proves EMV key derivation where the vectors do not reach: option B's edges, psn, the diversifier's two forms."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ciphers import Tdes, odd_parity
from keys.emv.derive import (
    common_session_key,
    emv2000_session_key,
    icc_master_key,
    mastercard_session_key,
    visa_session_key,
)
from keys.errors import MalformedInput
from keys.sensitive import Pan, Secret

IMK = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))


@given(st.text("0123456789", min_size=8, max_size=16), st.text("0123456789", min_size=2, max_size=2))
def test_options_agree_up_to_sixteen_digits(number, psn):
    """Option B is option A for PANs of at most 16 digits (EMV Book 2 A1.4.2)."""
    assert icc_master_key(IMK, Pan(number), psn, "B") == icc_master_key(IMK, Pan(number), psn, "A")


@pytest.mark.parametrize("number", ["12345678901234567", "123456789012345678", "1234567890123456789"])
def test_option_b_hashes_longer_numbers(number):
    """Seventeen digits and more: SHA-1 of PAN and psn in whole bytes, its decimals first, written out."""
    text = number + "01"
    digest = hashlib.sha1(bytes.fromhex(text if len(text) % 2 == 0 else f"0{text}")).hexdigest()
    decimals = [digit for digit in digest if digit in "0123456789"]
    letters = [str("abcdef".index(digit)) for digit in digest if digit in "abcdef"]
    left = bytes.fromhex("".join((decimals + letters)[:16]))
    right = bytes(octet ^ 0xFF for octet in left)
    expected = odd_parity(Secret(Tdes(IMK).encrypt(left) + Tdes(IMK).encrypt(right)))
    assert icc_master_key(IMK, Pan(number), "01", "B") == expected


def test_option_a_takes_the_rightmost_sixteen_digits():
    """A longer number's first digits do not count under option A, and do under B."""
    one, other = Pan("1234567890123456789"), Pan("9234567890123456789")
    assert icc_master_key(IMK, one, "00", "A") == icc_master_key(IMK, other, "00", "A")
    assert icc_master_key(IMK, one, "00", "B") != icc_master_key(IMK, other, "00", "B")


@given(st.text("0123456789", min_size=8, max_size=19), st.binary(min_size=2, max_size=2))
def test_derived_keys_are_sixteen_bytes_of_odd_parity(number, atc):
    """Master and session keys have DES parity, and every card and counter its own."""
    mk = icc_master_key(IMK, Pan(number), "00")
    sk = common_session_key(mk, atc)
    assert odd_parity(mk) == mk
    assert odd_parity(sk) == sk
    assert len(mk) == len(sk) == 16
    assert mk != sk


@given(st.binary(min_size=2, max_size=2))
def test_the_counter_is_a_diversifier_with_zeroes(atc):
    """Two bytes of ATC are the eight bytes with zeroes behind them."""
    mk = icc_master_key(IMK, Pan("4761739001010119"), "00")
    assert common_session_key(mk, atc) == common_session_key(mk, atc + bytes(6))


def test_a_kept_cipher_derives_the_same():
    """The issuer's master key may come as a cipher that was kept."""
    pan = Pan("4761739001010119")
    assert icc_master_key(Tdes(IMK), pan, "01") == icc_master_key(IMK, pan, "01")


@pytest.mark.parametrize("psn", ["", "1", "001", "0a", "-1", "٠١"])
def test_a_sequence_number_has_two_digits(psn):
    """Anything else is refused."""
    with pytest.raises(MalformedInput, match="two decimal digits"):
        icc_master_key(IMK, Pan("4761739001010119"), psn)


def test_other_sizes_and_options_are_refused():
    """Keys of 16 bytes, diversifiers of 2 or 8, options A and B."""
    pan = Pan("4761739001010119")
    for size in (8, 24):
        with pytest.raises(MalformedInput, match="issuer master key"):
            icc_master_key(Secret(bytes(range(size))), pan, "00")
        with pytest.raises(MalformedInput, match="ICC master key"):
            common_session_key(Secret(bytes(range(size))), bytes(2))
    for size in (0, 1, 3, 7, 9):
        with pytest.raises(MalformedInput, match="diversified"):
            common_session_key(IMK, bytes(size))
    with pytest.raises(MalformedInput, match="option A or B"):
        icc_master_key(IMK, pan, "00", "C")


@given(st.binary(min_size=2, max_size=2), st.binary(min_size=4, max_size=4))
def test_mastercards_key_is_the_common_one(atc, number):
    """ATC, two zeroes, unpredictable number: the common method's diversifier."""
    assert mastercard_session_key(IMK, atc, number) == common_session_key(IMK, atc + bytes(2) + number)
    assert mastercard_session_key(Tdes(IMK), atc, number) == mastercard_session_key(IMK, atc, number)


def test_visas_key_is_the_master_key_xored():
    """The definition, written out: ATC into the last bytes of the left half, its complement into those of the right."""
    material = bytearray(IMK.expose())
    for place, octet in ((6, 0x12), (7, 0x34), (14, 0xED), (15, 0xCB)):
        material[place] ^= octet
    assert visa_session_key(IMK, bytes.fromhex("1234")) == odd_parity(Secret(bytes(material)))


def test_every_counter_has_its_own_leaf():
    """Neighbours, and counters that share all but their first digit, have different keys of odd parity."""
    keys = [emv2000_session_key(IMK, atc.to_bytes(2, "big")) for atc in (0, 1, 2, 3, 4, 0x4000, 0x8000, 0xFFFF)]
    assert len({key.expose() for key in keys}) == len(keys)
    assert all(odd_parity(key) == key for key in keys)
    other = [emv2000_session_key(IMK, bytes(2), iv=b"\x01" * 16), emv2000_session_key(IMK, bytes(2), branch=2, height=16)]
    assert len({key.expose() for key in (keys[0], *other)}) == 3


def test_other_sizes_of_session_keys_are_refused():
    """ATC of two bytes, number of four, key and initial value of sixteen, a tree with room for every counter."""
    for act in (
        lambda: mastercard_session_key(IMK, bytes(1), bytes(4)),
        lambda: mastercard_session_key(IMK, bytes(2), b""),
        lambda: visa_session_key(IMK, bytes(3)),
        lambda: visa_session_key(Secret(bytes(8)), bytes(2)),
        lambda: emv2000_session_key(IMK, b""),
        lambda: emv2000_session_key(Secret(bytes(24)), bytes(2)),
        lambda: emv2000_session_key(IMK, bytes(2), iv=bytes(8)),
        lambda: emv2000_session_key(IMK, bytes(2), branch=4, height=7),
        lambda: emv2000_session_key(IMK, bytes(2), branch=1, height=100),
        lambda: emv2000_session_key(IMK, bytes(2), branch=256, height=2),
    ):
        with pytest.raises(MalformedInput):
            act()
