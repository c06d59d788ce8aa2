"""What a terminal does in a day, over the later editions too: terminal and switch, each with a codec of its own."""

import msgspec
import pytest

from keys.lab import lab_keystore
from keys.sensitive import Secret
from switch.compose import compose, make_switch
from switch.core import State
from switch.default_config import default_config
from switch.domain.money import parse_money
from switch.domain.reasons import Reason
from switch.domain.test_cards import TEST_CARDS
from switch.ledger import JOURNAL
from switch.limits import RESPONSE_TIMEOUT_MS
from switch.wire import DIALECTS
from terminal_sim.lab import SeededEntropy, World
from terminal_sim.lab.customers import make_card
from terminal_sim.terminal import DEFAULT, Complete, Entry, Pay, PinPad, Terminal, TransactionKind

EUROS = parse_money("12.50", "EUR")
PIN = Secret(b"1234")


class Shop:
    """A till and a switch on one link; `do` gives the till an order and returns its receipt."""

    def __init__(self, dialect):
        self.world, entropy = World(), SeededEntropy(1)
        self.dialect = DIALECTS[dialect]
        profile = msgspec.structs.replace(DEFAULT, dialect=dialect, sign_on=True)
        cards = {name: make_card(card) for name, card in TEST_CARDS.items()}
        self.terminal = Terminal(profile, cards, PinPad(lab_keystore(), entropy), entropy)
        config = default_config()
        link = msgspec.structs.replace(config.links[0], dialect=dialect)
        composition = compose(msgspec.structs.replace(config, links=(link,)))
        self.till = self.world.add("till", self.terminal)
        self.switch = self.world.add("switch", make_switch(composition, entropy=SeededEntropy(2), state=State()))
        self.world.join(self.till, DEFAULT.link, self.switch, link.name)
        self.world.run(1_000)
        self.opening = self.balance

    @property
    def balance(self):
        return sum(account.balance_minor for account in self.switch.machine.state.book.accounts.values())

    def do(self, order, for_ms=2_000):
        self.world.operate(self.till, order)
        self.world.run(for_ms)
        return self.terminal.receipts[-1]


@pytest.fixture(params=[name for name, dialect in DIALECTS.items() if dialect.edition.name != "1987"])
def shop(request):
    """A shop in each dialect of a later edition."""
    return Shop(request.param)


@pytest.mark.parametrize(
    ("card", "entry", "pin"),
    [("visa-mag", Entry.MAGSTRIPE, PIN), ("visa-chip", Entry.CHIP, PIN), ("visa-chip", Entry.NFC, None)],
)
def test_every_entry_pays(shop, card, entry, pin):
    """By stripe, chip and tap; the receipt has the edition's code."""
    receipt = shop.do(Pay(card=card, entry=entry, amount=EUROS, pin=pin))
    assert receipt.approved, receipt.words
    assert receipt.response_code == shop.dialect.codes.code(Reason.APPROVED)
    assert shop.opening - shop.balance == 1_250


def test_a_decline_has_the_words_of_its_code(shop):
    """Not enough money: 116 or 1016, and the chip is told so."""
    receipt = shop.do(Pay(card="visa-poor", entry=Entry.CHIP, amount=EUROS, pin=PIN))
    code = shop.dialect.codes.code(Reason.INSUFFICIENT_FUNDS)
    assert (receipt.approved, receipt.response_code, receipt.words) == (False, code, shop.dialect.response_codes[code])
    assert shop.balance == shop.opening


def test_an_authorisation_is_completed(shop):
    """The hold is found by its original, and its completion books."""
    held = shop.do(Pay(card="visa-chip", entry=Entry.CHIP, amount=EUROS, pin=PIN, kind=TransactionKind.AUTHORISATION))
    assert held.approved, held.words
    assert shop.balance == shop.opening
    done = shop.do(Complete(original=held.key, amount=parse_money("10.00", "EUR")))
    assert done.approved, done.words
    assert shop.opening - shop.balance == 1_000
    assert not shop.switch.machine.state.book.holds


def test_what_is_not_answered_in_time_is_reversed(shop):
    """The switch has booked and is silent: the terminal's reversal names the original by its local time, and all is undone."""
    order = Pay(card="visa-chip", entry=Entry.CHIP, amount=EUROS, pin=PIN)
    assert shop.do(order).approved
    paid = shop.balance
    shop.world.block(next(end for end in shop.world.ends if end.host is shop.switch), RESPONSE_TIMEOUT_MS + 5_000)
    assert not shop.do(order, for_ms=RESPONSE_TIMEOUT_MS + 1_000).approved
    assert shop.terminal.owed
    shop.world.run(10 * RESPONSE_TIMEOUT_MS)
    assert not shop.terminal.owed
    assert shop.balance == paid
    assert [type(record).__name__ for _, record in JOURNAL.replay(shop.switch.journal)].count("Reversed") == 1
