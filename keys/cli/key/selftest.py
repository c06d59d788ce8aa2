"""`pointsman key selftest`: whether the HSM's cryptography computes what the world computes."""

from pathlib import Path
from typing import Annotated

import typer

from keys.cli import examples
from keys.cli.exits import FAILED, USAGE, complain, printable
from keys.selftest import KNOWN_ANSWERS, OPERATIONS, Vector, VectorError, read_vectors, run_vectors

VECTORS_BYTES_MAX = 64 * 1024 * 1024
"""A hundred times all published vectors: a bound, so that a wrong file is told and not read."""
FAILURES_SHOWN_MAX = 5

EXAMPLES = examples("pointsman key selftest", "pointsman key selftest --vectors crypto.json")


def selftest(
    vectors: Annotated[
        Path | None, typer.Option(help="A JSON file of published vectors; without it a built-in few are run.")
    ] = None,
) -> None:
    """Run published vectors, and print for each operation how many passed and failed; status 1 when any failed."""
    tallies = run_vectors(_vectors_in(vectors) if vectors else KNOWN_ANSWERS, OPERATIONS)
    width = max(len(printable(tally.op)) for tally in tallies)
    for tally in tallies:
        typer.echo(f"{printable(tally.op).ljust(width)}  {tally.passed:>6}  {len(tally.failures):>6}")
    for tally in tallies:
        for failure in tally.failures[:FAILURES_SHOWN_MAX]:
            complain(f"{failure.id}: {failure.why}")
        if len(tally.failures) > FAILURES_SHOWN_MAX:
            complain(f"{tally.op}: and {len(tally.failures) - FAILURES_SHOWN_MAX} more")
    failed = sum(len(tally.failures) for tally in tallies)
    typer.echo(f"{sum(tally.passed for tally in tallies)} passed, {failed} failed")
    if failed:
        raise typer.Exit(FAILED)


def _vectors_in(file: Path) -> list[Vector]:
    """The vectors of a file; one that is none ends the command in words."""
    try:
        if file.stat().st_size > VECTORS_BYTES_MAX:
            raise VectorError(f"more than {VECTORS_BYTES_MAX} bytes; is it a file of vectors?")
        return read_vectors(file.read_bytes())
    except OSError as error:
        why = error.strerror or "cannot be read"
    except VectorError as error:
        why = str(error)
    complain(f"{file}: {why}")
    raise typer.Exit(USAGE)
