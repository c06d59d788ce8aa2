"""What two messages say differently, DE by DE and part by part, however each is spelled; secrets are compared and not shown."""

from collections.abc import Collection

import msgspec

from switch.wire.describe import Line, describe
from switch.wire.message import Message

ABSENT = "(absent)"
_ALIKE = "(differs where it is hidden)"


class Difference(msgspec.Struct, frozen=True):
    """One element that is not the same.

    Args:
        de: number of the DE, "MTI", "header", or "55.9F26" for a part of a DE.
        name: what it is called.
        left, right: both values as they may be shown; `ABSENT` where there is none.
    """

    de: int | str
    name: str
    left: str
    right: str


def differences(
    left: Message, right: Message, *, volatile: Collection[int] = (), show_secrets: bool = False
) -> list[Difference]:
    """The elements in which two messages differ, in the order of the first and then of the second.

    Values are compared, not bytes, so that a message is the same in ASCII and in packed digits. Bitmaps follow from the DEs.

    Args:
        volatile: DEs that may differ.
        show_secrets: True to show all values in clear.
    """
    shown = [_values(message, show_secrets) for message in (left, right)]
    clear = [_values(message, True) for message in (left, right)]
    found = []
    for de in [*clear[0], *(de for de in clear[1] if de not in clear[0])]:
        if _number(de) in volatile or _opens(de, clear) or _said(clear[0], de) == _said(clear[1], de):
            continue
        line = clear[0].get(de) or clear[1][de]
        values = [_said(side, de) for side in shown]
        if values[0] == values[1]:
            values[1] = _ALIKE
        found.append(Difference(line.de, line.name, *values))
    return found


Key = tuple[int | str, int]
"""An element and which of those of its name it is: bytes that cannot be read may stand in two places."""


def _values(message: Message, show_secrets: bool) -> dict[Key, Line]:
    values: dict[Key, Line] = {}
    for line in describe(message, show_secrets=show_secrets):
        if line.de == "bitmap":
            continue
        count = sum(1 for de, _ in values if de == line.de)
        values[line.de, count] = line
    return values


def _said(values: dict[Key, Line], key: Key) -> str:
    return values[key].value if key in values else ABSENT


def _number(key: Key) -> int | None:
    """The DE that an element lies in; None for header and MTI."""
    number = str(key[0]).partition(".")[0]
    return int(number) if number.isdigit() else None


def _opens(key: Key, sides: list[dict[Key, Line]]) -> bool:
    """True when both messages show what is inside of the element, so that its parts speak for it."""
    return all(any(str(de).startswith(f"{key[0]}.") for de, _ in side) for side in sides)
