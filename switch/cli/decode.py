"""`pointsman decode`: name the fields of messages. Never a traceback, whatever the bytes; values are masked."""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
import typer

from switch.cli import examples, new_app
from switch.cli.dialects import dialect_named, framing_named
from switch.cli.exits import UNREADABLE, complain
from switch.cli.sources import PLAIN, Reading, read_source, unwrapped
from switch.wire import DIALECTS, FRAMINGS, DecodeError, Dialect, Framing, Message
from switch.wire.conversation import Connection
from switch.wire.describe import describe, render
from switch.wire.dialect import Mode
from switch.wire.findings import remarks_on
from switch.wire.guess import Guess, Heard, guess_connection

app = new_app()

_EPILOG = examples(
    "pointsman decode 08008220000000000000040000000000000011221015000000010301",
    "pointsman decode dump.hex",
    "pointsman decode trace.pcap --json",
    "xxd -p capture.bin | pointsman decode - --json",
)

_SURE = 0.9
"""A score from which on a further connection of a capture is taken to speak as the one before it did."""

_READ = 0.5
"""A score that only messages that were read go beyond."""

_FOREIGN = 0.3
"""A score below which a connection of a capture is said to carry something else."""

Guesses = list[Guess]


@app.command(epilog=_EPILOG)
def decode(
    source: Annotated[
        str,
        typer.Argument(
            help="Hexadecimal text or dump of any shape; a file of it, of raw bytes or a capture; or - for standard input."
        ),
    ],
    dialect: Annotated[str | None, typer.Option(help="Try this dialect only.")] = None,
    framing: Annotated[str | None, typer.Option(help="Try this framing only; none for a message without a length.")] = None,
    lenient: Annotated[bool, typer.Option("--lenient", help="Take what a forgiving peer takes, and tell what it was.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, an object for each message.")] = False,
    show_secrets: Annotated[bool, typer.Option("--show-secrets", help="Show card data in clear.")] = False,
) -> None:
    """Name the fields of messages, whatever they are in: which dialect and framing is found out, with reasons."""
    dialects = DIALECTS if dialect is None else {dialect: dialect_named(dialect)}
    framings = (None, *FRAMINGS.values()) if framing is None else (framing_named(framing),)
    reading, guesses = best_reading(read_source(source), dialects, framings, "lenient" if lenient else "strict")
    if not guesses or not guesses[0]:
        complain(f"--framing: the bytes cannot be cut by {framing}")
        raise typer.Exit(UNREADABLE)
    _print_notes(reading, as_json=as_json)
    refused = False
    for connection, found in zip(reading.connections, guesses, strict=True):
        refused = _print_connection(reading, connection, found, as_json, show_secrets) or refused
    strangers = all(not found or found[0].score < _FOREIGN for found in guesses)
    if refused or strangers:
        raise typer.Exit(UNREADABLE)


def best_reading(
    readings: list[Reading], dialects: Mapping[str, Dialect], framings: tuple[Framing | None, ...], mode: Mode = "strict"
) -> tuple[Reading, list[Guesses]]:
    """The reading that dialects make most of, and the guesses for each of its connections."""
    judged = [(reading, _judge(reading, dialects, framings, mode)) for reading in readings]
    if max(map(_best_score, judged)) <= _READ:
        judged.extend((reading, _judge(reading, dialects, framings, mode)) for reading in unwrapped(readings))
    # A reading that is less likely by its shape has to be understood to be taken.
    likely = next((each for each in judged if any(each[1])), judged[0])
    best = max(judged, key=_best_score)
    return best if _best_score(best) > _READ else likely


