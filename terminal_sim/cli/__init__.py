"""The face: the console script `pointsman` and the table of its commands, each imported when it is called."""

import signal
import sys
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import msgspec
import typer
from typer.core import TyperGroup


class Command(msgspec.Struct, frozen=True):
    """Where a command lives, and its line in the overview. The module has a Typer application called `app`."""

    module: str
    line: str


COMMANDS: dict[str, Command] = {
    "demo": Command("terminal_sim.cli.demo", "Start a switch and let terminals pay; then count the money."),
    "serve": Command("switch.cli.serve", "Run the switch until it is told to stop."),
    "check": Command("switch.cli.check", "Check a configuration without starting anything."),
    "terminal": Command("terminal_sim.cli.terminal", "Be one terminal: pay from the shell."),
    "decode": Command("switch.cli.decode", "Name the fields of a message."),
    "encode": Command("switch.cli.encode", "Make a message from values."),
    "diff": Command("switch.cli.diff", "Compare two messages by DE and tag."),
    "explain": Command("switch.cli.explain", "Look a code, a DE, a tag or a rule up."),
    "dialect": Command("switch.cli.dialect", "List, check and import dialects."),
    "key": Command("keys.cli.key", "Manage keys by name, and test the HSM's cryptography."),
    "hsm": Command("keys.cli.hsm", "Serve the HSM's host commands over TCP."),
    "crypto": Command("keys.cli.crypto", "Compute with test keys, and show every step."),
    "journal": Command("switch.cli.journal", "Verify a journal, or show its records."),
    "sim": Command("terminal_sim.cli.sim", "Run the whole system in a world where things fail, from one seed."),
    "doctor": Command("switch.cli.doctor", "Look at this machine: Python, ports, permissions, disk."),
}
"""All commands, in the order in which a newcomer meets them."""

AWAITED: dict[tuple[str, ...], tuple[signal.Signals, ...]] = {
    ("serve",): (signal.SIGHUP, signal.SIGUSR1),
    ("hsm", "serve"): (signal.SIGHUP,),
}
"""By the words of a command: signals that its operator may send while it is still being imported, which would end the process.
They wait until the command lets them through."""

_EPILOG = "Try first: pointsman demo"


class LazyGroup(TyperGroup):
    """A group that knows its commands by the table, so that an overview imports none of them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the command that was asked for; an unknown one is told, with the nearest that there is."""
        command = COMMANDS.get(cmd_name)
        if command is not None:
            return typer.main.get_command(import_module(command.module).app)
        near = get_close_matches(cmd_name, COMMANDS, n=1)
        return ctx.fail(f"No such command '{cmd_name}'" + (f", did you mean '{near[0]}'?" if near else "."))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The overview, from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.line) for name, command in COMMANDS.items()])


app = typer.Typer(
    cls=LazyGroup,
    name="pointsman",
    help="An ISO 8583 payment switch, its software HSM, and simulated terminals. A test system: test cards only.",
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pointsman {version('pointsman')}")
        raise typer.Exit


@app.callback()
def overview(
    show_version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_tell_version, is_eager=True)
    ] = False,
) -> None:
    """An ISO 8583 payment switch, its software HSM, and simulated terminals. A test system: test cards only."""


def main() -> None:
    """Run `pointsman`. A disk or a terminal that refuses ends it in words; a pipe that nobody reads, without any."""
    for words, signals in AWAITED.items():
        if tuple(sys.argv[1 : 1 + len(words)]) == words:
            signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        app()
    except OSError as error:
        from switch.cli.exits import FAILED, complain

        where = f"{error.filename}: " if error.filename else ""
        complain(f"stopped: {where}{error.strerror or error}", "Look at disk and permissions: pointsman doctor")
        raise SystemExit(FAILED) from None
