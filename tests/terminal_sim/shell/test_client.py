from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
import trio

from keys.sensitive import Secret
from switch.domain.money import parse_money
from switch.machine import ChainError, Notice
from terminal_sim.shell import OrderFailed, RecordFileError, Session, read_records
from terminal_sim.terminal import JOURNAL, Complete, Entry, Outcome, Pay, RefusalReason, TransactionKind, Void
from terminal_sim.terminal.records import Receipt

Host = Any
OpenAt = Callable[..., AbstractAsyncContextManager[Session]]

PAY = Pay(card="visa-mag", entry=Entry.MAGSTRIPE, amount=parse_money("12.50", "EUR"), pin=Secret(b"1234"))


async def test_an_order_becomes_a_durable_receipt(open_at: OpenAt, host: Host, tmp_path: Path) -> None:
    """When `carry_out` returns, the receipt stands in the file already."""
    async with open_at() as session:
        receipt = await session.carry_out(PAY)
        assert receipt.approved
        records = [record for _, record in JOURNAL.replay(read_records(tmp_path / "state" / "TERM0001.journal"))]
        assert records[-1] == receipt
        assert (await session.carry_out(Void(original=receipt.key))).approved
    assert [fields["t"] for fields in host.heard] == ["0200", "0400"]


async def test_orders_given_at_once_each_get_their_own_receipt(open_at: OpenAt) -> None:
    """Many tasks share a terminal, and nobody gets another's receipt."""
    receipts: dict[int, Receipt] = {}
    async with open_at() as session, trio.open_nursery() as nursery:

        async def pay(minor: int) -> None:
            amount = parse_money(f"0.{minor:02d}", "EUR")
            receipts[minor] = await session.carry_out(Pay(card="visa-mag", entry=Entry.MAGSTRIPE, amount=amount))

        for minor in range(1, 21):
            nursery.start_soon(pay, minor)
    assert {minor: receipt.minor for minor, receipt in receipts.items()} == {minor: minor for minor in range(1, 21)}


async def test_an_unreachable_host_fails_the_order_in_words(open_at: OpenAt, host: Host) -> None:
    """The error tells that nobody was reached, and its reason can be asked for; the next order may succeed."""
    host.away = True
    async with open_at() as session:
        with pytest.raises(OrderFailed, match="cannot be reached") as caught:
            await session.carry_out(PAY)
        assert caught.value.reason is RefusalReason.UNREACHABLE
        host.away = False
        assert (await session.carry_out(PAY)).approved


async def test_a_refused_order_fails_without_a_trace(open_at: OpenAt, host: Host) -> None:
    """A card that is not at hand: the error names those that are."""
    async with open_at() as session:
        with pytest.raises(OrderFailed, match="visa-chip") as caught:
            await session.carry_out(Pay(card="gold", entry=Entry.CHIP, amount=PAY.amount))
        assert caught.value.reason is RefusalReason.UNKNOWN_CARD
    assert host.heard == []


async def test_what_is_owed_is_sent_by_the_next_run(open_at: OpenAt, host: Host) -> None:
    """A run that ends on silence leaves a reversal; the next one sends it by itself, before anything is ordered."""
    host.deaf = True
    async with open_at(response_timeout_ms=10) as session:
        receipt = await session.carry_out(PAY)
        assert receipt.outcome is Outcome.NO_ANSWER
    host.deaf = False
    async with open_at() as session:
        with trio.fail_after(30):
            await session.settled()
        assert session.terminal.undone == {receipt.key: True}
        assert list(session.terminal.receipts) == [receipt]
    assert host.heard[-1]["t"] in ("0420", "0421")


async def test_an_answer_that_never_came_is_reversed_after_a_kill(open_at: OpenAt, host: Host, tmp_path: Path) -> None:
    """Cancelled while the answer is waited for, as a killed process is: the next run owes the reversal."""
    host.deaf = True
    with trio.CancelScope() as killed:
        async with open_at() as session, trio.open_nursery() as nursery:
            nursery.start_soon(session.carry_out, PAY)
            await host.asked.wait()
            killed.cancel()
            await trio.sleep_forever()
    assert [sealed.kind for sealed in read_records(tmp_path / "state" / "TERM0001.journal")] == ["attempt"]
    host.deaf = False
    async with open_at() as session:
        with trio.fail_after(30):
            await session.settled()
        assert [receipt.outcome for receipt in session.terminal.receipts] == [Outcome.NO_ANSWER]


async def test_a_completion_follows_its_authorisation(open_at: OpenAt, host: Host) -> None:
    """The whole pair through the session."""
    async with open_at() as session:
        authorised = await session.carry_out(
            Pay(card="visa-mag", entry=Entry.MAGSTRIPE, amount=PAY.amount, kind=TransactionKind.AUTHORISATION)
        )
        completed = await session.carry_out(Complete(original=authorised.key, amount=parse_money("10.00", "EUR")))
    assert (completed.approved, completed.original) == (True, authorised.key)


async def test_two_terminals_cannot_share_a_file(open_at: OpenAt) -> None:
    """The second one is told whose file it is, and the first goes on."""
    async with open_at() as session:
        with pytest.raises(RecordFileError, match="another terminal"):
            async with open_at():
                pytest.fail("the file was opened twice")
        assert (await session.carry_out(PAY)).approved


async def test_a_torn_record_is_told(open_at: OpenAt, notices: list[Notice], tmp_path: Path) -> None:
    """What was not finished when the power went is cut off, and somebody hears of it."""
    async with open_at() as session:
        await session.carry_out(PAY)
    path = tmp_path / "state" / "TERM0001.journal"
    path.write_bytes(path.read_bytes() + b'{"seq":3,')
    notices.clear()
    async with open_at() as session:
        assert len(session.terminal.receipts) == 1
    assert [notice.kind for notice in notices][:1] == ["terminal.journal-torn"]


async def test_a_changed_file_is_refused(open_at: OpenAt, host: Host, tmp_path: Path) -> None:
    """A receipt of another amount breaks the chain, and the terminal does not start."""
    async with open_at() as session:
        await session.carry_out(PAY)
    path = tmp_path / "state" / "TERM0001.journal"
    path.write_bytes(path.read_bytes().replace(b'minor\\":1250', b'minor\\":1251'))
    with pytest.raises(ChainError, match="record 1"):
        async with open_at():
            pytest.fail("a changed journal was taken")


async def test_errors_of_the_block_come_out_as_themselves(open_at: OpenAt) -> None:
    """No exception group around what the block raised, and the file is free again."""
    with pytest.raises(ZeroDivisionError):
        async with open_at():
            raise ZeroDivisionError
    async with open_at() as session:
        assert (await session.carry_out(PAY)).approved
