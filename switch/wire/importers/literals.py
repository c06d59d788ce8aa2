"""What a Python module says of its dicts without being run: literals, copies, and elements that are set to literals.

It is no interpreter. What changes a dict in any other way is refused by line, because passing it over would make a wrong spec.
"""

import ast
import copy
from collections.abc import Mapping
from typing import NoReturn

from switch.wire.errors import SpecError

_CHANGES = ("update", "pop", "popitem", "setdefault", "clear")


def read_literals(text: str, known: Mapping[str, object]) -> dict[str, object]:
    """The values that a module gives to names; a lone expression has the name "".

    Args:
        known: values of names that the module may import.

    Raises:
        SpecError: when it is no Python, or changes a value in a way that is not written out.
    """
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
                _give(values, name, value, known)
            case ast.Assign(targets=[ast.Subscript() as target], value=value) if _root(target) in values:
                _set(values, target, value, known)
            case ast.Expr(value=ast.Dict() as value):
                _give(values, "", value, known)
            case _:
                _refuse_changes(statement, values)
    return values


def _give(values: dict[str, object], name: str, value: ast.expr, known: Mapping[str, object]) -> None:
    """Give a name its value; what is none is no business of ours, unless the name had one before."""
    try:
        values[name] = _value(value, values, known)
    except (ValueError, TypeError, KeyError, RecursionError, MemoryError):
        if values.pop(name, None) is not None:
            _refuse(value)


def _set(values: dict[str, object], target: ast.Subscript, value: ast.expr, known: Mapping[str, object]) -> None:
    """Set what `spec["2"]` or `spec["2"]["max_len"]` names."""
    keys: list[object] = []
    place: ast.expr = target
    try:
        while isinstance(place, ast.Subscript):
            keys.insert(0, ast.literal_eval(place.slice))
            place = place.value
        inside: object = values[_root(target)]
        for key in keys[:-1]:
            inside = inside[key] if isinstance(inside, dict) else _refuse(target)
        if not isinstance(inside, dict):
            _refuse(target)
        inside[keys[-1]] = _value(value, values, known)
    except (ValueError, TypeError, KeyError, RecursionError, MemoryError):
        _refuse(target)


def _value(node: ast.expr, values: Mapping[str, object], known: Mapping[str, object]) -> object:
    """A literal, or a copy of a value that has a name; ValueError for anything else."""
    match node:
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in known:
            return known[name]
        case ast.Subscript(value=inner, slice=key):
            shared = _value(inner, values, known)
            return shared[ast.literal_eval(key)] if isinstance(shared, dict) else ast.literal_eval(node)
        case ast.Call(func=ast.Name(id="deepcopy") | ast.Attribute(attr="deepcopy"), args=[inner], keywords=[]):
            return copy.deepcopy(_value(inner, values, known))
        case (
            ast.Call(func=ast.Name(id="dict" | "copy") | ast.Attribute(attr="copy"), args=[inner], keywords=[])
            | ast.Call(func=ast.Attribute(value=inner, attr="copy"), args=[], keywords=[])
        ):
            # A shallow copy shares its elements, and a change of one is seen through both names, as when it is run.
            shared = _value(inner, values, known)
            return dict(shared) if isinstance(shared, dict) else shared
        case _:
            return ast.literal_eval(node)


def _root(node: ast.expr) -> str:
    """The name of which something is subscripted; "" where it is none."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _refuse_changes(statement: ast.stmt, values: Mapping[str, object]) -> None:
    """Refuse a statement that changes a value wherever in it that is."""
    for node in ast.walk(statement):
        match node:
            case ast.Subscript(ctx=ast.Store() | ast.Del()) if _root(node) in values:
                _refuse(node)
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) if name in values:
                _refuse(node)
            case ast.Call(func=ast.Attribute(value=changed, attr=act)) if act in _CHANGES and _root(changed) in values:
                _refuse(node)


def _refuse(node: ast.expr) -> NoReturn:
    raise SpecError(f"line {node.lineno} changes a dict in a way that is not written out", "SPC-FIL-02")
