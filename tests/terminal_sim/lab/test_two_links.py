"""A purchase all the way in the lab: a real terminal, the switch, and a second switch as the issuer at the end of a link."""

import msgspec
import pytest

from keys.lab import lab_keystore
from keys.sensitive import Secret
from switch.compose import compose, make_switch
from switch.config import Config, LinkConfig, RouteConfig
from switch.core import State, restore
from switch.default_config import default_config
from switch.domain.money import parse_money
from switch.domain.test_cards import TEST_CARDS
from switch.ledger import JOURNAL
from switch.ledger.totals import book
from terminal_sim.lab import SeededEntropy, World, judge
from terminal_sim.lab.customers import make_card
from terminal_sim.terminal import DEFAULT, Complete, Entry, Pay, PinPad, Terminal, TransactionKind, Void

PAY = Pay(card="visa-chip", entry=Entry.CHIP, amount=parse_money("12.50", "EUR"), pin=Secret(b"1234"))


def acquirer_config() -> Config:
    """Visa cards go to the bank at the end of a link with a dialect, keys and a sign-on of its own."""
    base = default_config()
    bank = LinkConfig(
        name="bank",
        role="issuer",
        connect="bank:1",
        dialect="iso87-binary",
        framing="ascii4",
        sign_on="required",
        mac_key="issuer-link.zak",
        pin_key="issuer-link.zpk",
        response_timeout_ms=10_000,
    )
    return msgspec.structs.replace(base, links=(*base.links, bank), routes=(RouteConfig(prefix="4", to="bank"),))


def bank_config() -> Config:
    """The bank is a switch too: it listens for the acquirer and has the embedded issuer behind it."""
    listener = LinkConfig(
        name="acquirer",
        role="acquirer",
        listen="bank:1",
        dialect="iso87-binary",
        framing="ascii4",
        sign_on="required",
        mac_key="issuer-link.zak",
        pin_key="issuer-link.zpk",
    )
    return msgspec.structs.replace(default_config(), links=(listener,))


class House:
    """Terminal, switch and bank in one world, run from one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.world = World()
        self.cards = {name: make_card(card) for name, card in TEST_CARDS.items()}
        self.terminal = Terminal(DEFAULT, self.cards, PinPad(lab_keystore(), SeededEntropy(seed)), SeededEntropy(seed))
        self.till = self.world.add("till", self.terminal)
        self.switch = self.world.add("switch", self._switch(acquirer_config(), State()))
        self.bank = self.world.add("bank", self._switch(bank_config(), State()))
        self.join()

    def _switch(self, config: Config, state: State):
        return make_switch(compose(config), entropy=SeededEntropy(self.seed), state=state)

    def join(self) -> None:
        """Run the two wires."""
        self.world.join(self.till, DEFAULT.link, self.switch, "pos")
        self.world.join(self.switch, "bank", self.bank, "acquirer")

    def restart_switch(self) -> None:
        """Kill the switch, and start another one on what was durable."""
        journal = self.switch.journal
        self.world.kill(self.switch)
        self.switch = self.world.add("switch", self._switch(acquirer_config(), restore(journal)), len(journal))
        self.switch.journal = journal
        self.join()

    def order(self, order, for_ms: int = 2_000):
        """Give an order and let time pass; the last receipt."""
        self.world.operate(self.till, order)
        self.world.run(for_ms)
        return self.terminal.receipts[-1]

    def run_until_forwarded(self) -> None:
        """Let time pass until a request has just been forwarded and is durable."""
        while not any(sealed.kind == "forwarded" for sealed in self.switch.journal):
            self.world.run(1)

    def judge_bank(self):
        """The terminal's receipts against the bank's books: the bank knows the transactions by the switch's STANs."""
        taken = [record for _, record in JOURNAL.replay(self.bank.journal)]
        return sum(cost for cost in self.terminal.books.costs.values()), sum(_moved(record) for record in taken)


def _moved(record) -> int:
    held = record.hold.minor if getattr(record, "hold", None) else 0
    return held - sum(posting.minor for posting in getattr(record, "postings", ()))


