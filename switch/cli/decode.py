"""`pointsman decode`: name the fields of a message. Never a traceback, whatever the bytes; values are masked."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer

from switch.cli import examples, new_app
from switch.cli.exits import UNREADABLE, USAGE, complain
from switch.config import nearest
from switch.limits import HEX_TEXT_CHARS_MAX
from switch.wire import DIALECTS, FRAMINGS, DecodeError, HexError, Message
from switch.wire.describe import describe, render
from switch.wire.guess import Guess, guess
from switch.wire.hexinput import read_hex

app = new_app()

_EPILOG = examples(
    "pointsman decode 08008220000000000000040000000000000011221015000000010301",
    "pointsman decode dump.hex",
    "xxd -p capture.bin | pointsman decode - --json",
)


@app.command(epilog=_EPILOG)
def decode(
    source: Annotated[
        str, typer.Argument(help="Hexadecimal text, a file that holds hex or raw bytes, or - for standard input.")
    ],
    dialect: Annotated[str | None, typer.Option(help="Try this dialect only.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    show_secrets: Annotated[bool, typer.Option("--show-secrets", help="Show card data in clear.")] = False,
) -> None:
    """Name the fields of a message of a known dialect, with or without its length prefix."""
    if dialect is not None and dialect not in DIALECTS:
        complain(f"--dialect: {nearest(dialect, DIALECTS)}")
        raise typer.Exit(USAGE)
    dialects = DIALECTS if dialect is None else {dialect: DIALECTS[dialect]}
    guesses = guess(_read(source), dialects, FRAMINGS)
    best = guesses[0]
    if as_json:
        typer.echo(json.dumps(_tree(best, show_secrets)))
    else:
        _print(guesses, show_secrets)
    if isinstance(best.outcome, DecodeError):
        raise typer.Exit(UNREADABLE)


def _read(source: str) -> bytes:
    """The bytes that were meant: a file that exists wins over hexadecimal text, raw bytes over text that is not hexadecimal."""
    try:
        if source == "-":
            return _bytes_of(sys.stdin.buffer.read(HEX_TEXT_CHARS_MAX + 1))
        if os.path.lexists(source):  # Not only a regular file: the shell makes a pipe with a name of <(command).
            with Path(source).open("rb") as file:
                return _bytes_of(file.read(HEX_TEXT_CHARS_MAX + 1))
        return read_hex(source)
    except HexError as error:
        _refuse(f"no file of that name, and no hexadecimal text: {error}")
    except OSError as error:
        _refuse(f"it cannot be read: {error.strerror}")


def _refuse(why: str) -> NoReturn:
    complain(why, "Give hexadecimal text, the name of a file, or - for standard input.")
    raise typer.Exit(USAGE)


def _bytes_of(data: bytes) -> bytes:
    if not data.strip():
        _refuse("there is nothing to decode")
    if len(data) > HEX_TEXT_CHARS_MAX:
        _refuse(f"it is longer than {HEX_TEXT_CHARS_MAX} bytes, and one message is looked at")
    try:
        return read_hex(data.decode("ascii"))
    except (UnicodeDecodeError, HexError):
        return data


def _print(guesses: list[Guess], show_secrets: bool) -> None:
    best, *others = guesses
    following = f"; next best {_name(others[0])} {others[0].score:.2f}" if others else ""
    typer.echo(f"{_name(best)} {best.score:.2f}: {', '.join(best.reasons)}{following}")
    message = _message(best)
    if message is not None:
        typer.echo(render(describe(message, show_secrets=show_secrets)))


def _tree(best: Guess, show_secrets: bool) -> dict[str, object]:
    message = _message(best)
    error = best.outcome if isinstance(best.outcome, DecodeError) else None
    return {
        "dialect": best.dialect.name,
        "framing": best.framing.name if best.framing else None,
        "score": best.score,
        "reasons": best.reasons,
        "error": {"de": error.de, "offset": error.offset, "why": error.why, "rule": error.rule} if error else None,
        "elements": msgspec.to_builtins(describe(message, show_secrets=show_secrets)) if message is not None else [],
    }


def _message(best: Guess) -> Message | None:
    """The message, or what could be read of a refused one."""
    return best.outcome.partial if isinstance(best.outcome, DecodeError) else best.outcome


def _name(tried: Guess) -> str:
    return tried.dialect.name + (f" in {tried.framing.name}" if tried.framing else "")
