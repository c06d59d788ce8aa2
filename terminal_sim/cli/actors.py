"""Actors of the user's own: from "module:Class" to something that makes issuers. The current directory is looked in first."""

import sys
from importlib import import_module
from pathlib import Path
from typing import cast

from terminal_sim.lab.issuer_actor import IssuerActor
from terminal_sim.lab.run import MakeIssuer


class ActorError(Exception):
    """There is no such actor; the text says what was looked for."""


def load_actor(name: str) -> MakeIssuer:
    """What makes remote issuers: the class that `name` names, or the lab's own one for an empty name.

    Raises:
        ActorError: there is none of that name.
    """
    if not name:
        return IssuerActor
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
    missing = [wanted for wanted in ("handle", "next_deadline") if not callable(getattr(found, wanted, None))]
    if missing:
        raise ActorError(f"{name} is no actor: it has no {' and no '.join(missing)}")
    return cast(MakeIssuer, found)
