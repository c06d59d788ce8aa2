"""Proves that RSA gives back what was signed, and nothing else."""

from hashlib import sha1

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.emv.rsa import PrivateKey, PublicKey, check_hash, recover, room, sign
from keys.errors import MalformedInput, OfflineAuthenticationMismatch
from keys.lab_rsa import lab_rsa_key

KEY = lab_rsa_key("icc.1024")


@settings(max_examples=25)
@given(st.binary(min_size=106, max_size=106), st.binary(max_size=40))
def test_what_was_signed_is_recovered(message, also):
    """The message, and the SHA-1 over it and what goes beside it."""
    signature = sign(KEY, message, also)
    found, digest = recover(KEY.public, signature, "it")
    assert found == message
    assert digest == sha1(message + also).digest()
    check_hash(digest, message + also, "it")
    with pytest.raises(OfflineAuthenticationMismatch, match="it covers other data"):
        check_hash(digest, message + also + b"\x00", "it")


def test_the_private_exponent_undoes_the_public_one():
    """The definition of RSA, with the modulus and exponent alone."""
    block = b"\x00" + bytes(range(127))
    raised = int.from_bytes(KEY.raise_block(block), "big")
    number = pow(raised, int.from_bytes(KEY.public.exponent, "big"), int.from_bytes(KEY.public.modulus, "big"))
    assert number.to_bytes(128, "big") == block


def test_every_changed_byte_is_refused():
    """A signature with any one byte changed has no frame any more, or another hash."""
    message = bytes(room(KEY.public))
    signature = sign(KEY, message, b"")
    for place in range(len(signature)):
        changed = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]
        with pytest.raises(OfflineAuthenticationMismatch):
            check_hash(*reversed(recover(KEY.public, changed, "it")), "it")


def test_another_key_or_length_is_refused():
    """A key of another size says so; one of the same size finds no frame."""
    signature = sign(KEY, bytes(room(KEY.public)), b"")
    with pytest.raises(OfflineAuthenticationMismatch, match="128 bytes, and the key that should have signed it 144"):
        recover(lab_rsa_key("issuer.1152").public, signature, "it")
    other = PublicKey(bytes([KEY.public.modulus[0] ^ 1]) + KEY.public.modulus[1:], b"\x03")
    with pytest.raises(OfflineAuthenticationMismatch, match="not signed by the key"):
        recover(other, signature, "it")
    with pytest.raises(MalformedInput, match="106 bytes"):
        sign(KEY, bytes(105), b"")


@pytest.mark.parametrize(
    ("modulus", "exponent"),
    [
        (b"\x80" * 63, b"\x03"),
        (b"\x80" * 249, b"\x03"),
        (b"\x00" + b"\x80" * 127, b"\x03"),
        (b"\x80" * 128, b""),
        (b"\x80" * 128, b"\x00\x03"),
        (b"\x80" * 128, b"\x05"),
    ],
)
def test_keys_that_emv_does_not_have_are_refused(modulus, exponent):
    """Sizes, leading zeroes, other exponents."""
    with pytest.raises(MalformedInput, match="RSA"):
        PublicKey(modulus, exponent)


def test_a_private_key_prints_its_size():
    """Neither prime nor exponent is shown."""
    assert repr(KEY) == "PrivateKey(1024 bits)"
    assert isinstance(KEY, PrivateKey)
