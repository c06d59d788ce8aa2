"""`pointsman diff`: what two messages say differently, by DE and by tag. Values are masked as everywhere."""

import json
from itertools import zip_longest
from typing import Annotated

import msgspec
import typer

from switch.cli import examples, new_app
from switch.cli.decode import best_reading
from switch.cli.dialects import dialect_named, framing_named
from switch.cli.exits import FAILED, UNREADABLE, USAGE, complain
from switch.cli.sources import read_source
from switch.wire import DIALECTS, FRAMINGS, DecodeError, Dialect, Framing, Message
from switch.wire.difference import Difference, differences

app = new_app()

_EPILOG = examples(
    "pointsman diff sent.hex received.hex",
    "pointsman diff 08008220000000000000040000000000000011221015000000010301"
    " 08008220000000000000040000000000000011221015010000020301 --volatile 7,11,12,37",
)


@app.command(epilog=_EPILOG)
def diff(
    left: Annotated[str, typer.Argument(help="Hexadecimal text, a dump, a file or -, as for decode.")],
    right: Annotated[str, typer.Argument(help="The other one.")],
    volatile: Annotated[str, typer.Option(help="DEs that may differ, as in 7,11,12,37.")] = "",
    dialect: Annotated[str | None, typer.Option(help="Try this dialect only.")] = None,
    framing: Annotated[str | None, typer.Option(help="Try this framing only; none for a message without a length.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    show_secrets: Annotated[bool, typer.Option("--show-secrets", help="Show card data in clear.")] = False,
) -> None:
    """Compare two messages, or two streams message by message; status 1 when they differ."""
    aside = _parse_volatile(volatile)
    dialects = DIALECTS if dialect is None else {dialect: dialect_named(dialect)}
    framings = (None, *FRAMINGS.values()) if framing is None else (framing_named(framing),)
    sides = [_messages(name, source, dialects, framings) for name, source in (("left", left), ("right", right))]
    found = []
    for place, (one, other) in enumerate(zip_longest(*sides), start=1):
        if one is None or other is None:
            found.append(
                (place, Difference("message", "", *("(absent)" if side is None else side.mti for side in (one, other))))
            )
        else:
            found.extend((place, each) for each in differences(one, other, volatile=aside, show_secrets=show_secrets))
    several = max(map(len, sides)) > 1
    if as_json:
        typer.echo(json.dumps([{"message": place, **msgspec.to_builtins(each)} for place, each in found]))
    else:
        for place, each in found:
            where = f"message {place}, " if several else ""
            of = f"DE {each.de}" if isinstance(each.de, int) else each.de
            typer.echo(f"{where}{of} {each.name}".rstrip() + f"\n  - {each.left}\n  + {each.right}")
        if not found:
            typer.echo("no difference")
    if found:
        raise typer.Exit(FAILED)


def _parse_volatile(text: str) -> set[int]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not all(word.isascii() and word.isdigit() and len(word) <= 3 for word in words):
        complain("--volatile: numbers of DEs with commas between them, as in 7,11,12,37")
        raise typer.Exit(USAGE)
    return {int(word) for word in words}


def _messages(side: str, source: str, dialects: dict[str, Dialect], framings: tuple[Framing | None, ...]) -> list[Message]:
    """The messages of a source, in order; what is none ends the command."""
    _, guesses = best_reading(read_source(source), dialects, framings)
    messages = []
    for best in (found[0] for found in guesses if found):
        for heard in best.cut.frames:
            try:
                messages.append(best.dialect.decode(heard.data))
            except DecodeError as error:
                complain(f"{side}: {best.dialect.name} is refused at {error}", "Look closer: pointsman decode")
                raise typer.Exit(UNREADABLE) from None
    if not messages:
        complain(f"{side}: the bytes cannot be cut into messages")
        raise typer.Exit(UNREADABLE)
    return messages
