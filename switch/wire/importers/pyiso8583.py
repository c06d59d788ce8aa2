"""Specs of pyiso8583: the dict as JSON, or a Python module that holds it. A module is read, and never executed."""

import copy
import json
import re
from collections.abc import Mapping

from iso8583 import specs

from switch.wire.errors import SpecError
from switch.wire.importers.imported import Imported, Options
from switch.wire.importers.literals import read_literals
from switch.wire.spec import check_spec

_KEYS = frozenset("htp1")
_SHIPPED = {"default": specs.default, "default_ascii": specs.default_ascii}
"""The specs of pyiso8583 itself, which most modules copy and change."""


def suits(text: str) -> bool:
    """True when it is a JSON object with the keys of a spec, or a module that assigns a dict."""
    if text.lstrip().startswith("{"):
        return all(f'"{key}"' in text or f"'{key}'" in text for key in _KEYS)
    return re.search(r"^\w+\s*(?::[^=\n]+)?=\s*(?:\{|.*\bdefault(?:_ascii)?\b)", text, re.MULTILINE) is not None


def read(text: str, options: Options) -> Imported:
    """The spec, as it is; content classes are not among what it says.

    Raises:
        SpecError: when no dict of the text is a spec.
    """
    try:
        dicts = {"": json.loads(text)}
    except (ValueError, RecursionError):
        dicts = read_literals(text, copy.deepcopy(_SHIPPED))
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
