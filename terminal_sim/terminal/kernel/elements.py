"""The terminal's own data objects for a transaction, by tag (EMV Book 3 annex A). Values only; kernels add the card's."""

import msgspec

from switch.domain.money import Money
from terminal_sim.terminal.card_data import CardRefused
from terminal_sim.terminal.profile import TerminalProfile
from terminal_sim.terminal.timestamps import LocalTime

ICC_TAGS: tuple[str, ...] = (
    "9F26",
    "9F27",
    "9F10",
    "9F37",
    "9F36",
    "95",
    "9A",
    "9C",
    "9F02",
    "5F2A",
    "82",
    "9F1A",
    "9F03",
    "9F33",
    "9F34",
    "9F35",
    "84",
    "5F34",
)
"""What goes into DE 55 of a request, in this order, as far as it is known. Number and track travel in DEs of their own."""

CARD_VALUES: dict[str, tuple[range, bool]] = {
    "5F24": (range(3, 4), True),
    "5F34": (range(1, 2), True),
    "82": (range(2, 3), False),
    "84": (range(5, 17), False),
    "9F10": (range(1, 33), False),
    "9F26": (range(8, 9), False),
    "9F27": (range(1, 2), False),
    "9F36": (range(2, 3), False),
}
"""Values that come from the card and go into the request: bytes, and whether they are packed digits (EMV Book 3 annex A)."""

PURCHASE_TYPE = b"\x00"
"""Tag 9C: goods and services, the first two digits of DE 3."""


class Sale(msgspec.Struct, frozen=True):
    """What the terminal brings to a card.

    Args:
        profile: the terminal.
        amount: what is to be paid.
        unpredictable: 4 random bytes, tag 9F37.
        local_at: local date and time.
        pin_entered: whether the cardholder has entered a PIN.
    """

    profile: TerminalProfile
    amount: Money
    unpredictable: bytes
    local_at: LocalTime
    pin_entered: bool


def terminal_elements(sale: Sale) -> dict[str, bytes]:
    """What the terminal can tell a card that asks in a PDOL or CDOL."""
    profile = sale.profile
    return {
        "9F02": bytes.fromhex(f"{sale.amount.minor:012d}"),
        "9F03": bytes(6),
        "9F1A": bytes.fromhex(profile.country.zfill(4)),
        "5F2A": bytes.fromhex(sale.amount.currency.numeric.zfill(4)),
        "9A": bytes.fromhex(sale.local_at.date),
        "9F21": bytes.fromhex(sale.local_at.time),
        "9C": PURCHASE_TYPE,
        "9F37": sale.unpredictable,
        "9F33": profile.capabilities,
        "9F35": bytes.fromhex(profile.terminal_type),
        "9F40": profile.more_capabilities,
        "9F66": profile.reader_capabilities,
        "95": bytes(5),
    }


def check_card_values(known: dict[str, bytes]) -> None:
    """Refuse a card whose values would not fit the request.

    Raises:
        CardRefused: naming the tag.
    """
    for tag, (sizes, digits) in CARD_VALUES.items():
        value = known.get(tag)
        if value is not None and (len(value) not in sizes or (digits and not value.hex().isdigit())):
            raise CardRefused(f"the card's tag {tag} has a length or digits that EMV does not give it")


def icc_elements(known: dict[str, bytes]) -> tuple[tuple[str, bytes], ...]:
    """The tags of DE 55 that are known, in their order."""
    return tuple([(tag, known[tag]) for tag in ICC_TAGS if tag in known])
