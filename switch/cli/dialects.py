"""How commands name a dialect or a framing: by its name or its file, and complaints that know the nearest one."""

from pathlib import Path

import typer

from switch.cli.exits import USAGE, complain
from switch.config import nearest
from switch.limits import SPEC_FILE_CHARS_MAX
from switch.wire import DIALECTS, FRAMINGS, Dialect, Framing, SpecError
from switch.wire.dialect_file import parse_dialect
from switch.wire.redact import clean

BARE = "none"
"""What a command line says for a message without a length prefix."""


FILE_ENDING = ".toml"
"""How the name of a dialect file ends, which no dialect's name does."""


def dialect_named(name: str) -> Dialect:
    """The dialect of that name, or in the file of that name.

    Raises:
        typer.Exit: after a complaint, when there is none.
    """
    if name.endswith(FILE_ENDING):
        return dialect_in(Path(name))
    if name not in DIALECTS:
        complain(f"--dialect: {nearest(name, DIALECTS)}")
        raise typer.Exit(USAGE)
    return DIALECTS[name]


def dialect_in(path: Path) -> Dialect:
    """The dialect of a file; raises as `dialect_named`."""
    try:
        return parse_dialect(text_of(path), DIALECTS)
    except SpecError as error:
        complain(f"{clean(str(path))}: {clean(str(error))}")
        raise typer.Exit(USAGE) from None


def text_of(path: Path) -> str:
    """The text of a file, bounded; raises as `dialect_named`."""
    try:
        with path.open("rb") as file:
            data = file.read(4 * SPEC_FILE_CHARS_MAX)
    except (OSError, ValueError) as error:
        complain(f"{clean(str(path))}: {getattr(error, 'strerror', None) or 'its name is none'}")
        raise typer.Exit(USAGE) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def framing_named(name: str) -> Framing | None:
    """The framing of that name, None for `BARE`; raises as `dialect_named`."""
    if name == BARE:
        return None
    if name not in FRAMINGS:
        complain(f"--framing: {nearest(name, [BARE, *FRAMINGS])}")
        raise typer.Exit(USAGE)
    return FRAMINGS[name]
