"""Specs of pyiso8583: the dict as JSON, or a Python module that holds it. A module is read as literals and never executed."""

import ast
import json
import re
from collections.abc import Mapping

from switch.wire.errors import SpecError
from switch.wire.importers.imported import Imported, Options
from switch.wire.spec import check_spec

_KEYS = frozenset("htp1")


def suits(text: str) -> bool:
    """True when it is a JSON object with the keys of a spec, or a module that assigns a dict."""
    if text.lstrip().startswith("{"):
        return all(f'"{key}"' in text or f"'{key}'" in text for key in _KEYS)
    return re.search(r"^\w+\s*(?::[^=\n]+)?=\s*\{", text, re.MULTILINE) is not None


def read(text: str, options: Options) -> Imported:
    """The spec, as it is; content classes are not among what it says.

    Raises:
        SpecError: when no dict of the text is a spec.
    """
    try:
        dicts = {"": json.loads(text)}
    except (ValueError, RecursionError):
        dicts = _literals(text)
    found = {name: value for name, value in dicts.items() if isinstance(value, dict) and value.keys() >= _KEYS}
    if options.variable:
        found = {name: value for name, value in found.items() if name == options.variable}
    if not found:
        raise SpecError('no dict with "h", "t", "p" and "1" is written out in the file', "SPC-FIL-02")
    name, value = next(iter(found.items()))
    if not all(isinstance(key, str) and isinstance(element, Mapping) for key, element in value.items()):
        raise SpecError("an element is no dict", "SPC-TYP-01")
    others = ", ".join(other for other in found if other != name)
    return Imported(check_spec(value), {}, {"file": f"{name} was read; there are also {others}"} if others else {})


def _literals(text: str) -> dict[str, object]:
    """The values that a module assigns by writing them out, by name; a lone expression has no name."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise SpecError("the file is neither JSON nor Python", "SPC-FIL-02") from None
    values: dict[str, object] = {}
    for statement in tree.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                pass
            case ast.Expr(value=value):
                name = ""
            case _:
                continue
        try:
            values[name] = ast.literal_eval(value)
        except (ValueError, TypeError, RecursionError, MemoryError):
            continue
    return values
