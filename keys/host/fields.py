"""The forms that fields of commands have, and how they are read: strictly, one after another, from the bytes of a command.

A request is a Struct whose fields are annotated with a form and words about them, in the order of the wire; the reader and
the page about the commands both go by it. What a request asks for is for the commands.
"""

import functools
import re
from collections.abc import Mapping
from typing import Annotated, Final, Protocol, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from keys.host.codes import ErrorCode, Refusal
from keys.host.key_table import KeyTable
from keys.material import Algorithm
from keys.tr31.header import BLOCK_CHARACTERS_MAX

NAME_SCHEME: Final = "N"
BLOCK_SCHEME: Final = "S"
_HEX: Final = re.compile(r"[0-9A-F]*")
_DIGITS: Final = re.compile(r"[0-9]*")

Seen = Mapping[str, object]
"""Fields that were read already, by name: some say how others look."""


class Reader:
    """What is left of a command.

    Args:
        data: the command behind its code.
        keys: finds the keys that fields name.
    """

    __slots__ = ("_at", "_data", "keys")

    def __init__(self, data: bytes, keys: KeyTable) -> None:
        self._data = data
        self._at = 0
        self.keys = keys

    def take(self, count: int, what: str) -> bytes:
        """So many bytes; Refusal if there are fewer."""
        piece = self._data[self._at : self._at + count]
        if len(piece) != count:
            raise Refusal(ErrorCode.INPUT, f"{what}: {count} bytes belong there, {len(piece)} are left")
        self._at += count
        return piece

    def text(self, count: int, what: str, form: re.Pattern[str] = re.compile(r"[ -~]*")) -> str:
        """So many characters of an alphabet; Refusal for others."""
        text = self.take(count, what).decode("latin-1")
        if not form.fullmatch(text):
            raise Refusal(ErrorCode.INPUT, f"{what}: it has characters that do not belong there")
        return text

    def peek(self) -> bytes:
        """The next byte, if there is one."""
        return self._data[self._at : self._at + 1]

    def until(self, delimiter: bytes, count_max: int, what: str) -> bytes:
        """All before the delimiter, which is taken too."""
        end = self._data.find(delimiter, self._at, self._at + count_max + 1)
        if end < 0:
            raise Refusal(ErrorCode.INPUT, f"{what}: no delimiter ends it within {count_max} bytes")
        piece = self._data[self._at : end]
        self._at = end + 1
        return piece

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return len(self._data) - self._at


class Form(Protocol):
    """How one field looks."""

    @property
    def picture(self) -> str:
        """The form in a few characters, as the page shows it."""

    def read(self, reader: Reader, name: str, seen: Seen) -> object:
        """The field's value; Refusal if it is not there or not of the form."""


class Hex(msgspec.Struct, frozen=True):
    """Upper-case hexadecimal digits, an even number; the value is the bytes."""

    digits: int

    @property
    def picture(self) -> str:
        return f"{self.digits} H"

    def read(self, reader: Reader, name: str, seen: Seen) -> bytes:
        return hex_bytes(reader, self.digits, name)


class Flag(msgspec.Struct, frozen=True):
    """One character that is there or not; the value is the character, or nothing."""

    character: str

    @property
    def picture(self) -> str:
        return f"[`{self.character}`]"

    def read(self, reader: Reader, name: str, seen: Seen) -> str:
        if reader.peek() != self.character.encode("ascii"):
            return ""
        reader.take(1, name)
        return self.character


class HexText(msgspec.Struct, frozen=True):
    """Upper-case hexadecimal digits, as they stand."""

    digits: int

    @property
    def picture(self) -> str:
        return f"{self.digits} H"

    def read(self, reader: Reader, name: str, seen: Seen) -> str:
        return reader.text(self.digits, name, _HEX)


class Digits(msgspec.Struct, frozen=True):
    """Decimal digits, as they stand."""

    count: int

    @property
    def picture(self) -> str:
        return f"{self.count} N"

    def read(self, reader: Reader, name: str, seen: Seen) -> str:
        return reader.text(self.count, name, _DIGITS)


