"""`pointsman check`: is this configuration usable? Starts nothing, opens nothing but the file."""

from pathlib import Path
from typing import Annotated

import typer

from switch.cli import examples, new_app
from switch.cli.exits import USAGE, complain
from switch.compose import compose
from switch.config import ConfigError, load_config

app = new_app()

_EPILOG = examples(
    "pointsman serve --print-config > my.toml",
    "pointsman check my.toml",
)


@app.command(epilog=_EPILOG)
def check(file: Annotated[Path, typer.Argument(help="A configuration in TOML.")]) -> None:
    """Check a configuration without starting anything."""
    try:
        composition = compose(load_config(file))
    except ConfigError as error:
        complain(*error.problems)
        raise typer.Exit(USAGE) from None
    plan = composition.plan
    typer.echo(f"{file}: ok (links: {len(plan.links)}, routes: {len(plan.routes)}, accounts: {len(plan.accounts)})")
