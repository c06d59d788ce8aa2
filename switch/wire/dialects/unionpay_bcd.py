"""`unionpay-bcd`: a UnionPay-style terminal dialect of ISO 8583:1987, packed digits filled on the right; usually behind a TPDU.

Public fact, from messages and packagers that others published: an odd count of digits is filled with 0 on the right (DE 23:
left), track 3 and DE 60 and 61 are packed digits, DE 47, 48, 56, 62 and 63 are raw bytes, DE 49 is characters, DE 54 may be
long. Assumption: elements that terminals there do not send (DE 7, 90 and all above 64 among them) follow the same rule. The
subelements of DE 60 (type of message, batch, network code) and what DE 62 and 63 hold differ from acquirer to acquirer and are
not read.
"""

from switch.wire.dialects import iso87
from switch.wire.dialects.table import amend, packed_spec

_ROWS = amend(
    iso87.DATA_ELEMENTS,
    {
        47: {"content": "b"},
        48: {"content": "b"},
        54: {"longest": 999},
        56: {"content": "b"},
        60: {"content": "n"},
        61: {"content": "n"},
        62: {"content": "b"},
        63: {"content": "b"},
    },
)

UNIONPAY_BCD = iso87.make_dialect(
    "unionpay-bcd",
    "UnionPay-style ISO 8583:1987, digits packed and filled on the right",
    _ROWS,
    packed_spec(_ROWS, "latin-1", unpacked=(49,), filled_right=True, filled_left=(23,)),
)
