"""Machines of somebody's own that are wrong in every way that came to mind: each is named with class, method and mistake."""

import re
import sys

import msgspec
import pytest

from switch.domain.test_cards import TEST_CARDS
from switch.machine import (
    GENESIS,
    Append,
    ChainError,
    Dial,
    Hangup,
    Moment,
    Notice,
    Notify,
    Operate,
    RecordCodec,
    Sealed,
    Send,
    Severity,
    Tick,
)
from terminal_sim.lab.failure import ActorFailure, JournalRefused
from terminal_sim.lab.guard import COMMANDS_MAX, RECORD_BYTES_MAX, TICKS_MAX, Guard, TerminalGuard
from terminal_sim.lab.issuer_actor import IssuerActor
from terminal_sim.lab.makers import Makers
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.trial import hold_trial

NOW = Moment(0, 0)
REFUSED = Notify(Notice("terminal.refused", Severity.INFO, "no"))
CARD_NUMBER = TEST_CARDS["visa-chip"].pan.expose()


class Note(msgspec.Struct, frozen=True, tag="note"):
    """Something to remember."""

    text: str = ""


NOTES = RecordCodec(Note, 1)


def note(seq, text=""):
    """An append of a record."""
    return Append(NOTES.seal(Note(text), seq=seq, at=0, previous=GENESIS))


class Refuser:
    """A terminal that refuses every order, which is its good right."""

    def __init__(self, profile, wallet, *, stan, keystore, entropy, journal):
        self.net, self.idle = {}, True

    def handle(self, event, now):
        return [REFUSED] if isinstance(event, Operate) else []

    def next_deadline(self):
        return None


def saying(*commands, **attributes):
    """A class of terminals that give these commands for each event and are otherwise as `attributes` say."""
    return type("Mine", (Refuser,), {"handle": lambda self, event, now: list(commands), **attributes})


def answering(value):
    """A class of terminals whose `handle` gives this."""
    return type("Mine", (Refuser,), {"handle": lambda self, event, now: value})


def fact(**changes):
    """A receipt's notice with such facts."""
    facts = {"key": "LAB00001/000001/0101000000", "kind": "purchase", "outcome": "approved"} | changes
    return Notify(Notice("terminal.receipt", Severity.INFO, "", facts=tuple(facts.items())))


class Raising(Refuser):
    """Raises what has a card number in it."""

    def handle(self, event, now):
        raise KeyError(CARD_NUMBER)


class Deep(Refuser):
    """Raises somewhere below."""

    def handle(self, event, now):
        NOTES.seal(self, seq=1, at=0, previous=GENESIS)


class Leaving(Refuser):
    """Would end the program."""

    def handle(self, event, now):
        sys.exit(3)


class Asynchronous(Refuser):
    """Has misunderstood."""

    async def handle(self, event, now):
        return []


class Awaited(Refuser):
    """Has misunderstood as well."""

    async def next_deadline(self):
        return None


class Generating(Refuser):
    """Yields its commands."""

    def handle(self, event, now):
        yield REFUSED


class Meddling(Refuser):
    """Writes upon what has happened."""

    def handle(self, event, now):
        event.order = None


class Unmade(Refuser):
    """Cannot be made."""

    def __init__(self, profile, wallet, **rest):
        raise ValueError(CARD_NUMBER)


class Uncounted(Refuser):
    """Keeps no books."""

    def __init__(self, profile, wallet, **rest):
        self.idle = True


class Restless(Refuser):
    """Is never idle."""

    def __init__(self, profile, wallet, **rest):
        self.net, self.idle = {}, False


class Impatient(Refuser):
    """Wants to be woken at once, for ever."""

    def next_deadline(self):
        return 0


class Silent(Refuser):
    """Says nothing to those who order."""

    def handle(self, event, now):
        return []


