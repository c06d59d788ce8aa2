"""What a trial comes to, for people and for programs: a summary always, and what convicts where something did not hold.

Values, and the lines that they are told in. Nothing is judged or searched here, and nothing of a card is told.
"""

import msgspec

from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.invariants import INVARIANTS
from terminal_sim.lab.reproduction import Reducer, print_command
from terminal_sim.lab.sometimes import FAULTS_DONE, NOTICES, seen_in
from terminal_sim.lab.trial import Trial, history_of

NOT_AGAIN = (
    "held once more, the same world has come to something else: a machine of your own goes by more than it is given,"
    " such as random, a clock, or what its class or module keeps"
)
"""Told in place of faults when nothing can be shown again."""


class Summary(msgspec.Struct, frozen=True):
    """What has happened.

    Args:
        outcomes: receipts by what they say.
        restarts: hosts that began again.
        faults: how often each happened.
        rare, unseen: rare branches that were seen, with how often; those that were not.
        notices: the other notices, by kind.
        virtual_ms, real_s: how long it took, on both clocks.
        interrupted: True when it was not held to its end.
        picture: the command that names transactions, to draw them.
    """

    transactions: int
    outcomes: dict[str, int]
    restarts: int
    faults: dict[str, int]
    rare: dict[str, int]
    unseen: tuple[str, ...]
    notices: dict[str, int]
    virtual_ms: int
    real_s: float
    interrupted: bool
    picture: str

    def lines(self) -> list[str]:
        """In words."""
        virtual_s, real_s = self.virtual_ms / 1000, max(self.real_s, 0.001)
        rate = f"{self.transactions / real_s:.0f} transactions and {virtual_s / real_s:.0f} virtual seconds a second"
        return [
            f"transactions {self.transactions}: {_counted(self.outcomes)}; hosts begun again {self.restarts}",
            f"faults {sum(self.faults.values())}: {_counted(self.faults)}",
            f"rare branches seen {len(self.rare)} of {len(self.rare) + len(self.unseen)}: {_counted(self.rare)}",
            f"other notices: {_counted(self.notices)}",
            f"{virtual_s:g} virtual seconds in {self.real_s:.2f} real ones: {rate}",
            f"transactions by name, to draw one: {self.picture}",
        ]


class Conviction(msgspec.Struct, frozen=True):
    """What did not hold.

    Args:
        invariant, words: its number, and what must hold.
        seen, at_ms: what was seen instead, and when.
        transaction: which one, as `--timeline` takes it; empty where it is about none.
        history: the last that happened to it on all hops, masked.
    """

    invariant: str
    words: str
    seen: str
    at_ms: int
    transaction: str
    history: tuple[str, ...]

    def lines(self) -> list[str]:
        """In words."""
        lines = [f"VIOLATION {self.invariant}: {self.words} At {self.at_ms} ms: {self.seen}"]
        if self.transaction:
            lines.append(f"transaction {self.transaction}, the last {len(self.history)} events of it on all hops:")
        return [*lines, *self.history]


class Recipe(msgspec.Struct, frozen=True):
    """How to see it again with little.

    Args:
        needed: the faults that alone make it happen, by their numbers.
        trials: how many trials have shown that.
        complete: False when the search was ended before it was through.
        repeats: False when the same world has come to something else, and no search was begun.
        again: the command.
        picture: the command that also draws the transaction which it is about then; empty where it is about none.
    """

    needed: dict[str, tuple[int, ...]]
    trials: int
    complete: bool
    repeats: bool
    again: str
    picture: str

    def lines(self) -> list[str]:
        """In words."""
        if not self.repeats:
            return [NOT_AGAIN, f"the same world: {self.again}"]
        needed = ", ".join(f"{name} {list(numbers)}" for name, numbers in self.needed.items()) or "none"
        search = f"{self.trials} trials" + ("" if self.complete else ", which are not all; fewer may do")
        lines = [f"faults that it needs: {needed} ({search})", f"again: {self.again}"]
        return [*lines, f"picture: {self.picture}"] if self.picture else lines


def summarise(trial: Trial, until_ms: int, seconds: float, actor: str = "") -> Summary:
    """What has happened in a trial that took so many real seconds."""
    run, seen = trial.run, seen_in(trial.run)
    branches = {**NOTICES, **FAULTS_DONE}
    return Summary(
        transactions=run.transactions,
        outcomes=dict(sorted(run.ear.receipts.items())),
        restarts=run.ear.restarts,
        faults={name: len(numbers) for name, numbers in sorted(run.plan.done.items())},
        rare={name: seen[name] for name in branches if name in seen},
        unseen=tuple(name for name in branches if name not in seen),
        notices={kind: count for kind, count in sorted(run.ear.notices.items()) if kind not in branches},
        virtual_ms=run.world.mono_ms,
        real_s=seconds,
        interrupted=trial.interrupted,
        picture=print_command(run.options, until_ms, actor, timeline="list"),
    )


def convict(trial: Trial) -> Conviction:
    """What did not hold in a trial that has failed."""
    violation = trial.violation
    assert violation is not None, "nothing is told against a trial that has not failed"
    words, name = INVARIANTS[violation.invariant].words, _name(violation.transaction)
    return Conviction(violation.invariant, words, violation.text, violation.at_ms, name, tuple(history_of(trial)))


def write_recipe(reducer: Reducer, actor: str = "") -> Recipe:
    """How to see it again, as far as the search has come."""
    found = reducer.found
    name = _name(found.violation.transaction)
    again = (found.options, found.until_ms, actor)
    return Recipe(
        needed=reducer.needed,
        trials=reducer.trials,
        complete=reducer.complete,
        repeats=reducer.repeats,
        again=print_command(*again),
        picture=print_command(*again, timeline=name) if name else "",
    )


def _name(transaction: Transaction) -> str:
    return "/".join(transaction) if all(transaction) else ""


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"
