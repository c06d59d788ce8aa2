"""Cards of the house, written with the published lab keys, and terminals' commands in hexadecimal to talk to them with."""

from collections.abc import Callable
from typing import Protocol

import pytest

from keys.lab import lab_keystore
from switch.domain.test_cards import TEST_CARDS
from terminal_sim.card import Card, IssuerKeys, personalise

TRANSACTION = {
    "9F02": "000000001250",
    "9F03": "000000000000",
    "9F1A": "0276",
    "95": "8000048000",
    "5F2A": "0978",
    "9A": "260301",
    "9C": "00",
    "9F37": "A1B2C3D4",
}
"""What the terminal says of the transaction, in the order of our CDOL1."""


class Application(Protocol):
    """Whatever answers APDUs."""

    def transmit(self, apdu: bytes) -> bytes:
        """Answer one command."""


@pytest.fixture
def issuer_keys() -> IssuerKeys:
    """The lab issuer's keys."""
    keystore = lab_keystore()
    return IssuerKeys(
        imk_ac=keystore.get("issuer.imk-ac").secret,
        cvk=keystore.get("issuer.cvk").secret,
        pvk=keystore.get("issuer.pvk").secret,
    )


@pytest.fixture
def make_card(issuer_keys: IssuerKeys) -> Callable[..., Card]:
    """Write one of the test cards."""

    def make(name: str = "visa-chip", atc: int = 0) -> Card:
        return personalise(TEST_CARDS[name], issuer_keys, atc=atc)

    return make


@pytest.fixture
def ask() -> Callable[[Application, str], str]:
    """Send a command in hexadecimal, get the whole response in hexadecimal."""

    def transmit(application: Application, command: str) -> str:
        return application.transmit(bytes.fromhex(command)).hex().upper()

    return transmit


@pytest.fixture
def transaction() -> dict[str, bytes]:
    """What the terminal says of the transaction, by tag."""
    return {tag: bytes.fromhex(value) for tag, value in TRANSACTION.items()}


@pytest.fixture
def commands() -> dict[str, str]:
    """One good command of each kind for the contact chip."""
    cdol1 = "".join(TRANSACTION.values())
    return {
        "SELECT": "00A4040007A000000003101000",
        "GPO": "80A800000783" + "05" + "E0F8C8" + "0276" + "00",
        "READ RECORD": "00B2010C00",
        "ARQC": f"80AE80001D{cdol1}00",
        "AAC": f"80AE00001D{cdol1}00",
        "AUTHENTICATE": "0082000008" + "00" * 8,
        "TC": f"80AE40001F3030{cdol1}00",
        "DECLINE": f"80AE00001F3035{cdol1}00",
    }