WRONG = {
    "raises": (Raising, r"Raising.handle: KeyError in test_guard.py, line \d+$"),
    "raises below": (Deep, r"Deep.handle: \w+ in sealing.py, line \d+, by way of test_guard.py, line \d+"),
    "exits": (Leaving, r"Leaving.handle: SystemExit in test_guard.py, line \d+$"),
    "async": (Asynchronous, "Asynchronous.handle gave a coroutine, not a list of commands; an actor is synchronous"),
    "generator": (Generating, "Generating.handle gave a generator, not a list"),
    "changes the event": (Meddling, "Meddling.handle: AttributeError in test_guard.py"),
    "None": (answering(None), "Mine.handle gave nothing"),
    "one command": (answering(REFUSED), "Mine.handle gave a Notify, not a list"),
    "text": (answering("send"), "Mine.handle gave a str, not a list"),
    "no command": (saying("send"), "Mine.handle gave a list with a str in it, which is no command"),
    "an event": (saying(Tick()), "Mine.handle gave a list with a Tick in it"),
    "text to send": (saying(Send(1, "0800")), "Mine.handle gave a Send with a value of another type"),
    "no connection": (saying(Hangup(None, "why")), "Mine.handle gave a Hangup with a value of another type"),
    "another link": (saying(Dial("bank1")), 'Mine.handle gave a Dial of "bank1"; it can dial switch$'),
    "many commands": (saying(*[REFUSED] * (COMMANDS_MAX + 1)), f"Mine.handle gave {COMMANDS_MAX + 1} commands"),
    "no entry": (saying(Append(Note())), "Mine.handle gave an Append with a value"),
    "a gap": (saying(note(2)), "Mine.handle gave an Append of record 2, where 1 is the next"),
    "twice the same": (saying(note(1), note(1)), "Mine.handle gave an Append of record 1, where 2 is the next"),
    "huge": (saying(note(1, "x" * RECORD_BYTES_MAX)), "a record of 655.. bytes; 65536 are allowed"),
    "no text": (saying(Append(Sealed(1, 0, "note", b"\xff", bytes(32)))), "a record whose body is not UTF-8"),
    "text as a notice": (saying(Notify("terminal.refused")), "Mine.handle gave a Notify with a value of another type"),
    "loose facts": (saying(Notify(Notice("mine", Severity.INFO, "", facts=(1,)))), 'a notice "mine" whose facts are not pairs'),
    "facts as a dict": (saying(Notify(Notice("mine", Severity.INFO, "", facts={}))), "gave a Notify with a value of another"),
    "a receipt of nothing": (saying(Notify(Notice("terminal.receipt", Severity.INFO, ""))), '"terminal.receipt" without one'),
    "half a key": (saying(fact(key="LAB00001/000001")), '"key" is TERMINAL/STAN/DE 7'),
    "another kind": (saying(fact(kind="gift")), '"kind" one of purchase, authorisation, completion, void'),
    "another outcome": (saying(fact(outcome="yes")), '"outcome" one of approved, declined, no answer, taken back'),
    "a real deadline": (saying(next_deadline=lambda self: 1.5), "Mine.next_deadline gave a float, not milliseconds as an int"),
    "an awaited deadline": (Awaited, "Awaited.next_deadline gave a coroutine, not milliseconds"),
    "a broken deadline": (saying(next_deadline=lambda self: 1 // 0), "Mine.next_deadline: ZeroDivisionError in test_guard.py"),
    "impatient": (Impatient, f"Impatient.next_deadline gave {TICKS_MAX} times a moment that has come"),
    "no books": (Uncounted, "Uncounted is no actor: it has no net"),
    "cannot be made": (Unmade, "Unmade.__init__: ValueError in test_guard.py, line"),
}
"""What is wrong, the class, and what is told."""

CALM = draw(1, terminals=2, issuers=0, faults={})


def verdict(wrong):
    """What is said of a terminal of this class."""
    try:
        trial = hold_trial(CALM, 20_000, makers=Makers(terminal=wrong))
    except ActorFailure as failure:
        return str(failure)
    assert trial.violation is not None, "nobody has noticed"
    assert trial.violation.invariant == "I0"
    return trial.violation.text


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named(name):
    """Whatever an actor does: no traceback, no hanging, and nothing of its own words, which may hold a card number."""
    wrong, told = WRONG[name]
    text = verdict(wrong)
    assert re.search(told, text), text
    assert CARD_NUMBER not in text


def test_an_issuer_is_looked_at_as_well():
    """A class that has one of ours for its base is somebody's own."""
    wrong = type("Mine", (IssuerActor,), {"handle": lambda self, event, now: None})
    trial = hold_trial(draw(1, terminals=2, issuers=1, faults={}), 20_000, makers=Makers(issuer=wrong))
    assert str(trial.violation).endswith("Mine.handle gave nothing (None), not a list of commands; an actor is synchronous")


def test_an_issuer_dials_nobody():
    """It is dialled by the switch."""
    wrong = type("Mine", (IssuerActor,), {"handle": lambda self, event, now: [Dial("switch")]})
    trial = hold_trial(draw(1, terminals=2, issuers=1, faults={}), 20_000, makers=Makers(issuer=wrong))
    assert trial.violation.text == 'Mine.handle gave a Dial of "switch"; it dials nobody: it is dialled'


def test_who_refuses_everything_breaks_nothing():
    """Or the table above would prove nothing."""
    trial = hold_trial(CALM, 20_000, makers=Makers(terminal=Refuser))
    assert trial.violation is None
    assert trial.run.ear.notices["terminal.refused"] > 3


@pytest.mark.parametrize(
    ("wrong", "told"), [(Restless, "LAB00001 has not come to rest"), (Silent, "LAB00001 has not said how 3 orders ended")]
)
def test_who_never_ends_anything_does_not_come_to_rest(wrong, told):
    """Whether it says so, or says nothing at all."""
    trial = hold_trial(CALM, 20_000, makers=Makers(terminal=wrong))
    assert (trial.violation.invariant, trial.violation.text) == ("I20", told)


# The guard by itself.


def guarded(wrong=Refuser, journal=()):
    """One of that class behind its guard."""
    return TerminalGuard(wrong, lambda: wrong(None, {}, stan=0, keystore=None, entropy=None, journal=journal), journal)


def test_what_is_right_goes_through_as_it_is():
    """Commands, books, rest, deadline."""
    commands = [note(1), Send(1, b"0800"), REFUSED, fact()]
    machine = guarded(saying(*commands, next_deadline=lambda self: 7))
    machine._machine.net = {("LAB00001", "600100000001"): 500}
    assert machine.handle(Tick(), NOW) == commands
    assert (machine.net, machine.idle, machine.next_deadline()) == ({("LAB00001", "600100000001"): 500}, True, 7)


def test_a_list_that_is_used_again_is_copied():
    """What a machine does to its list afterwards was not said."""
    commands = [REFUSED]
    given = guarded(answering(commands)).handle(Tick(), NOW)
    commands.clear()
    assert given == [REFUSED]


def test_records_go_on_where_the_journal_ends():
    """Behind what it holds; one that begins anew would overwrite it."""
    journal = (note(1).sealed, note(2).sealed)
    assert guarded(saying(note(3)), journal).handle(Tick(), NOW) == [note(3)]
    with pytest.raises(ActorFailure, match="record 1, where 3 is the next"):
        guarded(saying(note(1)), journal).handle(Tick(), NOW)


def test_ticks_at_one_moment_are_bounded():
    """And begin anew when time goes on."""
    machine = guarded()
    for at in range(3):
        for _ in range(TICKS_MAX):
            machine.handle(Tick(), Moment(at, 0))
    with pytest.raises(ActorFailure, match="a moment that has come"):
        machine.handle(Tick(), Moment(2, 0))


@pytest.mark.parametrize(
    ("net", "told"),
    [
        ([], "net is a list, not a mapping"),
        (None, "net is nothing"),
        ({"LAB00001": 5}, "net has a key that is no pair"),
        ({("LAB00001", 7): 5}, "net has a key that is no pair"),
        ({("LAB00001", "600100000001"): 5.0}, r"net has a float for \('LAB00001', '600100000001'\): minor units are ints"),
        ({("LAB00001", "600100000001"): None}, "net has nothing"),
    ],
)
def test_books_are_of_the_types_that_they_must_be(net, told):
    """A float near money is a defect."""
    machine = guarded()
    machine._machine.net = net
    with pytest.raises(ActorFailure, match=told):
        _ = machine.net


@pytest.mark.parametrize("idle", [None, 1, "no", lambda: True])
def test_rest_is_true_or_false(idle):
    """A method that was meant to be a property would always be true."""
    machine = guarded()
    machine._machine.idle = idle
    with pytest.raises(ActorFailure, match=r"idle is .+, not True or False"):
        _ = machine.idle


@pytest.mark.parametrize("error", [ChainError(1, "changed"), ValueError("changed")])
def test_who_refuses_its_journal_is_told_from_who_cannot_be_made(error):
    """On a journal these say that it was changed, which is right when it was; without one they are a failure as any other."""

    def make():
        raise error

    with pytest.raises(JournalRefused, match=r"Refuser.__init__: \w+ in test_guard.py"):
        Guard(Refuser, make, (note(1).sealed,))
    with pytest.raises(ActorFailure, match=r"Refuser.__init__: \w+ in test_guard.py") as failure:
        Guard(Refuser, make, ())
    assert not isinstance(failure.value, JournalRefused)


def test_what_is_no_machine_is_told_what_it_lacks():
    """Whatever a maker gives."""
    with pytest.raises(ActorFailure, match="int is no actor: it has no handle and no next_deadline and no net and no idle"):
        TerminalGuard(int, int, ())
