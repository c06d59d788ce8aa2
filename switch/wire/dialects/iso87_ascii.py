"""`iso87-ascii`: ISO 8583:1987 all in ASCII, bitmaps and raw bytes as upper-case hexadecimal text.

Public fact: the physical form is that of pyiso8583's `default_ascii` and of jPOS's iso87ascii packager. Two lengths follow
pyiso8583, not the standard: DE 54 has up to 240 characters, DE 55 up to 255 bytes (510 digits).
"""

from switch.wire.dialect import Dialect, make_codec
from switch.wire.dialects import iso87
from switch.wire.dialects.table import amend, hexadecimal_text_spec

_ROWS = amend(iso87.DATA_ELEMENTS, {54: {"longest": 240}, 55: {"longest": 255}})
_SPEC = hexadecimal_text_spec(_ROWS, "ascii")
_CONTENT = {row.de: row.content for row in _ROWS}

ISO87_ASCII = Dialect(
    name="iso87-ascii",
    words="ISO 8583:1987 in ASCII, bitmaps and binary elements as hexadecimal text",
    spec=_SPEC,
    content=_CONTENT,
    names={row.de: row.name for row in _ROWS},
    codec=make_codec(_SPEC, _CONTENT),
    response_codes=iso87.RESPONSE_CODES,
    echo=iso87.ECHO,
    required=iso87.REQUIRED,
    match_key=iso87.MATCH_KEY,
    clear=iso87.CLEAR,
)
