"""Values that print masked: `Secret` for keys, PINs and clear PIN blocks, `Pan` for card numbers.

`.expose()` is the only door; each use of it is easy to find and is reviewed. Both refuse to be pickled, so that
they cannot slip into a file or another process. This is not memory protection: Python cannot wipe what it held.
"""

from hmac import compare_digest
from typing import Final, NoReturn, SupportsIndex, final

from keys.errors import MalformedInput

PAN_DIGITS_MIN: Final = 8
PAN_DIGITS_MAX: Final = 19  # ISO/IEC 7812-1: an identification number has at most 19 digits.
_BOTH_ENDS_SHOWN_FROM: Final = 13  # A shorter number would have too few digits left between its ends.


def constant_time_equal(one: bytes, other: bytes) -> bool:
    """Whether two values are equal, in a time that depends on their lengths only.

    Every comparison of a MAC, a cryptogram, a PVV or a CVV goes through here.
    """
    return compare_digest(one, other)


def constant_time_equal_text(one: str, other: str) -> bool:
    """The same of two texts, whatever characters they have: digits and check values as somebody has sent or typed them."""
    return constant_time_equal(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


@final
class Secret:
    """Bytes that nothing prints.

    Equality takes constant time. A copy is the object itself; pickling and hashing are refused.

    >>> Secret(bytes(16))
    Secret(16 bytes)
    """

    __slots__ = ("_value",)
    _value: bytes

    def __init__(self, value: bytes) -> None:
        assert isinstance(value, bytes), type(value)  # bytes(4) would silently be four zeroes.
        object.__setattr__(self, "_value", value)

    def expose(self) -> bytes:
        """The bytes themselves."""
        return self._value

    def __len__(self) -> int:
        return len(self.expose())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return constant_time_equal(self.expose(), other.expose())

    __hash__ = None  # type: ignore[assignment]  # A secret as a dictionary key would be compared by its hash.

    def __repr__(self) -> str:
        return f"Secret({len(self)} bytes)"

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a Secret does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a Secret does not change")

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> "Secret":
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a Secret is not serialised: wrap the key under another key instead")

    def __getstate__(self) -> NoReturn:
        raise TypeError("a Secret is not serialised: wrap the key under another key instead")


@final
class Pan:
    """A primary account number (ISO/IEC 7812-1): 8 to 19 ASCII digits, printed as its first six and last four.

    Equal and hashable by value, so that it can be looked up. The check digit is not judged here.

    >>> print(Pan("4761739001010119"))
    476173******0119

    Raises:
        MalformedInput: (a ValueError) the text is not 8 to 19 ASCII digits; the text itself is not repeated.
    """

    __slots__ = ("_digits",)
    _digits: str

    def __init__(self, digits: str) -> None:
        assert isinstance(digits, str), type(digits)
        if not (PAN_DIGITS_MIN <= len(digits) <= PAN_DIGITS_MAX and digits.isascii() and digits.isdigit()):
            raise MalformedInput(f"a PAN has {PAN_DIGITS_MIN} to {PAN_DIGITS_MAX} decimal digits and nothing else")
        object.__setattr__(self, "_digits", digits)

    def expose(self) -> str:
        """The digits themselves."""
        return self._digits

    @property
    def masked(self) -> str:
        """First six and last four digits; of a number shorter than 13 digits only the last four."""
        digits = self.expose()
        if len(digits) >= _BOTH_ENDS_SHOWN_FROM:
            return f"{digits[:6]}{'*' * (len(digits) - 10)}{digits[-4:]}"
        return f"{'*' * (len(digits) - 4)}{digits[-4:]}"

    def __len__(self) -> int:
        return len(self.expose())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Pan):
            return NotImplemented
        return self.expose() == other.expose()

    def __hash__(self) -> int:
        return hash(self.expose())

    def __str__(self) -> str:
        return self.masked

    def __repr__(self) -> str:
        return f"Pan({self.masked})"

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a Pan does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a Pan does not change")

    def __copy__(self) -> "Pan":
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> "Pan":
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a Pan is not serialised: keep its mask and its keyed token instead")

    def __getstate__(self) -> NoReturn:
        raise TypeError("a Pan is not serialised: keep its mask and its keyed token instead")
