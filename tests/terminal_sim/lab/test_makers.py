"""Who makes issuers and terminals: ours are as they are; somebody's own stand behind a guard, and hold nothing of the world."""

import pytest

from keys.lab import lab_keystore
from switch.domain.test_cards import TEST_CARDS
from switch.machine import Sealed
from terminal_sim.lab import SeededEntropy
from terminal_sim.lab.customers import customer, make_card
from terminal_sim.lab.guard import Guard, TerminalGuard
from terminal_sim.lab.issuer_actor import IssuerActor
from terminal_sim.lab.makers import OURS, Makers, make_terminal
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


def begin_terminal(makers, wallet, journal):
    """A terminal as a run has it."""
    entropy, checkpoint = SeededEntropy(1), makers.terminal_checkpoint(41)
    return makers.begin_terminal(
        DEFAULT, wallet, stan=41, keystore=lab_keystore(), entropy=entropy, checkpoint=checkpoint, journal=journal
    )


def begin_issuer(makers, cards, journal):
    """An issuer as a run has it."""
    return makers.begin_issuer(
        cards,
        dialect="iso87-ascii",
        framing="len2-big",
        keystore=lab_keystore(),
        entropy=SeededEntropy(1),
        checkpoint=makers.issuer_checkpoint(),
        journal=journal,
    )


@pytest.fixture
def wallet():
    """One customer's card."""
    return {customer(0).name: make_card(customer(0))}


def test_ours_are_as_they_are(wallet):
    """No guard slows them down."""
    terminal = begin_terminal(OURS, wallet, [])
    assert type(terminal) is Terminal
    assert terminal.books.next_stan() == "000042"
    assert type(begin_issuer(OURS, [], [])) is IssuerActor
    assert not OURS.own_terminals


def test_terminals_of_ones_own_are_guarded(wallet):
    """They are told everything, and what they do to it changes nothing of the world's."""
    makers = Makers(terminal=Mine)
    terminal = begin_terminal(makers, wallet, ENTRIES)
    assert isinstance(terminal, TerminalGuard)
    assert terminal._machine.made_with == (DEFAULT, {}, 41, tuple(ENTRIES))
    assert list(wallet) == [customer(0).name]
    assert makers.own_terminals
    assert makers.terminal_checkpoint(41) is None


def test_issuers_of_ones_own_are_guarded():
    """The same."""
    makers, cards = Makers(issuer=Bank), [TEST_CARDS["visa-chip"]]
    issuer = begin_issuer(makers, cards, ENTRIES)
    assert isinstance(issuer, Guard)
    assert issuer._machine.made_with == (tuple(cards), "iso87-ascii", "len2-big", tuple(ENTRIES))
    assert not makers.own_terminals
    assert makers.issuer_checkpoint() is None
