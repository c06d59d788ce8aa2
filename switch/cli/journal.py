"""`pointsman journal`: verify the chain offline, show the records, or add them up. No key is needed, nor a switch that runs."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, get_args

import msgspec
import typer

from switch.cli import examples, new_app
from switch.cli.exits import FAILED, UNREADABLE, USAGE, complain
from switch.config import Config, nearest
from switch.core import EMBEDDED
from switch.domain.money import Money, MoneyError, currency
from switch.ledger import JOURNAL, Record
from switch.ledger.days import Day, days
from switch.machine import ChainError, Sealed
from switch.store import SqliteReader, StoreError

app = new_app()

_SHOW = examples(
    "pointsman journal show --last 5",
    "pointsman journal show --kind answered --json",
)
_VERIFY = examples(
    "pointsman journal verify",
    "pointsman journal verify pointsman-state --json",
)

_TOTALS = examples(
    "pointsman journal totals",
    "pointsman journal totals --day 20260101 --json",
)

PathArgument = Annotated[Path, typer.Argument(help="A state directory, or the journal file in it.")]
DEFAULT_PATH = Path(Config().state_dir)

KINDS = tuple(str(record.__struct_config__.tag) for record in get_args(Record))
"""What `--kind` can ask for."""


@app.callback()
def journal() -> None:
    """Verify a journal, show its records, or add them up."""


@app.command(epilog=_VERIFY)
def verify(
    path: PathArgument = DEFAULT_PATH, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """Check the hash chain from the first record to the last; name the first record that is wrong."""
    count, digest, wrong = 0, "", None
    try:
        for sealed, _ in JOURNAL.replay(_entries(path)):
            count, digest = sealed.seq, sealed.digest.hex()
    except ChainError as error:
        wrong = error
    if as_json:
        verdict = {"records": count, "digest": digest, "good": wrong is None}
        typer.echo(json.dumps(verdict | ({"record": wrong.seq, "why": wrong.why} if wrong else {})))
    elif wrong is None:
        typer.echo(f"chain: good, {count} records, last digest {digest or '(none)'}")
    else:
        typer.echo(f"chain: BROKEN at record {wrong.seq}: {wrong.why} ({count} records before it are good)")
    if wrong is not None:
        raise typer.Exit(UNREADABLE)


@app.command(epilog=_SHOW)
def show(
    path: PathArgument = DEFAULT_PATH,
    first: Annotated[int, typer.Option("--from", min=1, help="First record to show.")] = 1,
    last: Annotated[int | None, typer.Option(min=1, help="Show only that many records from the end.")] = None,
    kind: Annotated[str | None, typer.Option(help="Show only records of this kind, such as answered.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Print records, one a line. Cards are masked: the journal holds nothing else of them."""
    if kind is not None and kind not in KINDS:
        complain(f"--kind: {nearest(kind, KINDS)}")
        raise typer.Exit(USAGE)
    for sealed in _entries(path, first, last):
        if kind is not None and sealed.kind != kind:
            continue
        try:
            record = JOURNAL.open(sealed)
        except ChainError as error:
            complain(str(error))
            raise typer.Exit(UNREADABLE) from None
        typer.echo(sealed.body.decode() if as_json else record_line(sealed, record))


@app.command(epilog=_TOTALS)
def totals(
    path: PathArgument = DEFAULT_PATH,
    day: Annotated[str | None, typer.Option(help="Only this business day, YYYYMMDD.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a day.")] = False,
) -> None:
    """Add up each business day by acquirer, issuer and currency; name one that was closed with other sums."""
    wrong, found = 0, False
    try:
        for each in days(record for _, record in JOURNAL.replay(_entries(path))):
            if day is None or each.day == day:
                found, wrong = True, wrong + (not each.agrees)
                typer.echo(json.dumps(_tree(each)) if as_json else "\n".join(_lines(each)))
    except ChainError as error:
        complain(str(error))
        raise typer.Exit(UNREADABLE) from None
    if not found:
        complain(f"--day: the journal has no day {day}")
        raise typer.Exit(USAGE)
    if wrong:
        raise typer.Exit(FAILED)


def _tree(day: Day) -> dict[str, object]:
    rows = [msgspec.structs.asdict(total) | {"issuer": total.issuer or EMBEDDED} for total in day.totals]
    return {"day": day.day, "closed": day.sealed is not None, "agrees": day.agrees, "totals": rows}


def _lines(day: Day) -> Iterator[str]:
    """A day as a heading and a line for each total."""
    name = day.day or "the first day"
    yield f"{name}: {'open' if day.sealed is None else 'closed'}{'' if day.agrees else ', WITH OTHER TOTALS THAN THESE'}"
    for total in day.totals:
        sums = (
            f"{count} {words} {_amount(minor, total.currency)}"
            for words, count, minor in (
                ("approved", total.approvals, total.approved_minor),
                ("completed", total.completions, total.completed_minor),
                ("reversed", total.reversals, total.reversed_minor),
            )
        )
        yield f"  {total.acquirer} -> {total.issuer or EMBEDDED}: {', '.join(sums)}"


def _amount(minor: int, code: str) -> str:
    """Minor units as people write them; a currency that ISO 4217 has not any more keeps its number."""
    try:
        return str(Money(minor, currency(code)))
    except MoneyError:
        return f"{minor} of {code}"


def _entries(path: Path, first: int = 1, last: int | None = None) -> Iterator[Sealed]:
    """The entries of a journal; a journal that cannot be read at all ends the command in words."""
    file = path / Config().journal.path if path.is_dir() else path
    try:
        with closing(SqliteReader(file)) as reader:
            if last is not None:
                first = max(first, reader.head()[0] - last + 1)
            yield from reader.read(first)
    except StoreError as error:
        complain(str(error))
        raise typer.Exit(USAGE) from None


def record_line(sealed: Sealed, record: Record) -> str:
    """One line for a person: number, time, kind, fields."""
    at = datetime.fromtimestamp(sealed.at / 1000, UTC).isoformat(timespec="milliseconds")
    return f"{sealed.seq:>6}  {at}  {sealed.kind:<14}  {_words(msgspec.to_builtins(record, builtin_types=(bytes,)))}"


def _words(value: dict[str, object]) -> str:
    """The fields of a record as `name=value`; what is nested follows its name in brackets, vaults show their size only."""
    parts = []
    for name, entry in value.items():
        if name == "type":
            continue
        if isinstance(entry, bytes) and entry:
            parts.append(f"{name}=({len(entry)} bytes, enciphered)")
        elif isinstance(entry, dict):
            parts.append(f"{name}=[{_words(entry)}]")
        elif isinstance(entry, list | tuple):
            parts.append(f"{name}=[{'; '.join(_words(item) if isinstance(item, dict) else str(item) for item in entry)}]")
        elif entry not in ("", b"", None):
            parts.append(f"{name}={entry}")
    return " ".join(parts)
