"""`postilion`: ISO 8583:1987 as Postilion speaks it: ASCII, bitmaps raw, room for a message in DE 127.

Public fact, from jPOS's postpack packager: bitmaps, DE 52 and DE 53 (48 bytes) are raw, DE 64 and 96 are hexadecimal text, DE
127 has a prefix of six digits. Assumption: DE 55 is raw as terminals send it, and DE 128 is a MAC like DE 64; jPOS has text
of up to 999 characters there. DE 127 is raw bytes to the message; the message inside of it is in `postilion_subfields`.
"""

from switch.wire.dialects import iso87
from switch.wire.dialects.postilion_subfields import SUBFIELDS
from switch.wire.dialects.table import LLLLLL, amend, raw_text_spec

_ROWS = amend(
    iso87.DATA_ELEMENTS,
    {53: {"content": "b", "longest": 48}, 127: {"content": "b", "length": LLLLLL, "longest": 999_999}},
)

POSTILION = iso87.make_dialect(
    "postilion",
    "Postilion: ISO 8583:1987 in ASCII, bitmaps raw, DE 127 with a prefix of six digits",
    _ROWS,
    raw_text_spec(_ROWS, "ascii", hexadecimal=(64, 96, 128)),
    subfields=SUBFIELDS,
)
