"""`pointsman encode`: a message from values, as hexadecimal digits. What cannot be encoded is refused by DE."""

import json
import sys
from typing import Annotated, NoReturn

import typer

from switch.cli import examples, new_app
from switch.cli.dialects import BARE, dialect_named, framing_named
from switch.cli.exits import USAGE, complain
from switch.limits import HEX_TEXT_CHARS_MAX
from switch.wire import EncodeError
from switch.wire.redact import clean
from switch.wire.values import fill, parse_object, parse_pairs

app = new_app()

_EPILOG = examples(
    "pointsman encode mti=0800 7=1122101500 11=1 70=301",
    """pointsman encode '{"mti": "0800", "7": "1122101500", "11": 1, "70": 301}' --dialect iso87-binary --framing len2-big""",
    "pointsman encode mti=0200 2=4111111111111111 3=0 4=1000 49=978 --json",
)


@app.command(epilog=_EPILOG)
def encode(
    values: Annotated[
        list[str],
        typer.Argument(help="DE=VALUE for each element and mti=, a JSON object of the same, or - for standard input."),
    ],
    dialect: Annotated[str, typer.Option(help="The dialect to write.")] = "iso87-ascii",
    framing: Annotated[str, typer.Option(help="The framing to put it in; none for the message alone.")] = BARE,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make a message; fixed elements are filled up, zeroes left of digits and blanks right of text."""
    chosen, around = dialect_named(dialect), framing_named(framing)
    try:
        given = _parse(values)
        raw = chosen.encode(fill(chosen, given))
        framed = around.frame(raw) if around else raw
    except EncodeError as error:
        _refuse(str(error))
    digits = framed.hex().upper()
    typer.echo(
        json.dumps({"dialect": chosen.name, "framing": around.name if around else None, "hex": digits}) if as_json else digits
    )


def _parse(values: list[str]) -> dict[int | str, str]:
    if values == ["-"]:
        data = sys.stdin.buffer.read(HEX_TEXT_CHARS_MAX + 1)
        if len(data) > HEX_TEXT_CHARS_MAX:
            _refuse(f"it is longer than {HEX_TEXT_CHARS_MAX} bytes")
        text = data.decode("utf-8", "replace")
        return parse_object(text) if text.lstrip().startswith("{") else parse_pairs(text.split())
    if len(values) == 1 and values[0].lstrip().startswith("{"):
        return parse_object(values[0])
    return parse_pairs(values)


def _refuse(why: str) -> NoReturn:
    complain(clean(why), "Give DE=VALUE for each element, or a JSON object: see pointsman encode --help.")
    raise typer.Exit(USAGE)
