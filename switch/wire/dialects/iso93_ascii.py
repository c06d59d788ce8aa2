"""`iso93-ascii`: ISO 8583:1993 all in ASCII, bitmaps and raw bytes as upper-case hexadecimal text.

Public fact: the physical form is that of jPOS's iso93ascii packager.
"""

from switch.wire.dialects import iso93
from switch.wire.dialects.table import hexadecimal_text_spec

ISO93_ASCII = iso93.make_dialect(
    "iso93-ascii",
    "ISO 8583:1993 in ASCII, bitmaps and binary elements as hexadecimal text",
    iso93.DATA_ELEMENTS,
    hexadecimal_text_spec(iso93.DATA_ELEMENTS, "ascii"),
)
