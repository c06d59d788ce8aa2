"""What a vector gives to its operation, read by kind: digits, bytes in hex, keys, cards.

A param that is missing or of another kind is a VectorError, which is no refusal: a vector that expects REJECT does not
pass because it was badly written.
"""

from collections.abc import Mapping
from typing import Final, TypeVar

from keys.errors import MalformedInput
from keys.hexadecimal import parse_hex
from keys.sensitive import Pan, Secret

T = TypeVar("T")

_NUMBER_DIGITS_MAX: Final = 9  # Lengths and indices are short; `int` itself raises for some thousands of digits.


class VectorError(Exception):
    """A vector, or a file of them, is not in the form that the self-test reads. The text names the place."""


class Params:
    """The named values of one vector. Readers take a default where the param may be absent."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, default: str | None = None) -> str:
        """A string as it stands."""
        value = self._values.get(name, default)
        if isinstance(value, str):
            return value
        raise VectorError(f"param {name!r} is missing, or is no string")

    def number(self, name: str, default: int | None = None) -> int:
        """An integer, or the decimal digits of one."""
        value = self._values.get(name, default)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _NUMBER_DIGITS_MAX:
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise VectorError(f"param {name!r} is missing, or is no integer")

    def octets(self, name: str, default: str | None = None) -> bytes:
        """Bytes, from hex digits and nothing else."""
        return _octets(name, self.text(name, default))

    def secret(self, name: str = "key") -> Secret:
        """A key or a clear block, from hex digits."""
        return Secret(self.octets(name))

    def pin(self, name: str = "pin") -> Secret:
        """A clear PIN, as ASCII."""
        return Secret(self.text(name).encode())

    def pan(self) -> Pan:
        """The card number."""
        try:
            return Pan(self.text("pan"))
        except MalformedInput:
            raise VectorError("param 'pan' is no card number") from None

    def choice(self, name: str, table: Mapping[str, T], default: str | None = None) -> T:
        """What the table has under the param's word."""
        word = self.text(name, default)
        if word in table:
            return table[word]
        raise VectorError(f"param {name!r} is none of {', '.join(table)}")

    def secrets(self, name: str) -> list[Secret]:
        """A list of keys, each from hex digits."""
        value = self._values.get(name)
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return [Secret(_octets(name, each)) for each in value]
        raise VectorError(f"param {name!r} is missing, or is no list of strings")

    def within(self, name: str) -> "Params":
        """The params that stand one level deeper."""
        value = self._values.get(name)
        if isinstance(value, Mapping):
            return Params(value)
        raise VectorError(f"param {name!r} is missing, or holds no params of its own")


def _octets(name: str, text: str) -> bytes:
    octets = parse_hex(text)
    if octets is None:
        raise VectorError(f"param {name!r} is not an even number of hex digits")
    return octets
