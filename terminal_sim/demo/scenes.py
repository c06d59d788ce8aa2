"""The purchases that a demonstration always shows, each with the answer that must come. A table; `run` plays it."""

from enum import Enum

import msgspec

from terminal_sim.terminal import Entry


class Act(Enum):
    """What happens in a scene."""

    PURCHASE = "purchase"
    VOID = "purchase, then void"
    COMPLETION = "authorisation, then completion"
    WRONG_PIN = "purchase with a wrong PIN"
    BAD_MAC = "purchase with a bad MAC"


class Scene(msgspec.Struct, frozen=True):
    """One scene.

    Args:
        title: for the audience.
        card: name of a test card.
        entry: how it is presented.
        amount: decimal, in euros.
        act: what happens.
        expected: DE 39 that must come back.
        pin: whether the cardholder types the PIN.
    """

    title: str
    card: str
    entry: Entry
    amount: str
    expected: str
    act: Act = Act.PURCHASE
    pin: bool = True


SCENES: tuple[Scene, ...] = (
    Scene("magstripe with PIN", "visa-mag", Entry.MAGSTRIPE, "12.50", "00"),
    Scene("contact chip with online PIN", "visa-chip", Entry.CHIP, "74.90", "00"),
    Scene("NFC tap below the PIN limit", "visa-chip", Entry.NFC, "8.20", "00", pin=False),
    Scene("contact chip, another scheme", "mc-chip", Entry.CHIP, "21.00", "00"),
    Scene("a wrong PIN", "visa-chip", Entry.CHIP, "30.00", "55", Act.WRONG_PIN),
    Scene("a message whose MAC is wrong", "visa-mag", Entry.MAGSTRIPE, "5.00", "63", Act.BAD_MAC),
    Scene("more than the account holds", "visa-poor", Entry.CHIP, "49.00", "51"),
    Scene("an expired card", "visa-expired", Entry.CHIP, "10.00", "54"),
    Scene("a purchase, voided by a reversal", "visa-chip", Entry.CHIP, "19.99", "00", Act.VOID),
    Scene("an authorisation and its completion", "visa-chip", Entry.CHIP, "150.00", "00", Act.COMPLETION),
)
"""In the order in which they are shown."""
