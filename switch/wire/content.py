"""Content classes: which characters a data element may hold (ISO 8583:1987, attributes of data elements).

A class speaks of the *spelled* value, the text that `message[n]` gives, so that it is the same for ASCII, EBCDIC and packed
digits. What the bytes look like is the business of `element`.
"""

import string

import msgspec

PRINTABLE = "".join(chr(code) for code in range(0x20, 0x7F))
UPPER_HEX = "0123456789ABCDEF"


class Content(msgspec.Struct, frozen=True):
    """One content class.

    Args:
        name: as specifications abbreviate it.
        words: what it allows, for error texts.
        rule: id of the rule that a value outside of it breaks.
        first: characters allowed in the first place, None for all that the spelling has.
        rest: characters allowed in the other places.
        empty: whether a variable element may be empty.
        opening: text that every value begins with; `first` then speaks of the place behind it.
    """

    name: str
    words: str
    rule: str
    first: str | None
    rest: str | None
    empty: bool = False
    opening: str = ""


def _content(name: str, words: str, rule: str, alphabet: str, first: str | None = None) -> Content:
    return Content(name, words, rule, first or alphabet, alphabet)


# Blanks belong to a and an: the 1987 text left-justifies alphabetic elements and fills them with trailing blanks.
# D stands beside = in z because packed track data, and many ASCII hosts, spell the separator of ISO/IEC 7813 that way.
CONTENTS: dict[str, Content] = {
    "n": _content("n", "digits only", "FLD-N-01", string.digits),
    "a": _content("a", "letters and blanks only", "FLD-A-01", string.ascii_letters + " "),
    "an": _content("an", "letters, digits and blanks only", "FLD-AN-01", string.ascii_letters + string.digits + " "),
    "ns": _content("ns", "digits and special characters only", "FLD-NS-01", "".join(c for c in PRINTABLE if not c.isalpha())),
    "ans": _content("ans", "printable ASCII (20 to 7E) only", "FLD-ANS-01", PRINTABLE),
    "z": _content("z", "track data: digits and the separator = or D only", "FLD-Z-01", string.digits + "=D"),
    "b": _content("b", "upper-case hexadecimal digits only", "FLD-B-01", UPPER_HEX),
    "x+n": _content("x+n", "C or D, then digits only", "FLD-XN-01", string.digits, first="CD"),
    "any": Content(
        "any", "characters that the charset of the element can spell both ways", "FLD-ENC-01", None, None, empty=True
    ),
}

ANY = CONTENTS["any"]
"""The permissive class of elements whose content nobody has stated: the spelling is still held to be canonical."""

ISO_HEADER = Content("iso+n", "ISO, then digits only", "HDR-ISO-01", string.digits, string.digits, opening="ISO")
"""Of a header that begins with the literal ISO, by which its messages are told from all others."""
