"""Actors of the user's own: the examples of docs/lab.md are taken as they stand there, and judged as ours are."""

import re
import subprocess
import sys
from collections import Counter
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


def first_conviction(makers, until_ms=UNTIL_MS, **own):
    """The trial of the first seed that shows a violation."""
    trials = (hold_trial(draw(seed, **WORLD, **own), until_ms, makers=makers) for seed in SEEDS)
    return next(trial for trial in trials if trial.violation is not None)


def first_violation(makers, until_ms=UNTIL_MS):
    """Of the first seed that shows one."""
    return first_conviction(makers, until_ms).violation


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


def test_some_of_them_hold_everything_beside_ours(load):
    """Everybody is paid at and pays; the journals of our terminals are read, and keys change where nobody else sits."""
    makers, held, lives = load("my_issuer:MyIssuer,my_terminal:MyTerminal"), Counter(), Counter()
    for seed in SEEDS[:10]:
        options = draw(seed, **WORLD, own_terminals=1 + seed % 5, own_issuers=1)
        trial = hold_trial(options, 40_000, makers=makers)
        assert trial.violation is None, f"seed {seed}: {trial.violation}"
        for host in (*trial.run.terminals, *trial.run.issuers.values()):
            whose = "own" if host.name in trial.run.own else "ours"
            held[whose, host.name[:4]] += host.disk.seq
            lives[whose] += host.life - 1
            assert (host.name in trial.auditor.evidence.durables.names) is (whose == "ours" and host in trial.run.terminals)
        held["keys changed"] += trial.run.ear.notices["keys.changed"]
    assert min(held.values()) > 3, held
    assert min(lives.values()) > 3, lives


@pytest.mark.parametrize("own", [{}, {"own_issuers": 1}])
def test_the_issuer_that_posts_twice_is_convicted(load, own):
    """Within twenty seeds, of what it has done: its books and its answers differ. Alone, and beside one of ours."""
    violation = first_conviction(load("my_issuer:DoublePoster"), **own).violation
    assert violation.invariant in ("I1", "I4")
    assert "bank2" not in violation.text or not own


@pytest.mark.parametrize("own", [{}, {"own_terminals": 3}])
def test_the_terminal_that_forgets_is_convicted(load, own):
    """Within twenty seeds, of what it has done: money is spent that no receipt tells of, and nobody gives it back."""
    trial = first_conviction(load("my_terminal:Forgetful"), 60_000, **own)
    assert trial.violation.invariant == "I2"
    assert trial.violation.transaction[0] in trial.run.own


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


def test_what_needs_ours_beside_them_is_shown_again_with_ours(examples):
    """The line that shows a violation again has how many were somebody's own, and so has the one that draws it."""
    words = ("--seed", "2", "--faults", "duplicate,replay", "--until", "20s", "--terminals", "10", "--issuers", "2")
    own = ("--actor", "my_issuer:DoublePoster", "--own-issuers", "1")
    first = pointsman(examples, *words, *own).stdout
    told = {line.split(": ")[0]: line.split(": ")[1] for line in first.splitlines() if ": pointsman sim " in line}
    assert told["again"].endswith(" ".join(own))
    again = pointsman(examples, *told["picture"].split()[2:]).stdout
    assert re.search("VIOLATION I[0-9]+", again)[0] == re.search("VIOLATION I[0-9]+", first)[0]
    assert f"\ntransaction {told['picture'].split()[-1]}\n" in again


@pytest.mark.parametrize("own", [(), ("--own-terminals", "2")])
def test_what_was_recorded_with_an_actor_replays_with_it(examples, tmp_path, own):
    """It is found by the name that the trace has, and so are its seats; another one in its place gives other commands."""
    trace, actor = str(tmp_path / "t.trace"), "my_terminal:MyTerminal"
    words = ("--seed", "8", "--terminals", "3", "--until", "10s", "--actor", actor, *own)
    recorded = pointsman(examples, *words, "--record", trace)
    assert recorded.returncode == 0, recorded.stdout + recorded.stderr
    same = pointsman(examples, "--replay", trace)
    assert "the same commands, byte for byte" in same.stdout, same.stdout + same.stderr
    other = pointsman(examples, "--replay", trace, "--actor", "strange:Late")
    assert other.returncode != 0
    assert "DIFFERENCE" in other.stdout or "cannot be made" in other.stderr


def test_no_trace_is_begun_of_a_world_that_cannot_be(examples, tmp_path):
    """Whoever asks for more of his own than there are is told before a file is there."""
    trace = tmp_path / "t.trace"
    words = ("--issuers", "1", "--own-issuers", "2", "--actor", "my_issuer:MyIssuer", "--record", str(trace))
    done = pointsman(examples, *words)
    assert done.returncode == 2
    assert "--own-issuers 2: of issuers this world has 1" in done.stderr
    assert not trace.exists()


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
