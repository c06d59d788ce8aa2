"""What was found inside of a DE: a tree whose leaves have values, and a mapping of them by path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

Values = Mapping[str, "str | Values"]
"""Values by key; those of a part that has an inside may be given as values by key again, or by path: "25.9F26"."""


class Subfield(msgspec.Struct, frozen=True):
    """One part of a DE that was read.

    Args:
        key: its tag, bit or place; the second of a tag in the same place is "9F10:2".
        name: what it is called.
        start: its first byte, tag and length included, in half bytes, because packed digits end in the middle of one.
        value_start: where its value begins.
        end: where it ends.
        value: spelled as DEs are: text, or upper-case hexadecimal digits where its bytes are raw.
        clear: True when the value may be shown whatever its DE is.
        text: True when it may be any text, so that a secret may stand in it.
        meaning: what the value means, where a table says so.
        children: what is inside of it.
    """

    key: str
    name: str
    start: int
    value_start: int
    end: int
    value: str
    clear: bool = False
    text: bool = False
    meaning: str = ""
    children: tuple[Subfield, ...] = ()

    def __repr__(self) -> str:
        return f"<Subfield {self.key}, {len(self.value)} long>"


class Subfields(Mapping[str, str]):
    """Values of the leaves by their path within the DE, "2" or "25.9F26", in the order of the bytes.

    Given to `Dialect.print_subfields` it makes the same bytes again.

    Args:
        tree: what was found, outermost first.
    """

    __slots__ = ("_leaves", "tree")

    def __init__(self, tree: tuple[Subfield, ...]) -> None:
        self.tree = tree
        self._leaves = dict(_leaves(tree, ""))

    def __getitem__(self, path: str) -> str:
        return self._leaves[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._leaves)

    def __len__(self) -> int:
        return len(self._leaves)

    def __repr__(self) -> str:
        return f"<Subfields {' '.join(self._leaves) or 'none'}>"


def nested(values: Values) -> dict[str, str | Values]:
    """The same values with those of one part together under its key: paths become keys within keys."""
    tree: dict[str, str | Values] = {}
    for path, value in values.items():
        key, dot, rest = path.partition(".")
        if not dot:
            tree[key] = value
            continue
        inside = tree.setdefault(key, {})
        if not isinstance(inside, dict):
            inside = tree[key] = {} if isinstance(inside, str) else dict(inside)
        inside[rest] = value
    return tree


def _leaves(tree: tuple[Subfield, ...], path: str) -> Iterator[tuple[str, str]]:
    for subfield in tree:
        here = f"{path}{subfield.key}"
        if subfield.children:
            yield from _leaves(subfield.children, f"{here}.")
        else:
            yield here, subfield.value
