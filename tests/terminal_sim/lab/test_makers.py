"""Who makes issuers and terminals: ours are as they are; somebody's own stand behind a guard, and hold nothing of the world."""

import pytest

from keys.lab import lab_keystore
from switch.domain.test_cards import TEST_CARDS
from switch.machine import Sealed
from terminal_sim.lab import SeededEntropy
from terminal_sim.lab.customers import customer, make_card
from terminal_sim.lab.failure import ActorFailure
from terminal_sim.lab.guard import Guard, TerminalGuard
from terminal_sim.lab.issuer_actor import IssuerActor
from terminal_sim.lab.makers import OURS, Makers, issuer_checkpoint, make_terminal, terminal_checkpoint
from terminal_sim.lab.swarm import draw
from terminal_sim.terminal import DEFAULT, Terminal

ENTRIES = [Sealed(1, 0, "mine", b"{}", bytes(32))]


class Mine(Terminal):
    """A terminal of somebody's own, which keeps what it was made with and meddles with it."""

    def __init__(self, profile, wallet, *, stan, keystore, entropy, journal):
        made = make_terminal(profile, wallet, stan=stan, keystore=keystore, entropy=entropy, journal=())
        self.__dict__ |= made.__dict__
        self.made_with = (profile, wallet, stan, journal)
        wallet.clear()


class Bank(IssuerActor):
    """An issuer of somebody's own, which keeps what it was made with."""

    def __init__(self, cards, *, dialect, framing, keystore, entropy, journal):
        super().__init__(cards, dialect=dialect, framing=framing, keystore=keystore, entropy=entropy)
        self.made_with = (cards, dialect, framing, journal)


def begin_terminal(makers, wallet, journal, checkpoint=None):
    """A terminal as a run has it."""
    entropy, keystore = SeededEntropy(1), lab_keystore()
    return makers.begin_terminal(
        DEFAULT, wallet, stan=41, keystore=keystore, entropy=entropy, checkpoint=checkpoint, journal=journal
    )


def begin_issuer(makers, cards, journal, checkpoint=None):
    """An issuer as a run has it."""
    return makers.begin_issuer(
        cards,
        dialect="iso87-ascii",
        framing="len2-big",
        keystore=lab_keystore(),
        entropy=SeededEntropy(1),
        checkpoint=checkpoint,
        journal=journal,
    )


@pytest.fixture
def wallet():
    """One customer's card."""
    return {customer(0).name: make_card(customer(0))}


@pytest.mark.parametrize("makers", [OURS, Makers(issuer=Bank, terminal=Mine)])
def test_ours_are_as_they_are(wallet, makers):
    """No guard slows them down; those beside somebody's own are no others."""
    terminal = begin_terminal(makers, wallet, [], terminal_checkpoint(41))
    assert type(terminal) is Terminal
    assert terminal.books.next_stan() == "000042"
    assert type(begin_issuer(makers, [], [], issuer_checkpoint())) is IssuerActor


def test_terminals_of_ones_own_are_guarded(wallet):
    """They are told everything, and what they do to it changes nothing of the world's."""
    makers = Makers(terminal=Mine)
    terminal = begin_terminal(makers, wallet, ENTRIES)
    assert isinstance(terminal, TerminalGuard)
    assert terminal._machine.made_with == (DEFAULT, {}, 41, tuple(ENTRIES))
    assert list(wallet) == [customer(0).name]


def test_issuers_of_ones_own_are_guarded():
    """The same."""
    makers, cards = Makers(issuer=Bank), [TEST_CARDS["visa-chip"]]
    issuer = begin_issuer(makers, cards, ENTRIES)
    assert isinstance(issuer, Guard)
    assert issuer._machine.made_with == (tuple(cards), "iso87-ascii", "len2-big", tuple(ENTRIES))


def test_what_was_drawn_for_others_is_refused(wallet):
    """A class that speaks less than its link would be convicted of what nobody has asked of it."""
    shy = {"dialects": ("gicc", "iso87-ascii"), "framings": ("ascii4",)}
    bank, mine = type("Shy", (Bank,), shy), type("Quiet", (Mine,), {"dialects": ("gicc",)})
    with pytest.raises(
        ActorFailure, match=r"Shy does not speak iso87-ascii in len2-big, .* issuers_speak=makers\.issuers_speak"
    ):
        begin_issuer(Makers(issuer=bank), [], [])
    with pytest.raises(ActorFailure, match=f"Quiet does not speak {DEFAULT.dialect} in {DEFAULT.framing}"):
        begin_terminal(Makers(terminal=mine), wallet, [])


@pytest.mark.parametrize(
    ("makers", "given", "names"),
    [
        (OURS, {}, set()),
        (Makers(terminal=Mine), {}, {"LAB00001", "LAB00002", "LAB00003"}),
        (Makers(issuer=Bank), {}, {"bank1", "bank2"}),
        (Makers(issuer=Bank, terminal=Mine), {"own_issuers": 1, "own_terminals": 1}, {"bank1", "LAB00001"}),
        (Makers(issuer=Bank, terminal=Mine), {"own_issuers": 0, "own_terminals": 0}, set()),
        (Makers(terminal=Mine), {"own_issuers": 0, "own_terminals": 3}, {"LAB00001", "LAB00002", "LAB00003"}),
    ],
)
def test_somebodys_own_are_as_many_as_the_options_say(makers, given, names):
    """All of a kind where they do not say, and none where there is no class."""
    assert makers.own_hosts(draw(3, terminals=3, issuers=2, **given)) == names


@pytest.mark.parametrize(
    ("makers", "given", "told"),
    [
        (OURS, {"own_terminals": 1}, "own-terminals 1: --actor names no class for terminals"),
        (Makers(terminal=Mine), {"own_issuers": 2}, "own-issuers 2: --actor names no class for issuers"),
    ],
)
def test_nobodys_own_cannot_be_asked_for(makers, given, told):
    """A world in which they were silently ours would prove nothing."""
    with pytest.raises(ActorFailure, match=told):
        makers.own_hosts(draw(3, terminals=3, issuers=2, **given))
