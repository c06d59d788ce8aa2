"""Actors of the user's own: the examples of docs/lab.md are taken as they stand there, and judged as ours are."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from terminal_sim.cli.actors import ActorError, load_actors
from terminal_sim.lab.makers import OURS
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.trial import hold_trial

LAB_PAGE = Path(__file__).parents[3] / "docs" / "lab.md"
POINTSMAN = Path(sys.executable).with_name("pointsman")

SEEDS = range(1, 21)
WORLD = {"terminals": 6, "issuers": 2}
UNTIL_MS = 20_000

STRANGE = """
from my_terminal import Ended, MyTerminal
from switch.machine import Notice, Notify, Send, Severity
from terminal_sim.lab.issuer_actor import IssuerActor


class Unmade(IssuerActor):
    def __init__(self, cards, *, dialect):
        pass


class Fallen(IssuerActor):
    def __init__(self, cards, **speech):
        raise KeyError("4761739001010119")


class Late:
    def __init__(self, profile, wallet, *, keystore, entropy, journal):
        pass

    def handle(self, event, now):
        return []

    def next_deadline(self):
        return None


NOTHING = 3


class Provincial(MyTerminal):
    dialects, framings = ("iso87-ebcdic",), ["ascii4", "hex4"]


class Foreign(MyTerminal):
    dialects = ("iso99-ascii",)


class Mute(MyTerminal):
    framings = "len2-big"


class Trusting(MyTerminal):
    def _conclude(self, out, code):
        super()._conclude(out, "00")


class Greedy(MyTerminal):
    def _apply(self, record):
        super()._apply(record)
        if isinstance(record, Ended) and not record.approved:
            self.net[self._profile.terminal_id, record.rrn] = self._asked[record.rrn].minor


class Forgiving(MyTerminal):
    def _owe(self, rrn):
        self._record(Ended(rrn, False))


class Wasteful(MyTerminal):
    def _next_stan(self):
        return "000001"


class Talkative(MyTerminal):
    def _ask(self, fields):
        super()._ask(fields)
        self._commands.append(Notify(Notice("mine", Severity.INFO, f"asked: {fields}")))


class Hasty(MyTerminal):
    def handle(self, event, now):
        return sorted(super().handle(event, now), key=lambda command: not isinstance(command, Send))


class Unframed(MyTerminal):
    def _send(self, fields):
        self._commands.append(Send(self._line.conn, self._line.spell(fields, self._now.wall_ms)))


class Twofold(MyTerminal):
    def handle(self, event, now):
        commands = super().handle(event, now)
        return [Send(command.conn, command.data * 2) if isinstance(command, Send) else command for command in commands]
