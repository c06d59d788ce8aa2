"""From values to bytes: the inverse of `reading`. What is written here is read there as the same values."""

from collections.abc import Mapping

from switch.limits import SUBFIELDS_MAX
from switch.wire import tlv
from switch.wire.content import UPPER_HEX
from switch.wire.element import Element
from switch.wire.errors import EncodeError, TlvError
from switch.wire.subfields.dataset_bitmap import words_for
from switch.wire.subfields.layouts import (
    TLV_DATASET_MAX,
    BerTlv,
    Bitmapped,
    DataSet,
    DataSets,
    Groups,
    InnerLayout,
    Part,
    Positional,
    Tagged,
    keys_of,
)
from switch.wire.subfields.spelling import value_of
from switch.wire.subfields.tree import Values, nested

_DATASET_BYTES_MAX = 0xFFFF


def print_inside(layout: InnerLayout, element: Element, values: Values, *, path: str) -> str:
    """The value of an element that holds these subfields, in the spelling of its DE.

    Args:
        path: of the element, as in "127".

    Raises:
        EncodeError: naming the path of what is missing, unknown, or cannot be encoded; never a value.
    """
    return value_of(element, layout, write_bytes(layout, values, path=path))


def write_bytes(layout: InnerLayout, values: Values, *, path: str = "") -> bytes:
    """The bytes that a layout speaks of; raises as `print_inside`."""
    tree = nested(values)
    if len(tree) > SUBFIELDS_MAX:
        raise EncodeError(path or None, f"there are more than {SUBFIELDS_MAX} subfields", "SUB-CNT-01")
    match layout:
        case Positional():
            return _write_positional(layout, tree, path)
        case Groups():
            return _write_groups(layout, tree, path)
        case Bitmapped():
            return _write_bitmapped(layout, tree, path)
        case Tagged():
            return _write_tagged(layout, tree, path)
        case BerTlv():
            return _write_ber(layout.parts, tree, path)
        case DataSets():
            return _write_data_sets(layout, tree, path)


Tree = Mapping[str, "str | Values"]
"""Values by key, paths taken apart."""


def _write_positional(layout: Positional, tree: Tree, path: str) -> bytes:
    keys = keys_of(layout)
    _refuse_others(tree, keys, path)
    # What may be missing is what stands at the end, as far as the layout lets a DE end early.
    given = max((place for place, key in enumerate(keys, start=1) if key in tree), default=0)
    needed = given if layout.short else len(keys) - layout.parts[-1].takes_rest
    written = b""
    for place, (part, key) in enumerate(zip(layout.parts, keys, strict=True), start=1):
        if key in tree:
            written += _write_part(part, tree[key], _join(path, key))
        elif place <= needed:
            raise EncodeError(_join(path, key), "it is missing", "SUB-KEY-02")
    return written


def _write_groups(layout: Groups, tree: Tree, path: str) -> bytes:
    written = b""
    _refuse_others(tree, [str(place) for place in range(1, len(tree) + 1)], path)
    for place in range(1, len(tree) + 1):
        group = tree[str(place)]
        if isinstance(group, str):
            raise EncodeError(_join(path, str(place)), "a group is given as values by key", "SUB-KEY-01")
        written += _write_positional(Positional(layout.parts), nested(group), _join(path, str(place)))
    return written


