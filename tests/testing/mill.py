"""Messages in great number: lawful ones and damaged ones of any dialect, from a seed, at some microseconds apiece.

`terminal_sim.testing.strategies` draws with more wit and shrinks what it finds; this only turns tables of content classes and
lengths into messages, so that a law can be tried on thousands of them in every run. The same seed gives the same messages.
"""

import random
from collections.abc import Iterator

import iso8583.specs
import msgspec

from switch.wire import Dialect
from switch.wire.codec import Codec
from switch.wire.content import ANY, UPPER_HEX
from switch.wire.element import Element, Form
from switch.wire.spec import charset_bytes

Values = dict[int | str, str]
"""Values by DE, with "mti" and, where the dialect has one, the header as "h"."""

_DES_MAX = 9
_KEPT_SETS = 48
"""Sets of DEs that come again and again, as they do in the field: their bitmaps are compiled. All others come once."""
_USUAL_LENGTH = 30
_STRETCH = 4_096
_ODD_BYTES = b" +-_09afAF\t\x00\x1b=;CD"
_ODD_TEXT = ("", " ", "\t", "_", "a", "d", "F", "=", "é", "٣", "²", "€", "0", "00")

_PACKED = {"data_enc": "b", "len_enc": "bcd", "len_type": 1, "max_len": 19, "desc": "", "len_count": "nibbles"}
_TEXT = {"data_enc": "ascii", "len_enc": "ascii", "len_type": 2, "max_len": 60, "desc": ""}

STRANGE = Dialect.from_spec(
    "strange",
    {
        **iso8583.specs.default_ascii,
        "h": _TEXT,
        "2": {**_PACKED, "right_pad": "F"},
        "3": {**_PACKED, "len_type": 0, "max_len": 7, "right_pad": "F"},
        "4": {**_PACKED, "len_type": 0, "max_len": 7, "left_pad": "F"},
        "32": {**_PACKED, "left_pad": "0", "right_pad": "F"},
        "33": {**_PACKED, "len_enc": "ascii", "len_type": 2, "left_pad": "0"},
        "43": {**_TEXT, "len_count": "nibbles"},
        "44": {**_TEXT, "data_enc": "utf-8", "len_enc": "utf-8"},
        "48": {**_TEXT, "data_enc": "cp500", "len_enc": "cp500"},
        "52": {**_TEXT, "data_enc": "b", "len_enc": "b", "len_type": 1},
        "130": _TEXT,
        "131": {**_PACKED, "left_pad": "0"},
        "192": {**_TEXT, "len_type": 0, "max_len": 3},
    },
)
"""What no shipped dialect has: a tertiary bitmap, a header of any text, digits filled with F, lengths counted oddly."""


class Mill:
    """Makes messages of one dialect, in the order that its seed gives them."""

    def __init__(self, dialect: Dialect, seed: int = 8583) -> None:
        self._dice = random.Random(f"{dialect.name} {seed}")
        self._chaff = {de: _Chaff(element, self._dice) for de, element in dialect.codec.elements.items()}
        self._able = sorted(de for de, chaff in self._chaff.items() if chaff.lengths)
        self._kept = [self._draw_des() for _ in range(_KEPT_SETS)]
        header = dialect.codec.header
        self._header = _Chaff(header, self._dice) if header is not None else None

    def values(self, number: int) -> Iterator[Values]:
        """So many lawful messages: any MTI, up to nine DEs, of any length that they may have, the longest often."""
        dice = self._dice
        for _ in range(number):
            values: Values = {"mti": f"{dice.randrange(10_000):04d}"}
            if self._header is not None:
                values["h"] = self._header.draw(dice)
            des = dice.choice(self._kept) if dice.random() < 0.8 else self._draw_des()
            for de in des:
                values[de] = self._chaff[de].draw(dice)
            yield values

    def damage(self, raw: bytes) -> bytes:
        """A message damaged; sometimes it stays lawful."""
        return damaged(self._dice, raw)

    def spoil(self, value: str) -> str:
        """A value with a character put in, changed or left out; it may still be lawful."""
        dice = self._dice
        at, odd = dice.randrange(len(value) + 1), dice.choice(_ODD_TEXT)
        return value[:at] + odd + value[at + dice.randrange(2) :]

    def _draw_des(self) -> list[int]:
        return sorted(self._dice.sample(self._able, self._dice.randrange(min(_DES_MAX, len(self._able)) + 1)))


def damaged(dice: random.Random, raw: bytes) -> bytes:
    """Bytes with one to three places changed, inserted, deleted, repeated or cut."""
    data = bytearray(raw)
    for _ in range(dice.choice((1, 1, 2, 3))):
        at = dice.randrange(len(data) + 1)
        byte = dice.choice(_ODD_BYTES) if dice.random() < 0.5 else dice.randrange(256)
        match dice.randrange(12):
            case 0:
                del data[at:]
            case 1:
                del data[at : at + 1 + byte % 4]
            case 2:
                data[at:at] = data[at : at + byte % 8]
            case 3 | 4:
                data[at:at] = bytes([byte])
            case 5 | 6 | 7 if at < len(data):
                data[at] ^= 1 << byte % 8
            case _:
                data[at : at + 1] = bytes([byte])
    return bytes(data)


class _Chaff:
    """Values of one element: a stretch of each of its two alphabets, out of which pieces are cut."""

    def __init__(self, element: Element, dice: random.Random) -> None:
        content = element.content
        if element.form is Form.TEXT:
            known = "".join(charset_bytes(element.spec["data_enc"]))
        else:
            known = UPPER_HEX
        first, rest = ("".join(c for c in alphabet or known if c in known) for alphabet in (content.first, content.rest))
        self._opening: str = getattr(content, "opening", "")
        self._first = "".join(dice.choices(first, k=256))
        self._rest = "".join(dice.choices(rest, k=2 * _STRETCH))
        self.lengths = [length - len(self._opening) for length in _lengths(element)]

    def draw(self, dice: random.Random) -> str:
        """One value."""
        length = dice.choice(self.lengths)
        if length < 1:
            return self._opening
        at = dice.randrange(_STRETCH)
        rest = self._rest
        while at + length > len(rest):
            rest += self._rest
        return self._opening + self._first[at % 256] + rest[at : at + length - 1]


def _lengths(element: Element) -> list[int]:
    """The lengths in characters that values may have: small ones, and the two longest."""
    if not element.prefix_bytes:
        units = [element.units_max]
    else:
        every = sorted(set(element.lengths.values()))
        units = [length for length in every if length <= _USUAL_LENGTH] + every[-2:]
    able = [length for length in units if element.shape(length) is not None]
    if element.form is Form.DIGITS:
        return able
    return [element.byte_count(length) * (2 if element.form is Form.BYTES else 1) for length in able]


def fresh(dialect: Dialect) -> Dialect:
    """The same dialect with nothing compiled yet: its bounded caches may be full of other tests' bitmaps."""
    codec = dialect.codec
    content = {de: element.content for de, element in codec.elements.items()}
    header = codec.header.content if codec.header is not None else ANY
    how = {} if header is ANY else {"header": header}
    return msgspec.structs.replace(dialect, codec=Codec(dialect.spec, content, dialect.bitmap, **how))
