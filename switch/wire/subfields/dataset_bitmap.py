"""The bitmap of a data set: a word of sixteen bits, then words of eight (ISO 8583:2023 4.4.4.4, as jPOS reads it).

The first bit of a word announces another word, the last bit of the last word announces BER-TLV objects behind the elements; all
bits between them are elements, counted from 1. So how many elements a word tells of depends on whether it is the last one.
"""

from collections.abc import Sequence

from switch.wire.errors import WireError

_FIRST_BITS = 16
_FURTHER_BITS = 8


class WordsError(WireError):
    """A bitmap of a data set that is cut short or not the shortest one."""


def read_words(data: bytes) -> tuple[list[int], int, bool]:
    """The elements announced, the bytes that the bitmap takes, and whether objects follow the elements.

    Raises:
        WordsError: when it is not the one bitmap that announces these elements.
    """
    elements: list[int] = []
    first, at, bits = 1, 0, _FIRST_BITS
    while True:
        word = data[at : at + bits // 8]
        if len(word) < bits // 8:
            raise WordsError("the bitmap of the data set is not complete", "BMP-LEN-01")
        number = int.from_bytes(word, "big")
        further = bool(number >> (bits - 1))
        told = bits - 1 if further else bits - 2
        elements += [first + place for place in range(told) if number >> (bits - 2 - place) & 1]
        first, at, bits = first + told, at + len(word), _FURTHER_BITS
        if not further:
            break
    if at != _FIRST_BITS // 8 + _further_words(elements):
        raise WordsError("a further word of the bitmap is not needed", "BMP-EMP-01")
    return elements, at, bool(number & 1)


def words_for(elements: Sequence[int], *, more: bool) -> bytes:
    """The bitmap that announces some elements, given in ascending order.

    Args:
        more: True when objects follow them.
    """
    count = _further_words(elements)
    written = b""
    first, bits = 1, _FIRST_BITS
    for place in range(count + 1):
        last = place == count
        told = bits - 2 if last else bits - 1
        number = sum(1 << (bits - 2 - (element - first)) for element in elements if first <= element < first + told)
        number |= more if last else 1 << (bits - 1)
        written += number.to_bytes(bits // 8, "big")
        first, bits = first + told, _FURTHER_BITS
    return written


def _further_words(elements: Sequence[int]) -> int:
    """How many words the bitmap needs beside the first one."""
    highest = max(elements, default=0)
    if highest <= _FIRST_BITS - 2:
        return 0
    # The first word tells of fifteen then, each further one of seven, and the last of six.
    return 1 + max(0, -(-(highest - (_FIRST_BITS - 1) - (_FURTHER_BITS - 2)) // (_FURTHER_BITS - 1)))
