"""What a terminal has learnt from a card, whichever way it read it: the input of the request builder."""

from enum import Enum

import msgspec

from keys.sensitive import Pan, Secret


class Entry(Enum):
    """How the cardholder presents the card; the values are what commands call them."""

    __hash__ = object.__hash__  # As in `keys.policy`: a member is one object, and is looked up with each payment.

    MAGSTRIPE = "mag"
    CHIP = "chip"
    NFC = "nfc"


class Verification(Enum):
    """How the cardholder is verified (CVM)."""

    ONLINE_PIN = "PIN, verified by the issuer"
    SIGNATURE = "signature"
    NONE = "no verification"
    FAILED = "verification failed"


class CardData(msgspec.Struct, frozen=True):
    """One card, read.

    Args:
        entry: how it was read.
        pan: its number.
        expiry: YYMM.
        track2: track 2 with "=", from the stripe or from tag 57.
        verification: how the cardholder is verified; only with ONLINE_PIN does a PIN block go out.
        sequence: PAN sequence number, two digits; empty without a chip.
        icc: what goes into DE 55, tag and value in order; empty without a chip.
        atc: the card's transaction counter, 0 without a chip.
    """

    entry: Entry
    pan: Pan
    expiry: str
    track2: Secret
    verification: Verification
    sequence: str = ""
    icc: tuple[tuple[str, bytes], ...] = ()
    atc: int = 0


class CardRefused(Exception):
    """The card and this terminal cannot do the transaction; the text says why, and never holds card data."""