class Characters(msgspec.Struct, frozen=True):
    """Printable ASCII."""

    count: int

    @property
    def picture(self) -> str:
        return f"{self.count} A"

    def read(self, reader: Reader, name: str, seen: Seen) -> str:
        return reader.text(self.count, name)


class Binary(msgspec.Struct, frozen=True):
    """Bytes as they are."""

    count: int

    @property
    def picture(self) -> str:
        return f"{self.count} B"

    def read(self, reader: Reader, name: str, seen: Seen) -> bytes:
        return reader.take(self.count, name)


class Choice(msgspec.Struct, frozen=True):
    """One of some values of one length, each with its meaning."""

    values: Mapping[str, str]
    code: ErrorCode = ErrorCode.INPUT

    @property
    def picture(self) -> str:
        return ", ".join(f"`{value}`" for value in self.values)

    def read(self, reader: Reader, name: str, seen: Seen) -> str:
        value = reader.text(len(next(iter(self.values))), name)
        if value not in self.values:
            raise Refusal(self.code, f"{name}: it is one of {', '.join(self.values)}")
        return value


class Until(msgspec.Struct, frozen=True):
    """Decimal digits up to a delimiter."""

    delimiter: str
    count_max: int

    @property
    def picture(self) -> str:
        return f"n N `{self.delimiter}`"

    def read(self, reader: Reader, name: str, seen: Seen) -> str:
        text = reader.until(self.delimiter.encode("ascii"), self.count_max, name).decode("latin-1")
        if not _DIGITS.fullmatch(text):
            raise Refusal(ErrorCode.INPUT, f"{name}: it has decimal digits and nothing else")
        return text


class Counted(msgspec.Struct, frozen=True):
    """Bytes with their number before them, in hexadecimal digits; where a flag says so, each byte is two digits itself."""

    length_digits: int
    bytes_max: int
    flag: str = ""
    hex_flags: tuple[str, ...] = ()
    delimiter: str = ""

    @property
    def picture(self) -> str:
        return f"{self.length_digits} H, n B" + (f" `{self.delimiter}`" if self.delimiter else "")

    def read(self, reader: Reader, name: str, seen: Seen) -> bytes:
        count = int(reader.text(self.length_digits, f"length of {name}", _HEX), 16)
        hexed = seen.get(self.flag) in self.hex_flags
        if count > self.bytes_max * (1 + hexed):
            raise Refusal(ErrorCode.DATA_LENGTH, f"{name}: at most {self.bytes_max} bytes")
        if count > reader.left:
            raise Refusal(ErrorCode.DATA_LENGTH, f"{name}: shorter than its length says")
        if hexed:
            if count % 2:
                raise Refusal(ErrorCode.DATA_LENGTH, f"{name}: hexadecimal digits come in pairs")
            value = hex_bytes(reader, count, name)
        else:
            value = reader.take(count, name)
        if self.delimiter and reader.take(1, f"delimiter after {name}") != self.delimiter.encode("ascii"):
            raise Refusal(ErrorCode.INPUT, f"{name}: it ends with {self.delimiter!r}")
        return value


class KeyField(msgspec.Struct, frozen=True):
    """A key: a key block under the LMK, or a name in the keystore. The value is the name that the HSM knows it by."""

    what: str

    @property
    def picture(self) -> str:
        return f"key, {self.what}"

    def read(self, reader: Reader, name: str, seen: Seen) -> str:
        scheme = reader.text(1, name)
        if scheme == BLOCK_SCHEME:
            return reader.keys.admit(read_block(reader, name))
        if scheme == NAME_SCHEME:
            return reader.keys.named(reader.text(int(reader.text(2, f"length of {name}", _DIGITS)), name))
        raise Refusal(ErrorCode.KEY_SCHEME, f"{name}: keys are key blocks (S) or names (N) here, not of scheme {scheme!r}")


class BlockField(msgspec.Struct, frozen=True):
    """A key block under another key than the LMK, with the scheme that tells it from one of ours."""

    scheme: str

    @property
    def picture(self) -> str:
        return f"`{self.scheme}`, block"

    def read(self, reader: Reader, name: str, seen: Seen) -> str:
        if reader.text(1, name) != self.scheme:
            raise Refusal(ErrorCode.KEY_SCHEME, f"{name}: a key block comes with scheme {self.scheme!r}")
        return read_block(reader, name)