@pytest.fixture
def house() -> House:
    """A house whose links are up."""
    built = House(1)
    built.world.run(1_000)
    return built


def test_a_chip_purchase_through_a_remote_issuer(house):
    """The bank verifies PIN and ARQC, the card verifies the ARPC, and both books agree."""
    receipt = house.order(PAY)
    assert receipt.approved, receipt.words
    assert receipt.verification == "PIN, verified by the issuer"
    assert house.judge_bank() == (1_250, 1_250)
    assert [sealed.kind for sealed in house.switch.journal][-2:] == ["forwarded", "answered"]


def test_a_wrong_pin_is_the_banks_to_refuse(house):
    """The PIN block is translated to the bank's key, so a wrong PIN is found there, and nothing is booked."""
    receipt = house.order(msgspec.structs.replace(PAY, pin=Secret(b"9999")))
    assert receipt.response_code == "55"
    assert house.judge_bank() == (0, 0)


def test_a_void_reaches_the_bank(house):
    """A void is reversed at the switch and, by an advice, at the bank."""
    receipt = house.order(PAY)
    assert house.order(Void(original=receipt.key)).approved
    assert house.judge_bank() == (0, 0)
    assert not any(house.switch.machine.state.saf.values())


def test_an_authorisation_and_its_completion(house):
    """The hold at the bank becomes the final amount."""
    receipt = house.order(msgspec.structs.replace(PAY, kind=TransactionKind.AUTHORISATION))
    assert house.order(Complete(original=receipt.key, amount=parse_money("11.00", "EUR"))).approved
    kinds = [sealed.kind for sealed in house.switch.journal]
    assert kinds.count("advice-ended") == 1
    assert [booked.posted for booked in _bank_books(house)] == [1_100]


def test_a_silent_bank(house):
    """The bank dies: 91 at the deadline at the latest, a reversal is owed and kept until it is back."""
    house.world.operate(house.till, PAY)
    house.run_until_forwarded()
    house.world.kill(house.bank)
    house.world.run(15_000)
    assert house.terminal.receipts[-1].response_code == "91"
    assert sum(map(len, house.switch.machine.state.saf.values())) == 1


def test_the_switch_dies_while_the_bank_decides(house):
    """After a restart the open exchange is reversed at the bank, the terminal reverses at the switch: nobody pays."""
    house.world.operate(house.till, PAY)
    house.run_until_forwarded()
    house.restart_switch()
    house.world.run(120_000)
    assert not house.terminal.owed
    assert not any(house.switch.machine.state.saf.values())
    assert house.judge_bank() == (0, 0)


def test_the_same_seed_makes_the_same_world():
    """Two runs from one seed leave the same journals, byte for byte, at all three hosts."""

    def run(seed: int):
        house = House(seed)
        house.world.run(1_000)
        receipt = house.order(PAY)
        house.order(Void(original=receipt.key))
        house.order(msgspec.structs.replace(PAY, entry=Entry.NFC, pin=None))
        return [host.journal[-1].digest for host in (house.till, house.switch, house.bank)]

    assert run(7) == run(7)


def test_the_embedded_issuer_against_the_terminals_receipts():
    """Without a remote issuer the auditor compares transaction by transaction."""
    world = World()
    terminal = Terminal(
        DEFAULT, {"visa-chip": make_card(TEST_CARDS["visa-chip"])}, PinPad(lab_keystore(), SeededEntropy(3)), SeededEntropy(3)
    )
    till = world.add("till", terminal)
    switch = world.add("switch", make_switch(compose(default_config()), entropy=SeededEntropy(3), state=State()))
    world.join(till, DEFAULT.link, switch, "pos")
    for _ in range(5):
        world.operate(till, PAY)
        world.run(1_000)
    judgement = judge(terminal.books.costs, [record for _, record in JOURNAL.replay(switch.journal)])
    assert (judgement.compared, judgement.differences) == (5, ())


def _bank_books(house):
    return list(book(record for _, record in JOURNAL.replay(house.bank.journal)).values())
