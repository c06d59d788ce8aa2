"""Both kernels against good cards, wrong cards, and cards whose every byte may be turned around."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switch.domain.money import Money
from switch.domain.test_cards import TEST_CARDS
from switch.wire.tlv import encode
from terminal_sim.card import Card
from terminal_sim.terminal import DEFAULT, Verification
from terminal_sim.terminal.card_data import CardData, CardRefused
from terminal_sim.terminal.kernel.contact import ContactKernel
from terminal_sim.terminal.kernel.contactless import tap
from terminal_sim.terminal.kernel.elements import Sale
from terminal_sim.terminal.kernel.reader import CardReader
from terminal_sim.terminal.timestamps import LocalTime

Eur = Callable[[str], Money]
Transmit = Callable[[bytes], bytes]


@pytest.fixture
def sale(eur: Eur) -> Callable[..., Sale]:
    """A sale of 12.50 EUR with a PIN, changed as the test says."""

    def make(amount: str = "12.50", *, pin: bool = True, at: str = "260301", **changes: Any) -> Sale:
        profile = msgspec.structs.replace(DEFAULT, **changes)
        return Sale(profile, eur(amount), bytes.fromhex("A1B2C3D4"), LocalTime(at, "120000"), pin)

    return make


def test_a_chip_is_read_to_its_arqc(wallet: dict[str, Card], sale: Callable[..., Sale]) -> None:
    """Number, expiry, track and the tags of DE 55 come out, with the PIN as the way of verification."""
    data = ContactKernel(CardReader(wallet["visa-chip"].insert().transmit), sale()).begin()
    card = TEST_CARDS["visa-chip"]
    assert (data.pan, data.expiry, data.sequence, data.atc) == (card.pan, card.expiry, card.sequence, 1)
    assert data.verification is Verification.ONLINE_PIN
    icc = dict(data.icc)
    expected = {"9F02": "000000001250", "5F2A": "0978", "9F1A": "0276", "9A": "260301", "9C": "00", "9F37": "a1b2c3d4"}
    expected |= {"9F27": "80", "9F36": "0001", "95": "8000048000", "9F34": "420300", "82": "1c00", "84": "a0000000031010"}
    assert {tag: icc[tag].hex() for tag in expected} == expected
    assert not {"57", "5A", "5F20", "5F24"} & icc.keys()


def test_an_expired_card_is_sent_to_its_issuer_with_the_finding(wallet: dict[str, Card], sale: Callable[..., Sale]) -> None:
    """The terminal notes the expiry in the TVR and asks all the same; on the last valid day it notes nothing."""
    late = ContactKernel(CardReader(wallet["visa-expired"].insert().transmit), sale()).begin()
    assert dict(late.icc)["95"].hex() == "8040048000"
    last_day = ContactKernel(CardReader(wallet["visa-expired"].insert().transmit), sale(at="200131")).begin()
    assert dict(last_day.icc)["95"].hex() == "8000048000"


def test_a_terminal_whose_codes_say_so_declines_before_the_issuer(wallet: dict[str, Card], sale: Callable[..., Sale]) -> None:
    """A denial code that matches the TVR has the card give an AAC, and no request is made."""
    kernel = ContactKernel(CardReader(wallet["visa-expired"].insert().transmit), sale(denial=bytes.fromhex("0040000000")))
    with pytest.raises(CardRefused, match="before the issuer"):
        kernel.begin()


@pytest.mark.parametrize("face", ["insert", "tap"])
def test_a_card_without_a_known_application_is_refused(face: str, wallet: dict[str, Card], sale: Callable[..., Sale]) -> None:
    """A terminal that takes other brands only says so."""
    other = sale(applications=(bytes.fromhex("A0000000041010"),))
    with pytest.raises(CardRefused, match="none of the"):
        _read(face, getattr(wallet["visa-chip"], face)().transmit, other)


def test_a_tap_that_needs_verification_where_there_is_none_asks_to_be_inserted(
    wallet: dict[str, Card], sale: Callable[..., Sale]
) -> None:
    """The card's 6984 becomes words for the cardholder."""
    blind = sale("60.00", reader_capabilities=bytes.fromhex("20800000"))
    with pytest.raises(CardRefused, match="inserted"):
        tap(CardReader(wallet["visa-chip"].tap().transmit), blind)


