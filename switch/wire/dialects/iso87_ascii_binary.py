"""`iso87-ascii-binary`: ISO 8583:1987 with digits and text in ASCII, bitmaps and binary elements as raw bytes.

Public fact: the physical form is that of jPOS's iso87ascii-binary-bitmap packager. Assumption, because there each project goes
its own way: DE 55 is raw bytes too, as terminals send it; jPOS has characters there, which are the same bytes on the wire.
"""

from switch.wire.dialects import iso87
from switch.wire.dialects.table import raw_text_spec

ISO87_ASCII_BINARY = iso87.make_dialect(
    "iso87-ascii-binary",
    "ISO 8583:1987 in ASCII, bitmaps and binary elements as raw bytes",
    iso87.DATA_ELEMENTS,
    raw_text_spec(iso87.DATA_ELEMENTS, "ascii"),
)
