"""A trial: one run from options to verdict, and what to say of it when it has failed. The same options make the same trial."""

from collections.abc import Callable, Sequence

import msgspec

from switch.wire.redact import masked_fields
from terminal_sim.faults.plan import print_faults
from terminal_sim.lab.auditor import Auditor, Violation
from terminal_sim.lab.failure import ActorFailure, print_failure
from terminal_sim.lab.makers import OURS, Makers
from terminal_sim.lab.minimise import minimise
from terminal_sim.lab.network import Passage
from terminal_sim.lab.run import EntropyOf, Run
from terminal_sim.lab.swarm import Options
from terminal_sim.lab.trace import TraceDigest
from terminal_sim.lab.world import Observer

STEP_MS = 1_000
"""How much virtual time passes between two reports of progress."""

TRIES_MAX = 200
"""Trials that are held to find the few faults that a violation needs."""


class Trial:
    """What came of a run.

    `violation` is None when everything held; `trace` is the digest of all that happened up to its end.
    """

    def __init__(self, run: Run, auditor: Auditor, trace: str, violation: Violation | None) -> None:
        self.run = run
        self.auditor = auditor
        self.trace = trace
        self.violation = violation


def hold_trial(
    options: Options,
    until_ms: int,
    *,
    liveness: bool = True,
    at_end: bool = False,
    observers: Sequence[Observer] = (),
    on_progress: Callable[[Run], None] = lambda run: None,
    makers: Makers = OURS,
    entropy_of: EntropyOf = lambda name, dice: dice,
) -> Trial:
    """Run the world of these options.

    Args:
        until_ms: how long faults happen, in virtual milliseconds.
        liveness: whether it is then healed and judged as a whole.
        at_end: whether nothing is judged before that.
        observers: others who look on.
        on_progress: called from time to time.
        makers, entropy_of: see `Run`.

    Raises:
        ActorFailure: an actor of somebody's own cannot even be made.
    """
    trace, auditor = TraceDigest(), Auditor(at_end=at_end)
    run = Run(options, (trace, auditor, *observers), makers=makers, entropy_of=entropy_of)
    auditor.watch(run)
    violation = None
    try:
        while run.world.mono_ms < until_ms:
            run.world.run(min(STEP_MS, until_ms - run.world.mono_ms))
            on_progress(run)
        auditor.judge_steps()
        if liveness:
            run.heal()
            auditor.judge()
            auditor.judge_stop(run.stop())
    except Violation as found:
        violation = found
    except ActorFailure as failure:
        violation = Violation("I0", str(failure), ("", ""), run.world.mono_ms)
        violation.__cause__ = failure
    except Exception as error:  # noqa: BLE001  # A machine may let out anything.
        violation = Violation("I0", print_failure(error), ("", ""), run.world.mono_ms)
        violation.__cause__ = error
    return Trial(run, auditor, trace.hex, violation)


def minimal_faults(trial: Trial, until_ms: int, *, makers: Makers = OURS) -> dict[str, frozenset[int]]:
    """The few faults of a failed trial that alone make it fail in the same way, by their numbers."""
    violation = trial.violation
    assert violation is not None, "a trial that has not failed needs no faults"
    causes = [(name, number) for name, numbers in trial.run.plan.done.items() for number in numbers]

    def fails(some: Sequence[tuple[str, int]]) -> bool:
        again = hold_trial(with_faults(trial.run.options, some), until_ms, makers=makers)
        return again.violation is not None and again.violation.invariant == violation.invariant

    kinds = minimise(
        list(trial.run.plan.done), lambda names: fails([cause for cause in causes if cause[0] in names]), TRIES_MAX
    )
    return _by_name(minimise([cause for cause in causes if cause[0] in kinds], fails, TRIES_MAX))


def with_faults(options: Options, some: Sequence[tuple[str, int]]) -> Options:
    """The same options with these faults alone."""
    kept = _by_name(some)
    return msgspec.structs.replace(options, faults={name: options.faults[name] for name in kept}, kept=kept)


def replay_command(options: Options, until_ms: int, faults: dict[str, frozenset[int]], actor: str = "") -> str:
    """The one line that makes it happen again; `actor` is what `--actor` was given."""
    chosen = print_faults(faults) or "none"
    return (
        f"pointsman sim --seed {options.seed} --until {until_ms}ms --terminals {options.terminals}"
        f" --issuers {options.issuers} --faults {chosen}"
    ) + (f" --actor {actor}" if actor else "")


def history_of(trial: Trial) -> list[str]:
    """The last messages of the transaction that a trial has failed on, over all hops, masked."""
    assert trial.violation is not None, "only a failed trial has a transaction to tell of"
    life = trial.auditor.evidence.lives.get(trial.violation.transaction)
    return [_line(verb, passage) for verb, passage in life.history] if life is not None else []


def _line(verb: str, passage: Passage) -> str:
    speaker, hearer = passage.speaker.host.name, passage.hearer.host.name
    who = f"{speaker} says to {hearer}" if verb == "says" else f"{hearer} hears from {speaker}"
    at_ms = passage.at_ms if verb == "says" else passage.heard_ms
    fields = masked_fields(passage.message) if passage.message is not None else {}
    fault = f" [{passage.fault}]" if passage.fault else ""
    text = " ".join(f"{name}={value}" for name, value in fields.items())
    return f"{at_ms:>9} ms  {who}{fault}: {text}"


def _by_name(some: Sequence[tuple[str, int]]) -> dict[str, frozenset[int]]:
    found: dict[str, list[int]] = {}
    for name, number in some:
        found.setdefault(name, []).append(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}
