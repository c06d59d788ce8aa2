"""`pointsman serve`: the switch alone, until SIGTERM or SIGINT; SIGHUP and SIGUSR1 are its operator's orders."""

import json
import os
import resource
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Annotated

import msgspec
import trio
import typer

from keys.cli.signals import open_signals
from switch.app import Service, journal_path, run_switch
from switch.cli import examples, new_app
from switch.cli.exits import USAGE, complain
from switch.cli.faults import run_or_exit
from switch.compose import compose
from switch.config import Config, ConfigError, load_config
from switch.default_config import default_config, printed, reference_tree
from switch.machine import Notice, Severity
from switch.shell.logs import LogFormat, notice_logger
from switch.tracing import TraceTarget, unfit_for_full

app = new_app()

ORDERS: dict[int, Callable[[Service], Awaitable[None]]] = {
    signal.SIGHUP: Service.reload,
    signal.SIGUSR1: Service.close_day,
}
"""What an operator can ask for; signals that the table of commands keeps until they are heard."""

_EPILOG = examples(
    "pointsman serve",
    "pointsman serve --print-config > my.toml",
    "pointsman serve --config my.toml",
    "pointsman serve --trace switch.trace",
)


@app.command(epilog=_EPILOG)
def serve(
    config: Annotated[Path | None, typer.Option(help="A configuration in TOML; without it a documented default runs.")] = None,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Print the configuration, with what a client needs.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON; logs too.")] = False,
    state: Annotated[Path | None, typer.Option(help="State directory, in place of the configured one.")] = None,
    allow_any_pan: Annotated[
        bool, typer.Option("--allow-any-pan", help="Take card numbers outside the published test ranges.")
    ] = False,
    trace: Annotated[
        Path | None,
        typer.Option(help="Write what happens into a new file, masked; pointsman sim --replay FILE --timeline reads it."),
    ] = None,
    trace_full: Annotated[
        bool, typer.Option("--trace-full", help="Keep all bytes in the trace, for a replay: with published lab keys only.")
    ] = False,
) -> None:
    """Run the switch until it is told to stop (SIGTERM or Ctrl-C answers what is open, then exits 0).

    SIGHUP reads --config and its key store again: routes, key names of links and keys may differ.
    SIGUSR1 closes the business day.
    """
    try:
        chosen = _adjusted(load_config(config) if config else default_config(), state, allow_any_pan)
        if print_config:
            compose(chosen)  # What cannot be run has no reference to print.
            typer.echo(json.dumps(reference_tree(chosen), indent=2) if as_json else printed(chosen), nl=False)
            return
        if chosen.keystore.path:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # A core file would have the keys of the store in clear.
        with _trace_file(trace, trace_full, chosen) as target:
            reread = partial(_reread, config, state, allow_any_pan) if config else None
            run_or_exit(_serve, chosen, as_json, target, reread)
    except ConfigError as error:
        complain(*error.problems)
        raise typer.Exit(USAGE) from None


def _reread(config: Path, state: Path | None, allow_any_pan: bool) -> Config:
    return _adjusted(load_config(config), state, allow_any_pan)


def _adjusted(config: Config, state: Path | None, allow_any_pan: bool) -> Config:
    """The configuration with what the command line says on top."""
    return msgspec.structs.replace(
        config,
        state_dir=str(state) if state else config.state_dir,
        allow_any_pan=allow_any_pan or config.allow_any_pan,
    )


@contextmanager
def _trace_file(path: Path | None, full: bool, config: Config) -> Iterator[TraceTarget | None]:
    """Where the trace goes: a new file, which nobody else may read.

    Raises:
        ConfigError: it is there already, cannot be made, or may not be full.
    """
    if path is None:
        if full:
            raise ConfigError(["--trace-full: needs --trace FILE"])
        yield None
        return
    why = unfit_for_full(config) if full else ""
    if why:
        raise ConfigError([f"--trace-full: not here, for {why}; --trace alone masks all values"])
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ConfigError([f"--trace: {path}: {error.strerror}"]) from None
    with os.fdopen(descriptor, "wb") as file:
        yield TraceTarget(file, full)


async def _serve(config: Config, as_json: bool, trace: TraceTarget | None, reread: Callable[[], Config] | None) -> None:
    log = notice_logger(LogFormat.JSON if as_json else LogFormat.CONSOLE)

    def say(kind: str, *lines: str) -> None:
        """Lines for a person, or the same as JSON for a program that reads nothing else."""
        if as_json:
            for line in lines:
                log(Notice(kind, Severity.INFO, line))
        else:
            complain(*lines)

    async def run_to_the_end(task_status: trio.TaskStatus[Service]) -> None:
        await run_switch(config, on_notice=log, trace=trace, reread=reread, task_status=task_status)
        nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        service: Service = await nursery.start(run_to_the_end)
        # Before a word is said: whoever reads that it listens may tell it to stop at once.
        with open_signals(ORDERS) as signals:
            say("serve.listening", *(f"listening: {link} on port {port}" for link, port in service.ports.items()))
            say("serve.journal", f"journal: {journal_path(config)}")
            await _obey(signals, service, nursery)
            say("serve.cut", "stopping at once; what was acknowledged is in the journal")
            nursery.cancel_scope.cancel()
    say("serve.counted", "counted: " + ", ".join(f"{kind} {count}" for kind, count in sorted(service.counts.items())))


async def _obey(signals: AsyncIterator[int], service: Service, nursery: trio.Nursery) -> None:
    """Have everything done that is asked for, until a stop is asked for a second time.

    Nothing is waited for here: a stop is heard while a file cannot be read, or a disk stalls. An order that is asked for again
    while one of its kind waits is that one.
    """
    waiting: dict[int, trio.MemorySendChannel[None]] = {}
    for number, order in ORDERS.items():
        waiting[number], asked = trio.open_memory_channel[None](1)
        nursery.start_soon(_carry_out, order, service, asked)
    stopping = False
    async for number in signals:
        if number in ORDERS:
            with suppress(trio.WouldBlock):
                waiting[number].send_nowait(None)
        elif stopping:
            return
        else:
            stopping = True
            nursery.start_soon(service.stop)


async def _carry_out(order: Callable[[Service], Awaitable[None]], service: Service, asked: AsyncIterator[None]) -> None:
    async for _ in asked:
        await order(service)
