"""Proves that an LMK is opened by what sealed it and by nothing else: passphrase, RSA key or certificate, bare."""

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from keys.errors import KeystoreError
from keys.keystore.file import FileKeystore
from keys.keystore.rsa_seal import RsaKey
from keys.keystore.seals import BareLmk, Passphrase
from keys.lab import lab_key
from keys.sensitive import Secret

LMK = Secret(bytes(range(32)))


def pem(key):
    return Secret(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def public_pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def certificate(rsa_key):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Pointsman test")])
    begins = datetime.datetime(2026, 1, 1)
    builder = x509.CertificateBuilder(name, name, rsa_key.public_key(), 1, begins, begins + datetime.timedelta(days=1))
    return builder.sign(rsa_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def test_each_opener_opens_what_it_sealed(entropy, rsa_key, opener):
    """The LMK comes back."""
    for each in (opener, RsaKey(private=pem(rsa_key)), BareLmk(LMK)):
        assert each.unseal(each.seal(LMK, entropy)) == LMK


def test_a_certificate_seals_and_its_key_opens(disk, path, entropy, rsa_key, certificate):
    """A keystore made with the certificate alone is opened with the private key, and not without it."""
    FileKeystore.create(path, RsaKey(public=certificate), entropy, disk=disk)
    by_key = FileKeystore.open(path, RsaKey(private=pem(rsa_key)), entropy, disk=disk)
    by_key.add(lab_key("pos.zak"))
    assert FileKeystore.open(path, RsaKey(private=pem(rsa_key)), entropy, disk=disk).names() == ("pos.zak",)
    with pytest.raises(KeystoreError, match="private key opens"):
        FileKeystore.open(path, RsaKey(public=public_pem(rsa_key)), entropy, disk=disk)


def test_no_opener_opens_anothers_seal(entropy, rsa_key, opener):
    """Each says what the seal takes."""
    openers = (opener, RsaKey(private=pem(rsa_key)), BareLmk(LMK))
    for one in openers:
        for other in openers:
            if one is not other:
                with pytest.raises(KeystoreError):
                    one.unseal(other.seal(LMK, entropy))


def test_another_rsa_key_is_refused(entropy, rsa_key):
    """By its fingerprint, before anything is tried; and a changed seal afterwards."""
    seal = RsaKey(private=pem(rsa_key)).seal(LMK, entropy)
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(KeystoreError, match="another RSA key"):
        RsaKey(private=pem(other)).unseal(seal)
    changed = type(seal)(seal.fingerprint, seal.sealed[:-2] + "00")
    with pytest.raises(KeystoreError, match="was changed"):
        RsaKey(private=pem(rsa_key)).unseal(changed)


def test_unfit_keys_are_refused(rsa_key):
    """Too short an RSA key, a curve, no PEM at all, none of the two."""
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    curve = ec.generate_private_key(ec.SECP256R1())
    for arguments in (
        {"private": pem(short)},
        {"private": pem(curve)},
        {"public": public_pem(curve)},
        {"public": b"none"},
        {"private": Secret(b"none")},
        {},
    ):
        with pytest.raises(KeystoreError):
            RsaKey(**arguments)


def test_unfit_passphrases_and_masters_are_refused():
    """Seven characters, thirty-one bytes, a cost that is no power of two."""
    with pytest.raises(KeystoreError, match="8 characters"):
        Passphrase(Secret(b"seven77"))
    with pytest.raises(KeystoreError, match="32 bytes"):
        BareLmk(Secret(bytes(31)))


def test_a_bare_master_is_compared_by_its_check_value(disk, path, entropy):
    """Another LMK than the keystore's is refused before any block is tried."""
    FileKeystore.create(path, BareLmk(LMK), entropy, disk=disk).add(lab_key("pos.zak"))
    assert FileKeystore.open(path, BareLmk(LMK), entropy, disk=disk).names() == ("pos.zak",)
    with pytest.raises(KeystoreError, match="compare their check values"):
        FileKeystore.open(path, BareLmk(Secret(bytes(32))), entropy, disk=disk)


def test_openers_print_nothing(opener, rsa_key):
    """No passphrase, key or LMK in a repr."""
    openers = opener, RsaKey(private=pem(rsa_key)), BareLmk(LMK)
    assert [repr(each) for each in openers] == ["Passphrase(...)", "RsaKey(...)", "BareLmk(...)"]
