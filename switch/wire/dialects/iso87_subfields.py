"""What is inside of the elements of ISO 8583:1987, as far as everybody agrees.

Public facts: the digits of DE 3, 22 and 90, the columns of DE 43 that jPOS and Wireshark name, the groups of twenty of DE 54
and the four amounts of DE 95, whose signs are left open because many senders fill unused ones with zeroes.
"""

from switch.wire import words
from switch.wire.subfields import Groups, InnerLayout, Part, Positional

AMOUNT_TYPES: dict[str, str] = {
    "01": "ledger balance",
    "02": "available balance",
    "40": "cashback",
}
"""DE 54, digits 3 and 4 of a group: those that networks share."""


def digits(desc: str, length: int, says: dict[str, str] | None = None) -> Part:
    """A part of so many digits."""
    return Part(desc=desc, max_len=length, content="n", words=says or {})


ENTRY_MODE = (
    digits("PAN entry mode", 2, words.PAN_ENTRY_MODES),
    digits("PIN entry capability", 1, words.PIN_CAPABILITIES),
)

SUBFIELDS: dict[int, InnerLayout] = {
    3: Positional(
        (
            digits("Transaction type", 2, words.PROCESSING_TYPES),
            digits("Account from", 2, words.ACCOUNT_TYPES),
            digits("Account to", 2, words.ACCOUNT_TYPES),
        )
    ),
    22: Positional(ENTRY_MODE),
    43: Positional(
        (
            Part(desc="Name and street", max_len=23, content="ans"),
            Part(desc="City", max_len=13, content="ans"),
            Part(desc="State", max_len=2, content="ans"),
            Part(desc="Country", max_len=2, content="ans"),
        )
    ),
    54: Groups(
        (
            digits("Account type", 2, words.ACCOUNT_TYPES),
            digits("Amount type", 2, AMOUNT_TYPES),
            digits("Currency code", 3),
            Part(desc="Amount with sign", max_len=13, content="x+n"),
        )
    ),
    90: Positional(
        (
            digits("Original message type", 4),
            digits("Original system trace audit number", 6),
            digits("Original transmission date and time", 10),
            digits("Original acquiring institution", 11),
            digits("Original forwarding institution", 11),
        )
    ),
    95: Positional(
        (
            Part(desc="Actual amount, transaction", max_len=12, content="n"),
            Part(desc="Actual amount, settlement", max_len=12, content="n"),
            Part(desc="Actual amount, transaction fee", max_len=9, content="an"),
            Part(desc="Actual amount, settlement fee", max_len=9, content="an"),
        )
    ),
}
"""DE -> what is inside of it."""
