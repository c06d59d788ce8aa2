"""A trial: one run from options to verdict, and what was said before it failed. The same options make the same trial.

How little of it a failure needs is `reproduction`'s business, and how all of it is told `report`'s.
"""

import gc
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from switch.machine import ChainError, Sealed
from switch.wire.redact import masked_fields
from terminal_sim.lab.auditor import Auditor, Violation
from terminal_sim.lab.evidence import HISTORY_MAX
from terminal_sim.lab.host import Host
from terminal_sim.lab.makers import OURS, Makers
from terminal_sim.lab.network import Passage
from terminal_sim.lab.observer import Observer
from terminal_sim.lab.run import EntropyOf, Run
from terminal_sim.lab.swarm import Options
from terminal_sim.lab.trace import TraceDigest
from terminal_sim.lab.world import World

STEP_MS = 1_000
"""How much virtual time passes between two reports of progress."""

COLLECTED_EVERY = 100_000
"""Objects that there are more of when cycles are looked for again. A world makes next to none, keeps much, and would spend one
second in twenty on looking through it for nothing.
"""

FATES_KEPT = 1_000
"""Deaths and new beginnings of hosts that a report can tell of; the oldest make room."""


class Interrupted(Exception):
    """Raised by who is told of a trial's progress and does not want to wait for its end."""


class Trial:
    """What came of a run.

    `violation` is None when everything held; `trace` is the digest of all that happened up to its end; `fates` are the deaths
    and new beginnings of hosts; `at_end` says that it was judged afterwards, `interrupted` that it was not held to its end.
    """

    def __init__(
        self,
        run: Run,
        auditor: Auditor,
        trace: str,
        violation: Violation | None,
        fates: "Fates",
        *,
        at_end: bool,
        interrupted: bool,
    ) -> None:
        self.run = run
        self.auditor = auditor
        self.trace = trace
        self.violation = violation
        self.fates = fates
        self.at_end = at_end
        self.interrupted = interrupted


class Fates(Observer):
    """An observer that remembers which hosts have died and begun again: when, who, and what."""

    def __init__(self) -> None:
        self.told: deque[tuple[int, str, str]] = deque(maxlen=FATES_KEPT)

    def placed(self, world: World) -> None:
        """See `Observer`."""
        self._world = world

    def died(self, host: Host) -> None:
        """See `Observer`."""
        self.told.append((self._world.mono_ms, host.name, "dies"))

    def revived(self, host: Host, entries: Sequence[Sealed], damage: ChainError | ValueError | None, changed: bool) -> None:
        """See `Observer`."""
        self.told.append((self._world.mono_ms, host.name, f"begins again on {host.disk.seq} records"))


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
        on_progress: called after each virtual second in which faults happen; may raise `Interrupted`.
        makers, entropy_of: see `Run`.

    Raises:
        ActorFailure: an actor of somebody's own cannot even be made.
    """
    trace, auditor, fates = TraceDigest(), Auditor(at_end=at_end), Fates()
    run = Run(options, (trace, auditor, fates, *observers), makers=makers, entropy_of=entropy_of)
    auditor.watch(run)
    violation, interrupted = None, False
    try:
        with _collecting_seldom():
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
    except Interrupted:
        interrupted = True
    except Exception as error:  # noqa: BLE001  # A machine may let out anything.
        violation = auditor.judge_failure(error)
        violation.__cause__ = error
    return Trial(run, auditor, trace.hex, violation, fates, at_end=at_end, interrupted=interrupted)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Have cycles of objects looked for less often than everybody else needs it; afterwards as before."""
    before = gc.get_threshold()
    gc.set_threshold(COLLECTED_EVERY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def history_of(trial: Trial) -> list[str]:
    """What was said of the transaction that a trial has failed on, on all hops, masked; and which hosts died meanwhile."""
    assert trial.violation is not None, "only a failed trial has a transaction to tell of"
    life = trial.auditor.evidence.lives.get(trial.violation.transaction)
    if life is None or not life.history:
        return []
    rows = [(_moment(verb, passage), _line(verb, passage)) for verb, passage in life.history]
    lanes = {end.host.name for _, passage in life.history for end in (passage.speaker, passage.hearer)}
    rows += [
        (at_ms, f"{at_ms:>9} ms  {name} {what}")
        for at_ms, name, what in trial.fates.told
        if name in lanes and rows[0][0] <= at_ms <= trial.violation.at_ms
    ]
    rows.sort(key=lambda row: row[0])  # Stable: what happened at the same moment stays in its order.
    return [text for _, text in rows[-HISTORY_MAX:]]


def _moment(verb: str, passage: Passage) -> int:
    return passage.at_ms if verb == "says" else passage.heard_ms


def _line(verb: str, passage: Passage) -> str:
    speaker, hearer = passage.speaker.host.name, passage.hearer.host.name
    who = f"{speaker} says to {hearer}" if verb == "says" else f"{hearer} hears from {speaker}"
    fields = masked_fields(passage.message) if passage.message is not None else {}
    fault = f" [{passage.fault}]" if passage.fault else ""
    text = " ".join(f"{name}={value}" for name, value in fields.items())
    return f"{_moment(verb, passage):>9} ms  {who}{fault}: {text}"
