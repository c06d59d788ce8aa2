"""`gicc`: a GICC-style ISO 8583:1987, as German acquirers of cards speak it: packed digits, text in EBCDIC.

Public fact, from jPOS's gicc95 packager and the one that it has for subfields: the MTI and digits are packed, bitmaps are raw,
text is EBCDIC behind two or three EBCDIC digits of length; DE 15 has six digits, DE 43, 44 and 46 have the lengths below, DE 53
and 55 are raw behind ASCII digits; DE 47 and 60 hold objects of a length of three digits, which counts the tag, a tag of two
digits, and a value. Behind nine blanks, which jPOS takes for a filler, they are kept and said to be broken.

Assumption: an odd count of digits is filled with 0 on the left, length prefixes of packed digits are packed, and code page 500
stands for the network's own; what DE 44 holds is not public, so a refusal names no DE there. The packager takes DE 28 to 31,
56, 58, 66 to 72 and all above 81 from a table of the 1993 edition; no message that is known has them, and reversals need DE 90,
so here they are those of 1987.
"""

from switch.wire.dialects import iso87
from switch.wire.dialects.table import FIXED, LL, LLL, amend, packed_spec
from switch.wire.spec import Spec
from switch.wire.subfields import Tagged

_CHARSET = "cp500"
_ROWS = amend(
    iso87.DATA_ELEMENTS,
    {
        15: {"name": "Date, settlement (YYMMDD)", "longest": 6},
        43: {"length": LL, "longest": 99},
        44: {"longest": 99},
        46: {"longest": 204},
        53: {"content": "b", "length": LL, "longest": 48},
    },
)
_BEHIND_ASCII = (53, 55)
_PREFIX_BYTES = {LL: 2, LLL: 3}
_OBJECTS = Tagged(tag=2, length=3, order="length-tag", counts="tag-and-value")


def _spec() -> Spec:
    """Packed digits behind packed lengths; all else behind digits that are characters."""
    spec = packed_spec(_ROWS, _CHARSET)
    for row in _ROWS:
        element = spec[str(row.de)]
        if row.length != FIXED and "len_count" not in element:
            element["len_enc"] = "ascii" if row.de in _BEHIND_ASCII else _CHARSET
            element["len_type"] = _PREFIX_BYTES[row.length]
    return spec


GICC = iso87.make_dialect(
    "gicc",
    "GICC-style ISO 8583:1987: packed digits, text in EBCDIC",
    _ROWS,
    _spec(),
    fault_de=0,
    subfields={47: _OBJECTS, 60: _OBJECTS},
)
