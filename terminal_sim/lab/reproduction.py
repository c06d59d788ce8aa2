"""From a trial that has failed to the least that fails in the same way: little time, few faults, and the words of the command.

Time comes first, for what is shorter is tried sooner. How a few of many causes are found is `minimise`'s business.
"""

from collections.abc import Callable, Sequence

import msgspec

from terminal_sim.faults.plan import print_faults
from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.auditor import Violation
from terminal_sim.lab.failure import ActorHangs
from terminal_sim.lab.makers import OURS, Makers
from terminal_sim.lab.minimise import minimise
from terminal_sim.lab.swarm import Options, draw
from terminal_sim.lab.trial import STEP_MS, Trial, hold_trial

TRIALS_MAX = 400
"""Trials that are held to find the little that a violation needs: some minutes of a large world."""

Cause = tuple[str, int]
"""A fault and its number."""


class Reproduction(msgspec.Struct, frozen=True):
    """A trial that fails: its options, how long faults happen in it, and what it fails on."""

    options: Options
    until_ms: int
    violation: Violation


class Reducer:
    """Looks for the least that fails under the same invariant.

    `found` is the best so far, at any time; `trials` counts those that were held for it; `complete` says that nothing more can
    be left out, as far as trials have shown; `repeats` is False when the same options have come to something else: then a
    machine of somebody's own goes by more than it is given, and there is nothing to look for.

    Args:
        trial: one that has failed.
        until_ms: how long faults happened in it.
        makers: who made its issuers and terminals.
        on_progress: called before each trial and while it goes on; may raise `Interrupted`, which ends the search.
    """

    def __init__(
        self,
        trial: Trial,
        until_ms: int,
        *,
        makers: Makers = OURS,
        on_progress: Callable[["Reducer"], None] = lambda reducer: None,
    ) -> None:
        assert trial.violation is not None, "a trial that has not failed needs no faults"
        self.found = Reproduction(trial.run.options, until_ms, trial.violation)
        self.trials = 0
        self.complete = False
        self.repeats = True
        self._first = self._best = trial
        self._until_ms = until_ms
        self._makers = makers
        self._on_progress = on_progress

    @property
    def needed(self) -> dict[str, tuple[int, ...]]:
        """The faults that happened in the best so far, by their numbers."""
        return {name: tuple(sorted(numbers)) for name, numbers in self._best.run.plan.done.items()}

    def reduce(self) -> Reproduction:
        """Search to the end, and give the least that was found.

        Kinds of faults come first, each with all that it does: a fault that is left out changes the traffic, and with it whom
        the others meet. Among few kinds the numbers of single faults mean nearly what they meant before. For a method that has
        not come back nobody waits once more.
        """
        if isinstance(self.found.violation.__cause__, ActorHangs):
            return self.found
        if self._first.run.own and not self._fails_again():
            self.repeats = False
            return self.found
        self._shorten()
        minimise(_kinds(self._first), self._fail_with, TRIALS_MAX)
        few = minimise(_causes(self._best), self._fail_by, max(TRIALS_MAX - self.trials, 1))
        self._fails(with_faults(self._first.run.options, few))
        self._shorten()  # Without what else had gone wrong it may come sooner.
        self.complete = self.trials < TRIALS_MAX
        return self.found

    def _fails_again(self) -> bool:
        """Whether the same options come to the same once more."""
        first, again = self.found.violation, self._hold(self.found.options, at_end=self._first.at_end).violation
        return again is not None and _place(again) == _place(first)

    def _shorten(self) -> None:
        """Find a shorter time in which the faults of the best are enough."""
        before = self._until_ms
        for until_ms in _shorter(self._best, before):
            self._until_ms = until_ms
            if self._fails(self.found.options):
                return
        self._until_ms = before

    def _fail_with(self, kinds: Sequence[str]) -> list[str] | None:
        """Of these kinds of faults those that happened, where a trial fails with them."""
        failed = self._fails(with_kinds(self._first.run.options, kinds))
        return [name for name in kinds if name in self._best.run.plan.done] if failed else None

    def _fail_by(self, some: Sequence[Cause]) -> list[Cause] | None:
        """Of these faults those that happened, where a trial fails by them."""
        failed = self._fails(with_faults(self._first.run.options, some))
        return [cause for cause in some if cause[1] in self._best.run.plan.done.get(cause[0], ())] if failed else None

    def _fails(self, options: Options) -> bool:
        """Whether a trial with these options fails under the invariant that is looked for: then it is the best so far."""
        trial = self._hold(options)
        violation = trial.violation
        if violation is None or violation.invariant != self.found.violation.invariant:
            return False
        self._until_ms = min(self._until_ms, _whole(violation.at_ms))  # What comes behind it changes nothing about it.
        self.found, self._best = Reproduction(options, self._until_ms, violation), trial
        return True

    def _hold(self, options: Options, *, at_end: bool = False) -> Trial:
        self._on_progress(self)
        self.trials += 1
        return hold_trial(
            options, self._until_ms, at_end=at_end, makers=self._makers, on_progress=lambda run: self._on_progress(self)
        )


