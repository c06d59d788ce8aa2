"""`visa-base1`: a Visa BASE I-style ISO 8583:1987: packed digits, EBCDIC text, lengths of one binary byte.

Public fact, from jPOS's base1 packager: the lengths, which elements are packed, EBCDIC or raw, and that DE 22 has four
digits. Amounts with a sign (DE 28 to 31, 97) are a character and packed digits there; they are kept as raw bytes. Assumption:
text in elements that the network does not use is EBCDIC too, where jPOS has ASCII, and code page 500 stands for the network's
own; the fourth digit of DE 22 is 0. The bitmaps inside DE 62, 63 and 126 are in `visa_subfields`. The header of the network is
part of the framing `visa`.
"""

from switch.wire.dialects import iso87
from switch.wire.dialects.table import amend, packed_spec
from switch.wire.dialects.visa_subfields import SUBFIELDS

_ROWS = amend(
    iso87.DATA_ELEMENTS,
    {
        22: {"longest": 4},
        **{de: {"content": "b", "longest": 5} for de in (28, 29, 30, 31)},
        34: {"content": "n"},
        **{de: {"longest": 99} for de in (46, 47, 56, 57, 58)},
        48: {"content": "b", "longest": 99},
        55: {"longest": 255},
        59: {"name": "National point of service geographic data", "longest": 14},
        60: {"content": "b", "longest": 6},
        61: {"content": "n", "longest": 36},
        62: {"name": "Payment service fields", "content": "b", "longest": 59},
        63: {"name": "Private-use fields", "content": "b", "longest": 255},
        97: {"content": "b", "longest": 9},
        **{de: {"longest": 99} for de in (*range(104, 115), 116, 117, 119, 125)},
        115: {"name": "Additional trace data", "longest": 24},
        118: {"name": "Intra-country data", "content": "b", "longest": 99},
        120: {"content": "n", "longest": 4},
        121: {"name": "Issuing institution identification code", "longest": 11},
        122: {"name": "Remaining open-to-use", "longest": 13},
        123: {"name": "Address verification data", "longest": 29},
        124: {"content": "b", "longest": 99},
        126: {"content": "b", "longest": 255},
        127: {"name": "File record", "content": "b", "longest": 255},
    },
)

VISA_BASE1 = iso87.make_dialect(
    "visa-base1",
    "Visa BASE I-style ISO 8583:1987: packed digits, EBCDIC text, lengths of one byte",
    _ROWS,
    packed_spec(_ROWS, "cp500", binary_prefixes=True),
    stretched={22: "0"},
    subfields=SUBFIELDS,
    fault_de=0,
)