def _judge(
    reading: Reading, dialects: Mapping[str, Dialect], framings: tuple[Framing | None, ...], mode: Mode
) -> list[Guesses]:
    judged: list[Guesses] = []
    before: Guess | None = None
    for connection in reading.connections:
        guesses: Guesses = []
        if before is not None:
            guesses = guess_connection(connection, {"": before.dialect}, (before.framing,), torn=reading.captured, mode=mode)
        if not guesses or guesses[0].score < _SURE:
            guesses = guess_connection(connection, dialects, framings, torn=reading.captured, mode=mode)
        if guesses and guesses[0].score >= _SURE:
            before = guesses[0]
        judged.append(guesses)
    return judged


def _best_score(judged: tuple[Reading, list[Guesses]]) -> float:
    return max((guesses[0].score for guesses in judged[1] if guesses), default=-1.0)


def _print_notes(reading: Reading, *, as_json: bool) -> None:
    shape = () if reading.shape in PLAIN or reading.captured else (f"read as {reading.shape}",)
    notes = (*shape, *reading.notes)
    if as_json and notes:
        typer.echo(json.dumps({"notes": notes}))
    elif not as_json:
        for note in notes:
            typer.echo(f"note: {note}")


def _print_connection(reading: Reading, connection: Connection, guesses: Guesses, as_json: bool, show_secrets: bool) -> bool:
    """Print the messages of a connection; True when one of them was refused."""
    name = f"{connection.directions[0]}: " if reading.captured else ""
    if not guesses or (reading.captured and guesses[0].score < _FOREIGN):
        if not as_json:
            typer.echo(f"{name}no dialect that is known")
        return False
    best, *others = guesses
    if not as_json:
        following = f"; next best {_name(others[0])} {others[0].score:.2f}" if others else ""
        typer.echo(f"{name}{_name(best)} {best.score:.2f}: {', '.join(best.reasons)}{following}")
        for fault in best.cut.faults:
            typer.echo(f"warning: {fault}")
    refused = False
    for place, (heard, outcome) in enumerate(_outcomes(best), start=1):
        refused = refused or isinstance(outcome, DecodeError)
        said_by = str(connection.directions[heard.direction])
        if as_json:
            typer.echo(json.dumps(_tree(best, place, heard, said_by, outcome, show_secrets)))
        else:
            _print(place, best, heard, said_by, outcome, show_secrets)
    return refused


def _outcomes(best: Guess) -> Iterator[tuple[Heard, Message | DecodeError]]:
    for heard in best.cut.frames:
        yield heard, best.decode(heard.data)


def _print(place: int, best: Guess, heard: Heard, said_by: str, outcome: Message | DecodeError, show_secrets: bool) -> None:
    if len(best.cut.frames) > 1 or said_by:
        packet = f", packet {heard.packet}, {said_by}" if said_by else ""
        typer.echo(f"\nmessage {place} of {len(best.cut.frames)}{packet}")
    message = _message(outcome)
    if message is not None:
        typer.echo(render(describe(message, show_secrets=show_secrets)))
    for remark in remarks_on(outcome):
        typer.echo(str(remark))


def _tree(
    best: Guess, place: int, heard: Heard, said_by: str, outcome: Message | DecodeError, show_secrets: bool
) -> dict[str, object]:
    message = _message(outcome)
    error = outcome if isinstance(outcome, DecodeError) else None
    return {
        "dialect": best.dialect.name,
        "framing": best.framing.name if best.framing else None,
        "score": best.score,
        "reasons": best.reasons,
        "message": place,
        "packet": heard.packet or None,
        "direction": said_by or None,
        "error": {"de": error.de, "offset": error.offset, "why": error.why, "rule": error.rule} if error else None,
        "findings": [msgspec.to_builtins(remark) for remark in remarks_on(outcome)],
        "elements": msgspec.to_builtins(describe(message, show_secrets=show_secrets)) if message is not None else [],
    }


def _message(outcome: Message | DecodeError) -> Message | None:
    """The message, or what could be read of a refused one."""
    return outcome.partial if isinstance(outcome, DecodeError) else outcome


def _name(tried: Guess) -> str:
    return tried.dialect.name + (f" in {tried.framing.name}" if tried.framing else "")
