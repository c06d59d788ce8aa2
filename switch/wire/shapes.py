"""Reading bytes from text in any of the shapes in which tools print them and people paste them.

Each shape has a test for what is surely not of it and a reader; the first that takes the text has it. A reader never guesses:
what it cannot read exactly it refuses by character. Plain hexadecimal digits are the business of `hexinput`; which dialect the
bytes are in is that of `guess`.
"""

import ast
import base64
import binascii
import re
from collections.abc import Callable

import msgspec

from switch.limits import HEX_TEXT_CHARS_MAX
from switch.wire.errors import HexError
from switch.wire.hexdump import looks_like_dump, read_dump
from switch.wire.hexinput import read_hex

_BARE_HEX = re.compile(r"[0-9a-fA-F]{2}")
_NUMBER = re.compile(r"(-?)(0[xX])?([0-9a-fA-F]{1,3})[uU]?\Z")
_BRACKETS = re.compile(
    r"(?:[{\[]|\bbyteArrayOf\()([^{}\[\]()]*(?:\([a-zA-Z_0-9\s]+\)[^{}\[\]()]*)*)[}\])]"
    r"\s*\)?\s*;?(?:\s*unsigned\s+int\s+\w+\s*=\s*\w+\s*;)?\s*\Z"
)
_SIGNED = re.compile(r"(?:\A|[\s,])-[0-9]")
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_ESCAPED = re.compile(r"""\s*(?:["']?(?:\\x[0-9a-fA-F]{2})+["']?[\s\\+;]*)+\Z""")
_BYTES_LITERAL = re.compile(r"""\s*[bB](?:'[^\n]*'|"[^\n]*")\s*\Z""")
_DECLARED = re.compile(r"""\A[\w\s*]+(?:\[\s*\w*\s*\]\s*)?=\s*(?=")""")
_SEPARATED = re.compile(r"\s*[0-9a-fA-F]{2}(?:([-.;|_])[0-9a-fA-F]{2}(?:\1[0-9a-fA-F]{2})+)\1?\s*\Z")
_PLAIN = re.compile(r"(?:0[xX](?=[0-9a-fA-F])|[0-9a-fA-F\s,:])*\Z")
_WRAPPED = (
    re.compile(r"""[\w.\s=]*\(\s*(?P<inside>[bB]?(?:"[^"]*"|'[^']*'))\s*\)\s*;?\s*\Z"""),
    re.compile(r"""\s*[xX]?(?P<mark>["'`]+)(?P<inside>[0-9a-fA-FxX\s,:]+)(?P=mark)\s*;?\s*\Z"""),
    re.compile(r"\s*<(?P<inside>[0-9a-fA-FxX\s,:]+)>\s*\Z"),
    re.compile(r"[^\n]*[g-zG-Z:=>\]|] ?(?P<inside>(?:[0-9a-fA-F]{2}){16,})[\s.;)\]}]*\Z"),
)
"""What people copy along with the digits: a call, quotation marks, angle brackets, the beginning of a line of a log whose last
word they are. Digits in groups are no last word: what stands before the last group belongs to them.
"""

_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{24,}={0,2}\s*\Z")
_WITH_MTI = re.compile(r"[0-9]{4}[ -~]{16,}\Z")
_BYTE_RANGE = range(-128, 256)


class Read(msgspec.Struct, frozen=True):
    """Bytes, and the shape that they were in."""

    shape: str
    data: bytes

    def __repr__(self) -> str:
        return f"<Read {self.shape}, {len(self.data)} bytes>"


def read_text(text: str) -> Read:
    """The bytes that `text` means.

    Raises:
        HexError: naming the character that does not belong; the text is not repeated.
    """
    if len(text) > HEX_TEXT_CHARS_MAX:
        raise HexError(HEX_TEXT_CHARS_MAX, f"the text is longer than {HEX_TEXT_CHARS_MAX} characters", "HEX-LEN-01")
    for shape, (suits, read) in SHAPES.items():
        if suits(text):
            return Read(shape, read(text))
    return Read("hexadecimal digits", read_hex(text))


def read_literally(text: str) -> Read | None:
    """`text` as the message itself, which messages in ASCII can be pasted as; None when it does not even begin with an MTI."""
    stripped = text.strip("\r\n")
    return Read("the message itself", stripped.encode("ascii")) if _WITH_MTI.match(stripped) else None


