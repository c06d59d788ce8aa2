"""`pointsman dialect`: the dialects that there are, and dialect files: shown, checked, compared, made of other tools' specs."""

import json
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from switch.cli import examples, new_app
from switch.cli.dialects import BARE, dialect_in, dialect_named, text_of
from switch.cli.exits import FAILED, USAGE, complain
from switch.cli.practice import practice_lines, practice_tree
from switch.wire import DIALECTS, Dialect, SpecError
from switch.wire.dialect_file import DialectFile, file_of, make_of, print_dialect
from switch.wire.editions.iso1987 import ISO_1987
from switch.wire.importers import IMPORTERS, Options, read_spec
from switch.wire.redact import clean

app = new_app()

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def dialect() -> None:
    """List, show, check, compare and import dialects."""


@app.command("list", epilog=examples("pointsman dialect list", "pointsman dialect list --json"))
def list_dialects(as_json: JsonOption = False) -> None:
    """The dialects that are known by name."""
    if as_json:
        typer.echo(json.dumps([{"name": each.name, "words": each.words} for each in DIALECTS.values()]))
        return
    width = max(map(len, DIALECTS))
    for each in DIALECTS.values():
        typer.echo(f"{each.name.ljust(width)}  {each.words}")


@app.command(epilog=examples("pointsman dialect show iso87-ascii", "pointsman dialect show my.toml --json"))
def show(name: Annotated[str, typer.Argument(help="A dialect, or a dialect file.")], as_json: JsonOption = False) -> None:
    """Every element, one a line: number, content, length, spelling, name; then what its messages have and what is matched."""
    chosen = dialect_named(name)
    if as_json:
        head = {"name": chosen.name, "words": chosen.words, "bitmap": chosen.bitmap}
        typer.echo(json.dumps({**head, "elements": _rows(chosen), **practice_tree(chosen)}))
        return
    typer.echo(f"{clean(chosen.name)}: {clean(chosen.words)}")
    for row in _rows(chosen):
        typer.echo(f"{row['de']:>8}  {row['content']:<4} {row['length']:<24} {row['spelling']:<34} {row['name']}".rstrip())
    for line in practice_lines(chosen):
        typer.echo(clean(line))


@app.command(epilog=examples("pointsman dialect check my.toml", "pointsman dialect check my.toml --json"))
def check(file: Annotated[Path, typer.Argument(help="A dialect file.")], as_json: JsonOption = False) -> None:
    """Whether a dialect file can be used; status 2 and the place where it cannot."""
    checked = dialect_in(file)
    if as_json:
        typer.echo(json.dumps({"name": checked.name, "elements": len(checked.codec.elements)}))
    else:
        typer.echo(f"{clean(str(file))}: ok ({clean(checked.name)}, elements: {len(checked.codec.elements)})")


@app.command(
    epilog=examples("pointsman dialect diff iso87-ascii iso87-binary", "pointsman dialect diff iso87-ascii my.toml --json")
)
def diff(
    left: Annotated[str, typer.Argument(help="A dialect, or a dialect file.")],
    right: Annotated[str, typer.Argument(help="The other one.")],
    as_json: JsonOption = False,
) -> None:
    """What two dialects lay down differently, element by element; status 1 when anything."""
    sides = [{str(row["de"]): _words(row) for row in _rows(dialect_named(name))} for name in (left, right)]
    numbers = sorted({*sides[0], *sides[1]}, key=lambda de: (de.isdigit(), de.zfill(3)))
    found = [(de, *(side.get(de, "(absent)") for side in sides)) for de in numbers if sides[0].get(de) != sides[1].get(de)]
    if as_json:
        typer.echo(json.dumps([{"de": de, "left": one, "right": other} for de, one, other in found]))
    else:
        for de, one, other in found:
            typer.echo(f"{'DE ' if de.isdigit() else ''}{de}\n  - {one}\n  + {other}")
        if not found:
            typer.echo("no difference")
    if found:
        raise typer.Exit(FAILED)


