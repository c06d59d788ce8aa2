"""What kinds of cards there are: interfaces, applications, data objects, lists. Tables, no keys and no card numbers.

What differs from card to card (number, expiry, holder, keys) is written by `personalise`.
"""

from enum import Enum

import msgspec

from terminal_sim.card.dol import Dol, parse_dol


class Interface(Enum):
    """The faces of a card."""

    MAGSTRIPE = "magstripe"
    CHIP = "chip"
    CONTACTLESS = "contactless"


class Brand(msgspec.Struct, frozen=True):
    """The application a chip carries.

    Args:
        aid: its identifier, 5 to 16 bytes (tag 4F, 84).
        label: its name for people (tag 50).
        kernel: which contactless kernel a reader takes for it (tag 9F2A), one byte.
    """

    aid: bytes
    label: str
    kernel: bytes


class FileRecord(msgspec.Struct, frozen=True):
    """One record of the chip's files: short file identifier, number, and the tags it holds in order."""

    sfi: int
    number: int
    tags: tuple[str, ...]


VISA = Brand(bytes.fromhex("A0000000031010"), "VISA CREDIT", b"\x03")
MASTERCARD = Brand(bytes.fromhex("A0000000041010"), "MASTERCARD", b"\x02")

BRANDS_KEPT = 64
"""Brands whose answers to SELECT are kept once they were spelled: they are the same for every card of a brand."""

_SIGNED = "9F02:6 9F03:6 9F1A:2 95:5 5F2A:2 9A:3 9C:1 9F37:4"

CONTACT_PDOL: Dol = parse_dol("9F33:3 9F1A:2")
"""What the chip asks before it starts: terminal capabilities and country. It answers all terminals alike."""

CONTACTLESS_PDOL: Dol = parse_dol("9F66:4 " + _SIGNED)
"""What the contactless application asks: reader capabilities (TTQ), then everything that its cryptogram covers."""

CDOL1: Dol = parse_dol(_SIGNED)
"""What the first GENERATE AC takes: the terminal's share of what CVN 18 covers."""

CDOL2: Dol = parse_dol("8A:2 " + _SIGNED)
"""What the second GENERATE AC takes: the response code first."""

RECORDS: tuple[FileRecord, ...] = (
    FileRecord(1, 1, ("57", "5F20")),
    FileRecord(2, 1, ("5A", "5F24", "5F34", "5F28", "9F07", "9F08")),
    FileRecord(2, 2, ("8E", "9F0D", "9F0E", "9F0F")),
    FileRecord(3, 1, ("8C", "8D")),
)
"""The chip's files as READ RECORD gives them."""

FILE_LOCATOR = bytes.fromhex("08010100" + "10010200" + "18010100")
"""The same files as tag 94 tells them: file, first and last record, none of them signed (EMV Book 3 10.2)."""

ELEMENTS: dict[str, bytes] = {
    "82": bytes.fromhex(
        "1C00"
    ),  # Cardholder verification, terminal risk management, EXTERNAL AUTHENTICATE; no offline data authentication.
    "8E": bytes.fromhex(
        "0000000000000000" + "4203" + "5E03" + "1F03"
    ),  # Online PIN, else signature, else nothing, each where the terminal can.
    "5F28": bytes.fromhex("0276"),
    "9F07": bytes.fromhex("FF00"),  # Everything that is sold, at home and abroad.
    "9F08": bytes.fromhex("0096"),
    "9F0D": bytes.fromhex("FC50ACA000"),
    "9F0E": bytes.fromhex("0000000000"),
    "9F0F": bytes.fromhex("F850ACF800"),
}
"""Data objects that all our chips share, by tag (EMV Book 3 annex A)."""


class CardProfile(msgspec.Struct, frozen=True):
    """One kind of card.

    Args:
        name: as in `switch.domain.test_cards`.
        interfaces: its faces.
        brand: the application of its chip and its antenna.
        contactless_aip: tag 82 of the contactless application: no offline data authentication, no stripe over the air.
        key_index: which issuer master key the card's keys come from (DKI in tag 9F10).
        cvn: cryptogram version, one of Visa's rows of `keys.emv.profiles.CVN_PROFILES` that has ARPC method 2 and whose
            issuer application data is of format 0/1/3.
        pvki: PIN verification key index on the stripe.
    """

    name: str
    interfaces: tuple[Interface, ...]
    brand: Brand
    contactless_aip: bytes = bytes.fromhex("0000")
    key_index: int = 1
    cvn: int = 0x12
    pvki: int = 1


_ALL_FACES = (Interface.MAGSTRIPE, Interface.CHIP, Interface.CONTACTLESS)

PROFILES: dict[str, CardProfile] = {
    profile.name: profile
    for profile in (
        CardProfile("visa-chip", _ALL_FACES, VISA),
        CardProfile("visa-mag", (Interface.MAGSTRIPE,), VISA),
        # No antenna: Mastercard's contactless kernel asks with GENERATE AC, which our contactless application does not know.
        CardProfile("mc-chip", (Interface.MAGSTRIPE, Interface.CHIP), MASTERCARD),
        CardProfile("visa-poor", _ALL_FACES, VISA),
        CardProfile("visa-expired", _ALL_FACES, VISA),
    )
}
"""The kind of each test card. All make cryptograms of CVN 18, the Mastercard-branded one too: our issuers know no other."""
