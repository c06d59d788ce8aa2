"""Actors of the user's own: from "module:Class" to what makes issuers and terminals. The current directory is looked in first.

Which of both a class is, is seen from what it is made with: a terminal with a `profile`, an issuer with the name of a dialect.
"""

import sys
from collections.abc import Callable
from enum import Enum
from importlib import import_module
from inspect import Parameter, Signature, isclass, signature
from pathlib import Path
from typing import Any, cast

from terminal_sim.lab.failure import ActorFailure
from terminal_sim.lab.makers import OURS, MakeIssuer, Makers, MakeTerminal


class Kind(Enum):
    """What an actor can be, in the words of a sentence."""

    ISSUER = "an issuer"
    TERMINAL = "a terminal"


MADE_WITH: dict[Kind, Signature] = {
    Kind.ISSUER: signature(MakeIssuer.__call__),
    Kind.TERMINAL: signature(MakeTerminal.__call__),
}
"""What each kind is made with."""


class ActorError(Exception):
    """There is no such actor; the text says what was looked for."""


def load_actors(names: str) -> Makers:
    """Who makes issuers and terminals: the classes of `names`, with a comma between two, and the lab's own where none is named.

    Raises:
        ActorError: there is none of that name, or it is none.
    """
    found: dict[Kind, Callable[..., Any]] = {}
    for name in filter(None, names.split(",")):
        maker = _find(name)
        kind = _kind_of(name, maker)
        if kind in found:
            raise ActorError(f"{name} is {kind.value}, and another one is named before it; each kind has one class")
        found[kind] = maker
    makers = Makers(
        issuer=cast(MakeIssuer, found.get(Kind.ISSUER, OURS.issuer)),
        terminal=cast(MakeTerminal, found.get(Kind.TERMINAL, OURS.terminal)),
    )
    try:
        _ = (makers.issuers_speak, makers.terminals_speak)
    except ActorFailure as failure:
        raise ActorError(str(failure)) from None
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


def _kind_of(name: str, maker: Callable[..., Any]) -> Kind:
    """What it makes, once it can be called as that is."""
    try:
        own = signature(maker)
    except (TypeError, ValueError):
        raise ActorError(f"{name} does not say what it is made with") from None
    kind = Kind.TERMINAL if "profile" in own.parameters or hasattr(maker, "idle") else Kind.ISSUER
    wanted = list(MADE_WITH[kind].parameters.values())[1:]
    named = [parameter.name for parameter in wanted if parameter.kind is Parameter.KEYWORD_ONLY]
    placed = [parameter.name for parameter in wanted if parameter.name not in named]
    try:
        own.bind(*placed, **dict.fromkeys(named))
    except TypeError as error:
        words = ", ".join([*placed, *(f"{word}=" for word in named)])
        raise ActorError(f"{name} cannot be made as {kind.value} is, with ({words}): {error}") from None
    return kind
