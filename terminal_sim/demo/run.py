"""The demonstration itself: everything started, scenes and errands played, everything stopped. Draws nothing."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
import trio

from keys.lab import lab_keystore
from keys.sensitive import Secret
from switch.app import Service, SystemEntropy, journal_path, run_switch
from switch.config import Config
from switch.default_config import default_config
from switch.domain.money import parse_money
from switch.domain.test_cards import TEST_CARDS, TestCard
from switch.machine import Notice
from terminal_sim.demo.scenes import Act, Scene
from terminal_sim.demo.traffic import Errand, draw_errands
from terminal_sim.demo.verdict import Verdict, reach_verdict
from terminal_sim.lab.customers import customer, issuer_side, make_card
from terminal_sim.shell import Session, open_terminal
from terminal_sim.terminal import DEFAULT, Complete, Entry, Pay, Receipt, TransactionKind, Void

TERMINALS = 8
"""Terminals that pay at the same time, each with customers of its own: a card is in one place only."""

CUSTOMERS_EACH = 4

SETTLE_S = 60.0
"""Seconds that owed reversals have to be acknowledged before the money is counted."""

WRONG_PIN = Secret(b"9999")


class Timed(msgspec.Struct, frozen=True):
    """A receipt and the milliseconds between the order and it."""

    receipt: Receipt
    took_ms: float


class Till:
    """A terminal of the demonstration, the file of its records, and the people who pay there."""

    def __init__(self, session: Session, record_file: Path, customers: list[TestCard]) -> None:
        self.session = session
        self.record_file = record_file
        self.customers = customers

    async def pay(self, order: Pay | Complete | Void) -> Timed:
        """Give an order and take the time until its receipt."""
        begun = trio.current_time()
        receipt = await self.session.carry_out(order)
        return Timed(receipt, (trio.current_time() - begun) * 1000)


class Demo:
    """A running demonstration.

    Args:
        config: of its switch.
        tills: its terminals, the first of which plays the scenes.
    """

    def __init__(self, config: Config, tills: list[Till]) -> None:
        self.config = config
        self.tills = tills
        self.timed: list[Timed] = []
        self.surprises: list[str] = []

    async def settle(self) -> int:
        """Wait until no terminal owes anything any more, for as long as is sensible; give the number of what was owed."""
        books = [till.session.terminal.books for till in self.tills]
        owed = sum(len(book.owed) + len(book.unsettled) for book in books)
        with trio.move_on_after(SETTLE_S):
            for till in self.tills:
                await till.session.settled()
        return owed

    async def play(self, scene: Scene) -> list[Receipt]:
        """Play one scene on the first terminal; an unexpected answer is kept as a surprise."""
        till = self.tills[0]
        card = TEST_CARDS[scene.card]
        pin = WRONG_PIN if scene.act is Act.WRONG_PIN else card.pin if scene.pin else None
        order = Pay(
            card=scene.card,
            entry=scene.entry,
            amount=parse_money(scene.amount, "EUR"),
            pin=pin,
            kind=TransactionKind.AUTHORISATION if scene.act is Act.COMPLETION else TransactionKind.PURCHASE,
            corrupt_mac=scene.act is Act.BAD_MAC,
        )
        receipts = [await self._pay(till, order)]
        if receipts[0].approved and scene.act is Act.VOID:
            receipts.append(await self._pay(till, Void(original=receipts[0].key)))
        if receipts[0].approved and scene.act is Act.COMPLETION:
            receipts.append(await self._pay(till, Complete(original=receipts[0].key, amount=parse_money("132.40", "EUR"))))
        codes = [receipt.response_code for receipt in receipts]
        if any(code != scene.expected for code in codes):
            self.surprises.append(f"{scene.title}: DE 39 = {', '.join(code or 'none' for code in codes)}, not {scene.expected}")
        return receipts

    async def run_errands(self, count: int, seed: str, on_progress: Callable[[], None]) -> float:
        """`count` mixed purchases, shared among all terminals; gives the seconds that they took."""
        begun = trio.current_time()
        async with trio.open_nursery() as nursery:
            for number, till in enumerate(self.tills):
                share = count // len(self.tills) + (number < count % len(self.tills))
                errands = draw_errands(share, len(till.customers), f"{seed}/{number}")
                nursery.start_soon(self._run_errands, till, errands, on_progress)
        return trio.current_time() - begun

    def verdict(self) -> Verdict:
        """Count the money; to be asked when the switch has stopped."""
        return reach_verdict(journal_path(self.config), [till.record_file for till in self.tills], self.surprises)

    async def _run_errands(self, till: Till, errands: list[Errand], on_progress: Callable[[], None]) -> None:
        for errand in errands:
            card = till.customers[errand.customer]
            order = Pay(
                card=card.name,
                entry=errand.entry,
                amount=errand.amount,
                pin=None if errand.entry is Entry.NFC else WRONG_PIN if errand.wrong_pin else card.pin,
                kind=TransactionKind.AUTHORISATION if errand.completed else TransactionKind.PURCHASE,
            )
            receipt = await self._pay(till, order)
            if receipt.approved and errand.voided:
                await self._pay(till, Void(original=receipt.key))
            elif receipt.approved and errand.completed:
                await self._pay(till, Complete(original=receipt.key, amount=errand.amount))
            on_progress()

    async def _pay(self, till: Till, order: Pay | Complete | Void) -> Receipt:
        timed = await till.pay(order)
        self.timed.append(timed)
        return timed.receipt


@asynccontextmanager
async def open_demo(state: Path, *, on_notice: Callable[[Notice], None], explain: bool = False) -> AsyncIterator[Demo]:
    """Start a switch and its terminals; at the end stop the terminals first, then the switch.

    Args:
        state: directory of the journal and of what the terminals remember; made when it is not there.
        on_notice: told what switch and terminals have to say.
        explain: whether the terminals tell each step.

    Raises:
        As `run_switch` and `open_terminal`.
    """
    crowds = [[customer(till * CUSTOMERS_EACH + index) for index in range(CUSTOMERS_EACH)] for till in range(TERMINALS)]
    config = demo_config(state, [card for crowd in crowds for card in crowd])
    entropy = SystemEntropy()
    async with trio.open_nursery() as nursery:
        service: Service = await nursery.start(_run_switch, config, on_notice)
        async with AsyncExitStack() as stack:
            tills: list[Till] = []
            for number, crowd in enumerate(crowds):
                cards = [*crowd, *(TEST_CARDS.values() if number == 0 else ())]
                record_file = state / "terminals" / f"DEMO{number + 1:04d}.jsonl"
                session = await stack.enter_async_context(
                    open_terminal(
                        msgspec.structs.replace(DEFAULT, terminal_id=f"DEMO{number + 1:04d}"),
                        {card.name: make_card(card) for card in cards},
                        keystore=lab_keystore(),
                        entropy=entropy,
                        address=("127.0.0.1", service.ports["pos"]),
                        record_file=record_file,
                        on_notice=on_notice,
                        explain=explain,
                    )
                )
                tills.append(Till(session, record_file, crowd))
            yield Demo(config, tills)
        await service.stop()


def demo_config(state: Path, customers: list[TestCard]) -> Config:
    """The default configuration on a free port, with the customers' accounts and cards."""
    base = default_config()
    accounts, cards = issuer_side(customers)
    return msgspec.structs.replace(
        base,
        state_dir=str(state),
        links=tuple(msgspec.structs.replace(link, listen="127.0.0.1:0") for link in base.links),
        issuer=msgspec.structs.replace(
            base.issuer, accounts=(*base.issuer.accounts, *accounts), cards=(*base.issuer.cards, *cards)
        ),
    )


async def _run_switch(
    config: Config, on_notice: Callable[[Notice], None], task_status: trio.TaskStatus[Service] = trio.TASK_STATUS_IGNORED
) -> None:
    await run_switch(config, on_notice=on_notice, task_status=task_status)
