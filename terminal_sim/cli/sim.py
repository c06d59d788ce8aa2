"""`pointsman sim`: the laboratory from the shell. Exit status 1 when something that must hold did not."""

import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from switch.cli import examples, new_app
from switch.cli.exits import FAILED, UNREADABLE, USAGE, complain
from switch.machine.trace import TraceError
from terminal_sim.cli.actors import ActorError, load_actors
from terminal_sim.cli.traces import create_trace, draw_file, replay_file
from terminal_sim.faults import FAULTS, parse_faults
from terminal_sim.lab.auditor import Violation
from terminal_sim.lab.failure import ActorFailure
from terminal_sim.lab.makers import Makers
from terminal_sim.lab.recorder import Recorder
from terminal_sim.lab.replay import NotReplayable
from terminal_sim.lab.run import Run
from terminal_sim.lab.swarm import ISSUERS_MAX, TERMINALS_MAX, Options, draw, print_options
from terminal_sim.lab.timeline import Timeline
from terminal_sim.lab.trial import Trial, history_of, hold_trial, minimal_faults, replay_command
from terminal_sim.lab.wire_log import WireLogger
from terminal_sim.lab.world import Observer

app = new_app()

UNITS_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}

PROGRESS_S = 2.0
"""Real seconds between two lines about how far it is."""

_EPILOG = examples(
    "pointsman sim --seed 7",
    "pointsman sim --seed 7 --until 24h --terminals 50 --issuers 2",
    "pointsman sim --seed 7 --faults none",
    "pointsman sim --seed 7 --faults duplicate,late:3+7,kill:1",
    "pointsman sim --seed 7 --timeline list",
    "pointsman sim --seed 7 --actor my_issuer:MyIssuer",
    "pointsman sim --seed 7 --actor my_terminal:MyTerminal",
    "pointsman sim --seed 7 --record seven.trace",
    "pointsman sim --replay seven.trace --until 20s",
)


@app.command(epilog=_EPILOG)
def sim(
    seed: Annotated[int, typer.Option(help="What everything is drawn from.")] = 1,
    until: Annotated[
        str | None, typer.Option(help="How long faults happen, in virtual time: 90s, 15m, 24h; 60s when not given.")
    ] = None,
    terminals: Annotated[int | None, typer.Option(min=1, max=TERMINALS_MAX, help="Drawn when not given.")] = None,
    issuers: Annotated[int | None, typer.Option(min=0, max=ISSUERS_MAX, help="Remote ones. Drawn when not given.")] = None,
    faults: Annotated[
        str, typer.Option(help="swarm (drawn), none, or a LIST of names, NAME:1+3 for some of a kind.")
    ] = "swarm",
    check_every: Annotated[
        str, typer.Option(help="step: judge each message at once; end: judge all of them afterwards.")
    ] = "step",
    actor: Annotated[
        str,
        typer.Option(
            help="MODULE:CLASS of an issuer or terminal of your own (docs/lab.md), in place of all of ours; both: with a comma."
        ),
    ] = "",
    timeline: Annotated[str, typer.Option(help="Draw this transaction, TERMINAL/REFERENCE; list names the last ones.")] = "",
    record: Annotated[Path | None, typer.Option(help="Write a trace: every event, draw and command of every machine.")] = None,
    replay: Annotated[
        Path | None, typer.Option(help="Give the events of a trace to fresh machines in place of a run; --until stops it.")
    ] = None,
) -> None:
    """Run switch, issuers and terminals in a world where everything fails, on a virtual clock, from one seed."""
    if replay is not None:
        _replay(replay, actor, None if until is None else _milliseconds(until), timeline)
        return
    until_ms = _milliseconds(until or "60s")
    if check_every not in ("step", "end"):
        _refuse(f'--check-every is step or end, not "{check_every}"')
    try:
        chosen = None if faults == "swarm" else {} if faults == "none" else parse_faults(faults)
    except ValueError as error:
        _refuse(f"--faults: {error} (known: swarm, none, {', '.join(FAULTS)})")
    try:
        makers = load_actors(actor)
    except ActorError as error:
        _refuse(f"--actor: {error}")
    options = draw(seed, terminals=terminals, issuers=issuers, faults=chosen)
    for line in print_options(options):
        typer.echo(line)
    clock = _Clock(until_ms)
    picture = Timeline(timeline)
    observers: list[Observer] = [WireLogger(picture.keep)] if timeline else []
    hold = partial(hold_trial, options, until_ms, at_end=check_every == "end", on_progress=clock.tell, makers=makers)
    try:
        trial = _hold_recorded(hold, observers, record, options, actor) if record else hold(observers=observers)
    except ActorFailure as failure:
        _refuse(f"--actor: {failure}")
    _summarise(trial, clock.seconds)
    if trial.violation is not None:
        _report(trial, trial.violation, until_ms, actor, makers)
    if timeline:
        show_timeline(picture, timeline)
    typer.echo(f"trace {trial.trace}")
    if trial.violation is not None:
        raise typer.Exit(FAILED)


