"""What a message asks, in words of the business. Not a message: no DE numbers, no dialect, no padding."""

from enum import Enum

import msgspec

from keys.sensitive import Pan, Secret
from switch.domain.money import Money


class RequestKind(Enum):
    """What is asked for."""

    AUTHORISATION = "authorisation"
    """0100: may this be spent? Places a hold that a completion clears."""
    PURCHASE = "purchase"
    """0200: books at once."""
    COMPLETION = "completion"
    """0220 (or 0120): reports what has already happened; books, and clears the hold of its authorisation."""
    REVERSAL = "reversal"
    """0400 and 0420: undo the original, whatever came of it."""


class EntryMode(Enum):
    """How the card data came into the terminal (ISO 8583:1987 DE 22, first two digits)."""

    UNKNOWN = "unknown"
    MANUAL = "manual"
    MAGSTRIPE = "magstripe"
    CHIP = "chip"
    CONTACTLESS = "contactless"
    CONTACTLESS_MAGSTRIPE = "contactless-magstripe"
    ECOMMERCE = "ecommerce"


class Original(msgspec.Struct, frozen=True):
    """Which earlier request this one speaks of (ISO 8583:1987 DE 90, 1993 and 2003 DE 56).

    Args:
        mti: four digits, as the original carried it, with the version digit of 1987.
        stan: six digits.
        transmitted: DE 7 of the original, MMDDhhmmss; empty where originals are named by their local time.
        acquirer_id, forwarder_id: DE 32 and 33 of the original without leading zeros; empty when it had none.
        local_at: DE 12 of the original with its date, empty where originals are named by DE 7.
    """

    mti: str
    stan: str
    transmitted: str
    acquirer_id: str = ""
    forwarder_id: str = ""
    local_at: str = ""

    @property
    def moment(self) -> str:
        """The moment by which it is named."""
        return self.local_at or self.transmitted


class Request(msgspec.Struct, frozen=True):
    """One request, as risk and issuer see it.

    Args:
        kind: what is asked.
        pan: the card; None only for a reversal or completion that names its original alone.
        expiry: YYMM, or empty.
        sequence: PAN sequence number (DE 23) as two digits, or empty.
        amount: transaction amount in minor units.
        entry_mode: how the card was read.
        track2: track 2 without sentinels, separator "="; None when the card was not swiped or is a chip without 57.
        pin_block: enciphered PIN block under the link's PIN key, or None.
        pin_key: name of the key the PIN block is under, or empty.
        icc: DE 55 as tag -> value ("9F26" -> 8 bytes); empty without a chip.
        stan, transmitted, rrn, terminal_id, merchant_id, acquirer_id, processing_code: DE 11, 7, 37, 41, 42, 32, 3; empty when
            absent.
        original: the request that a reversal or completion speaks of.
        approval_code: DE 38, when an advice carries one.
    """

    kind: RequestKind
    amount: Money
    stan: str
    transmitted: str
    pan: Pan | None = None
    expiry: str = ""
    sequence: str = ""
    entry_mode: EntryMode = EntryMode.UNKNOWN
    track2: Secret | None = None
    pin_block: bytes | None = None
    pin_key: str = ""
    icc: dict[str, bytes] = {}
    rrn: str = ""
    terminal_id: str = ""
    merchant_id: str = ""
    acquirer_id: str = ""
    processing_code: str = ""
    original: Original | None = None
    approval_code: str = ""

    def __repr__(self) -> str:
        return f"Request({self.kind.value}, {self.pan}, {self.amount}, {self.entry_mode.value}, STAN {self.stan})"
