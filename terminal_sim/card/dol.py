"""Data object lists: which values a card wants from the terminal, in which order and how long (EMV Book 3 clause 5.4).

The terminal fills a list, the card takes the answer apart again by the same list. TLV with values is `switch.wire.tlv`.
"""

from collections.abc import Mapping
from functools import lru_cache

import msgspec

NUMERIC = frozenset(
    {"5F2A", "5F36", "81", "9A", "9C", "9F01", "9F02", "9F03", "9F15", "9F1A", "9F21", "9F35", "9F39", "9F3B", "9F41", "9F53"}
)
"""Tags of format n: kept from the right and filled with zeroes on the left, where all others go the other way."""

LISTS_KEPT = 256
"""Lists that are kept once they were read: all cards of a kind give the same three or four."""

_MORE_TAG_BYTES = 0x1F
_ANOTHER_BYTE = 0x80
_TAG_BYTES_MAX = 3


class DolError(Exception):
    """A data object list that cannot be read, or data that does not have the length its list says."""


class DolEntry(msgspec.Struct, frozen=True):
    """One wanted value: its tag as upper-case hex ("9F02"), and how many bytes the card takes of it."""

    tag: str
    size: int


Dol = tuple[DolEntry, ...]


def parse_dol(text: str) -> Dol:
    """The list written as "9F02:6 5F2A:2", the form of our tables."""
    pairs = (entry.partition(":") for entry in text.split())
    return tuple(DolEntry(tag, int(size)) for tag, _, size in pairs)


def encode_dol(dol: Dol) -> bytes:
    """Tags and lengths as a card gives them."""
    return b"".join(bytes.fromhex(entry.tag) + bytes((entry.size,)) for entry in dol)


@lru_cache(maxsize=LISTS_KEPT)
def decode_dol(data: bytes) -> Dol:
    """The list that a card gave.

    Raises:
        DolError: when it ends within a tag or before a length.
    """
    entries: list[DolEntry] = []
    offset = 0
    while offset < len(data):
        end = _tag_end(data, offset)
        if end >= len(data):
            raise DolError(f"byte {offset}: the data object list ends within an entry")
        entries.append(DolEntry(data[offset:end].hex().upper(), data[end]))
        offset = end + 1
    return tuple(entries)


def fill_dol(dol: Dol, values: Mapping[str, bytes]) -> bytes:
    """The values that the list asks for, each cut or filled to its length; zeroes for what the terminal does not know."""
    return b"".join(_fitted(entry, values.get(entry.tag, b"")) for entry in dol)


def split_dol(dol: Dol, data: bytes) -> dict[str, bytes]:
    """Values by tag, taken apart by the list that asked for them.

    Raises:
        DolError: when the data has another length than the list says.
    """
    wanted = sum(entry.size for entry in dol)
    if len(data) != wanted:
        raise DolError(f"the data object list asks for {wanted} bytes, and {len(data)} came")
    values: dict[str, bytes] = {}
    offset = 0
    for entry in dol:
        values[entry.tag] = data[offset : offset + entry.size]
        offset += entry.size
    return values


def _fitted(entry: DolEntry, value: bytes) -> bytes:
    """EMV Book 3 5.4: numeric values keep their right end, all others their left one."""
    if len(value) == entry.size:
        return value
    if entry.tag in NUMERIC:
        return value[-entry.size :].rjust(entry.size, b"\x00") if entry.size else b""
    return value[: entry.size].ljust(entry.size, b"\x00")


def _tag_end(data: bytes, offset: int) -> int:
    """Where the tag that starts at `offset` ends (ISO/IEC 8825-1: five one-bits announce further bytes)."""
    end = offset + 1
    if data[offset] & _MORE_TAG_BYTES == _MORE_TAG_BYTES:
        while end < len(data) and data[end] & _ANOTHER_BYTE:
            end += 1
        end += 1
    if end - offset > _TAG_BYTES_MAX:
        raise DolError(f"byte {offset}: a tag has at most {_TAG_BYTES_MAX} bytes")
    return end
