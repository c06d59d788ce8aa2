"""Simulated cards, down to the APDU and with real cryptography. Pure: a card knows no terminal, no clock and no network.

- a `CardProfile` says what a kind of card can do and which data objects it holds; `PROFILES` has one for each test card;
- `personalise` writes one card from a profile and the issuer's keys, as a bureau would;
- a `Card` is the plastic: `swipe()` gives its `Magstripe`, `insert()` starts its chip application, `tap()` the contactless one;
- an *application* answers `transmit(apdu)` with data and a status word (SW1 SW2), whatever it is sent;
- what a card never forgets, its *memory*, holds its keys, its data objects by tag and its transaction counter (*ATC*).
"""

from terminal_sim.card.card import Card, NoSuchInterface
from terminal_sim.card.personalise import IssuerKeys, personalise
from terminal_sim.card.profile import PROFILES, CardProfile, Interface

__all__ = ["PROFILES", "Card", "CardProfile", "Interface", "IssuerKeys", "NoSuchInterface", "personalise"]
