"""`pointsman explain`: the offline dictionary of codes, elements, tags and rules."""

import json
from typing import Annotated, NoReturn

import msgspec
import typer

from switch.cli import examples, new_app
from switch.cli.dialects import dialect_named
from switch.cli.exits import USAGE, complain
from switch.wire import Dialect
from switch.wire.dictionary import (
    Entry,
    NotInDictionary,
    explain_element,
    explain_mti,
    explain_part,
    explain_rule,
    explain_tag,
    explain_values,
)
from switch.wire.redact import clean

app = new_app()

_EPILOG = examples(
    "pointsman explain 39=51",
    "pointsman explain 39=116",
    "pointsman explain 4=1250 49=978",
    "pointsman explain mti 0421",
    "pointsman explain field 22 051",
    "pointsman explain field 127.25.12 --dialect postilion",
    "pointsman explain tlv 9F34 1E0300",
    "pointsman explain rule FLD-LL-01",
)

_FORMS = "Ask for DE=VALUE, mti MTI, field DE [VALUE], tlv TAG [VALUE] or rule ID: see pointsman explain --help."


@app.command(epilog=_EPILOG)
def explain(
    words: Annotated[list[str], typer.Argument(help="DE=VALUE, mti MTI, field DE [VALUE], tlv TAG [VALUE], or rule ID.")],
    dialect: Annotated[str, typer.Option(help="The dialect whose words are meant.")] = "iso87-ascii",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what a code, an element, a tag or a rule means. Nothing is sent, read or asked for."""
    try:
        entries = _look_up(words, dialect_named(dialect))
    except NotInDictionary as error:
        _refuse(str(error))
    if as_json:
        typer.echo(json.dumps(msgspec.to_builtins(entries)))
        return
    width = max(len(entry.what) for entry in entries)
    for entry in entries:
        typer.echo(f"{clean(entry.what).ljust(width)}  {clean(entry.means)}")


def _look_up(words: list[str], dialect: Dialect) -> list[Entry]:
    match words:
        case ["mti", mti]:
            return explain_mti(mti)
        case ["field" | "de", de] if _is_number(de):
            return explain_element(dialect, int(de))
        case ["field" | "de", path] if "." in path:
            return explain_part(dialect, path)
        case ["field" | "de", de, value] if _is_number(de):
            return explain_values(dialect, [f"{de}={value}"])
        case ["tlv" | "tag", tag, *value] if len(value) <= 1:
            return explain_tag(tag, *value)
        case ["rule", rule]:
            return explain_rule(rule)
        case _ if all("=" in word for word in words):
            return explain_values(dialect, words)
        case _:
            raise NotInDictionary("that is no question this dictionary has an answer to")


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 3


def _refuse(why: str) -> NoReturn:
    complain(clean(why), _FORMS)
    raise typer.Exit(USAGE)
