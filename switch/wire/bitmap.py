"""Bitmaps: which DEs a message holds, as bytes and as text (ISO 8583:1987, bit map).

A set of DEs is an int whose bit n stands for DE n. DE 1 and DE 65 are no elements: they announce the second and third bitmap,
so they are never in a set. A bitmap has one canonical spelling: a further part is there exactly when it announces an element.
Some networks send two parts always, announced or not; to them ("fixed16") DE 1 is never set.
"""

from collections.abc import Iterable
from itertools import accumulate
from typing import Literal

from switch.wire.content import UPPER_HEX
from switch.wire.errors import DecodeError, Finding
from switch.wire.spec import FieldSpec, charset_bytes

BitmapForm = Literal["auto", "fixed16"]
"""Parts as they are announced, or always sixteen bytes of bits."""

_DES_PER_PART = 64
_PARTS_MAX = 3
_WORDS = ("primary", "secondary", "tertiary")


def mask_of(des: Iterable[int]) -> int:
    """The set that holds the given DEs."""
    mask = 0
    for de in des:
        mask |= 1 << de
    return mask


def des_of(mask: int) -> tuple[int, ...]:
    """The DEs of a set, ascending."""
    des = []
    while mask:
        lowest = mask & -mask
        des.append(lowest.bit_length() - 1)
        mask ^= lowest
    return tuple(des)


class BitmapCodec:
    """Decodes and encodes the bitmaps of one dialect.

    Args:
        primary: entry "p" of its spec.
        further: entry "1" of its spec, which spells the second and third part.
        form: whether the parts are announced, or two are always there.
    """

    __slots__ = ("_announced", "_parts", "_sizes", "form", "sizes")

    def __init__(self, primary: FieldSpec, further: FieldSpec, form: BitmapForm = "auto") -> None:
        self.form = form
        self._announced = form == "auto"
        self._parts = (primary["data_enc"], further["data_enc"], further["data_enc"])[: _PARTS_MAX if self._announced else 2]
        self._sizes = tuple(8 if charset == "b" else 16 for charset in self._parts)
        sizes = tuple(accumulate(self._sizes))
        self.sizes = sizes if self._announced else sizes[-1:]
        """Bytes of a bitmap of one, two and three parts, or of the only one there is."""

    def decode(self, raw: bytes, at: int) -> int:
        """The set of DEs that the bitmap at `at` announces.

        Raises:
            DecodeError: when it is cut short, not canonical hexadecimal, or announces a further part that is empty.
        """
        findings: list[Finding] = []
        try:
            mask, _ = self.decode_loosely(raw, at, findings)
        except DecodeError as error:
            findings.append(error.finding)
        for first in findings:
            raise DecodeError.of(first)
        return mask

    def decode_loosely(self, raw: bytes, at: int, findings: list[Finding]) -> tuple[int, int]:
        """The set of DEs that the bitmap at `at` announces, and its end; what a strict reader would not take joins `findings`.

        Raises:
            DecodeError: when it is cut short or no hexadecimal text at all.
        """
        mask = 0
        for part in range(len(self._parts)):
            bits = self._decode_part(raw, at, part, findings)
            if part and bits == 0 and self._announced:
                why = f"the {_WORDS[part]} bitmap is announced and empty"
                findings.append(Finding("bitmap", at, why, "BMP-EMP-01"))
            # The first bit of a part stands for DE 1 or DE 65; the third part announces nothing, so there it is DE 129.
            further = bits >> (_DES_PER_PART - 1) if part < _PARTS_MAX - 1 else 0
            mask |= _mask_of_part(bits, part, skip=further)
            if further and not self._announced:
                if part:
                    raise DecodeError("bitmap", at, "a bitmap of fixed size has no third part to announce", "BMP-FIX-01")
                findings.append(Finding("bitmap", at, "a bitmap of fixed size sets no bit 1", "BMP-FIX-02"))
            at += self._sizes[part]
            if self._announced and not further:
                break
        return mask, at

    def encode(self, mask: int) -> bytes:
        """The canonical bitmap of a set of DEs."""
        highest = mask.bit_length() - 1
        parts = 3 if highest > 2 * _DES_PER_PART else 2 if highest > _DES_PER_PART else 1
        if not self._announced:
            parts = 2
        elif parts > 1:
            mask |= 1 << 1
            if parts > 2:
                mask |= 1 << (_DES_PER_PART + 1)
        spelled = []
        for part in range(parts):
            bits = 0
            for place in range(_DES_PER_PART):
                bits = bits << 1 | (mask >> (part * _DES_PER_PART + place + 1) & 1)
            data = bits.to_bytes(8, "big")
            charset = self._parts[part]
            spelled.append(data if charset == "b" else data.hex().upper().encode(charset))
        return b"".join(spelled)

    def _decode_part(self, raw: bytes, at: int, part: int, findings: list[Finding]) -> int:
        size = self._sizes[part]
        data = raw[at : at + size]
        if len(data) < size:
            why = f"{len(data)} of {size} bytes of the {_WORDS[part]} bitmap are there"
            raise DecodeError("bitmap", at, why, "BMP-LEN-01")
        charset = self._parts[part]
        if charset == "b":
            return int.from_bytes(data, "big")
        table = charset_bytes(charset)
        wrong = data.translate(None, bytes(table[digit] for digit in UPPER_HEX))
        if not wrong:
            return int(data.decode(charset), 16)
        place = data.index(wrong[:1]) + at
        why = f"the {_WORDS[part]} bitmap holds something else than upper-case hexadecimal digits"
        try:
            # A forgiving reader takes lower case and, between bytes, blanks; the bits that they cost are missing at the end.
            bits = bytes.fromhex(data.decode(charset))
        except ValueError:
            raise DecodeError("bitmap", place, why, "BMP-HEX-01") from None
        findings.append(Finding("bitmap", place, why, "BMP-HEX-01"))
        return int.from_bytes(bits.ljust(8, b"\0"), "big")


def _mask_of_part(bits: int, part: int, *, skip: int) -> int:
    """The set of the DEs of one part, the bit that announces the next one left out."""
    if skip:
        bits &= ~(1 << (_DES_PER_PART - 1))
    return mask_of(
        part * _DES_PER_PART + place + 1 for place in range(_DES_PER_PART) if bits >> (_DES_PER_PART - 1 - place) & 1
    )
