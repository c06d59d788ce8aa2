"""The plastic: one card with its faces. What each face answers is in `magstripe`, `chip` and `contactless`."""

from terminal_sim.card.chip import ChipApplication
from terminal_sim.card.contactless import ContactlessApplication
from terminal_sim.card.magstripe import Magstripe
from terminal_sim.card.memory import Memory
from terminal_sim.card.profile import CardProfile, Interface


class NoSuchInterface(Exception):
    """The card was presented where it has no face."""


class Card:
    """One card, as its holder presents it.

    Every insertion and every tap is an object of its own, so that two terminals of one process can be shown the same card; they
    share the card's memory, and with it the counter that never repeats.

    Args:
        profile: the kind of card.
        magstripe: its stripe.
        memory: of its chip; None for a card without one.
    """

    __slots__ = ("_magstripe", "_memory", "profile")

    def __init__(self, profile: CardProfile, magstripe: Magstripe, memory: Memory | None) -> None:
        self.profile = profile
        self._magstripe = magstripe
        self._memory = memory

    def __repr__(self) -> str:
        return f"<Card {self.name}>"

    @property
    def name(self) -> str:
        """How orders and the wallet call it."""
        return self.profile.name

    @property
    def atc(self) -> int:
        """Counter of its last chip or contactless transaction, 0 when there was none."""
        return self._memory.atc if self._memory is not None else 0

    def swipe(self) -> Magstripe:
        """Draw the stripe through a reader."""
        if Interface.MAGSTRIPE not in self.profile.interfaces:
            raise NoSuchInterface(f"card {self.name} has no magnetic stripe: {self._faces()}")
        return self._magstripe

    def insert(self) -> ChipApplication:
        """Put the chip under power: a fresh application that waits for SELECT."""
        if Interface.CHIP not in self.profile.interfaces or self._memory is None:
            raise NoSuchInterface(f"card {self.name} has no chip: {self._faces()}")
        return ChipApplication(self._memory)

    def tap(self) -> ContactlessApplication:
        """Hold the card into a reader's field: a fresh application that waits for the PPSE."""
        if Interface.CONTACTLESS not in self.profile.interfaces or self._memory is None:
            raise NoSuchInterface(f"card {self.name} cannot be tapped: {self._faces()}")
        return ContactlessApplication(self._memory)

    def remember_atc(self, atc: int) -> None:
        """Take over the counter that a journal says was reached; it only moves forward."""
        if self._memory is not None:
            self._memory.remember_atc(atc)

    def _faces(self) -> str:
        return "it has " + ", ".join(face.value for face in self.profile.interfaces)
