"""Proves that the lab's RSA keys are what their docstring says, so that anybody can see that nothing was chosen."""

from hashlib import shake_256

import pytest

from keys.lab_rsa import LAB_AUTHORITIES, LAB_RID, LAB_RSA_KEYS, lab_authorities, lab_rsa_key

SMALL = [number for number in range(3, 2_000) if all(number % other for other in range(2, int(number**0.5) + 1))]


def is_prime(number):
    """Fermat to two bases behind trial division: enough for numbers that nobody chose."""
    return all(number % small for small in SMALL) and pow(2, number - 1, number) == 1 and pow(3, number - 1, number) == 1


@pytest.mark.parametrize("name", LAB_RSA_KEYS)
@pytest.mark.parametrize("which", "pq")
def test_each_prime_is_the_first_of_its_kind(name, which):
    """From the digest upwards, the first prime that the public exponent goes with."""
    row = LAB_RSA_KEYS[name]
    prime = int(getattr(row, which), 16)
    bits = prime.bit_length()
    digest = shake_256(f"Pointsman lab key {name} {which}".encode()).digest(bits // 8)
    candidate = int.from_bytes(digest, "big") | (3 << (bits - 2)) | 1
    while candidate < prime and not ((candidate - 1) % row.exponent and is_prime(candidate)):
        candidate += 2
    assert candidate == prime
    assert is_prime(prime)


@pytest.mark.parametrize("name", LAB_RSA_KEYS)
def test_each_key_has_the_size_of_its_name(name):
    """The modulus has the bits that the name says."""
    modulus = lab_rsa_key(name).public.modulus
    assert 8 * len(modulus) == int.from_bytes(modulus, "big").bit_length() == int(name.rpartition(".")[2])


def test_terminals_are_loaded_with_the_authorities():
    """Under one identifier, each with its index and a checksum of its own."""
    loaded = lab_authorities()
    assert [key.index for key in loaded] == list(LAB_AUTHORITIES)
    assert {key.rid for key in loaded} == {LAB_RID}
    assert len({key.checksum for key in loaded}) == len(loaded)