@pytest.mark.parametrize(
    ("amount", "pin", "capabilities", "verification", "results"),
    [
        ("50.00", True, "36800000", Verification.NONE, "1f0002"),
        ("50.01", True, "36800000", Verification.ONLINE_PIN, "020000"),
        ("50.01", False, "36800000", Verification.NONE, "1f0002"),
        ("50.01", True, "32800000", Verification.SIGNATURE, "1e0000"),
    ],
)
def test_a_tap_is_verified_as_amount_reader_and_card_agree(
    amount: str,
    pin: bool,
    capabilities: str,
    verification: Verification,
    results: str,
    wallet: dict[str, Card],
    sale: Callable[..., Sale],
) -> None:
    """Up to the limit nothing, above it the PIN, or a signature where the reader has no PIN pad."""
    offer = sale(amount, pin=pin, reader_capabilities=bytes.fromhex(capabilities))
    data = tap(CardReader(wallet["visa-chip"].tap().transmit), offer)
    assert (data.verification, dict(data.icc)["9F34"].hex()) == (verification, results)


@pytest.mark.parametrize("tag_91", [b"", bytes(7), bytes(17), bytes(300)])
def test_an_answer_that_no_card_takes_ends_as_declined(
    tag_91: bytes, wallet: dict[str, Card], sale: Callable[..., Sale]
) -> None:
    """Tag 91 of a wrong length makes the terminal ask for an AAC; without any the card follows the terminal."""
    kernel = ContactKernel(CardReader(wallet["visa-chip"].insert().transmit), sale())
    kernel.begin()
    assert kernel.complete("00", approved=True, issuer_authentication=tag_91) is (tag_91 == b"")


def test_a_card_that_is_pulled_out_does_not_agree(wallet: dict[str, Card], sale: Callable[..., Sale]) -> None:
    """No answer to the second GENERATE AC is no TC."""
    chip = wallet["visa-chip"].insert()
    pulled: list[bool] = []
    kernel = ContactKernel(CardReader(lambda apdu: b"" if pulled else chip.transmit(apdu)), sale())
    kernel.begin()
    pulled.append(True)
    assert kernel.complete("00", approved=True, issuer_authentication=bytes(8)) is False


@pytest.mark.parametrize(
    ("tag", "value"),
    [("5F34", "0102"), ("5F34", "0A"), ("9F10", "00" * 40), ("9F36", "01"), ("9F26", "00"), ("82", "00"), ("57", "1234")],
)
@pytest.mark.parametrize("face", ["insert", "tap"])
def test_values_that_would_not_fit_the_request_are_refused(
    face: str, tag: str, value: str, wallet: dict[str, Card], sale: Callable[..., Sale]
) -> None:
    """A card is a peer like any other: what it sends is checked before it goes into a message."""
    transmit = getattr(wallet["visa-chip"], face)().transmit
    with pytest.raises(CardRefused):
        _read(face, _with_value(transmit, tag, bytes.fromhex(value)), sale())


def test_a_chip_that_tells_two_numbers_is_refused(wallet: dict[str, Card], sale: Callable[..., Sale]) -> None:
    """Tags 5A and 57 must name one card."""
    transmit = _with_value(wallet["visa-chip"].insert().transmit, "5A", bytes.fromhex("4761739001010010"))
    with pytest.raises(CardRefused, match="two card numbers"):
        _read("insert", transmit, sale())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    face=st.sampled_from(["insert", "tap"]),
    turn=st.integers(0, 7),
    place=st.integers(0, 120),
    change=st.one_of(st.integers(1, 255), st.none()),
)
def test_a_card_that_sends_anything_is_read_or_refused(
    face: str, turn: int, place: int, change: int | None, wallet: dict[str, Card], sale: Callable[..., Sale]
) -> None:
    """One byte turned around, or the rest cut off, in any response: card data or `CardRefused`, and nothing else."""
    transmit = getattr(wallet["visa-chip"], face)().transmit
    turns = iter(range(100))

    def meddle(apdu: bytes) -> bytes:
        response: bytes = transmit(apdu)
        if next(turns) != turn or place >= len(response):
            return response
        return (
            response[:place]
            if change is None
            else response[:place] + bytes((response[place] ^ change,)) + response[place + 1 :]
        )

    try:
        data = _read(face, meddle, sale())
    except CardRefused:
        return
    assert len(encode(data.icc)) <= 255
    assert len(data.sequence) in (0, 2)


def _read(face: str, transmit: Transmit, sale: Sale) -> CardData:
    reader = CardReader(transmit)
    return ContactKernel(reader, sale).begin() if face == "insert" else tap(reader, sale)


def _with_value(transmit: Transmit, tag: str, value: bytes) -> Transmit:
    """The card, with one value of its responses replaced."""
    from switch.wire.tlv import Tlv, decode

    def rebuild(element: Tlv) -> tuple[str, bytes]:
        if element.children:
            return element.tag, encode([rebuild(child) for child in element.children])
        return element.tag, value if element.tag == tag else element.value

    def meddle(apdu: bytes) -> bytes:
        response = transmit(apdu)
        return encode([rebuild(element) for element in decode(response[:-2])]) + response[-2:]

    return meddle
