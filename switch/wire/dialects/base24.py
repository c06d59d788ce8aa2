"""`base24`: ISO 8583:1987 as BASE24 speaks it: all ASCII, and before each message the literal ISO and a header of nine digits.

Public fact, from jPOS's base24 packager: DE 41 has sixteen characters, DE 121 to 125 and 127 have the lengths below. Public
fact, from messages that others published: the header, which is two digits of the product (00 base, 01 ATM, 02 POS), two of the
release (50, 60), three of the status (000, or the first DE that is wrong), one of who began and one of who answered; and that
it usually comes behind two bytes of length, some links closing with an ETX that the length counts.

Assumption: what we begin is of the product 02 in release 60, begun by 4; an answer repeats all that and says that 5, a host,
answered; a refusal names the DE in the status and leaves DE 44 to issuers. DE 63 and 126 hold tokens: an ampersand, a blank,
how many there are and how long all are together, five digits each; then each with an exclamation mark, a blank, a name of two
characters, its length in five digits and a blank. That is how programmers describe them in public; the manuals are not public,
so what is in a token is not read. A terminal id that is shorter than sixteen characters is filled with blanks, and DE 55 is
hexadecimal text, where jPOS has any.
"""

from switch.wire.content import ISO_HEADER
from switch.wire.dialects import iso87
from switch.wire.dialects.table import LL, amend, hexadecimal_text_spec
from switch.wire.spec import FieldSpec
from switch.wire.subfields import Part, Tagged

_ROWS = amend(
    iso87.DATA_ELEMENTS,
    {
        41: {"longest": 16},
        121: {"name": "POS authorisation indicators", "longest": 23},
        122: {"name": "Card issuer identification code", "content": "n", "longest": 14},
        123: {"name": "Cryptographic service message", "longest": 153},
        124: {"name": "Deposit type, or batch and shift data", "longest": 12},
        125: {"name": "Account indicator, or settlement data", "longest": 15},
        127: {"name": "User data", "length": LL, "longest": 99},
    },
)

_TOKENS = Tagged(
    length=5,
    mark="! ",
    gap=" ",
    lead=Part("HDR", "Count and length of the tokens", 12, "ans"),
)

_HEADER = FieldSpec(data_enc="latin-1", len_enc="ascii", len_type=0, max_len=12, desc="ISO, product, release, status, from, to")

BASE24 = iso87.make_dialect(
    "base24",
    "BASE24: ISO 8583:1987 in ASCII, before each message ISO and a header of nine digits",
    _ROWS,
    {**hexadecimal_text_spec(_ROWS, "latin-1"), "h": _HEADER},
    stretched={41: " "},
    header="ISO026000040",
    header_content=ISO_HEADER,
    header_answer="...........5",
    header_fault=".......###..",
    fault_de=0,
    subfields={63: _TOKENS, 126: _TOKENS},
)
