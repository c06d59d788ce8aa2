"""What stands before the parts of a DE: texts that must be there, tags, lengths and bitmaps. Where a part ends is found here.

Not here: the parts themselves, which `reading` takes.
"""

from collections.abc import Iterator

from switch.wire.content import UPPER_HEX
from switch.wire.subfields.layouts import Bitmapped, Tagged
from switch.wire.subfields.place import Place


def skip(text: str, data: bytes, at: int, place: Place) -> int:
    """The place behind a text that must stand here."""
    expected = text.encode("ascii")
    if data[at : at + len(expected)] != expected:
        raise place.fault("", at, "the text that stands before each object or value is not there", "SUB-TAG-01")
    return at + len(expected)


def read_head(layout: Tagged, data: bytes, at: int, place: Place) -> tuple[str, int, int]:
    """The tag of an object, and where its value begins and ends."""
    first, second = (layout.length, layout.tag) if layout.order == "length-tag" else (layout.tag, layout.length)
    if at + first + second > len(data):
        raise place.fault("", at, "tag and length of an object are not complete", "SUB-LEN-01")
    tag_at, length_at = (at + first, at) if layout.order == "length-tag" else (at, at + first)
    tag = _read_tag(layout, data[tag_at : tag_at + layout.tag], tag_at, place)
    value = skip(layout.gap, data, at + first + second, place)
    if not layout.length:
        return tag, value, value
    length = layout.lengths.get(data[length_at : length_at + layout.length])
    if length is None:
        raise place.fault(tag, length_at, "its length is not spelled as the layout says", "SUB-LEN-04")
    if layout.counts == "tag-and-value":
        length -= layout.tag
    if length < 0:
        raise place.fault(tag, length_at, "its length does not even count its tag", "SUB-LEN-04")
    if value + length > len(data):
        raise place.fault(tag, length_at, f"the length says {length}, {len(data) - value} bytes remain", "SUB-END-01")
    return tag, value, value + length


def _read_tag(layout: Tagged, data: bytes, at: int, place: Place) -> str:
    if layout.raw_tags:
        return data.hex().upper()
    tag = data.decode(layout.charset, "replace")
    if not (tag.isascii() and tag.isalnum()):
        raise place.fault("", at, "a tag is not letters and digits", "SUB-TAG-01")
    return tag


def read_bits(layout: Bitmapped, data: bytes, place: Place) -> tuple[list[int], int]:
    """The bits that are set, those that announce a further bitmap left out, and where the bitmap ends."""
    size, step = layout.size, layout.size * (1 + layout.hexadecimal)
    bits: list[int] = []
    first, at = 1, 0
    while True:
        if at + step > len(data):
            raise place.fault("", at, f"{len(data) - at} of {step} bytes of the bitmap are there", "BMP-LEN-01")
        word = data[at : at + step]
        if layout.hexadecimal:
            if word.strip(UPPER_HEX.encode("ascii")):
                raise place.fault("", at, "the bitmap is not upper-case hexadecimal", "BMP-HEX-01")
            word = bytes.fromhex(word.decode("ascii"))
        found = list(_bits_of(word, first))
        further = layout.extends and found[:1] == [first]
        found = found[1:] if further else found
        if first > 1 and not found and not further:
            raise place.fault("", at, "a further bitmap announces nothing", "BMP-EMP-01")
        bits += found
        first, at = first + 8 * size, at + step
        if not further:
            return bits, at


def _bits_of(word: bytes, first: int) -> Iterator[int]:
    """The numbers of the bits that are set; the highest bit is number `first`."""
    for place, byte in enumerate(word):
        for bit in range(8):
            if byte & 0x80 >> bit:
                yield first + 8 * place + bit
