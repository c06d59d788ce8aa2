"""BER-TLV as EMV uses it in DE 55 and on cards (EMV Book 3 annex B, ISO/IEC 8825-1).

Strict: bytes that would re-encode to other bytes are refused, which rules out filler bytes between objects, indefinite lengths
and lengths that are longer than they need be. A tag is upper-case hexadecimal text, "9F26"; what it means is in `tags`.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from switch.limits import FRAME_BYTES_MAX, TLV_DEPTH_MAX, TLV_ELEMENTS_MAX, TLV_TAGS_KEPT
from switch.wire.content import UPPER_HEX
from switch.wire.errors import TlvError

_TAG_BYTES_MAX = 4
_CONSTRUCTED = 0x20
_LONG_TAG = 0x1F
_LONG_LENGTH = 0x80
_SHORT_LENGTHS = tuple(bytes([length]) for length in range(_LONG_LENGTH))


class Tlv(msgspec.Struct, frozen=True):
    """One BER-TLV data object.

    Args:
        tag: upper-case hexadecimal text of 1 to 4 bytes.
        offset: byte where its tag starts, in the data that was decoded.
        value: its bytes; of a constructed object the encoding of its children.
        children: the objects inside of a constructed one.
    """

    tag: str
    offset: int
    value: bytes
    children: tuple["Tlv", ...] = ()

    def __repr__(self) -> str:
        return f"<Tlv {self.tag}, {len(self.value)} bytes>"


def decode(data: bytes) -> tuple[Tlv, ...]:
    """All data objects of `data`, constructed ones with their children.

    Raises:
        TlvError: naming the byte where `data` is not canonical BER-TLV, or reaches a bound of `switch.limits`.
    """
    return _Decoder(data).decode(0, len(data), depth=1)


def encode(elements: dict[str, bytes] | Iterable[tuple[str, bytes]]) -> bytes:
    """The encoding of objects in the given order; the value of a constructed tag is the encoding of its children.

    Raises:
        TlvError: when a tag is not canonical or a value too long.
    """
    pairs = elements.items() if isinstance(elements, dict) else elements
    encoded = b""
    for tag, value in pairs:
        length = len(value)
        spelled = _SHORT_LENGTHS[length] if length < _LONG_LENGTH else _encode_length(length, len(encoded))
        encoded += _encode_tag(tag) + spelled + value
    return encoded


def size(tag: str, value: bytes) -> int:
    """Bytes that an object takes, tag and length included."""
    return len(tag) // 2 + len(_encode_length(len(value), 0)) + len(value)


def find(elements: Sequence[Tlv], tag: str) -> Tlv | None:
    """The first object with this tag, children included, depth first; None when there is none."""
    for element in elements:
        if element.tag == tag:
            return element
        found = find(element.children, tag)
        if found is not None:
            return found
    return None


def parse_flat(data: bytes) -> dict[str, bytes]:
    """Value by tag of the outermost objects, as DE 55 carries them.

    Raises:
        TlvError: as `decode`, and when a tag comes twice, since nothing says which one counts.
    """
    values: dict[str, bytes] = {}
    for element in decode(data):
        if element.tag in values:
            raise TlvError(element.offset, f"tag {element.tag} comes twice", "TLV-DUP-01")
        values[element.tag] = element.value
    return values


class _Decoder:
    """One run over one value; counts objects so that the work is bounded."""

    __slots__ = ("_count", "_data")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._count = 0

    def decode(self, at: int, end: int, *, depth: int) -> tuple[Tlv, ...]:
        if depth > TLV_DEPTH_MAX:
            raise TlvError(at, f"objects are nested more than {TLV_DEPTH_MAX} deep", "TLV-DEP-01")
        data, elements = self._data, []
        while at < end:
            self._count += 1
            if self._count > TLV_ELEMENTS_MAX:
                raise TlvError(at, f"there are more than {TLV_ELEMENTS_MAX} objects", "TLV-CNT-01")
            first = data[at]
            tag_end = at + 1 if first and first & _LONG_TAG != _LONG_TAG else _find_tag_end(data, at, end)
            length = data[tag_end] if tag_end < end else _LONG_LENGTH
            value, value_end = tag_end + 1, tag_end + 1 + length
            if length >= _LONG_LENGTH or value_end > end:
                value, value_end = self._value_extent(tag_end, end)
            children = self.decode(value, value_end, depth=depth + 1) if first & _CONSTRUCTED else ()
            elements.append(Tlv(data[at:tag_end].hex().upper(), at, data[value:value_end], children))
            at = value_end
        return tuple(elements)

    def _value_extent(self, at: int, end: int) -> tuple[int, int]:
        if at >= end:
            raise TlvError(at, "the data ends where a length must be", "TLV-LEN-04")
        length = self._data[at]
        value = at + 1
        if length >= _LONG_LENGTH:
            more = length & 0x7F
            if more == 0:
                raise TlvError(at, "an indefinite length (80) is not allowed", "TLV-LEN-01")
            value += more
            if value > end:
                raise TlvError(at, "the data ends inside a length", "TLV-LEN-04")
            digits = self._data[at + 1 : value]
            length = int.from_bytes(digits, "big")
            if length < _LONG_LENGTH or digits[0] == 0:
                raise TlvError(at, "a length is spelled longer than it needs to be", "TLV-LEN-02")
        if length > end - value:
            raise TlvError(at, f"the length says {length}, {end - value} bytes remain", "TLV-LEN-03")
        return value, value + length


def _find_tag_end(data: bytes, at: int, end: int) -> int:
    first = data[at]
    if first in (0x00, 0xFF):
        raise TlvError(at, f"filler byte {first:02X} where a tag must be", "TLV-TAG-03")
    if first & _LONG_TAG != _LONG_TAG:
        return at + 1
    for place in range(at + 1, at + _TAG_BYTES_MAX):
        if place >= end:
            raise TlvError(at, "the data ends inside a tag", "TLV-TAG-02")
        if not data[place] & 0x80:
            return place + 1
    raise TlvError(at, f"a tag has more than {_TAG_BYTES_MAX} bytes", "TLV-TAG-01")


@lru_cache(maxsize=TLV_TAGS_KEPT)
def _encode_tag(tag: str) -> bytes:
    if not tag or len(tag) % 2 or tag.strip(UPPER_HEX):
        raise TlvError(0, "a tag to encode must be upper-case hexadecimal text", "TLV-TAG-04")
    data = bytes.fromhex(tag)
    if _find_tag_end(data, 0, len(data)) != len(data):
        raise TlvError(0, "a tag to encode is followed by something else", "TLV-TAG-04")
    return data


def _encode_length(length: int, at: int) -> bytes:
    if length > FRAME_BYTES_MAX:
        raise TlvError(at, f"a value of {length} bytes cannot be sent", "TLV-LEN-05")
    if length < _LONG_LENGTH:
        return _SHORT_LENGTHS[length]
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(digits)]) + digits
