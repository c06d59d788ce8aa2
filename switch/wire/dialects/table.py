"""From a standard's table of data elements, one row a DE, to the pyiso8583 spec of one way to put it on the wire."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from switch.wire.spec import FieldSpec, Spec

FIXED, LL, LLL, LLLL, LLLLLL = 0, 2, 3, 4, 6
"""Kinds of length: fixed, or a prefix of two, three, four or six decimal digits."""


class DataElement(NamedTuple):
    """One row of a standard's table.

    Args:
        de: its number.
        name: what it is called.
        content: its content class, a key of `switch.wire.content.CONTENTS`.
        length: FIXED, LL, LLL or LLLL.
        longest: its longest (fixed: its only) length; bytes for content b, else characters.
    """

    de: int
    name: str
    content: str
    length: int
    longest: int


def amend(rows: Sequence[DataElement], amendments: Mapping[int, Mapping[str, str | int]]) -> tuple[DataElement, ...]:
    """The table with some columns of some DEs changed, for a network that departs from the standard there."""
    return tuple(row._replace(**amendments.get(row.de, {})) for row in rows)  # type: ignore[arg-type]


def hexadecimal_text_spec(rows: Sequence[DataElement], charset: str) -> Spec:
    """Everything in characters: digits, length prefixes, and raw bytes and bitmaps as hexadecimal digits."""

    def entry(desc: str, length: int, longest: int) -> FieldSpec:
        return FieldSpec(data_enc=charset, len_enc=charset, len_type=length, max_len=longest, desc=desc)

    spec: Spec = {
        "h": entry("Message header", FIXED, 0),
        "t": entry("Message type", FIXED, 4),
        "p": entry("Bitmap, primary", FIXED, 16),
        "1": entry("Bitmap, secondary", FIXED, 16),
        "65": entry("Bitmap, tertiary", FIXED, 16),
    }
    for row in rows:
        spec[str(row.de)] = entry(row.name, row.length, 2 * row.longest if row.content == "b" else row.longest)
    return spec


def packed_spec(
    rows: Sequence[DataElement],
    charset: str,
    *,
    unpacked: tuple[int, ...] = (),
    filled_right: bool = False,
    filled_left: tuple[int, ...] = (),
    binary_prefixes: bool = False,
) -> Spec:
    """Digits and track data packed two a byte, an odd count filled with 0; raw bytes; length prefixes of packed digits.

    Args:
        unpacked: DEs that are characters although their content could be packed.
        filled_right: True where an odd count is filled on the right.
        filled_left: DEs in which it is filled on the left all the same.
        binary_prefixes: True where each length is one byte, a binary number.
    """
    prefix_form, prefix_bytes = "bcd", {FIXED: 0, LL: 1, LLL: 2, LLLL: 2}
    if binary_prefixes:
        prefix_form, prefix_bytes = "b", {FIXED: 0, LL: 1, LLL: 1}

    def entry(desc: str, length: int, longest: int, data: str, prefix: str = "ascii") -> FieldSpec:
        return FieldSpec(data_enc=data, len_enc=prefix, len_type=length, max_len=longest, desc=desc)

    spec: Spec = {
        "h": entry("Message header", FIXED, 0, "b", "b"),
        "t": entry("Message type", FIXED, 2, "b", "b"),
        "p": entry("Bitmap, primary", FIXED, 8, "b", "b"),
        "1": entry("Bitmap, secondary", FIXED, 8, "b", "b"),
        "65": entry("Bitmap, tertiary", FIXED, 2, charset),
    }
    for row in rows:
        packed = row.content in ("n", "z") and row.de not in unpacked
        spelled = entry(
            row.name,
            prefix_bytes[row.length],
            row.longest,
            "b" if packed or row.content == "b" else charset,
            "ascii" if row.length == FIXED else prefix_form,
        )
        if packed:
            spelled["len_count"] = "nibbles"
            spelled["right_pad" if filled_right and row.de not in filled_left else "left_pad"] = "0"
        spec[str(row.de)] = spelled
    return spec


def raw_text_spec(rows: Sequence[DataElement], charset: str, *, hexadecimal: tuple[int, ...] = ()) -> Spec:
    """Digits, text and length prefixes in characters; bitmaps and binary elements raw, their lengths counted in bytes.

    Args:
        hexadecimal: binary DEs that are hexadecimal text all the same.
    """

    def entry(desc: str, length: int, longest: int, data: str = charset) -> FieldSpec:
        return FieldSpec(data_enc=data, len_enc=charset, len_type=length, max_len=longest, desc=desc)

    spec: Spec = {
        "h": entry("Message header", FIXED, 0, "b"),
        "t": entry("Message type", FIXED, 4),
        "p": entry("Bitmap, primary", FIXED, 8, "b"),
        "1": entry("Bitmap, secondary", FIXED, 8, "b"),
        "65": entry("Bitmap, tertiary", FIXED, 8, "b"),
    }
    for row in rows:
        if row.de in hexadecimal:
            spec[str(row.de)] = entry(row.name, row.length, 2 * row.longest)
        else:
            spec[str(row.de)] = entry(row.name, row.length, row.longest, "b" if row.content == "b" else charset)
    return spec
