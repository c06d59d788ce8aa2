"""`pointsman sim`: the laboratory from the shell. Exit status 1 when something that must hold did not."""

import re
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO, NoReturn

import msgspec
import typer

from switch.cli import examples, new_app
from switch.cli.exits import FAILED, INTERRUPTED, UNREADABLE, USAGE, complain
from switch.machine.trace import TraceError
from terminal_sim.cli.actors import ActorError, load_actors
from terminal_sim.cli.patience import Patience
from terminal_sim.cli.teller import Teller
from terminal_sim.cli.traces import create_trace, draw_file, draw_lines, replay_file
from terminal_sim.cli.watch import Watch
from terminal_sim.faults import FAULTS, parse_faults
from terminal_sim.lab.failure import ActorFailure
from terminal_sim.lab.makers import Makers
from terminal_sim.lab.observer import Observer
from terminal_sim.lab.recorder import Recorder
from terminal_sim.lab.replay import NotReplayable
from terminal_sim.lab.report import Recipe, convict, summarise, write_recipe
from terminal_sim.lab.reproduction import Reducer, print_time
from terminal_sim.lab.run import Run
from terminal_sim.lab.swarm import ISSUERS_MAX, TERMINALS_MAX, Options, draw, print_options
from terminal_sim.lab.timeline import Timeline
from terminal_sim.lab.trial import Interrupted, Trial, hold_trial
from terminal_sim.lab.wire_log import WireLogger

app = new_app()

UNITS_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000}

WITH_REPLAY = ("replay", "until", "timeline", "actor", "as_json")
"""Options that mean something for a replay; everything else is in the trace."""

_EPILOG = examples(
    "pointsman sim --seed 7",
    "pointsman sim --seed 7 --until 24h --terminals 50 --issuers 2",
    "pointsman sim --seed 7 --faults none",
    "pointsman sim --seed 7 --faults duplicate,late:3+7,kill:1",
    "pointsman sim --seed 7 --timeline list",
    "pointsman sim --seed 7 --actor my_issuer:MyIssuer",
    "pointsman sim --seed 7 --actor my_terminal:MyTerminal",
    "pointsman sim --seed 7 --actor my_terminal:MyTerminal --terminals 6 --own-terminals 2",
    "pointsman sim --seed 7 --record seven.trace",
    "pointsman sim --replay seven.trace --until 20s",
)


@app.command(epilog=_EPILOG)
def sim(
    context: typer.Context,
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
            help="MODULE:CLASS of an issuer or terminal of your own (docs/lab.md), in place of ours; both: with a comma."
        ),
    ] = "",
    own_terminals: Annotated[
        int | None, typer.Option(min=1, help="How many of the terminals are your actor, beside ours. All when not given.")
    ] = None,
    own_issuers: Annotated[
        int | None, typer.Option(min=1, help="How many of the remote issuers are your actor. All when not given.")
    ] = None,
    timeline: Annotated[str, typer.Option(help="Draw this transaction, TERMINAL/REFERENCE; list names the last ones.")] = "",
    record: Annotated[Path | None, typer.Option(help="Write a trace: every event, draw and command of every machine.")] = None,
    replay: Annotated[
        Path | None, typer.Option(help="Give the events of a trace to fresh machines in place of a run; --until stops it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object at the end.")] = False,
) -> None:
    """Run switch, issuers and terminals in a world where everything fails, on a virtual clock, from one seed.

    Exit status 1 when something that must hold did not; Ctrl-C ends it with what is known by then.
    """
    if timeline not in ("", "list") and "/" not in timeline:
        _refuse(f'--timeline: "{timeline}" is no transaction; write TERMINAL/REFERENCE, or list to be told the last ones')
    if replay is not None:
        _refuse_beside_replay(context)
        with Watch():
            _replay(replay, actor, None if until is None else _milliseconds(until), timeline, Teller(as_json))
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
    try:
        options = draw(
            seed,
            terminals=terminals,
            issuers=issuers,
            faults=chosen,
            terminals_speak=makers.terminals_speak,
            issuers_speak=makers.issuers_speak,
            own_terminals=own_terminals,
            own_issuers=own_issuers,
        )
        makers.own_hosts(options)  # Whoever has no class for them is told so before anything is written.
    except (ValueError, ActorFailure) as error:
        _refuse(f"--{error}")
    with ExitStack() as stack:
        file = stack.enter_context(_create(record)) if record is not None else None
        patience = stack.enter_context(Patience())
        stack.enter_context(Watch())
        plan = Plan(options, until_ms, check_every == "end", actor, makers, timeline)
        _hold(plan, file, patience, Teller(as_json))


class Plan(msgspec.Struct, frozen=True):
    """What was asked for: a trial's options, how long faults happen in it, how it is judged, and what is drawn of it."""

    options: Options
    until_ms: int
    at_end: bool
    actor: str
    makers: Makers
    timeline: str