def _hold_recorded(hold: Callable[..., Trial], observers: list[Observer], path: Path, options: Options, actor: str) -> Trial:
    """Hold the trial and write its trace."""
    try:
        file = create_trace(path)
    except FileExistsError:
        _refuse(f"--record: {path} is there already; a trace overwrites nothing")
    with file:
        recorder = Recorder(options, actor, file.write)
        trial = hold(observers=[*observers, recorder, WireLogger(recorder.keep)], entropy_of=recorder.entropy_of)
        recorder.end("complete" if trial.violation is None else f"complete up to the violation of {trial.violation.invariant}")
    return trial


def _replay(path: Path, actor: str, until_ms: int | None, timeline: str) -> None:
    """Replay a trace; or draw from it, which needs no replay and so no bytes."""
    try:
        if timeline:
            show_timeline(draw_file(path, timeline), timeline)
        elif not replay_file(path, actor, until_ms):
            raise typer.Exit(FAILED)
    except (TraceError, NotReplayable, ActorError, ActorFailure) as error:
        complain(f"{path}: {error}")
        raise typer.Exit(UNREADABLE) from None


class _Clock:
    """Real time, and how far the run is."""

    def __init__(self, until_ms: int) -> None:
        self._until_ms = until_ms
        self._begun = self._told = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Real seconds so far."""
        return time.perf_counter() - self._begun

    def tell(self, run: Run) -> None:
        """Say how far it is, now and then; on standard error, for it is not part of the result."""
        now = time.perf_counter()
        if now - self._told >= PROGRESS_S:
            self._told = now
            text = f"{run.world.mono_ms / 1000:g} of {self._until_ms / 1000:g} virtual seconds, {run.transactions} transactions"
            typer.echo(text, err=True)


def _summarise(trial: Trial, seconds: float) -> None:
    run = trial.run
    virtual = run.world.mono_ms / 1000
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(run.ear.receipts.items()))
    typer.echo(f"transactions {run.transactions}: {outcomes or 'none'}; hosts begun again {run.ear.restarts}")
    done = ", ".join(f"{name} {len(numbers)}" for name, numbers in sorted(run.plan.done.items()))
    typer.echo(f"faults {done or 'none'}")
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(run.ear.notices.items()))
    typer.echo(f"notices {kinds}")
    rate = f"{run.transactions / seconds:.0f} transactions and {virtual / seconds:.0f} virtual seconds a second"
    typer.echo(f"{virtual:g} virtual seconds in {seconds:.2f} real ones: {rate}")


def _report(trial: Trial, violation: Violation, until_ms: int, actor: str, makers: Makers) -> None:
    """Everything that helps to understand it: what it was, what was said, which faults it needs, how to see it again."""
    typer.echo(f"VIOLATION {violation}")
    if any(violation.transaction):
        typer.echo(f"transaction {'/'.join(violation.transaction)} (for --timeline)")
    for line in history_of(trial):
        typer.echo(line)
    needed = minimal_faults(trial, until_ms, makers=makers)
    typer.echo(
        "faults that it needs: " + (", ".join(f"{name} {sorted(numbers)}" for name, numbers in needed.items()) or "none")
    )
    typer.echo(f"again: {replay_command(trial.run.options, until_ms, needed, actor)}")


def show_timeline(picture: Timeline, wanted: str) -> None:
    """The picture of a transaction, or the names of those that there are."""
    lines = [] if wanted == "list" else picture.draw()
    if not lines:
        latest = ", ".join(picture.latest) or "none"
        lines = [
            f"last transactions: {latest}" if wanted == "list" else f"no transaction {wanted}; the last ones are: {latest}"
        ]
    for line in lines:
        typer.echo(line)


def _milliseconds(text: str) -> int:
    found = re.fullmatch(r"([0-9]{1,9})(ms|s|m|h)", text)
    if found is None:
        _refuse(f'--until: "{text}" is no time; write 90s, 15m or 24h')
    return int(found[1]) * UNITS_MS[found[2]]


def _refuse(text: str) -> NoReturn:
    complain(text)
    raise typer.Exit(USAGE)