def _is_list(text: str) -> bool:
    return _BRACKETS.search(_COMMENT.sub("", text)) is not None or _SIGNED.search(text) is not None


def _read_list(text: str) -> bytes:
    """The numbers of a Java, C, C#, Go or JSON array; signed ones are the bytes of the same bits."""
    plain = _COMMENT.sub(lambda comment: " " * len(comment[0]), text)
    brackets = _BRACKETS.search(plain)
    start, end = brackets.span(1) if brackets else (0, len(plain))
    items = re.split(
        r"[,\s]+", re.sub(r"\([a-zA-Z_0-9\s]+\)", lambda cast: " " * len(cast[0]), plain[start:end]).strip(" \t\r\n,")
    )
    # No program prints decimal numbers with a zero in front.
    decimal = all(item.isdigit() for item in items) and not any(item.startswith("0") for item in items)
    bare = all(_BARE_HEX.fullmatch(item) for item in items) and not decimal
    data = bytearray()
    for place, item in enumerate(items):
        number = _NUMBER.match(item)
        if number is None or not (number[2] or bare or number[3].isdigit()):
            raise HexError(start, f"item {place + 1} of the array is no number", "HEX-NUM-01")
        value = int(number[3], 16 if number[2] or bare else 10) * (-1 if number[1] else 1)
        if value not in _BYTE_RANGE:
            raise HexError(start, f"item {place + 1} of the array is no byte", "HEX-NUM-01")
        data.append(value & 0xFF)
    return bytes(data)


def _is_escaped(text: str) -> bool:
    return "\\x" in text and _ESCAPED.match(_DECLARED.sub("", text)) is not None


def _read_escaped(text: str) -> bytes:
    return bytes.fromhex("".join(re.findall(r"\\x([0-9a-fA-F]{2})", text)))


def _is_bytes_literal(text: str) -> bool:
    return _BYTES_LITERAL.match(text) is not None


def _read_bytes_literal(text: str) -> bytes:
    try:
        data = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, SyntaxWarning):
        raise HexError(0, "the text is no Python bytes literal", "HEX-LIT-01") from None
    if not isinstance(data, bytes) or not data:
        raise HexError(0, "the Python literal holds no bytes", "HEX-LIT-01")
    return data


def _is_base64(text: str) -> bool:
    """True when it is base64 and nothing simpler: words and hexadecimal digits do not mix cases and digits."""
    if _BASE64.match(text) is None or re.fullmatch(r"[0-9A-Fa-f\s]*", text):
        return False
    digits = "".join(text.split())
    mixed = any(map(str.isupper, digits)) and any(map(str.islower, digits))
    return mixed and len(digits) % 4 != 1


def _read_base64(text: str) -> bytes:
    digits = "".join(text.split()).rstrip("=")
    whole = digits + "=" * (-len(digits) % 4)
    try:
        data = base64.b64decode(whole, validate=True)
    except binascii.Error:
        raise HexError(0, "the text is no base64", "HEX-BAS-01") from None
    if base64.b64encode(data).decode() != whole:
        raise HexError(0, "the last character of the base64 has bits that mean nothing", "HEX-BAS-01")
    return data


def _is_separated(text: str) -> bool:
    return _SEPARATED.match(text) is not None


def _read_separated(text: str) -> bytes:
    return read_hex(re.sub(r"[-.;|_]", " ", text))


def _is_wrapped(text: str) -> bool:
    return _PLAIN.match(text) is None and any(shape.match(text) for shape in _WRAPPED)


def _read_wrapped(text: str) -> bytes:
    """What is inside; it is read again, and has less around it."""
    inside = next(found["inside"] for shape in _WRAPPED if (found := shape.match(text)) is not None)
    return read_text(inside).data


SHAPES: dict[str, tuple[Callable[[str], bool], Callable[[str], bytes]]] = {
    "a hex dump": (looks_like_dump, read_dump),
    "an array": (_is_list, _read_list),
    "escaped characters": (_is_escaped, _read_escaped),
    "a Python bytes literal": (_is_bytes_literal, _read_bytes_literal),
    "base64": (_is_base64, _read_base64),
    "digits with marks between them": (_is_separated, _read_separated),
    "digits with something around them": (_is_wrapped, _read_wrapped),
}
"""What is tried before plain hexadecimal digits, in this order: whether a text is of the shape, and how it is read."""
