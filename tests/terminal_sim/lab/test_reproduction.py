"""From a failed trial to the least that fails in the same way: few faults, little time, and a command that shows it again."""

import shlex

import msgspec
import pytest

from terminal_sim.faults import parse_faults
from terminal_sim.lab.issuer_actor import IssuerActor
from terminal_sim.lab.makers import Makers
from terminal_sim.lab.reproduction import Reducer, print_command, print_time, with_faults
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.trial import Interrupted, hold_trial

UNTIL_MS = 30_000


@pytest.fixture(scope="module")
def convicted(double_poster):
    """A trial in which an issuer has posted a repeat twice, among faults of other kinds."""
    faults = {name: frozenset[int]() for name in ("duplicate", "chunks", "lag", "kill-later")}
    options = [draw(seed, terminals=6, issuers=2, faults=faults) for seed in range(5, 30)]  # Few of them are needed there.
    trials = (hold_trial(option, UNTIL_MS, makers=double_poster) for option in options)
    return next(trial for trial in trials if trial.violation is not None)


def options_of(command):
    """The options and the time that a command means."""
    words = shlex.split(command)[2:]
    given = dict(zip(words[::2], words[1::2], strict=True))
    chosen = {"swarm": None, "none": {}}.get(given["--faults"]) if given["--faults"] in ("swarm", "none") else None
    if given["--faults"] not in ("swarm", "none"):
        chosen = parse_faults(given["--faults"])
    names = ("terminals", "issuers", "own-terminals", "own-issuers")
    worlds = {name.replace("-", "_"): int(given[f"--{name}"]) for name in names if f"--{name}" in given}
    return draw(int(given["--seed"]), faults=chosen, **worlds), given["--until"]


def test_few_faults_are_left_and_the_command_shows_it_again(convicted, double_poster):
    """What the command means is the very trial that was found: it fails on the same transaction at the same moment."""
    reducer = Reducer(convicted, UNTIL_MS, makers=double_poster)
    found = reducer.reduce()
    assert reducer.complete
    assert reducer.found == found
    assert sum(map(len, reducer.needed.values())) < 7
    assert "duplicate" in reducer.needed
    options, until = options_of(print_command(found.options, found.until_ms))
    assert until == print_time(found.until_ms)
    again = hold_trial(options, found.until_ms, makers=double_poster).violation
    assert again is not None
    assert (again.invariant, again.transaction, again.at_ms) == (
        found.violation.invariant,
        found.violation.transaction,
        found.violation.at_ms,
    )


def test_none_is_needed_where_the_issuer_is_wrong_without_any(forgetful):
    """And hardly any time: as long as its first transaction takes."""
    trial = hold_trial(draw(3, terminals=4, issuers=1, faults={"chunks": frozenset()}), UNTIL_MS, makers=forgetful)
    found = (reducer := Reducer(trial, UNTIL_MS, makers=forgetful)).reduce()
    assert reducer.needed == {}
    assert found.until_ms < UNTIL_MS / 2
    assert " --faults none" in print_command(found.options, found.until_ms)


def counting(cards, **more):
    """An issuer whose class counts what all of its lives have heard, and raises once."""
    return Counting(cards, **more)


class Counting(IssuerActor):
    """That issuer."""

    heard = 0

    def handle(self, event, now):
        Counting.heard += 1
        if Counting.heard == 30:
            raise RuntimeError("once")
        return super().handle(event, now)


@pytest.mark.parametrize("at_end", [False, True])
def test_what_does_not_repeat_is_not_searched(at_end):
    """After one trial it is plain that faults have nothing to do with it."""
    Counting.heard, makers = 0, Makers(issuer=counting)
    trial = hold_trial(draw(3, terminals=4, issuers=1), UNTIL_MS, makers=makers, at_end=at_end)
    assert trial.violation.invariant == "I0"
    reducer = Reducer(trial, UNTIL_MS, makers=makers)
    assert reducer.reduce().options == trial.run.options
    assert (reducer.repeats, reducer.complete, reducer.trials) == (False, False, 1)


def test_what_is_judged_afterwards_repeats_all_the_same(double_poster):
    """It is held again as it was, and a search begins."""

    def until_it_begins(reducer):
        if reducer.trials > 1:
            raise Interrupted

    options = draw(3, terminals=6, issuers=2, faults={"replay": frozenset()})
    trial = hold_trial(options, UNTIL_MS, makers=double_poster, at_end=True)
    reducer = Reducer(trial, UNTIL_MS, makers=double_poster, on_progress=until_it_begins)
    with pytest.raises(Interrupted):
        reducer.reduce()
    assert reducer.repeats


@pytest.mark.parametrize("trials", [0, 3])
def test_whoever_does_not_wait_is_given_the_best_so_far(convicted, trials, double_poster):
    """It still fails, and says that fewer may do."""

    def enough(reducer):
        if reducer.trials >= trials:
            raise Interrupted

    reducer = Reducer(convicted, UNTIL_MS, makers=double_poster, on_progress=enough)
    with pytest.raises(Interrupted):
        reducer.reduce()
    assert not reducer.complete
    assert reducer.trials <= trials
    assert "duplicate" in reducer.needed
    again = hold_trial(reducer.found.options, reducer.found.until_ms, makers=double_poster).violation
    assert again is not None
    assert again.invariant == convicted.violation.invariant


def test_options_with_fewer_faults_are_otherwise_the_same():
    """The same world, in which less goes wrong; in whatever order the faults are named."""
    options = draw(5, terminals=4, issuers=1)
    some = [(name, 1) for name in options.faults][:3]
    fewer = with_faults(options, some)
    assert msgspec.structs.replace(fewer, faults={}, kept={}) == msgspec.structs.replace(options, faults={}, kept={})
    assert list(with_faults(options, some[::-1]).faults) == list(fewer.faults) == [name for name, _ in some]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (draw(7), "--faults swarm"),
        (draw(7, faults={}), "--faults none"),
        (draw(7, faults={"late": frozenset({3, 1}), "duplicate": frozenset()}), "--faults duplicate,late:1+3"),
        (draw(-7, terminals=3, issuers=0, faults={}), "--seed -7 --until 1500ms --terminals 3 --issuers 0"),
        (draw(7, own_terminals=2, own_issuers=1), "--actor mine:Bank --own-terminals 2 --own-issuers 1"),
    ],
)
def test_a_command_has_every_option(options, words):
    """And means the same options again."""
    command = print_command(options, 1_500, "mine:Bank")
    assert words in command
    assert " --actor mine:Bank" in command
    assert options_of(command) == (options, "1500ms")


@pytest.mark.parametrize(("ms", "text"), [(0, "0s"), (1, "1ms"), (999, "999ms"), (60_000, "60s"), (86_400_000, "86400s")])
def test_a_time_is_printed_as_it_is_read(ms, text):
    """In seconds where it is whole ones."""
    assert print_time(ms) == text
