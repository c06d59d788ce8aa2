"""`iso93-binary`: ISO 8583:1993 with packed digits (an odd count filled with 0 on the left), binary bitmaps and raw bytes.

Public fact: the physical form is that of jPOS's iso93binary packager with left padding. Track 3 (DE 36) is characters, as in
`iso87-binary`.
"""

from switch.wire.dialects import iso93
from switch.wire.dialects.table import packed_spec

ISO93_BINARY = iso93.make_dialect(
    "iso93-binary",
    "ISO 8583:1993 with packed digits, binary bitmaps and raw binary elements",
    iso93.DATA_ELEMENTS,
    packed_spec(iso93.DATA_ELEMENTS, "latin-1", unpacked=(36,)),
)