def _write_bitmapped(layout: Bitmapped, tree: Tree, path: str) -> bytes:
    parts = {part.key: part for part in layout.parts}
    _refuse_others(tree, list(parts), path)
    keys = sorted(tree, key=int)
    bits = 8 * layout.size
    count = max((int(key) - 1) // bits for key in keys) + 1 if keys else 1
    mask = bytearray(layout.size * count)
    announcing = [1 + bits * place for place in range(count - 1)]
    for number in [*map(int, keys), *announcing]:
        if layout.extends and number % bits == 1 and number not in announcing:
            raise EncodeError(_join(path, str(number)), "its bit announces a further bitmap", "SUB-KEY-01")
        mask[(number - 1) // 8] |= 0x80 >> (number - 1) % 8
    if count > 1 and not layout.extends:
        raise EncodeError(_join(path, keys[-1]), "the bitmap has no such bit", "SUB-KEY-01")
    head = mask.hex().upper().encode("ascii") if layout.hexadecimal else bytes(mask)
    return head + b"".join(_write_part(parts[key], tree[key], _join(path, key)) for key in keys)


def _write_tagged(layout: Tagged, tree: Tree, path: str) -> bytes:
    parts = {part.key: part for part in layout.parts}
    written = b""
    lead = layout.lead
    if lead is not None:
        if lead.key not in tree:
            raise EncodeError(_join(path, lead.key), "it is missing", "SUB-KEY-02")
        written = _write_part(lead, tree[lead.key], _join(path, lead.key))
    for key, value in tree.items():
        if lead is None or key != lead.key:
            written += _write_object(layout, parts, key, value, _join(path, key))
    return written


def _write_object(layout: Tagged, parts: Mapping[str, Part], key: str, value: "str | Values", path: str) -> bytes:
    name = key.partition(":")[0]
    tag = _tag_bytes(layout, name, path)
    part = parts.get(name)
    mark, gap = layout.mark.encode("ascii"), layout.gap.encode("ascii")
    if not layout.length:
        if part is None:
            raise EncodeError(path, "the layout does not have it", "SUB-KEY-01")
        return mark + tag + gap + _write_part(part, value, path)
    data = _write_value(part or _UNKNOWN, value, path)
    length = len(data) + (layout.tag if layout.counts == "tag-and-value" else 0)
    spelled = layout.spelled_lengths.get(length)
    if spelled is None:
        raise EncodeError(path, f"{len(data)} bytes are more than its length can say", "ENC-LEN-02")
    head = spelled + tag if layout.order == "length-tag" else tag + spelled
    return mark + head + gap + data


def _tag_bytes(layout: Tagged, tag: str, path: str) -> bytes:
    if layout.raw_tags:
        lawful = len(tag) == 2 * layout.tag and not tag.strip(UPPER_HEX)
    else:
        lawful = len(tag) == layout.tag and tag.isascii() and tag.isalnum()
    if not lawful:
        raise EncodeError(path, "a key that cannot be a tag", "SUB-KEY-01")
    return bytes.fromhex(tag) if layout.raw_tags else tag.encode(layout.charset)


def _write_ber(parts: tuple[Part, ...], tree: Tree, path: str) -> bytes:
    known = {part.key: part for part in parts}
    written = b""
    for key, value in tree.items():
        tag, here = key.partition(":")[0], _join(path, key)
        part = known.get(tag)
        if isinstance(value, str) and part is None:
            if len(value) % 2 or value.strip(UPPER_HEX):
                raise EncodeError(here, "the value must hold upper-case hexadecimal digits only", "ENC-CHR-01")
            data = bytes.fromhex(value)
        elif isinstance(value, str) or (part is not None and part.inner is not None):
            assert part is not None, "a value without a part was not taken as hexadecimal"
            data = _write_value(part, value, here)
        else:
            data = _write_ber(parts, nested(value), here)
        try:
            written += tlv.encode([(tag, data)])
        except TlvError as error:
            raise EncodeError(here, error.why, error.rule) from None
    return written


def _write_data_sets(layout: DataSets, tree: Tree, path: str) -> bytes:
    known = {data_set.key: data_set for data_set in layout.sets}
    written = b""
    for key, value in tree.items():
        name, here = key.partition(":")[0], _join(path, key)
        if len(name) != 2 or name.strip(UPPER_HEX) or name in ("00", "FF"):
            raise EncodeError(here, "an identifier is two hexadecimal digits, 01 to FE", "SUB-KEY-01")
        if isinstance(value, str):
            raise EncodeError(here, "a data set is given as values by key", "SUB-KEY-01")
        data = _write_data_set(known.get(name, DataSet(name)), nested(value), here)
        if not value or not 0 < len(data) <= _DATASET_BYTES_MAX:
            raise EncodeError(here, "a data set has something in it, in at most 65535 bytes", "ENC-LEN-02")
        written += bytes.fromhex(name) + len(data).to_bytes(2, "big") + data
    return written


def _write_data_set(data_set: DataSet, tree: Tree, path: str) -> bytes:
    if int(data_set.key, 16) <= TLV_DATASET_MAX:
        return _write_ber(data_set.parts, tree, path)
    parts = {part.key: part for part in data_set.parts}
    elements = sorted((key for key in tree if key in parts), key=int)
    objects = {key: value for key, value in tree.items() if key not in parts}
    written = words_for([int(key) for key in elements], more=bool(objects))
    for key in elements:
        written += _write_part(parts[key], tree[key], _join(path, key))
    return written + _write_ber((), objects, path)


def _write_part(part: Part, value: "str | Values", path: str) -> bytes:
    """A part with its length prefix, where it has one."""
    if part.takes_rest:
        return _write_value(part, value, path)
    try:
        return part.element.encode(_spelled(part, value, path))
    except EncodeError as error:
        raise _moved(error, path) from None


def _write_value(part: Part, value: "str | Values", path: str) -> bytes:
    """The value of a part whose length is told elsewhere."""
    try:
        data, units = part.element.lay(_spelled(part, value, path))
    except EncodeError as error:
        raise _moved(error, path) from None
    if part.max_len and units > part.max_len:
        raise EncodeError(path, f"{units} long, the longest is {part.max_len}", "ENC-LEN-02")
    return data


def _spelled(part: Part, value: "str | Values", path: str) -> str:
    """The value of a part whose inside may be given as values."""
    if isinstance(value, str):
        return value
    if part.inner is None:
        raise EncodeError(path, "nothing is known of what is inside of it", "SUB-KEY-01")
    return print_inside(part.inner, part.element, value, path=path)


def _moved(error: EncodeError, path: str) -> EncodeError:
    """The error of a part, under the path of that part; one from deeper inside has its own."""
    inner = isinstance(error.de, str) and error.de.startswith(path)
    return error if inner else EncodeError(path, error.why, error.rule)


def _refuse_others(tree: Tree, keys: list[str], path: str) -> None:
    for key in tree:
        if key not in keys:
            raise EncodeError(_join(path, key), "the layout does not have it", "SUB-KEY-01")


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


_UNKNOWN = Part()