@app.command(
    "import",
    epilog=examples(
        "pointsman dialect import packager.xml --name my-bank --output my.toml",
        "pointsman dialect import spec.json --base iso87-ascii > my.toml",
        "pointsman dialect import j8583.xml --binary",
    ),
)
def import_spec(
    file: Annotated[Path, typer.Argument(help=f"One of: {', '.join(IMPORTERS)}.")],
    name: Annotated[str, typer.Option(help="How the dialect is called; the name of the file if not said.")] = "",
    base: Annotated[
        str, typer.Option(help="A dialect whose codes, echoes and keys it has; none for nothing but the bytes.")
    ] = BARE,
    output: Annotated[Path | None, typer.Option(help="Where to write it, in place of standard output.")] = None,
    binary: Annotated[bool, typer.Option("--binary", help="j8583: fields, bitmap and MTI are binary.")] = False,
    variable: Annotated[str, typer.Option(help="pyiso8583: the name of the dict in a module that has several.")] = "",
) -> None:
    """Make a dialect file of another tool's spec; what has no equal is told by field, and written into the file."""
    made = _import(file, name, base, Options(binary, variable))
    printed = print_dialect(made)
    if output is None:
        typer.echo(printed, nl=False)
    else:
        try:
            output.write_text(printed, encoding="utf-8")
        except OSError as error:
            complain(f"{clean(str(output))}: {error.strerror}")
            raise typer.Exit(USAGE) from None
    for number, why in made.unmapped.items():
        complain(f"{'DE ' if number.isdigit() else ''}{clean(number)}: {clean(why)}")


def _import(file: Path, name: str, base: str, options: Options) -> DialectFile:
    """The dialect file of a spec, known to be usable."""
    base = "" if base == BARE else dialect_named(base).name
    try:
        kind, imported = read_spec(text_of(file), options)
        title = (
            name
            or "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in file.stem)[:64].strip("-")
            or "imported"
        )
        edition = "" if base else ISO_1987.name
        made = file_of(
            title,
            f"imported from a {kind}",
            imported.spec,
            imported.content,
            base=base,
            edition=edition,
            subfields=imported.subfields,
        )
        made = msgspec.structs.replace(made, unmapped=imported.unmapped)
        make_of(made, DIALECTS)
    except SpecError as error:
        complain(f"{clean(str(file))}: {clean(str(error))}")
        raise typer.Exit(USAGE) from None
    return made


def _rows(chosen: Dialect) -> list[dict[str, str | int]]:
    """Header, MTI, bitmap and each element, as far as its bytes are concerned."""
    heads = {"h": "header", "t": "MTI", "p": "bitmap", "1": "bitmap 2"}
    keys = [*heads, *(str(de) for de in chosen.codec.elements)]
    rows: list[dict[str, str | int]] = []
    for key in keys:
        entry = chosen.spec[key]
        of = "half bytes" if entry.get("len_count") == "nibbles" else "bytes"
        size = f"up to {entry['max_len']} {of}" if entry["len_type"] else f"{entry['max_len']} {of}"
        data = "raw" if entry["data_enc"] == "b" else entry["data_enc"]
        prefix = f", length {entry['len_type']} x {entry['len_enc']}" if entry["len_type"] else ""
        fill = f", filled {entry['left_pad'][:1]} left" if entry.get("left_pad") else ""
        fill = fill or (f", filled {entry['right_pad'][:1]} right" if entry.get("right_pad") else "")
        content = chosen.content.get(int(key), "any") if key not in heads else ""
        rows.append(
            {
                "de": heads.get(key) or int(key),
                "content": content,
                "length": size,
                "spelling": f"{data}{prefix}{fill}",
                "name": clean(entry["desc"]),
            }
        )
    return rows


def _words(row: dict[str, str | int]) -> str:
    return ", ".join(str(row[key]) for key in ("content", "length", "spelling") if row[key])
