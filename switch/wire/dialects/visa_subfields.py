"""What is inside of elements of a Visa BASE I-style dialect: columns, and parts that a bitmap announces, bit 1 among them.

Public facts: DE 126 from jPOS's base1 packager; DE 43 and 44 from its visapack packager; DE 62 from a public packager built
upon jPOS and from iso8583tools, which agree on what both have; DE 63, with a bitmap of three bytes, and DE 44.11 to 44.14
from iso8583tools alone. They disagree on DE 126.6 and 126.7, where iso8583tools has seventeen raw bytes; jPOS is followed.
What lies behind a bit that is not here has an unknown length, so the whole inside is told as a finding then. The fixed form of
DE 62, without a bitmap, is not read.
"""

from switch.wire.dialects.iso87_subfields import ENTRY_MODE, digits
from switch.wire.subfields import Bitmapped, InnerLayout, Part, Positional

_EBCDIC = "cp500"


def text(bit: int, desc: str, length: int, *, clear: bool = False) -> Part:
    """EBCDIC characters."""
    return Part(str(bit), desc, length, "ans", _EBCDIC, clear=clear)


def packed(bit: int, desc: str, length: int, *, prefix: int = 0, clear: bool = False) -> Part:
    """Packed digits, an odd count filled with 0 on the left."""
    form = "bcd" if prefix else ""
    return Part(str(bit), desc, length, "n", "b", form, prefix, "nibbles", left_pad="0", clear=clear)


def raw(bit: int, desc: str, length: int) -> Part:
    """Bytes."""
    return Part(str(bit), desc, length, "b", "b")


def column(desc: str, length: int) -> Part:
    """A column of a DE of text, whose charset is the DE's."""
    return Part(desc=desc, max_len=length, content="ans", clear=True)


SUBFIELDS: dict[int, InnerLayout] = {
    22: Positional((*ENTRY_MODE, digits("Filler", 1))),
    43: Positional((column("Name", 25), column("City", 13), column("Country", 2))),
    44: Positional(
        (
            column("Response source or reason code", 1),
            column("Address verification result code", 1),
            column("Reserved", 1),
            column("Card product type", 1),
            column("CVV result code", 1),
            column("PACM diversion level", 2),
            column("PACM diversion reason code", 1),
            column("Card authentication result code", 1),
            column("Reserved", 1),
            column("CVV2 result code", 1),
            column("Original response code", 2),
            column("Check settlement code", 1),
            column("CAVV result code", 1),
            column("Response reason code", 4),
        ),
        short=True,
    ),
    62: Bitmapped(
        (
            text(1, "Authorisation characteristics indicator", 1, clear=True),
            packed(2, "Transaction identifier", 15),
            text(3, "Validation code", 4),
            text(4, "Market-specific data identifier", 1, clear=True),
            packed(5, "Duration", 2, clear=True),
            text(6, "Prestigious property indicator", 1, clear=True),
            text(7, "Purchase identifier", 26),
            packed(8, "Check-out or check-in date", 6, clear=True),
            text(9, "No-show indicator", 1, clear=True),
            packed(10, "Extra charges", 6, clear=True),
            packed(11, "Multiple clearing sequence number", 2, clear=True),
            packed(12, "Multiple clearing sequence count", 2, clear=True),
            packed(13, "Restricted ticket indicator", 1, clear=True),
            text(14, "Total amount authorised", 12, clear=True),
            text(15, "Requested payment service", 1, clear=True),
            text(16, "Chargeback rights indicator", 2, clear=True),
            text(17, "Gateway transaction identifier", 15),
            packed(20, "Merchant verification value", 10, clear=True),
            text(21, "Risk score and reason codes", 4, clear=True),
            text(22, "Risk condition codes", 6, clear=True),
            text(23, "Product identifier", 2, clear=True),
            text(24, "Program identifier", 6, clear=True),
            text(25, "Spend qualified indicator", 1, clear=True),
            text(26, "Account status", 1, clear=True),
        )
    ),
    63: Bitmapped(
        (
            packed(1, "Network identification code", 4, clear=True),
            packed(2, "Time limit of the preauthorisation", 4, clear=True),
            packed(3, "Message reason code", 4, clear=True),
            packed(4, "Stand-in or switch reason code", 4, clear=True),
            packed(5, "Reserved", 6),
            text(6, "Chargeback reduction and BASE II flags", 7, clear=True),
            raw(7, "Reserved", 16),
            packed(8, "Acquirer's business identifier", 8, clear=True),
            raw(9, "Fraud data", 28),
            raw(10, "Reserved", 26),
            text(11, "Reimbursement attribute", 1, clear=True),
            text(12, "Sharing group code", 30, clear=True),
            packed(13, "Decimal positions indicator", 6, clear=True),
            text(14, "Issuer currency conversion data", 36, clear=True),
            text(15, "Reserved", 9),
            packed(16, "Reserved", 6),
            packed(18, "Reserved", 2),
            text(19, "Fee program indicator", 3, clear=True),
            packed(20, "Reserved", 2),
            text(21, "Charge indicator", 1, clear=True),
        ),
        size=3,
    ),
    126: Bitmapped(
        (
            text(1, "Customer name", 25),
            text(2, "Customer address", 57),
            text(3, "Biller address", 57),
            text(4, "Biller telephone number", 18),
            text(5, "Process by date", 6, clear=True),
            packed(6, "Cardholder certificate serial number", 17, prefix=1),
            packed(7, "Merchant certificate serial number", 17, prefix=1),
            raw(8, "Transaction identifier (XID)", 20),
            raw(9, "TransStain or CAVV data", 20),
            text(10, "CVV2 request data", 6),
        )
    ),
}
"""DE -> what is inside of it, in place of what the edition says."""