def with_kinds(options: Options, names: Sequence[str]) -> Options:
    """The same options with these kinds of faults alone."""
    faults = {name: mean for name, mean in options.faults.items() if name in names}
    return msgspec.structs.replace(
        options, faults=faults, kept={name: numbers for name, numbers in options.kept.items() if name in names}
    )


def with_faults(options: Options, some: Sequence[Cause]) -> Options:
    """The same options with these faults alone."""
    kept: dict[str, frozenset[int]] = {}
    for name, number in some:
        kept[name] = kept.get(name, frozenset()) | {number}
    return msgspec.structs.replace(
        options, faults={name: options.faults[name] for name in options.faults if name in kept}, kept=kept
    )


def print_command(options: Options, until_ms: int, actor: str = "", **more: str) -> str:
    """The one line that holds this trial, from any directory where its actor is found.

    Args:
        actor: what `--actor` was given.
        more: further options with their values.
    """
    chosen = {name: options.kept.get(name, frozenset[int]()) for name in options.faults}
    swarm = not options.kept and options.faults == draw(options.seed).faults
    words = {
        "seed": str(options.seed),
        "until": print_time(until_ms),
        "terminals": str(options.terminals),
        "issuers": str(options.issuers),
        "faults": "swarm" if swarm else print_faults(chosen) or "none",
        "actor": actor,
        "own-terminals": "" if options.own_terminals is None else str(options.own_terminals),
        "own-issuers": "" if options.own_issuers is None else str(options.own_issuers),
        **more,
    }
    return " ".join(["pointsman sim", *(f"--{name} {value}" for name, value in words.items() if value)])


def print_time(ms: int) -> str:
    """A span of virtual time as `--until` takes it."""
    return f"{ms // 1000}s" if ms % 1000 == 0 else f"{ms}ms"


def _place(violation: Violation) -> tuple[str, Transaction, int]:
    return violation.invariant, violation.transaction, violation.at_ms


def _causes(trial: Trial) -> list[Cause]:
    return [(name, number) for name, numbers in trial.run.plan.done.items() for number in numbers]


def _kinds(trial: Trial) -> list[str]:
    """The kinds of faults that happened; those that befell messages of the failed transaction are last, and left out last."""
    assert trial.violation is not None, "only a failed trial has failed on something"
    life = trial.auditor.evidence.lives.get(trial.violation.transaction)
    near = {passage.fault for _, passage in life.history} if life is not None else set()
    return sorted(trial.run.plan.done, key=lambda name: name in near)


def _shorter(trial: Trial, until_ms: int) -> list[int]:
    """Times that may be enough: up to the violation; or, where all had come to rest, to the transaction's last message."""
    violation = trial.violation
    assert violation is not None, "only a failed trial has a last moment"
    times = [violation.at_ms]
    life = trial.auditor.evidence.lives.get(violation.transaction)
    if life is not None and life.history:
        times += [life.history[0][1].at_ms, max(passage.at_ms for _, passage in life.history)]
    return sorted({at_ms for at_ms in map(_whole, times) if at_ms < until_ms})


def _whole(at_ms: int) -> int:
    """The end of the step that a moment is in."""
    return -(-at_ms // STEP_MS) * STEP_MS