"""


@pytest.fixture(scope="module")
def examples(tmp_path_factory):
    """The directory of a stranger who has saved what the page says, one file for each block of Python."""
    place = tmp_path_factory.mktemp("stranger")
    issuer, terminal, program = re.findall(r"```python\n(.*?)```", LAB_PAGE.read_text("utf-8"), re.DOTALL)
    (place / "my_issuer.py").write_text(issuer, "utf-8")
    (place / "my_terminal.py").write_text(terminal, "utf-8")
    (place / "program.py").write_text(program, "utf-8")
    (place / "strange.py").write_text(STRANGE, "utf-8")
    return place


@pytest.fixture
def load(examples, monkeypatch):
    """Loads actors from that directory."""
    monkeypatch.chdir(examples)
    monkeypatch.syspath_prepend(examples)
    return load_actors


def pointsman(place, *words):
    """What the command says in that directory, and how it ends."""
    return subprocess.run([str(POINTSMAN), "sim", *words], cwd=place, capture_output=True, text=True, timeout=120, check=False)


def first_violation(makers, until_ms=UNTIL_MS):
    """Of the first seed that shows one."""
    violations = (hold_trial(draw(seed, **WORLD), until_ms, makers=makers).violation for seed in SEEDS)
    return next(violation for violation in violations if violation is not None)


def test_the_issuer_of_the_page_holds_everything(load):
    """In worlds in which much fails, its own death included."""
    makers = load("my_issuer:MyIssuer")
    records = 0
    for seed in SEEDS[:8]:
        trial = hold_trial(draw(seed, **WORLD), UNTIL_MS, makers=makers)
        assert trial.violation is None, f"seed {seed}: {trial.violation}"
        records += len(trial.run.issuers["bank1"].journal)
    assert records > 100


def test_the_terminal_of_the_page_holds_everything(load):
    """In worlds in which much fails, its own death included; it is paid at, and it owes and settles reversals."""
    makers, kinds, outcomes, lives = load("my_terminal:MyTerminal"), set(), set(), 0
    for seed in SEEDS:
        trial = hold_trial(draw(seed, **WORLD), UNTIL_MS, makers=makers)
        assert trial.violation is None, f"seed {seed}: {trial.violation}"
        kinds |= {sealed.kind for host in trial.run.terminals for sealed in host.journal}
        outcomes |= trial.run.ear.receipts.keys()
        lives += sum(host.life - 1 for host in trial.run.terminals)
    assert kinds == {"asked", "owed", "ended"}
    assert outcomes == {"approved", "declined", "no answer"}
    assert lives


def test_both_of_the_page_hold_everything_together(load):
    """A stranger's terminals before our switch, a stranger's bank behind it."""
    makers = load("my_issuer:MyIssuer,my_terminal:MyTerminal")
    for seed in SEEDS[:3]:
        assert hold_trial(draw(seed, **WORLD), UNTIL_MS, makers=makers).violation is None


def test_the_issuer_that_posts_twice_is_convicted(load):
    """Within twenty seeds, of what it has done: its books and its answers differ."""
    assert first_violation(load("my_issuer:DoublePoster")).invariant in ("I1", "I4")


def test_the_terminal_that_forgets_is_convicted(load):
    """Within twenty seeds, of what it has done: money is spent that no receipt tells of, and nobody gives it back."""
    assert first_violation(load("my_terminal:Forgetful"), 60_000).invariant == "I2"


@pytest.mark.parametrize(
    ("name", "invariants", "told"),
    [
        ("Trusting", ("I1", "I3"), ""),
        ("Wasteful", ("I13",), "STAN 000001 is spent"),
        ("Greedy", ("I1", "I3"), ""),
        ("Forgiving", ("I2",), "neither delivered nor reversed"),
        ("Talkative", ("I16",), 'a notice "mine" of LAB'),
        ("Hasty", ("I11",), "left before a record of its DE 11 and DE 37 was durable"),
        ("Unframed", ("I0",), "sends are not one whole message of"),
        ("Twofold", ("I0",), "they are 2 whole messages and 0 bytes of another"),
    ],
)
def test_other_defects_of_a_terminal_are_convicted(load, name, invariants, told):
    """Of what they have done, and not of what the switch has made of it."""
    violation = first_violation(load(f"strange:{name}"), 60_000)
    assert violation.invariant in invariants
    assert told in violation.text


@pytest.mark.parametrize(
    ("actor", "seed", "invariant"), [("my_issuer:DoublePoster", "3", "I4"), ("my_terminal:Forgetful", "6", "I2")]
)
def test_a_stranger_needs_nothing_but_the_page(examples, actor, seed, invariant):
    """The command finds the class in the current directory, convicts it, and says how to see that again."""
    done = pointsman(examples, "--seed", seed, "--terminals", "10", "--issuers", "1", "--actor", actor)
    assert done.returncode == 1, done.stderr
    assert f"VIOLATION {invariant}" in done.stdout
    again = next(line for line in done.stdout.splitlines() if line.startswith("again: "))
    assert again.endswith(f"--actor {actor}")
    assert "--faults none" not in again


def test_what_was_recorded_with_an_actor_replays_with_it(examples):
    """It is found by the name that the trace has; another one in its place gives other commands."""
    recorded = pointsman(
        examples,
        "--seed",
        "8",
        "--terminals",
        "3",
        "--until",
        "10s",
        "--actor",
        "my_terminal:MyTerminal",
        "--record",
        "t.trace",
    )
    assert recorded.returncode == 0, recorded.stdout + recorded.stderr
    same = pointsman(examples, "--replay", "t.trace")
    assert "the same commands, byte for byte" in same.stdout, same.stdout + same.stderr
    other = pointsman(examples, "--replay", "t.trace", "--actor", "strange:Late")
    assert other.returncode != 0


def test_the_program_of_the_page_runs(examples):
    """And finds the same."""
    done = subprocess.run(
        [sys.executable, "program.py"], cwd=examples, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("I")


def test_an_actor_that_cannot_be_made_is_refused(examples):
    """With class, method and line, and without what it has said, which may be anything."""
    done = pointsman(examples, "--actor", "strange:Fallen", "--issuers", "1")
    assert done.returncode == 2
    assert "Fallen.__init__: KeyError in strange.py, line 14" in done.stderr
    assert "4761739001010119" not in done.stderr


def test_links_are_drawn_from_what_an_actor_speaks(examples):
    """All else of the world is what it would have been."""
    words = ("--seed", "2", "--until", "5s", "--faults", "none", "--actor")
    of_few, of_all = (pointsman(examples, *words, actor) for actor in ("strange:Provincial", "my_terminal:MyTerminal"))
    assert of_few.returncode == 0, of_few.stdout + of_few.stderr
    links = re.findall(r"acquirer link \d: (\S+), (\S+),", of_few.stdout)
    assert links
    assert set(links) <= {("iso87-ebcdic", "ascii4"), ("iso87-ebcdic", "hex4")}
    others = [re.findall("^(?:begins|lines|issuer link|cards) .*", run.stdout, re.MULTILINE) for run in (of_few, of_all)]
    assert others[0] == others[1]


def test_without_a_name_it_is_ours():
    """The lab's own issuers and terminals."""
    assert load_actors("") == OURS


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("my_issuer", "is not MODULE:CLASS"),
        ("no_such_module:Issuer", "no_such_module cannot be imported"),
        ("my_issuer:Nobody", "my_issuer has no Nobody"),
        ("my_issuer:Booked", "it has no handle and no next_deadline"),
        ("strange:NOTHING", "is no class"),
        ("strange:Foreign", "Foreign.dialects is no tuple of some of these: iso87-ascii, "),
        ("strange:Mute", "Mute.framings is no tuple of some of these: len2-big, "),
        ("strange:Unmade", "cannot be made as an issuer is, with (cards, dialect=, framing=, keystore=, entropy=, journal=): "),
        ("strange:Late", "cannot be made as a terminal is, with (profile, wallet, stan=, keystore=, entropy=, journal=): "),
        (
            "my_terminal:MyTerminal,my_terminal:Forgetful",
            "my_terminal:Forgetful is a terminal, and another one is named before it",
        ),
    ],
)
def test_a_wrong_name_is_refused(load, name, told):
    """In words that say what was looked for."""
    with pytest.raises(ActorError, match=re.escape(told)):
        load(name)
