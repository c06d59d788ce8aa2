"""Dates and times that a message states: whether there can be such ones at all.

None of them has a year, so 29 February is one that can be. Which year is meant, and whether a date suits the others, is not
judged here.
"""

from collections.abc import Mapping
from functools import lru_cache

from switch.limits import MOMENTS_KEPT
from switch.wire.message import Message
from switch.wire.prepared import Reader

PICTURES: dict[int, str] = {
    7: "MMDDhhmmss",
    12: "hhmmss",
    13: "MMDD",
    14: "YYMM",
}
"""ISO 8583:1987: what the digits of a DE stand for: transmission, local time and date, expiry."""

_PICTURED = Reader(*PICTURES)

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def impossible(values: Mapping[int, str] | Message) -> int | None:
    """The first DE of `values`, spelled as in 1987, whose date or time there cannot be; None when all can be."""
    for value, (de, picture) in zip(_PICTURED.find(values), PICTURES.items(), strict=True):
        if value is not None and not _possible(value, picture):
            return de
    return None


@lru_cache(maxsize=MOMENTS_KEPT)
def _possible(value: str, picture: str) -> bool:
    if len(value) != len(picture) or not (value.isascii() and value.isdigit()):
        return False
    parts = {name: int(value[at : at + 2]) for at in range(0, len(picture), 2) if (name := picture[at : at + 2])}
    month = parts.get("MM", 1)
    if not 1 <= month <= 12 or not 1 <= parts.get("DD", 1) <= _DAYS[month - 1]:
        return False
    return parts.get("hh", 0) < 24 and parts.get("mm", 0) < 60 and parts.get("ss", 0) < 60
