"""Actors of the user's own: from "module:Class" to what makes issuers and terminals. The current directory is looked in first.

Which of both a class is, is seen from what it is made with: a terminal with a `profile`, an issuer with the name of a dialect.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from inspect import Parameter, Signature, isclass, signature
from pathlib import Path
from typing import Any, cast

import msgspec

from terminal_sim.lab.makers import OURS, MakeIssuer, Makers, MakeTerminal

MADE_WITH: dict[str, Signature] = {
    "issuer": signature(MakeIssuer.__call__),
    "terminal": signature(MakeTerminal.__call__),
}
"""What each kind of actor is made with."""


class ActorError(Exception):
    """There is no such actor; the text says what was looked for."""


def load_actors(names: str) -> Makers:
    """Who makes issuers and terminals: the classes of `names`, with a comma between two, and the lab's own where none is named.

    Raises:
        ActorError: there is none of that name, or it is none.
    """
    makers, kinds = OURS, []
    for name in filter(None, names.split(",")):
        found = _find(name)
        kind = _kind_of(name, found)
        if kind in kinds:
            raise ActorError(f"{name} is another {kind}; one of each kind can take part")
        kinds.append(kind)
        if kind == "terminal":
            makers = msgspec.structs.replace(makers, terminal=cast(MakeTerminal, found))
        else:
            makers = msgspec.structs.replace(makers, issuer=cast(MakeIssuer, found))
    return makers


def _find(name: str) -> Callable[..., Any]:
    """The class of that name, or whatever else makes an actor."""
    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise ActorError(f'"{name}" is not MODULE:CLASS, such as my_issuer:MyIssuer')
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found = getattr(import_module(module), attribute)
    except ImportError as error:
        raise ActorError(f"{module} cannot be imported: {error}") from None
    except AttributeError:
        raise ActorError(f"{module} has no {attribute}") from None
    if not callable(found):
        raise ActorError(f"{name} is no class")
    missing = [wanted for wanted in ("handle", "next_deadline") if not callable(getattr(found, wanted, None))]
    if isclass(found) and missing:
        raise ActorError(f"{name} is no actor: it has no {' and no '.join(missing)}")
    return cast(Callable[..., Any], found)


def _kind_of(name: str, found: Callable[..., Any]) -> str:
    """What kind of actor it makes, once it can be called as such."""
    try:
        own = signature(found)
    except (TypeError, ValueError):
        raise ActorError(f"{name} does not say what it is made with") from None
    kind = "terminal" if "profile" in own.parameters or hasattr(found, "idle") else "issuer"
    places: list[None] = []
    keywords: dict[str, None] = {}
    words: list[str] = []
    for parameter in list(MADE_WITH[kind].parameters.values())[1:]:
        if parameter.kind is Parameter.KEYWORD_ONLY:
            keywords[parameter.name] = None
            words.append(f"{parameter.name}=")
        else:
            places.append(None)
            words.append(parameter.name)
    try:
        own.bind(*places, **keywords)
    except TypeError as error:
        raise ActorError(f"{name} cannot be made as a {kind} is, with ({', '.join(words)}): {error}") from None
    return kind
