"""Bitmaps: which DEs a message holds, as bytes and as text (ISO 8583:1987, bit map).

A set of DEs is an int whose bit n stands for DE n. DE 1 and DE 65 are no elements: they announce the second and third bitmap,
so they are never in a set. A bitmap has one canonical spelling: a further part is there exactly when it announces an element.
"""

from collections.abc import Iterable
from itertools import accumulate

from switch.wire.content import UPPER_HEX
from switch.wire.errors import DecodeError
from switch.wire.spec import FieldSpec, charset_bytes

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
    """

    __slots__ = ("_parts", "_sizes", "sizes")

    def __init__(self, primary: FieldSpec, further: FieldSpec) -> None:
        self._parts = (primary["data_enc"], further["data_enc"], further["data_enc"])
        self._sizes = tuple(8 if form == "b" else 16 for form in self._parts)
        self.sizes = tuple(accumulate(self._sizes))
        """Bytes of a bitmap of one, two and three parts."""

    def decode(self, raw: bytes, at: int) -> int:
        """The set of DEs that the bitmap at `at` announces.

        Raises:
            DecodeError: when it is cut short, not canonical hexadecimal, or announces a further part that is empty.
        """
        mask = 0
        for part in range(_PARTS_MAX):
            bits = self._decode_part(raw, at, part)
            if part and bits == 0:
                why = f"the {_WORDS[part]} bitmap is announced and empty"
                raise DecodeError("bitmap", at, why, "BMP-EMP-01")
            announces = bits >> (_DES_PER_PART - 1) if part < _PARTS_MAX - 1 else 0
            for place in range(1 if part < _PARTS_MAX - 1 else 0, _DES_PER_PART):
                if bits >> (_DES_PER_PART - 1 - place) & 1:
                    mask |= 1 << (part * _DES_PER_PART + place + 1)
            at += self._sizes[part]
            if not announces:
                break
        return mask

    def encode(self, mask: int) -> bytes:
        """The canonical bitmap of a set of DEs."""
        highest = mask.bit_length() - 1
        parts = 3 if highest > 2 * _DES_PER_PART else 2 if highest > _DES_PER_PART else 1
        if parts > 1:
            mask |= 1 << 1
        if parts > 2:
            mask |= 1 << (_DES_PER_PART + 1)
        spelled = []
        for part in range(parts):
            bits = 0
            for place in range(_DES_PER_PART):
                bits = bits << 1 | (mask >> (part * _DES_PER_PART + place + 1) & 1)
            data = bits.to_bytes(8, "big")
            form = self._parts[part]
            spelled.append(data if form == "b" else data.hex().upper().encode(form))
        return b"".join(spelled)

    def _decode_part(self, raw: bytes, at: int, part: int) -> int:
        size = self._sizes[part]
        data = raw[at : at + size]
        if len(data) < size:
            why = f"{len(data)} of {size} bytes of the {_WORDS[part]} bitmap are there"
            raise DecodeError("bitmap", at, why, "BMP-LEN-01")
        form = self._parts[part]
        if form == "b":
            return int.from_bytes(data, "big")
        table = charset_bytes(form)
        wrong = data.translate(None, bytes(table[digit] for digit in UPPER_HEX))
        if wrong:
            why = f"the {_WORDS[part]} bitmap holds something else than upper-case hexadecimal digits"
            raise DecodeError("bitmap", data.index(wrong[:1]) + at, why, "BMP-HEX-01")
        return int(data.decode(form), 16)
