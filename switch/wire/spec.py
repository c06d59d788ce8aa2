"""Our spec language: the dict format of pyiso8583, checked before it is trusted.

A spec maps "h" (header), "t" (MTI), "p" and "1" (bitmaps) and "2" to "192" to the keys below. This file only judges whether a
dict is such a spec; what a dialect means beyond it is in `dialect`.
"""

import codecs
import re
from collections.abc import Mapping
from functools import cache
from typing import NotRequired, TypedDict

from switch.wire.content import UPPER_HEX
from switch.wire.errors import SpecError


class FieldSpec(TypedDict):
    """How one element is spelled.

    `data_enc` is "b" for raw bytes, else a charset. `len_enc` is "b", "bcd" or a charset; `len_type` is the number of bytes of
    the length prefix, 0 for fixed length. `max_len` counts bytes, or half bytes when `len_count` is "nibbles".
    """

    data_enc: str
    len_enc: str
    len_type: int
    max_len: int
    desc: str
    len_count: NotRequired[str]
    left_pad: NotRequired[str]
    right_pad: NotRequired[str]


Spec = dict[str, FieldSpec]

_KEYS = frozenset(["h", "t", "p", "1", *map(str, range(2, 193))])
_PREFIX_BYTES_MAX = 6
# Charsets in which a byte means the same wherever it stands. utf-8 is one as far as ASCII goes, and only that far is it read.
_CHARSETS = re.compile(r"ascii|utf-8|iso8859-[0-9]+|cp[0-9]+|koi8-[a-z]|mac-[a-z]+")


def check_spec(spec: Mapping[str, Mapping[str, object]]) -> Spec:
    """A checked copy of a pyiso8583 spec dict.

    Raises:
        SpecError: naming the element and the key that is missing, of the wrong type or unusable.
    """
    checked: Spec = {}
    for key in ("h", "t", "p", "1"):
        if key not in spec:
            raise SpecError(f'element "{key}" is missing', "SPC-KEY-01")
    for key, element in spec.items():
        if key not in _KEYS:
            raise SpecError('an element is none of "h", "t", "p" and "1" to "192"', "SPC-KEY-02")
        checked[key] = check_element(key, element)
    return checked


def check_element(key: str, element: Mapping[str, object]) -> FieldSpec:
    """A checked copy of one entry of a spec; raises as `check_spec`."""
    checked = FieldSpec(
        data_enc=_text(key, element, "data_enc"),
        len_enc=_text(key, element, "len_enc"),
        len_type=_number(key, element, "len_type"),
        max_len=_number(key, element, "max_len"),
        desc=_text(key, element, "desc"),
    )
    if checked["data_enc"] != "b":
        _check_charset(key, "data_enc", checked["data_enc"])
    if checked["len_enc"] not in ("b", "bcd"):
        _check_charset(key, "len_enc", checked["len_enc"])
    if checked["len_type"] > _PREFIX_BYTES_MAX:
        raise SpecError(f'element "{key}": a length prefix has at most {_PREFIX_BYTES_MAX} bytes', "SPC-VAL-01")
    if "len_count" in element:
        checked["len_count"] = _text(key, element, "len_count")
        if checked["len_count"] not in ("bytes", "nibbles"):
            raise SpecError(f'element "{key}": "len_count" must be "bytes" or "nibbles"', "SPC-VAL-01")
    if "left_pad" in element:
        checked["left_pad"] = _pad(key, element, "left_pad")
    if "right_pad" in element:
        checked["right_pad"] = _pad(key, element, "right_pad")
    return checked


@cache
def charset_bytes(charset: str) -> dict[str, int]:
    """The characters that `charset` spells as one byte and reads back from it, with that byte.

    Only these can be canonical one by one, which makes any sequence of them canonical too.
    """
    table: dict[str, int] = {}
    for code in range(256):
        try:
            character = bytes([code]).decode(charset)
            if len(character) == 1 and character.encode(charset) == bytes([code]):
                table[character] = code
        except UnicodeError:
            continue
    return table


def _text(key: str, element: Mapping[str, object], name: str) -> str:
    value = element.get(name)
    if not isinstance(value, str):
        raise SpecError(f'element "{key}": "{name}" must be text', "SPC-TYP-01")
    return value


def _number(key: str, element: Mapping[str, object], name: str) -> int:
    value = element.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise SpecError(f'element "{key}": "{name}" must be a whole number, 0 or more', "SPC-TYP-01")
    return value


def _pad(key: str, element: Mapping[str, object], name: str) -> str:
    value = _text(key, element, name)
    if value[:1] not in ("", *UPPER_HEX):
        raise SpecError(f'element "{key}": "{name}" must start with an upper-case hexadecimal digit', "SPC-VAL-01")
    return value


def _check_charset(key: str, name: str, charset: str) -> None:
    try:
        known = _CHARSETS.fullmatch(codecs.lookup(charset).name) is not None
    except LookupError:
        known = False
    if not known:
        raise SpecError(f'element "{key}": "{name}" is no charset of single bytes that Python knows', "SPC-ENC-01")
