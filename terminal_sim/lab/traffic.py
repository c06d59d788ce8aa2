"""The people at the tills: who pays what when, drawn from a seed. Orders go in, notices come back; nothing is judged here."""

import msgspec

from keys.sensitive import Secret
from switch.domain.money import Money, currency
from switch.domain.test_cards import TestCard
from switch.machine import Notice
from terminal_sim.lab.actor import RECEIPT, REFUSED
from terminal_sim.lab.customers import HOME
from terminal_sim.lab.host import Host
from terminal_sim.lab.prng import SeededEntropy
from terminal_sim.lab.world import World
from terminal_sim.terminal import Complete, Entry, Pay, TransactionKey, TransactionKind, Void
from terminal_sim.terminal.orders import TerminalOrder

CONTACTLESS_MINOR = 4_500
"""Highest amount of a tap, which is below the limit that asks for a PIN."""

BALANCE = "1000000000.00"
"""On each account: the highest amounts, paid the whole day, do not use it up."""

LITTLE = 5
"""Where there is little on each account: how many of the highest amounts use it up."""

FOREIGN = ("USD", "JPY", "KWD")
"""Currencies beside the accounts' that people pay in: with as many decimals, with none, and with three."""

TOO_MUCH_MINOR = 900_000_000_000
"""More than anybody has, and no more than DE 4 can say."""

WRONG_PIN = Secret(b"9999")

WAITING_MAX = 3
"""Orders that people give a till before they wait for its answers."""


class Mix(msgspec.Struct, frozen=True):
    """What people do, in percent.

    Args:
        pause_ms: between two orders at a till, on average.
        entries: how cards are presented: stripe, chip, tap.
        wrong_pin, too_much: payments with a wrong PIN, with more than there is.
        authorised: payments that set money aside first, and are completed later.
        voided: approved payments that are taken back.
        bad_mac: payments whose MAC the terminal spoils.
        minor_max: highest amount.
        foreign: payments in another currency than that of the accounts.
        balance: what is on each account of the embedded issuer in the beginning.
    """

    pause_ms: int
    entries: tuple[int, int, int]
    wrong_pin: int
    too_much: int
    authorised: int
    voided: int
    bad_mac: int
    minor_max: int
    foreign: int = 0
    balance: str = BALANCE


class Till:
    """One terminal, and the people who pay there.

    `waiting` counts the orders of which nobody has said how they ended.

    Args:
        world, host: where the terminal is.
        cards: whose cards are at hand.
        mix, dice: what they do.
    """

    def __init__(self, world: World, host: Host, cards: list[TestCard], mix: Mix, dice: SeededEntropy) -> None:
        self.host = host
        self.waiting = 0
        self._world = world
        self._cards = cards
        self._mix = mix
        self._dice = dice
        self._later: list[TerminalOrder] = []
        self._open = True

    def begin(self) -> None:
        """Open the till."""
        self._world.at(self._dice.below(self._mix.pause_ms), self._next)

    def close(self) -> None:
        """No more orders."""
        self._open = False

    def hear(self, notice: Notice) -> None:
        """An order has ended; some approved payments have a sequel."""
        if notice.kind not in (RECEIPT, REFUSED):
            return
        self.waiting = max(0, self.waiting - 1)
        facts = dict(notice.facts)
        if facts.get("outcome") != "approved":
            return
        key, kind = TransactionKey(*facts["key"].split("/")), TransactionKind(facts["kind"])
        if kind is TransactionKind.AUTHORISATION and self._dice.chance(80):
            minor = 1 + self._dice.below(self._mix.minor_max)
            self._later.append(Complete(original=key, amount=Money(minor, currency(facts["amount"].rpartition(" ")[2]))))
        elif kind is not TransactionKind.VOID and self._dice.chance(self._mix.voided):
            self._later.append(Void(original=key))

    def forget(self) -> None:
        """The terminal has begun again: nobody will say how the orders ended that it had."""
        self.waiting = 0

    def _next(self) -> None:
        if not self._open:
            return
        if self.host.alive and self.waiting < WAITING_MAX:
            self.waiting += 1
            self._world.operate(self.host, self._later.pop(0) if self._later else self._payment())
        self._world.at(1 + self._dice.below(2 * self._mix.pause_ms), self._next)

    def _payment(self) -> Pay:
        dice, mix = self._dice, self._mix
        card = dice.pick(self._cards)
        roll = dice.below(sum(mix.entries))
        entry = Entry.MAGSTRIPE if roll < mix.entries[0] else Entry.CHIP if roll < sum(mix.entries[:2]) else Entry.NFC
        tap = entry is Entry.NFC
        minor = dice.between(100, min(mix.minor_max, CONTACTLESS_MINOR) if tap else mix.minor_max)
        if not tap and dice.chance(mix.too_much):
            minor = TOO_MUCH_MINOR
        return Pay(
            card=card.name,
            entry=entry,
            amount=Money(minor, currency(dice.pick(FOREIGN) if mix.foreign and dice.chance(mix.foreign) else HOME)),
            pin=None if tap else WRONG_PIN if dice.chance(mix.wrong_pin) else card.pin,
            kind=TransactionKind.AUTHORISATION if dice.chance(mix.authorised) else TransactionKind.PURCHASE,
            corrupt_mac=dice.chance(mix.bad_mac),
        )
