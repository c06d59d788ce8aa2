"""One data element on the wire: its length prefix, its bytes and its spelled value.

An element knows everything that is true of its DE in every message of a dialect, so that a layout only has to say where it
starts. It accepts bytes only if they are the one way in which it would itself encode the value that they spell.
"""

from collections.abc import Callable
from enum import Enum
from functools import cache
from operator import methodcaller

from switch.limits import FIELD_UNITS_MAX
from switch.wire.content import UPPER_HEX, Content
from switch.wire.errors import EncodeError
from switch.wire.spec import FieldSpec, charset_bytes

Segment = tuple[bytes, int]
"""Which bytes may stand in how many following places."""

Fault = tuple[int, str, str]
"""Offset of a fault, why it is one, and the rule."""


class Form(Enum):
    """How a value is laid into bytes."""

    TEXT = "one character a byte"
    BYTES = "two hexadecimal digits a byte, counted in bytes"
    DIGITS = "two hexadecimal digits a byte, counted in digits"


class Element:
    """One element of a spec with its content class.

    Args:
        de: number of the DE, or "header".
        spec: its entry in a checked spec.
        content: what its value may hold.

    Attributes:
        prefix_bytes: size of the length prefix, 0 when the length is fixed.
        units_max: longest value in units: characters, bytes or digits as the spec counts them.
        lengths: exact spelling of each lawful length prefix -> units.
    """

    __slots__ = (
        "_hex_digits",
        "_judge",
        "_pad_left",
        "_pad_right",
        "_prefixes",
        "_segment_first",
        "_segment_rest",
        "_uniform",
        "_units_per_byte",
        "content",
        "de",
        "decode",
        "decode_odd",
        "form",
        "lengths",
        "prefix_bytes",
        "prefix_form",
        "spec",
        "units_max",
    )

    def __init__(self, de: int | str, spec: FieldSpec, content: Content) -> None:
        self.de = de
        self.spec = spec
        self.content = content
        self.prefix_bytes = spec["len_type"]
        self.prefix_form = spec["len_enc"]
        self.units_max = min(spec["max_len"], FIELD_UNITS_MAX)
        nibbles = spec.get("len_count", "bytes") == "nibbles"
        if spec["data_enc"] != "b":
            self.form = Form.TEXT
        else:
            self.form = Form.DIGITS if nibbles else Form.BYTES
        self._units_per_byte = 2 if nibbles else 1
        self._pad_left = spec.get("left_pad", "")[:1]
        self._pad_right = "" if self._pad_left else spec.get("right_pad", "")[:1]
        self._segment_first, self._segment_rest = self._alphabets()
        self.decode, self.decode_odd = self._decoders()
        self.lengths: dict[bytes, int] = {}
        self._prefixes = {self.units_max: b""}
        if self.prefix_bytes:
            self.lengths = prefix_table(self.prefix_form, self.prefix_bytes, 0 if content.empty else 1, self.units_max)
            self._prefixes = {units: prefix for prefix, units in self.lengths.items()}
        self._uniform = content.first == content.rest and not content.opening
        # A digit for each lawful byte: two passes over short data are faster than one that first has to build its table.
        self._judge = bytes(0x30 if byte in self._segment_rest else 0x58 for byte in range(256))
        self._hex_digits = "".join(digit for digit in UPPER_HEX if digit in (content.rest or UPPER_HEX) + (content.first or ""))

    def byte_count(self, units: int) -> int:
        """Bytes that a value of `units` takes."""
        return (units + self._units_per_byte - 1) // self._units_per_byte

    def shape(self, units: int) -> tuple[Segment, ...] | None:
        """The lawful bytes of a value of `units`, place by place; None when no value of that length can be spelled."""
        count = self.byte_count(units)
        if self.content.opening:
            return self._opened(count)
        if units % self._units_per_byte == 0:
            return _segments((self._segment_first, min(count, 1)), (self._segment_rest, count - 1))
        if self.form is Form.TEXT or not (self._pad_left or self._pad_right):
            return None
        first, rest = self.content.first or UPPER_HEX, self.content.rest or UPPER_HEX
        if self._pad_left:
            return _segments((_packed(self._pad_left, first), 1), (self._segment_rest, count - 1))
        if count == 1:
            return _segments((_packed(first, self._pad_right), 1))
        return _segments((self._segment_first, 1), (self._segment_rest, count - 2), (_packed(rest, self._pad_right), 1))

    def find_fault(self, data: bytes, units: int) -> Fault | None:
        """Where and why `data`, of the right size, is not the canonical spelling of a lawful value of `units`, or None."""
        segments = self.shape(units)
        if segments is None:
            return 0, f"an odd count ({units}) cannot be spelled here", "FLD-LEN-03"
        place = 0
        for allowed, count in segments:
            wrong = data[place : place + count].translate(None, allowed)
            if wrong:
                place = data.index(wrong[:1], place)
                return (place, *self._explain(data[place], place, units))
            place += count
        return None

    def read_units(self, raw: bytes, at: int) -> int | tuple[str, str]:
        """Units that the value at `at` has; or why its length prefix cannot be taken, and the rule."""
        if not self.prefix_bytes:
            return self.units_max
        prefix = raw[at : at + self.prefix_bytes]
        units = self.lengths.get(prefix)
        if units is not None:
            return units
        return self._explain_prefix(prefix)

    def read_units_loosely(self, raw: bytes, at: int) -> int | None:
        """Units that the value at `at` has as a forgiving reader sees them, who takes whatever `int()` takes; None when it is
        no number, or more than the element can hold.

        The number may be below zero: then its bytes are so too, and no value has them.
        """
        prefix = raw[at : at + self.prefix_bytes]
        most = self.spec["max_len"]
        if not self.prefix_bytes:
            return most
        if len(prefix) < self.prefix_bytes:
            return None
        try:
            if self.prefix_form == "b":
                units = int.from_bytes(prefix, "big")
            else:
                units = int(prefix.hex() if self.prefix_form == "bcd" else prefix.decode(self.prefix_form))
        except ValueError:
            return None
        return units if units <= most else None

    def can_spell(self, data: bytes, units: int) -> bool:
        """True when a forgiving reader finds a value of `units` in `data`, lawful or not."""
        if self.form is Form.TEXT:
            try:
                data.decode(self.spec["data_enc"])
            except UnicodeError:
                return False
            return True
        return not units & 1 or self.form is Form.BYTES or self._filled(data.hex().upper()) is not None

    def spell(self, data: bytes, units: int) -> str:
        """The value of `units` in `data`, lawful or not; what cannot be spelled becomes U+FFFD, or keeps its filling digit."""
        if self.form is Form.TEXT:
            return data.decode(self.spec["data_enc"], "replace")
        digits = data.hex().upper()
        if self.form is Form.BYTES or not units & 1:
            return digits
        value = self._filled(digits)
        return digits if value is None else value

    def encode(self, value: str) -> bytes:
        """Length prefix and bytes of `value`.

        Raises:
            EncodeError: when the value breaks the element's length or content; the value is not quoted.
        """
        data, units = self._lay(value)
        prefix = self._prefixes.get(units)
        if prefix is None:
            raise self._explain_units(units)
        if not self._uniform and self.find_fault(data, units) is not None:
            raise self._explain_content()
        return prefix + data

    def lay(self, value: str) -> tuple[bytes, int]:
        """The bytes of `value` without a length prefix, and its length in units, which the caller judges.

        Raises:
            EncodeError: when the value breaks the element's content; the value is not quoted.
        """
        data, units = self._lay(value)
        if not self._uniform and self.find_fault(data, units) is not None:
            raise self._explain_content()
        return data, units

    def _opened(self, count: int) -> tuple[Segment, ...] | None:
        """The lawful bytes of text that begins as its class says; None when it is too short for that."""
        table = charset_bytes(self.spec["data_enc"]) if self.form is Form.TEXT else {}
        opening = [(bytes([table[character]]), 1) for character in self.content.opening if character in table]
        behind = count - len(opening)
        if len(opening) < len(self.content.opening) or behind < 0:
            return None
        return _segments(*opening, (self._segment_first, min(behind, 1)), (self._segment_rest, behind - 1))

    def _filled(self, digits: str) -> str | None:
        """An odd count of digits without the one that fills it; None when none of the stated ones is there."""
        left, right = self.spec.get("left_pad", "")[:1], self.spec.get("right_pad", "")[:1]
        if left and digits[:1] == left:
            return digits[1:]
        return digits[:-1] if right and digits[-1:] == right else None

    def _lay(self, value: str) -> tuple[bytes, int]:
        """The bytes of `value`, made of lawful characters only, and its length in units; neither length nor order is judged."""
        if not isinstance(value, str):
            raise EncodeError(self.de, "the value must be text", "ENC-TYP-01")
        if self.form is Form.TEXT:
            try:
                data = value.encode(self.spec["data_enc"])
            except UnicodeError:
                raise self._explain_content() from None
            if self._uniform and data and not data.translate(self._judge).isdigit():
                raise self._explain_content()
            return data, len(data) * self._units_per_byte
        # strip() leaves something exactly when a character of the text is outside of the set, wherever it stands.
        if value.strip(self._hex_digits):
            raise self._explain_content()
        if not len(value) & 1:
            data = bytes.fromhex(value)
        elif self.form is Form.DIGITS and (self._pad_left or self._pad_right):
            data = bytes.fromhex(self._pad_left + value + self._pad_right)
        else:
            raise EncodeError(self.de, "an odd number of hexadecimal digits cannot be spelled", "ENC-LEN-03")
        return data, len(value) if self.form is Form.DIGITS else len(data)

    def _explain_content(self) -> EncodeError:
        return EncodeError(self.de, f"the value must hold {self.content.words}", "ENC-CHR-01")

    def _explain_units(self, units: int) -> EncodeError:
        words = {Form.TEXT: "characters", Form.BYTES: "bytes", Form.DIGITS: "digits"}[self.form]
        if self.prefix_bytes:
            why = f"{units} {words} do not fit {min(self._prefixes, default=0)} to {max(self._prefixes, default=0)}"
            return EncodeError(self.de, why, "ENC-LEN-02")
        return EncodeError(self.de, f"{units} {words} instead of {self.units_max}", "ENC-LEN-01")

    def _explain(self, byte: int, place: int, units: int) -> tuple[str, str]:
        """Why `byte` cannot stand at `place`, and the rule."""
        if self.form is Form.TEXT:
            return f"the value must hold {self.content.words}", self.content.rule
        if self.form is Form.DIGITS and units & 1:
            at_pad = place == 0 if self._pad_left else place == self.byte_count(units) - 1
            nibble = f"{byte:02X}"[0 if self._pad_left else 1]
            if at_pad and nibble != (self._pad_left or self._pad_right):
                return f"the filling digit of an odd count must be {self._pad_left or self._pad_right}", "FLD-PAD-01"
        if self.content.name == "n":
            return "packed digits must be 0 to 9, not A to F", "FLD-BCD-01"
        return f"the value must hold {self.content.words}", self.content.rule

    def _explain_prefix(self, prefix: bytes) -> tuple[str, str]:
        """Why `prefix` is no lawful length, and the rule. Prefixes may be quoted: they are no card data."""
        words = f"length prefix {prefix.hex().upper()}"
        if len(prefix) < self.prefix_bytes:
            return f"{len(prefix)} of {self.prefix_bytes} bytes of the length prefix are there", "FLD-LL-05"
        if self.prefix_form == "b":
            units = int.from_bytes(prefix, "big")
        elif self.prefix_form == "bcd":
            digits = prefix.hex()
            if not digits.isdigit():
                return f"{words} holds a half byte A to F instead of packed digits", "FLD-LL-04"
            units = int(digits)
        else:
            digits_of = charset_bytes(self.prefix_form)
            if prefix.translate(None, bytes(digits_of[digit] for digit in "0123456789")):
                return f"{words} is not all decimal digits", "FLD-LL-01"
            units = int(prefix.decode(self.prefix_form))
        if units == 0:
            return "a variable element that is present must not be empty", "FLD-LL-02"
        return f"length prefix says {units}, the longest is {self.units_max}", "FLD-LL-03"

    def _alphabets(self) -> tuple[bytes, bytes]:
        """The lawful bytes of the first place and of all others, leaving odd counts aside."""
        first, rest = self.content.first, self.content.rest
        if self.form is Form.TEXT:
            table = charset_bytes(self.spec["data_enc"])
            return _spelled(first, table), _spelled(rest, table)
        return _packed(first or UPPER_HEX, rest or UPPER_HEX), _packed(rest or UPPER_HEX, rest or UPPER_HEX)

    def _decoders(self) -> tuple[Callable[[bytes], str], Callable[[bytes], str] | None]:
        """What reads a value, and what reads one of an odd number of packed digits where the length varies."""
        if self.form is Form.TEXT:
            return methodcaller("decode", self.spec["data_enc"]), None
        if self.form is Form.BYTES:
            return _decode_hex, None
        odd = _decode_odd_left if self._pad_left else _decode_odd_right
        if self.prefix_bytes:
            return _decode_hex, odd
        return (odd if self.units_max & 1 else _decode_hex), None