def _hold(plan: Plan, file: BinaryIO | None, patience: Patience, teller: Teller) -> None:
    """Hold the trial and tell what came of it, each part as soon as it is known."""
    when = "after the end" if plan.at_end else "at each step"
    how = f"faults for {print_time(plan.until_ms)} of virtual time, then two minutes without; judged {when}"
    teller.say("options", plan.options, [*print_options(plan.options), *([f"actor {plan.actor}"] if plan.actor else []), how])
    picture = Timeline(plan.timeline)
    try:
        trial = _run(plan, picture, file, patience)
    except ActorFailure as failure:
        _refuse(f"--actor: {failure}")
    patience.clear()
    summary = summarise(trial, plan.until_ms, patience.seconds, plan.actor)
    teller.say("summary", summary, summary.lines())
    if trial.violation is not None:
        conviction = convict(trial)
        teller.say("violation", conviction, conviction.lines())
        recipe = _search(plan, trial, patience)
        teller.say("recipe", recipe, recipe.lines())
    if plan.timeline:
        drawn = draw_lines(picture, plan.timeline)
        teller.say("timeline", drawn, drawn)
    teller.say("trace", trial.trace, [f"trace {trial.trace}"])
    teller.end()
    if trial.violation is not None:
        raise typer.Exit(FAILED)
    if trial.interrupted:
        complain("interrupted: what must hold has held so far; what must hold at the end was not judged")
        raise typer.Exit(INTERRUPTED + patience.heard)


def _run(plan: Plan, picture: Timeline, file: BinaryIO | None, patience: Patience) -> Trial:
    """Hold the trial; write its trace where a file is given."""

    def tell(run: Run) -> None:
        part = f"{run.world.mono_ms / 1000:g} of {plan.until_ms / 1000:g} virtual seconds"
        patience.tell(f"{part} ({100 * run.world.mono_ms // plan.until_ms} %), {run.transactions} transactions")

    observers: list[Observer] = [WireLogger(picture.keep)] if plan.timeline else []
    hold = partial(hold_trial, plan.options, plan.until_ms, at_end=plan.at_end, on_progress=tell, makers=plan.makers)
    if file is None:
        return hold(observers=observers)
    recorder = Recorder(plan.options, plan.actor, file.write)
    trial = hold(observers=[*observers, recorder, WireLogger(recorder.keep)], entropy_of=recorder.entropy_of)
    up_to = f"the violation of {trial.violation.invariant}" if trial.violation is not None else "its interruption"
    recorder.end("complete" if trial.violation is None and not trial.interrupted else f"complete up to {up_to}")
    return trial


def _search(plan: Plan, trial: Trial, patience: Patience) -> Recipe:
    """Look for the least that shows a violation again, as long as somebody waits for it."""

    def tell(reducer: Reducer) -> None:
        count = sum(map(len, reducer.needed.values()))
        patience.tell(f"which faults does it need? {reducer.trials} trials so far, {count} faults left")

    reducer = Reducer(trial, plan.until_ms, makers=plan.makers, on_progress=tell)
    with suppress(Interrupted):
        reducer.reduce()
    patience.clear()
    return write_recipe(reducer, plan.actor)


def _replay(path: Path, actor: str, until_ms: int | None, timeline: str, teller: Teller) -> None:
    """Replay a trace; or draw from it, which needs no replay and so no bytes."""
    try:
        if timeline:
            drawn = draw_lines(draw_file(path, timeline), timeline)
            teller.say("timeline", drawn, drawn)
            good = True
        else:
            good = replay_file(path, actor, until_ms, teller)
    except (TraceError, NotReplayable, ActorError, ActorFailure) as error:
        complain(f"{path}: {error}")
        raise typer.Exit(UNREADABLE) from None
    except OSError as error:
        complain(f"{path}: {error.strerror or error}")
        raise typer.Exit(UNREADABLE) from None
    teller.end()
    if not good:
        raise typer.Exit(FAILED)


def _create(path: Path) -> BinaryIO:
    try:
        return create_trace(path)
    except FileExistsError:
        _refuse(f"--record: {path} is there already; a trace overwrites nothing")
    except OSError as error:
        _refuse(f"--record: {path}: {error.strerror or error}")


def _refuse_beside_replay(context: typer.Context) -> None:
    """A replay takes its world from its trace: whoever asks for another one would not get it."""
    given = [name for name in context.params if str(context.get_parameter_source(name)).endswith("COMMANDLINE")]
    useless = [f"--{name.replace('_', '-')}" for name in given if name not in WITH_REPLAY]
    if useless:
        _refuse(f"--replay takes everything from its trace: leave {', '.join(useless)} out")


def _milliseconds(text: str) -> int:
    found = re.fullmatch(r"([0-9]{1,9})(ms|s|m|h)", text)
    if found is None:
        _refuse(f'--until: "{text}" is no time; write 90s, 15m or 24h')
    return int(found[1]) * UNITS_MS[found[2]]


def _refuse(text: str) -> NoReturn:
    complain(text)
    raise typer.Exit(USAGE)
