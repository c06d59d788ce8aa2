"""`iso87-binary`: ISO 8583:1987 with packed digits (an odd count filled with 0 on the left), binary bitmaps and raw bytes.

Public fact: the physical form is that of jPOS's iso87binary packager with left padding, of moov-io's BCD encoding and of
Wireshark's dissector. As in jPOS, track 3 (DE 36) is characters, DE 92 two packed digits and DE 93 six.
"""

from switch.wire.dialects import iso87
from switch.wire.dialects.table import amend, packed_spec

_ROWS = amend(iso87.DATA_ELEMENTS, {92: {"content": "n"}, 93: {"content": "n", "longest": 6}})

ISO87_BINARY = iso87.make_dialect(
    "iso87-binary",
    "ISO 8583:1987 with packed digits, binary bitmaps and raw binary elements",
    _ROWS,
    packed_spec(_ROWS, "latin-1", unpacked=(36,)),
)