@cache
def prefix_table(form: str, size: int, least: int, most: int) -> dict[bytes, int]:
    """Exact spelling of every length from `least` to `most` -> the length.

    A lookup is exact where `int()` is not (it takes signs, blanks, underscores and foreign digits), and faster.
    """
    if form == "b":
        return {units.to_bytes(size, "big"): units for units in range(least, min(most, 256**size - 1) + 1)}
    if form == "bcd":
        return {bytes.fromhex(f"{units:0{2 * size}d}"): units for units in range(least, min(most, 100**size - 1) + 1)}
    return {f"{units:0{size}d}".encode(form): units for units in range(least, min(most, 10**size - 1) + 1)}


def _segments(*segments: Segment) -> tuple[Segment, ...]:
    """`segments` without empty ones, equal neighbours joined."""
    joined: list[Segment] = []
    for allowed, count in segments:
        if count <= 0:
            continue
        if joined and joined[-1][0] == allowed:
            joined[-1] = (allowed, joined[-1][1] + count)
        else:
            joined.append((allowed, count))
    return tuple(joined)


def _spelled(alphabet: str | None, table: dict[str, int]) -> bytes:
    if alphabet is None:
        return bytes(sorted(table.values()))
    return bytes(sorted(table[character] for character in alphabet if character in table))


def _packed(high: str, low: str) -> bytes:
    """Bytes whose high half is one of `high` and whose low half one of `low`; characters that are no hex digit have none."""
    halves = [[UPPER_HEX.index(digit) for digit in alphabet if digit in UPPER_HEX] for alphabet in (high, low)]
    return bytes(sorted(upper * 16 + lower for upper in halves[0] for lower in halves[1]))


def _decode_hex(data: bytes) -> str:
    return data.hex().upper()


def _decode_odd_left(data: bytes) -> str:
    return data.hex().upper()[1:]


def _decode_odd_right(data: bytes) -> str:
    return data.hex().upper()[:-1]
