"""Terminal and switch, each with a codec of its own, in every dialect of the table over every framing that suits it."""

import msgspec
import pytest

from keys.lab import lab_keystore
from keys.sensitive import Secret
from switch.compose import compose, make_switch
from switch.core import State
from switch.default_config import default_config
from switch.domain.money import parse_money
from switch.domain.test_cards import TEST_CARDS
from switch.wire import DIALECTS, FRAMINGS
from switch.wire.pairing import MESSAGE_BYTES_LEAST, unfit
from terminal_sim.lab import SeededEntropy, World
from terminal_sim.lab.customers import make_card
from terminal_sim.terminal import DEFAULT, Entry, Pay, PinPad, Terminal, Void

PAY = Pay(card="visa-chip", entry=Entry.CHIP, amount=parse_money("12.50", "EUR"), pin=Secret(b"1234"))


LINKS = [(dialect, framing) for dialect in DIALECTS for framing in FRAMINGS if not unfit(DIALECTS[dialect], FRAMINGS[framing])]


def test_the_links_are_the_tables():
    """Every dialect is there, and every framing but the one that is too short for a purchase in any of them."""
    assert {dialect for dialect, _ in LINKS} == set(DIALECTS)
    assert {framing for _, framing in LINKS} == {name for name, row in FRAMINGS.items() if row.bytes_max >= MESSAGE_BYTES_LEAST}


@pytest.mark.parametrize(("dialect", "framing"), LINKS)
def test_a_chip_purchase_and_its_void(dialect, framing):
    """The terminal signs on, the issuer verifies PIN and ARQC, the card its answer, and the void undoes it all."""
    world, entropy = World(), SeededEntropy(1)
    profile = msgspec.structs.replace(DEFAULT, dialect=dialect, framing=framing, sign_on=True)
    cards = {name: make_card(card) for name, card in TEST_CARDS.items()}
    terminal = Terminal(profile, cards, PinPad(lab_keystore(), entropy), entropy)
    config = default_config()
    link = msgspec.structs.replace(config.links[0], dialect=dialect, framing=framing)
    composition = compose(msgspec.structs.replace(config, links=(link,)))
    till = world.add("till", terminal)
    switch = world.add("switch", make_switch(composition, entropy=SeededEntropy(2), state=State()))
    world.join(till, DEFAULT.link, switch, link.name)
    world.run(1_000)
    before = balances(switch)
    world.operate(till, PAY)
    world.run(2_000)
    receipt = terminal.receipts[-1]
    assert receipt.approved, receipt.words
    assert receipt.verification == "PIN, verified by the issuer"
    assert sum(before) - sum(balances(switch)) == 1_250
    world.operate(till, Void(original=receipt.key))
    world.run(2_000)
    assert terminal.receipts[-1].approved
    assert balances(switch) == before


def balances(switch):
    """What the accounts hold."""
    return [account.balance_minor for account in switch.machine.state.book.accounts.values()]
