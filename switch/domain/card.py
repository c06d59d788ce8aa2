"""What can be said of a card from its number alone, and which numbers this test system takes."""

import msgspec

from keys.sensitive import Pan


class CardRange(msgspec.Struct, frozen=True):
    """A range of published test card numbers.

    Args:
        prefix: leading digits that every number of the range has.
        digits: length of the whole number.
        brand: who published them.
        origin: where they are published.
    """

    prefix: str
    digits: int
    brand: str
    origin: str


TEST_RANGES: tuple[CardRange, ...] = (
    CardRange("476173900101", 16, "Visa", "EMV test card profiles (Visa ADVT)"),
    CardRange("476134000000", 16, "Visa", "Visa developer sandbox"),
    CardRange("4111111111111111", 16, "Visa", "payment gateways' test card pages"),
    CardRange("4012888888881881", 16, "Visa", "payment gateways' test card pages"),
    CardRange("4000000000000", 16, "Visa", "payment gateways' test card pages (magic numbers)"),
    CardRange("4242424242424242", 16, "Visa", "payment gateways' test card pages"),
    CardRange("4222222222222", 13, "Visa", "payment gateways' test card pages"),
    CardRange("5413330089", 16, "Mastercard", "EMV test card profiles (Mastercard M-TIP)"),
    CardRange("5413339000", 16, "Mastercard", "EMV test card profiles (Mastercard M-TIP)"),
    CardRange("5555555555554444", 16, "Mastercard", "payment gateways' test card pages"),
    CardRange("5105105105105100", 16, "Mastercard", "payment gateways' test card pages"),
    CardRange("2223000048400011", 16, "Mastercard", "payment gateways' test card pages"),
    CardRange("378282246310005", 15, "American Express", "payment gateways' test card pages"),
    CardRange("371449635398431", 15, "American Express", "payment gateways' test card pages"),
    CardRange("374245001", 15, "American Express", "EMV test card profiles (AEIPS)"),
    CardRange("6011111111111117", 16, "Discover", "payment gateways' test card pages"),
    CardRange("6011000990139424", 16, "Discover", "payment gateways' test card pages"),
    CardRange("3530111333300000", 16, "JCB", "payment gateways' test card pages"),
    CardRange("30569309025904", 14, "Diners Club", "payment gateways' test card pages"),
    CardRange("6250941006528599", 16, "UnionPay", "UnionPay developer test cards"),
    CardRange("6223164991230014", 16, "UnionPay", "UnionPay developer test cards"),
)
"""Numbers that schemes and gateways publish for testing; none of them was ever issued to a person."""


_DOUBLED = str.maketrans("0123456789", "0246813579")
"""Each digit doubled, and the two digits of the result added up."""


def published_range(pan: Pan) -> CardRange | None:
    """The published test range that `pan` belongs to, or None: then this is perhaps somebody's real card."""
    digits = pan.expose()
    for card_range in TEST_RANGES:
        if len(digits) == card_range.digits and digits.startswith(card_range.prefix):
            return card_range
    return None


def luhn_valid(pan: Pan) -> bool:
    """True when the last digit is the Luhn check digit of the others (ISO/IEC 7812-1 annex B)."""
    digits = pan.expose()
    weighed = digits[::-2] + digits[-2::-2].translate(_DOUBLED)
    return (sum(weighed.encode("ascii")) - ord("0") * len(weighed)) % 10 == 0
