"""`iso87-ascii`: ISO 8583:1987 all in ASCII, bitmaps and raw bytes as upper-case hexadecimal text.

Public fact: the physical form is that of pyiso8583's `default_ascii` and of jPOS's iso87ascii packager. Two lengths follow
pyiso8583, not the standard: DE 54 has up to 240 characters, DE 55 up to 255 bytes (510 digits).
"""

from switch.wire.dialects import iso87
from switch.wire.dialects.table import amend, hexadecimal_text_spec

_ROWS = amend(iso87.DATA_ELEMENTS, {54: {"longest": 240}, 55: {"longest": 255}})

ISO87_ASCII = iso87.make_dialect(
    "iso87-ascii",
    "ISO 8583:1987 in ASCII, bitmaps and binary elements as hexadecimal text",
    _ROWS,
    hexadecimal_text_spec(_ROWS, "ascii"),
)
