"""How commands name a dialect or a framing: by its name, and complaints that know the nearest one."""

import typer

from switch.cli.exits import USAGE, complain
from switch.config import nearest
from switch.wire import DIALECTS, FRAMINGS, Dialect, Framing

BARE = "none"
"""What a command line says for a message without a length prefix."""


def dialect_named(name: str) -> Dialect:
    """The dialect of that name.

    Raises:
        typer.Exit: after a complaint, when there is none.
    """
    if name not in DIALECTS:
        complain(f"--dialect: {nearest(name, DIALECTS)}")
        raise typer.Exit(USAGE)
    return DIALECTS[name]


def framing_named(name: str) -> Framing | None:
    """The framing of that name, None for `BARE`; raises as `dialect_named`."""
    if name == BARE:
        return None
    if name not in FRAMINGS:
        complain(f"--framing: {nearest(name, [BARE, *FRAMINGS])}")
        raise typer.Exit(USAGE)
    return FRAMINGS[name]