class PinBlock(msgspec.Struct, frozen=True):
    """An enciphered PIN block, in as many digits as the cipher of its key has."""

    key: str

    @property
    def picture(self) -> str:
        return "16 H, 32 H under AES"

    def read(self, reader: Reader, name: str, seen: Seen) -> bytes:
        digits = 32 if reader.keys.algorithm(str(seen[self.key])) is Algorithm.AES else 16
        return hex_bytes(reader, digits, name)


class Account(msgspec.Struct, frozen=True):
    """A card number: its rightmost 12 digits without the check digit; all of it where a format is 48, which needs it."""

    formats: tuple[str, ...]

    @property
    def picture(self) -> str:
        return "12 N; n N `;` for 48"

    def read(self, reader: Reader, name: str, seen: Seen) -> str:
        if any(seen.get(each) == "48" for each in self.formats):
            return Until(";", 19).read(reader, name, seen)
        return reader.text(12, name, _DIGITS)


class KeySerialNumber(msgspec.Struct, frozen=True):
    """A DUKPT serial number behind its descriptor: three digits, the lengths of its parts before the counter.

    They add up to 15 for TDES (a counter of 21 bits follows in 5 digits), and to 16 for AES (32 bits in 8 digits).
    """

    @property
    def picture(self) -> str:
        return "3 H, 20 H; 3 H, 24 H under AES"

    def read(self, reader: Reader, name: str, seen: Seen) -> bytes:
        total = sum(int(digit, 16) for digit in reader.text(3, f"descriptor of {name}", _HEX))
        if total not in _KSN_DIGITS:
            raise Refusal(ErrorCode.INPUT, f"descriptor of {name}: its digits add up to 15 (TDES) or 16 (AES)")
        return hex_bytes(reader, _KSN_DIGITS[total], name)


_KSN_DIGITS: Final = {15: 20, 16: 24}


class Optional(msgspec.Struct, frozen=True):
    """A field that is there if its delimiter is."""

    delimiter: str
    form: Form

    @property
    def picture(self) -> str:
        return f"[`{self.delimiter}` {self.form.picture}]"

    def read(self, reader: Reader, name: str, seen: Seen) -> object:
        if reader.peek() != self.delimiter.encode("ascii"):
            return None
        reader.take(1, name)
        return self.form.read(reader, name, seen)


class When(msgspec.Struct, frozen=True):
    """A field that is there only when an earlier one has one of these values."""

    field: str
    values: tuple[str, ...]


class Field(msgspec.Struct, frozen=True):
    """One field of a request."""

    name: str
    form: Form
    about: str
    when: When | None


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all requests."""


R = TypeVar("R", bound=Request)


def read_request(kind: type[R], reader: Reader) -> R:
    """The request that stands there; Refusal for the first field that is not as it must be."""
    seen: dict[str, object] = {}
    for field in fields_of(kind):
        if field.when is None or seen.get(field.when.field) in field.when.values:
            seen[field.name] = field.form.read(reader, field.name.replace("_", " "), seen)
    return kind(**seen)


@functools.cache
def fields_of(kind: type[Request]) -> tuple[Field, ...]:
    """The fields of a kind of request, in the order of the wire."""
    found = []
    for name, hint in get_type_hints(kind, include_extras=True).items():
        assert get_origin(hint) is Annotated, (kind, name)
        _, form, about, *rest = get_args(hint)
        found.append(Field(name, form, about, rest[0] if rest else None))
    return tuple(found)


def hex_bytes(reader: Reader, digits: int, name: str) -> bytes:
    """The bytes of so many upper-case hexadecimal digits."""
    return bytes.fromhex(reader.text(digits, name, _HEX))


def read_block(reader: Reader, name: str) -> str:
    """The text of a key block, as long as it says itself; nothing else of it is looked at."""
    head = reader.text(5, name)
    if not _DIGITS.fullmatch(head[1:]) or not 5 < int(head[1:]) <= BLOCK_CHARACTERS_MAX:
        raise Refusal(ErrorCode.KEY_BLOCK, f"{name}: a key block begins with its version and four digits of length")
    return head + reader.text(int(head[1:]) - 5, name)
