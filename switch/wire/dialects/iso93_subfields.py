"""What is inside of the elements of ISO 8583:1993, as far as everybody agrees.

Public facts: the digits of DE 3, the twelve positions of DE 22, the two amounts of DE 30, the groups of twenty of DE 54, and
how DE 56 names an original. The columns of DE 43 are left to networks, which each have their own.
"""

from switch.wire.dialects.iso87_subfields import SUBFIELDS as OF_1987
from switch.wire.dialects.iso87_subfields import digits
from switch.wire.subfields import InnerLayout, Part, Positional

_CARD_INPUT = {
    "0": "unknown",
    "1": "by hand, no terminal",
    "2": "magnetic stripe",
    "3": "bar code",
    "4": "optical characters",
    "5": "chip",
    "6": "keyed",
}
_PRESENT = {"0": "present", "1": "not present", "2": "mail order", "3": "telephone", "4": "standing order"}
_CHECKS = {"1": "PIN", "2": "electronic signature", "3": "biometrics", "4": "biographic"}
_CHECKERS = {"0": "not authenticated", "1": "chip", "2": "terminal", "3": "issuer", "4": "merchant", "5": "other"}
_OUTPUTS = {"0": "unknown", "1": "none", "2": "prints", "3": "displays", "4": "prints and displays"}

POINT_OF_SERVICE: tuple[Part, ...] = tuple(
    Part(desc=desc, max_len=1, content="an", words=says)
    for desc, says in (
        ("Card data input capability", _CARD_INPUT),
        ("Cardholder authentication capability", {"0": "none", **_CHECKS, "5": "inoperative", "6": "other"}),
        ("Card capture capability", {"0": "none", "1": "captures"}),
        ("Operating environment", {"0": "no terminal", "1": "on premises, attended", "2": "on premises, unattended"}),
        ("Cardholder present", _PRESENT),
        ("Card present", {"0": "not present", "1": "present"}),
        ("Card data input mode", _CARD_INPUT),
        ("Cardholder authentication method", {"0": "none", **_CHECKS, "5": "signature by hand", "6": "other, by hand"}),
        ("Cardholder authentication entity", _CHECKERS),
        ("Card data output capability", {"0": "unknown", "1": "none", "2": "writes the stripe", "3": "chip"}),
        ("Terminal output capability", _OUTPUTS),
        ("PIN capture capability", {"0": "none", "1": "unknown"}),
    )
)  # fmt: skip
"""DE 22, position by position."""

SUBFIELDS: dict[int, InnerLayout] = {
    3: OF_1987[3],
    22: Positional(POINT_OF_SERVICE),
    30: Positional((digits("Original amount, transaction", 12), digits("Original amount, reconciliation", 12))),
    54: OF_1987[54],
    56: Positional(
        (
            digits("Original message type", 4),
            digits("Original system trace audit number", 6),
            digits("Original local date and time", 12),
            # Of class "any", because an unknown acquirer has no digits, and other classes know no empty value.
            Part(desc="Original acquiring institution", max_len=11, len_type=2),
        ),
        short=True,
    ),
}
"""DE -> what is inside of it."""
