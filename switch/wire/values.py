"""Values of a message as people write them, made ready to encode: `2=4111111111111111 4=1000`, or a JSON object.

A fixed element may be given shorter than it is: digits are filled with zeroes on the left, text with blanks on the right, as
the standard says. Nothing else is changed or guessed. What is inside of an element may be given by its path, `127.2=KEY`, or as
an object within the object, in place of the element.
"""

import json
from collections.abc import Iterable, Iterator

from switch.wire.dialect import Dialect
from switch.wire.element import Form
from switch.wire.errors import EncodeError

_MTI = ("mti", "t")
_HEADER = "h"
_LEFT, _RIGHT = "n", ("a", "an", "ans")
_MTI_FIRST = ("mti=", "t=")


def parse_pairs(pairs: Iterable[str]) -> dict[int | str, str]:
    """Values by DE from `DE=VALUE`, with `mti=` and `h=`.

    Raises:
        EncodeError: at a word that is no such pair, or an element that is given twice; the value is not quoted.
    """
    values: dict[int | str, str] = {}
    for place, pair in enumerate((pair for word in pairs for pair in _split(word)), start=1):
        name, equals, value = pair.partition("=")
        if not equals:
            raise EncodeError(None, f"word {place} is not of the form DE=VALUE", "ENC-KEY-01")
        key = _parse_key(name, place)
        if key in values:
            raise EncodeError(key, "it is given twice", "ENC-KEY-01")
        values[key] = value
    return values


def parse_object(text: str) -> dict[int | str, str]:
    """Values by DE from a JSON object; whole numbers are taken for their digits.

    Raises:
        EncodeError: when it is not JSON, no object, or has a key or a value that cannot be meant, or an element twice.
    """
    try:
        tree = json.loads(text, object_pairs_hook=_Members)
        flat = list(_leaves("", tree)) if isinstance(tree, _Members) else None
    except (ValueError, RecursionError):
        raise EncodeError(None, "the text is not JSON", "ENC-TYP-01") from None
    if flat is None:
        raise EncodeError(None, "the JSON is no object", "ENC-TYP-01")
    values: dict[int | str, str] = {}
    for place, (name, value) in enumerate(flat, start=1):
        key = _parse_key(name, place)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            value = str(value)
        if not isinstance(value, str):
            raise EncodeError(key, "the value must be text", "ENC-TYP-01")
        if key in values:
            raise EncodeError(key, "it is given twice", "ENC-KEY-01")
        values[key] = value
    return values


def _split(word: str) -> list[str]:
    """The pairs of a word that a shell has kept together, the MTI first: an MTI has no blanks, and values of DEs may."""
    return word.split() if word.lstrip().startswith(_MTI_FIRST) else [word]


class _Members(list[tuple[str, object]]):
    """The members of a JSON object as they stand there; a mapping would keep the last of each name alone."""


def _leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    """What an object within an object says, by path."""
    if not isinstance(value, _Members):
        yield path, value
        return
    for key, inner in value:
        yield from _leaves(f"{path}.{key}" if path else key, inner)


def fill(dialect: Dialect, values: dict[int | str, str]) -> dict[int | str, str]:
    """The values with parts put together to their elements, and those of fixed length filled up to it where their content class
    says how.

    Raises:
        EncodeError: when parts do not make an element, or it is given whole too.
    """
    filled = _whole(dialect, values)
    for de, value in filled.items():
        element = dialect.codec.elements.get(de) if isinstance(de, int) else None
        if element is None or element.prefix_bytes or isinstance(de, str):
            continue
        content = dialect.content.get(de, "")
        length = element.units_max * (2 if element.form is Form.BYTES else 1)
        if content == _LEFT and value.isdigit():
            filled[de] = value.zfill(length)
        elif content in _RIGHT:
            filled[de] = value.ljust(length)
    return filled


def _whole(dialect: Dialect, values: dict[int | str, str]) -> dict[int | str, str]:
    """The values by element."""
    whole: dict[int | str, str] = {}
    parts: dict[int, dict[str, str]] = {}
    for key, value in values.items():
        number, dot, path = key.partition(".") if isinstance(key, str) else ("", "", "")
        if dot:
            parts.setdefault(int(number), {})[path] = value
        else:
            whole[key] = value
    for de, inside in parts.items():
        if de in whole:
            raise EncodeError(de, "it is given whole and in parts", "ENC-KEY-01")
        whole[de] = dialect.print_subfields(de, inside)
    return whole


def _parse_key(name: str, place: int) -> int | str:
    if name in _MTI:
        return "mti"
    if name == _HEADER:
        return name
    name, dot, path = name.partition(".")
    if not (name.isascii() and name.isdigit() and len(name) <= 3) or bool(dot) != bool(path):
        raise EncodeError(None, f"word {place} does not begin with the number of a DE, mti or h", "ENC-KEY-01")
    return f"{int(name)}.{path}" if dot else int(name)
