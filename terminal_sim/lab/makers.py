"""Who makes the hosts of a run that may be of somebody's own: remote issuers and terminals. The lab's own ones by default.

What such a class is made with is here; what it must then do is in `actor`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from keys.keystore import MemoryKeystore
from switch.domain.test_cards import TestCard
from switch.machine import Entropy, Sealed
from terminal_sim.card import Card
from terminal_sim.lab.actor import Actor, TerminalActor
from terminal_sim.lab.checkpoint import Checkpoint
from terminal_sim.lab.failure import ActorFailure
from terminal_sim.lab.guard import Guard, TerminalGuard, class_name
from terminal_sim.lab.issuer_actor import IssuerActor
from terminal_sim.lab.issuer_books import IssuerBooks
from terminal_sim.lab.swarm import FLUENT, Fluency, Options
from terminal_sim.terminal import PinPad, Terminal, TerminalProfile
from terminal_sim.terminal.books import Books

TERMINAL_TRANSACTIONS_KEPT = 1_000
"""Transactions that a terminal of the lab remembers: as with its switch, fewer than others do, and those of ten minutes."""


class MakeIssuer(Protocol):
    """Makes the host of a remote issuer."""

    def __call__(
        self,
        cards: Sequence[TestCard],
        *,
        dialect: str,
        framing: str,
        keystore: MemoryKeystore,
        entropy: Entropy,
        journal: Iterable[Sealed],
    ) -> Actor:
        """An issuer of these cards, which speaks so, and begins on what its journal holds."""


class MakeTerminal(Protocol):
    """Makes a terminal."""

    def __call__(
        self,
        profile: TerminalProfile,
        wallet: Mapping[str, Card],
        *,
        stan: int,
        keystore: MemoryKeystore,
        entropy: Entropy,
        journal: Iterable[Sealed],
    ) -> TerminalActor:
        """A terminal of this profile, to which these cards can be presented; it begins on what its journal holds, and has spent
        the STANs up to `stan` before that journal begins.
        """


def make_terminal(
    profile: TerminalProfile,
    wallet: Mapping[str, Card],
    *,
    stan: int,
    keystore: MemoryKeystore,
    entropy: Entropy,
    journal: Iterable[Sealed],
) -> Terminal:
    """The production terminal."""
    return Terminal(profile, wallet, PinPad(keystore, entropy), entropy, journal=journal, stan=stan)


class Makers(msgspec.Struct, frozen=True):
    """Who makes what.

    Args:
        issuer: remote issuers, all of them or as many as the options of a run say.
        terminal: terminals, the same.
    """

    issuer: MakeIssuer = IssuerActor
    terminal: MakeTerminal = make_terminal

    def own_hosts(self, options: Options) -> frozenset[str]:
        """Names of the hosts that are somebody's own, with journals that nobody else can read.

        Raises:
            ActorFailure: the options ask for some, and there is no class for them.
        """
        kinds = (
            ("terminals", self.terminal is make_terminal, options.own_terminals, options.own_terminal_names),
            ("issuers", self.issuer is IssuerActor, options.own_issuers, options.own_issuer_names),
        )
        for kind, ours, own, _ in kinds:
            if ours and own:
                raise ActorFailure(f"own-{kind} {own}: --actor names no class for {kind}")
        return frozenset(name for _, ours, _, names in kinds if not ours for name in names)

    @property
    def issuers_speak(self) -> Fluency:
        """What issuers say that they speak."""
        return _fluency_of(self.issuer)

    @property
    def terminals_speak(self) -> Fluency:
        """What terminals say that they speak."""
        return _fluency_of(self.terminal)

    def begin_issuer(
        self,
        cards: Sequence[TestCard],
        *,
        dialect: str,
        framing: str,
        keystore: MemoryKeystore,
        entropy: Entropy,
        checkpoint: Checkpoint[IssuerBooks] | None,
        journal: Sequence[Sealed],
    ) -> Actor:
        """An issuer. With a checkpoint it is ours; without, somebody's own, behind a guard.

        Raises:
            ActorFailure: it is no issuer, or does not speak so.
        """

        if checkpoint is not None:
            books = checkpoint.begin(journal)
            return IssuerActor(cards, dialect=dialect, framing=framing, keystore=keystore, entropy=entropy, books=books)

        def make() -> Actor:
            return self.issuer(
                tuple(cards), dialect=dialect, framing=framing, keystore=keystore, entropy=entropy, journal=tuple(journal)
            )

        _check_speech(self.issuer, self.issuers_speak, dialect, framing)
        return Guard(self.issuer, make, journal)

    def begin_terminal(
        self,
        profile: TerminalProfile,
        wallet: Mapping[str, Card],
        *,
        stan: int,
        keystore: MemoryKeystore,
        entropy: Entropy,
        checkpoint: Checkpoint[Books] | None,
        journal: Sequence[Sealed],
    ) -> TerminalActor:
        """A terminal. With a checkpoint it is ours; without, somebody's own, behind a guard.

        Raises:
            ActorFailure: it is no terminal, or does not speak as its profile says.
        """

        if checkpoint is not None:
            return Terminal(profile, wallet, PinPad(keystore, entropy), entropy, books=checkpoint.begin(journal))

        def make() -> TerminalActor:
            return self.terminal(profile, dict(wallet), stan=stan, keystore=keystore, entropy=entropy, journal=tuple(journal))

        _check_speech(self.terminal, self.terminals_speak, profile.dialect, profile.framing)
        return TerminalGuard(self.terminal, make, journal, (profile.link,))


OURS = Makers()
"""The lab's own."""


def issuer_checkpoint() -> Checkpoint[IssuerBooks]:
    """For the journal of an issuer of ours; somebody's own nobody else can fold."""
    return Checkpoint(IssuerBooks(), IssuerBooks.fold)


def terminal_checkpoint(stan: int) -> Checkpoint[Books]:
    """For the journal of a terminal of ours that has spent the STANs up to `stan`."""
    return Checkpoint(Books(stan, TERMINAL_TRANSACTIONS_KEPT), Books.fold)


def _fluency_of(maker: object) -> Fluency:
    """What a class says of its dialects and framings.

    Raises:
        ActorFailure: a run cannot have them.
    """
    spoken = Fluency(_names(maker, "dialects", FLUENT.dialects), _names(maker, "framings", FLUENT.framings))
    for dialect in spoken.dialects:
        if not spoken.framings_of(dialect):
            raise ActorFailure(f"{class_name(maker)}.framings has none that suits {dialect}")
    return spoken


def _check_speech(maker: object, spoken: Fluency, dialect: str, framing: str) -> None:
    """Whether a class speaks as its link does: a command sees to that, and who calls `draw` himself may have forgotten it."""
    if dialect not in spoken.dialects or framing not in spoken.framings:
        raise ActorFailure(
            f"{class_name(maker)} does not speak {dialect} in {framing}, which was drawn for its link;"
            " give draw() what it speaks: issuers_speak=makers.issuers_speak, terminals_speak=makers.terminals_speak"
        )


def _names(maker: object, attribute: str, known: tuple[str, ...]) -> tuple[str, ...]:
    names = getattr(maker, attribute, known)
    if not isinstance(names, tuple | list) or not names or any(name not in known for name in names):
        raise ActorFailure(f"{class_name(maker)}.{attribute} is no tuple of some of these: {', '.join(known)}")
    return tuple(names)
