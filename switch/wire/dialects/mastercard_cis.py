"""`mastercard-cis`: a Mastercard CIS-style ISO 8583:1987: digits, text and lengths in EBCDIC, bitmaps and keys' data raw.

Public fact, from the table of a parser that its author published (iso8583tools of Shulyaka): the lengths below, that DE 52, 64
and 125 are eight raw bytes and DE 55 is raw, and what is inside of DE 43, 48, 53, 61, 63, 94, 112 and 120; see
`mastercard_subfields`. The network asks with 0100 and 0400, and books by files; that an 0200 is answered here is ours.

Assumption: a refusal has the number of the DE that was wrong in DE 44, three digits; code page 500 stands for the network's
own; DE 128 is eight raw bytes like DE 64; DE 48 is text, so that a message whose objects 11, 44 or 72 hold raw bytes is refused
in strict reading; elements that the table does not have are those of the 1987 edition.
"""

from switch.wire.dialects import iso87
from switch.wire.dialects.mastercard_subfields import SUBFIELDS
from switch.wire.dialects.table import FIXED, amend, raw_text_spec

_ROWS = amend(
    iso87.DATA_ELEMENTS,
    {
        32: {"longest": 6},
        33: {"longest": 6},
        55: {"longest": 255},
        60: {"name": "Advice reason code", "longest": 60},
        61: {"name": "Point of service data", "longest": 26},
        62: {"name": "Intermediate network facility data", "longest": 100},
        63: {"name": "Network data", "longest": 50},
        94: {"name": "Service indicator"},
        96: {"content": "ans", "longest": 8},
        104: {"name": "Transaction description", "longest": 100},
        112: {"name": "Additional data, national use", "longest": 100},
        120: {"name": "Record data", "longest": 999},
        121: {"name": "Authorising agent identification code", "longest": 6},
        122: {"name": "Additional record data", "longest": 999},
        123: {"name": "Receipt free text", "longest": 512},
        124: {"name": "Member-defined data", "longest": 199},
        125: {"name": "New PIN data", "content": "b", "length": FIXED, "longest": 8},
        126: {"name": "Private data", "longest": 100},
        127: {"name": "Private data", "longest": 100},
    },
)

MASTERCARD_CIS = iso87.make_dialect(
    "mastercard-cis",
    "Mastercard CIS-style ISO 8583:1987 in EBCDIC, with subelements in DE 48, 61 and 63",
    _ROWS,
    raw_text_spec(_ROWS, "cp500"),
    fault_form="{:03d}",
    subfields=SUBFIELDS,
)
