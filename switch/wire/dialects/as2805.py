"""`as2805`: AS 2805, the Australian sister of ISO 8583:1987, with packed digits and raw bytes.

Public fact, from one public table: DE 53 is 48 raw bytes of security control, DE 57 to 59 are amounts of twelve digits, DE
112 is raw key management data, DE 118 and 119 are cash totals. Assumption: all else is as in the 1987 edition, and an odd
count of digits is filled on the left. AS 2805.6 has key exchanges and MACs of its own (0820, derived session keys), which are
not here: MACs are those of the edition.
"""

from switch.wire.dialects import iso87
from switch.wire.dialects.table import FIXED, amend, packed_spec

_ROWS = amend(
    iso87.DATA_ELEMENTS,
    {
        53: {"content": "b", "longest": 48},
        57: {"name": "Amount, cash", "content": "n", "length": FIXED, "longest": 12},
        58: {"name": "Balance, ledger", "content": "n", "length": FIXED, "longest": 12},
        59: {"name": "Balance, account", "content": "n", "length": FIXED, "longest": 12},
        112: {"name": "Key management data", "content": "b"},
        118: {"name": "Cash, total number", "content": "n", "longest": 10},
        119: {"name": "Cash, total amount", "content": "n", "longest": 10},
    },
)

AS2805 = iso87.make_dialect("as2805", "AS 2805 with packed digits, as Australia speaks", _ROWS, packed_spec(_ROWS, "latin-1"))
