"""The mixed purchases after the scenes: drawn from a seed, so that a run can be repeated."""

import random

import msgspec

from switch.domain.money import Money, currency
from terminal_sim.terminal import Entry

MINOR_MAX = 8_000
TOO_MUCH_MINOR = 900_000_000
"""More than any customer has."""

CONTACTLESS_MAX = 4_500

ENTRIES = ((Entry.CHIP, 45), (Entry.NFC, 35), (Entry.MAGSTRIPE, 20))
"""How cards are presented, in percent."""


class Errand(msgspec.Struct, frozen=True):
    """One purchase to be made.

    Args:
        customer: index among the terminal's own customers.
        entry, amount: how, and how much.
        wrong_pin: whether the cardholder mistypes the PIN.
        voided: whether it is taken back afterwards.
        completed: whether it is an authorisation that is completed afterwards.
    """

    customer: int
    entry: Entry
    amount: Money
    wrong_pin: bool = False
    voided: bool = False
    completed: bool = False


def draw_errands(count: int, customers: int, seed: str) -> list[Errand]:
    """`count` purchases by `customers` people; the same ones for the same seed."""
    dice = random.Random(seed)
    return [_draw(dice, customers) for _ in range(count)]


def _draw(dice: random.Random, customers: int) -> Errand:
    entry = dice.choices([mode for mode, _ in ENTRIES], [weight for _, weight in ENTRIES])[0]
    minor = dice.randint(100, CONTACTLESS_MAX if entry is Entry.NFC else MINOR_MAX)
    fate = dice.random()
    if entry is Entry.CHIP and fate < 0.03:
        minor = TOO_MUCH_MINOR
    return Errand(
        customer=dice.randrange(customers),
        entry=entry,
        amount=Money(minor, currency("EUR")),
        wrong_pin=entry is Entry.CHIP and 0.03 <= fate < 0.06,
        voided=0.06 <= fate < 0.10,
        completed=entry is Entry.CHIP and 0.10 <= fate < 0.14,
    )
