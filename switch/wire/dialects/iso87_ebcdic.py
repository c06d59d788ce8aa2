"""`iso87-ebcdic`: ISO 8583:1987 with digits and text in EBCDIC, bitmaps and binary elements as raw bytes.

Public fact: text in EBCDIC beside raw bitmaps is how several networks write, and pyiso8583's sample does. Assumption: the code
page is 500, as in that sample. Letters, digits and blanks are the same in 037 and 1047; brackets, the exclamation mark and the
vertical bar are not.
"""

from switch.wire.dialects import iso87
from switch.wire.dialects.table import raw_text_spec

ISO87_EBCDIC = iso87.make_dialect(
    "iso87-ebcdic",
    "ISO 8583:1987 in EBCDIC (code page 500), bitmaps and binary elements as raw bytes",
    iso87.DATA_ELEMENTS,
    raw_text_spec(iso87.DATA_ELEMENTS, "cp500"),
)
