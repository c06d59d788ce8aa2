"""What the tests of offline data authentication share: two published test cards, and the lab's chains of keys."""

import json
from pathlib import Path

import msgspec
import pytest

from keys.emv.certificates import Certificate, certify_icc, certify_issuer
from keys.emv.rsa import PrivateKey
from keys.lab_rsa import lab_rsa_key
from keys.sensitive import Pan

CARDS = Path(__file__).parents[2] / "vectors" / "emv_offline.json"
PAN = Pan("4761739001010119")
STATIC = bytes.fromhex("5A084761739001010119 5F24033112315F3401018E0A00000000000000001F00".replace(" ", ""))


class Chain(msgspec.Struct, frozen=True):
    """An authority, an issuer and a card, with the certificates that bind them."""

    ca: PrivateKey
    issuer: PrivateKey
    icc: PrivateKey
    issuer_certificate: Certificate
    icc_certificate: Certificate


def made(ca, issuer):
    ca, issuer, icc = lab_rsa_key(ca), lab_rsa_key(issuer), lab_rsa_key("icc.1024")
    of_issuer = certify_issuer(ca, issuer.public, identifier="476173", expiry="1230", serial=b"\x00\x00\x01")
    of_icc = certify_icc(issuer, icc.public, pan=PAN, expiry="1129", serial=b"\x00\x00\x02", static_data=STATIC)
    return Chain(ca, issuer, icc, of_issuer, of_icc)


CHAINS = {"short": made("test-ca.1408", "issuer.1152"), "long": made("test-ca.1984", "issuer.1408")}


@pytest.fixture(params=CHAINS)
def chain(request) -> Chain:
    """Each of the lab's chains: one whose certificates leave remainders, one whose have room."""
    return CHAINS[request.param]


@pytest.fixture
def pan() -> Pan:
    """The card number that the lab's chains are of."""
    return PAN


@pytest.fixture
def static_data() -> bytes:
    """The static data that the card's certificate covers."""
    return STATIC


@pytest.fixture(scope="session")
def published() -> list[dict]:
    """Two test cards under authority keys that the schemes publish for tests."""
    return json.loads(CARDS.read_text())
