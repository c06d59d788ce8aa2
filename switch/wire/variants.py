"""What messages of a dialect may look like without being exactly it: peers that leave something out, or put something before.

Only guessing asks: no link speaks a variant, and a dialect file is how one is made a dialect of its own.
"""

from collections.abc import Callable
from functools import lru_cache

import msgspec

from switch.wire.codec import Codec
from switch.wire.content import ANY, CONTENTS
from switch.wire.dialect import Dialect
from switch.wire.headers import TPDU, VISA
from switch.wire.spec import Spec

_DIALECTS_MAX = 64


class Variant(msgspec.Struct, frozen=True):
    """One way in which a peer departs from a dialect.

    Args:
        words: how, for people.
        dialect: the dialect with that departure, under its own name.
    """

    words: str
    dialect: Dialect


class Start(msgspec.Struct, frozen=True):
    """Something before a message that no framing of ours knows there.

    Args:
        words: what it is, for people.
        find_end: where it ends; None when the bytes do not begin with it.
    """

    words: str
    find_end: Callable[[bytes], int | None]


_CLASS_60 = 0x60
_TERMINAL_HEADER_BYTES = 6


def _find_terminal_header(data: bytes) -> int | None:
    """The six packed bytes that UnionPay-style terminals send behind the TPDU: class 60, then version and state."""
    return _TERMINAL_HEADER_BYTES if len(data) > _TERMINAL_HEADER_BYTES and data[0] == _CLASS_60 else None


def _find_both(data: bytes) -> int | None:
    end = TPDU.find_end(data)
    more = _find_terminal_header(data[end:]) if end is not None else None
    return end + more if end is not None and more is not None else None


STARTS: tuple[Start, ...] = (
    Start("a TPDU of 5 bytes before each message", TPDU.find_end),
    Start("a terminal's header of 6 bytes before each message", _find_terminal_header),
    Start("a TPDU and a terminal's header, 11 bytes, before each message", _find_both),
    Start("a BASE I header before each message", VISA.find_end),
)
"""What may stand before a message, the shortest first."""


@lru_cache(maxsize=_DIALECTS_MAX)
def variants_of(dialect: Dialect) -> tuple[Variant, ...]:
    """The departures that are worth a try when the dialect itself does not read a message."""
    content = {de: CONTENTS[name] for de, name in dialect.content.items()}
    header = dialect.codec.header
    variants = []
    if dialect.bitmap == "auto":
        codec = Codec(dialect.spec, content, "fixed16", header=header.content if header is not None else ANY)
        fixed = msgspec.structs.replace(dialect, codec=codec)
        variants.append(Variant("the bitmap has always sixteen bytes, announced or not", fixed))
    if header is not None:
        spec: Spec = {**dialect.spec, "h": {**dialect.spec["h"], "max_len": 0}}
        codec = Codec(spec, content, dialect.bitmap)
        bare = msgspec.structs.replace(dialect, spec=spec, codec=codec, header="", header_answer="", header_fault="")
        variants.append(Variant("the header of the dialect is not there", bare))
    return tuple(variants)
