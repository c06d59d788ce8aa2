"""What an importer gives, and the few shapes of element that all of them build."""

import msgspec

from switch.wire.errors import SpecError
from switch.wire.spec import FieldSpec, Spec
from switch.wire.subfields import InnerLayout, Part, Positional, Tagged, check_layout
from switch.wire.subfields.layouts import TEXT_CHARSET, is_binary

EBCDIC = "cp500"
"""The nearest charset of Python to IBM 1047, which Java tools mean by EBCDIC: digits, letters and most signs are the same."""


class Options(msgspec.Struct, frozen=True):
    """What some files do not say of themselves.

    Args:
        binary: j8583: MTI, bitmap and fields are binary, which is set on its MessageFactory.
        variable: pyiso8583: the name of the dict in a module that has several.
    """

    binary: bool = False
    variable: str = ""


class Imported(msgspec.Struct, frozen=True):
    """A spec of another tool in our words.

    Args:
        spec: the pyiso8583 spec.
        content: content class by DE, where the file says it.
        unmapped: by field, what the file says of it and a spec cannot.
        subfields: what is inside of DEs.
    """

    spec: Spec
    content: dict[int, str]
    unmapped: dict[str, str]
    subfields: dict[int, InnerLayout] = {}


def text(length: int, *, prefix: int = 0, charset: str = "ascii", prefix_charset: str = "") -> FieldSpec:
    """Characters, after a length in characters where `prefix` is not 0."""
    return FieldSpec(data_enc=charset, len_enc=prefix_charset or charset, len_type=prefix, max_len=length, desc="")


def raw(length: int, *, prefix: int = 0, prefix_form: str = "bcd") -> FieldSpec:
    """Bytes, after a length in bytes where `prefix` is not 0."""
    return FieldSpec(data_enc="b", len_enc=prefix_form if prefix else "ascii", len_type=prefix, max_len=length, desc="")


def packed(length: int, *, prefix: int = 0, prefix_form: str = "bcd", left: str = "0", right: str = "") -> FieldSpec:
    """Digits two a byte, after a length in digits; an odd count is filled on one side."""
    spec = raw(length, prefix=prefix, prefix_form=prefix_form)
    spec["len_count"] = "nibbles"
    if right:
        spec["right_pad"] = right
    else:
        spec["left_pad"] = left
    return spec


def named(spec: FieldSpec, desc: str) -> FieldSpec:
    """The same element with its name."""
    return {**spec, "desc": desc}


def fit_inside(layout: InnerLayout, laid: FieldSpec, content: str) -> InnerLayout | str:
    """A layout as it reads an element that is laid so; or why it cannot.

    Args:
        content: content class of the element, "" where it is not stated.
    """
    if laid["data_enc"] != "b" and content != "b":
        # A layout reads the characters of text, whose charset is the element's business.
        if is_binary(layout):
            return "bytes in it are no characters"
        layout = _in_text(layout, laid["data_enc"])
    elif laid.get("len_count") == "nibbles":
        return "parts of packed digits are no digits of it"
    try:
        check_layout(layout, "its parts")
    except SpecError as error:
        return error.why
    return layout


def _in_text(layout: InnerLayout, charset: str) -> InnerLayout:
    """The layout with its parts spelled as the characters of the element that they are part of."""
    if not isinstance(layout, Positional | Tagged):
        return layout
    parts = tuple(_part_in_text(part, charset) for part in layout.parts)
    return msgspec.structs.replace(layout, parts=parts)


def _part_in_text(part: Part, charset: str) -> Part:
    changes = {name: TEXT_CHARSET for name in ("data_enc", "len_enc") if getattr(part, name) == charset}
    return msgspec.structs.replace(part, **changes)


HEADER = named(text(0), "Message header")
"""A header that is none."""


def bitmaps(form: str) -> tuple[FieldSpec, FieldSpec]:
    """Primary and secondary bitmap: "b" for raw bytes, else the charset of their hexadecimal digits."""
    spec = raw(8) if form == "b" else text(16, charset=form)
    return named(spec, "Bitmap, primary"), named(spec, "Bitmap, secondary")
