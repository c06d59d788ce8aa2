"""What is inside of DE 127 of Postilion: a message of its own with a bitmap, and another one in its part 25.

Public facts: parts 2 to 26 as jPOS's postpack packager has them; parts 27 to 39 and those of 127.25, whose bitmap is
hexadecimal text, as the public iso_8583 package for Node.js has them, which agrees with jPOS on the others but for the lengths
of 127.19 and 127.26. Assumption: 127.29 is raw bytes, and 127.32 text. Older systems put XML into 127.25, which is no bitmap
and is told as a finding. None of it is shown in clear but what cannot hold card or key data.
"""

from switch.wire.subfields import Bitmapped, InnerLayout, Part


def fixed(bit: int, desc: str, length: int, content: str = "ans", *, clear: bool = False) -> Part:
    """A part of so many characters."""
    return Part(str(bit), desc, length, content, "ascii", clear=clear)


def variable(bit: int, desc: str, prefix: int, longest: int, content: str = "ans", *, clear: bool = False) -> Part:
    """A part behind a length of so many digits."""
    return Part(str(bit), desc, longest, content, "ascii", len_type=prefix, clear=clear)


CHIP = Bitmapped(
    (
        fixed(2, "Amount authorised", 12, "n", clear=True),
        fixed(3, "Amount other", 12, "n", clear=True),
        variable(4, "Application identifier", 2, 32, clear=True),
        fixed(5, "Application interchange profile", 4, clear=True),
        fixed(6, "Application transaction counter", 4, clear=True),
        fixed(7, "Application usage control", 4, clear=True),
        fixed(8, "Authorisation response code", 2, "an", clear=True),
        fixed(9, "Card authentication reliability indicator", 1, "n", clear=True),
        fixed(10, "Card authentication result code", 1, clear=True),
        fixed(11, "Chip condition code", 1, "n", clear=True),
        fixed(12, "Cryptogram", 16, clear=True),
        fixed(13, "Cryptogram information data", 2, clear=True),
        variable(14, "CVM list", 3, 504, clear=True),
        fixed(15, "CVM results", 6, clear=True),
        fixed(16, "Interface device serial number", 8, "an", clear=True),
        fixed(17, "Issuer action code", 11, clear=True),
        variable(18, "Issuer application data", 2, 64, clear=True),
        variable(19, "Issuer script results", 3, 507, clear=True),
        fixed(20, "Terminal application version number", 4, clear=True),
        fixed(21, "Terminal capabilities", 6, clear=True),
        fixed(22, "Terminal country code", 3, "n", clear=True),
        fixed(23, "Terminal type", 2, "n", clear=True),
        fixed(24, "Terminal verification results", 10, clear=True),
        fixed(25, "Transaction category code", 1, clear=True),
        fixed(26, "Transaction currency code", 3, "n", clear=True),
        fixed(27, "Transaction date", 6, "n", clear=True),
        variable(28, "Transaction sequence counter", 1, 8, "n", clear=True),
        fixed(29, "Transaction type", 2, "n", clear=True),
        fixed(30, "Unpredictable number", 8, clear=True),
        variable(31, "Issuer authentication data", 2, 32, clear=True),
        variable(32, "Issuer script template 1", 4, 3354),
        variable(33, "Issuer script template 2", 4, 3354),
    ),
    hexadecimal=True,
    extends=True,
)
"""DE 127.25."""

SUBFIELDS: dict[int, InnerLayout] = {
    127: Bitmapped(
        (
            variable(2, "Switch key", 2, 32),
            fixed(3, "Routing information", 48, clear=True),
            fixed(4, "POS data", 22),
            fixed(5, "Service station data", 73),
            fixed(6, "Authorisation profile", 2, "n", clear=True),
            variable(7, "Check data", 2, 50),
            variable(8, "Retention data", 3, 128),
            variable(9, "Additional node data", 3, 255),
            fixed(10, "CVV2", 3, "n"),
            variable(11, "Original key", 2, 32),
            variable(12, "Terminal owner", 2, 25, clear=True),
            fixed(13, "POS geographic data", 17, clear=True),
            fixed(14, "Sponsor bank", 8, clear=True),
            variable(15, "Address verification data", 2, 29),
            fixed(16, "Address verification result", 1, clear=True),
            variable(17, "Cardholder information", 2, 50),
            variable(18, "Validation data", 2, 50),
            fixed(19, "Bank details", 45),
            fixed(20, "Settlement date of originator or authoriser", 8, "n", clear=True),
            variable(21, "Record identification", 2, 12),
            variable(22, "Structured data", 5, 99_999),
            fixed(23, "Payee name and address", 253),
            variable(24, "Payer account", 2, 28),
            Part("25", "Integrated circuit card data", 8000, "ans", "ascii", len_type=4, inner=CHIP),
            variable(26, "Original node", 2, 20, clear=True),
            fixed(27, "Card verification result", 1, clear=True),
            fixed(28, "Card identifier (CID)", 4, "n"),
            Part("29", "3-D Secure data", 40, "b", "b"),
            fixed(30, "3-D Secure result", 1, clear=True),
            variable(31, "Issuer network identifier", 2, 11, clear=True),
            variable(32, "UCAF data", 2, 33, "any"),
            fixed(33, "Extended transaction type", 4, "n", clear=True),
            fixed(34, "Account type qualifiers", 2, "n", clear=True),
            variable(35, "Acquirer network identifier", 2, 11, clear=True),
            variable(36, "Customer identifier", 2, 25),
            fixed(37, "Extended response code", 4, "an", clear=True),
            variable(38, "Additional POS data code", 2, 99, "an", clear=True),
            fixed(39, "Original response code", 2, "an", clear=True),
        ),
        extends=True,
    ),
}
"""DE -> what is inside of it, beside what the edition says."""
