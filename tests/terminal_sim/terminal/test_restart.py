"""A terminal that loses power at any record goes on as if it remembered everything, and owes what it cannot know."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import pytest

from switch.domain.money import Money
from switch.machine import ChainError, Order, Sealed, Tick
from terminal_sim.card import Card
from terminal_sim.terminal import JOURNAL, Complete, Entry, Outcome, TransactionKind, Void
from terminal_sim.terminal.books import Books
from terminal_sim.terminal.records import AdviceOwed, Attempt, Cause, Receipt, StanAdvanced

Bench = Any
MakeBench = Callable[..., Bench]
MakePay = Callable[..., Order]
Eur = Callable[[str], Money]


@pytest.fixture
def history(make_bench: MakeBench, pay: MakePay, eur: Eur) -> Bench:
    """A day of approvals, a decline, a timeout, a void, a completion, a late answer, an approval taken back."""
    bench = make_bench(sign_on=True)
    bench.order(pay("visa-mag", Entry.MAGSTRIPE))
    bench.open()
    bench.say(bench.host.answer(bench.heard()))
    bench.say(bench.host.answer(bench.heard()))
    swiped = bench.receipt()
    bench.order(pay())
    chip = bench.heard()
    bench.say(bench.host.answer(chip, de_55=bench.host.issuer_authentication(chip, wrong=True)))
    bench.say(bench.host.answer(bench.heard()))
    bench.order(Void(original=swiped.key))
    bench.say(bench.host.answer(bench.heard()))
    bench.order(pay(kind=TransactionKind.AUTHORISATION, entry=Entry.NFC))
    bench.say(bench.host.answer(bench.heard()))
    bench.order(Complete(original=bench.receipt().key, amount=eur("9.00")))
    bench.wait(30_000)
    bench.say(bench.host.answer(bench.heard()))
    bench.order(pay("visa-mag", Entry.MAGSTRIPE))
    late = bench.heard()
    bench.wait(30_000)
    bench.say(bench.host.answer(late))
    bench.order(pay("visa-mag", Entry.MAGSTRIPE))
    bench.wait(30_000)
    bench.wait(bench.terminal.next_deadline() - bench.mono_ms)
    bench.open()
    bench.say(bench.host.answer(bench.heard()))
    bench.say(bench.host.answer(bench.heard()))
    bench.say(bench.host.answer(bench.heard(), "51"))
    assert bench.terminal.idle
    return bench


@pytest.mark.parametrize("transactions_max", [1_000, 2])
def test_books_go_on_from_a_copy(history: Bench, transactions_max: int) -> None:
    """Cut anywhere: what was folded, copied and gone on with is the whole; the original is what it was, in every attribute."""
    whole = deepcopy(vars(folded(history.journal, transactions_max)))
    for length in range(len(history.journal) + 1):
        base = folded(history.journal[:length], transactions_max)
        before = deepcopy(vars(base))
        twin = base.copy()
        twin.fold(history.journal[length:])
        assert vars(base) == before
        assert vars(twin) == whole


def folded(entries: Sequence[Sealed], transactions_max: int) -> Books:
    """What a journal comes to."""
    books = Books(transactions_max=transactions_max)
    books.fold(entries)
    return books


def test_the_history_holds_every_kind_of_record(history: Bench) -> None:
    """The day that the restarts below cut short leaves nothing out."""
    kinds = {"attempt", "receipt", "advice-owed", "advice-sent", "advice-ended", "late-answer", "stan-advanced"}
    assert set(history.kinds()) == kinds
    assert {receipt.outcome for receipt in history.terminal.receipts} == set(Outcome)


def test_a_restart_at_any_record_ends_well(history: Bench, make_bench: MakeBench) -> None:
    """For every prefix of the journal: what was open is owed and told, each attempt has one receipt, no STAN repeats."""
    for length in range(len(history.journal) + 1):
        bench = make_bench(journal=history.journal[:length])
        restored = list(bench.terminal.receipts)
        _settle(bench)
        records = [record for _, record in JOURNAL.replay(bench.journal)]
        attempts = [record.key for record in records if isinstance(record, Attempt)]
        assert sorted(attempts) == sorted(record.key for record in records if isinstance(record, Receipt))
        assert list(bench.terminal.receipts[: len(restored)]) == restored
        assert [receipt.number for receipt in bench.terminal.receipts] == list(range(1, len(attempts) + 1))
        stans = [record.stan for record in records if isinstance(record, Attempt | StanAdvanced)]
        stans += [record.stan for record in records if isinstance(record, AdviceOwed) and record.mti == "0420"]
        assert len(stans) == len(set(stans))


def test_restarting_twice_changes_nothing_more(history: Bench, make_bench: MakeBench) -> None:
    """What the second start finds is what the first one left, whether or not the host was there in between."""
    for length in range(len(history.journal) + 1):
        first = make_bench(journal=history.journal[:length])
        first.feed(Tick())
        second = make_bench(journal=first.journal)
        second.feed(Tick())
        assert second.journal == first.journal
        assert second.terminal.owed == first.terminal.owed
        assert list(second.terminal.receipts) == list(first.terminal.receipts)


def test_a_request_that_was_out_is_reversed_first(make_bench: MakeBench, pay: MakePay) -> None:
    """Power is lost while an answer is waited for: the new run owes the reversal, and sends it before new work."""
    before = make_bench()
    request = before.online(pay())
    bench = make_bench(journal=before.journal)
    assert bench.terminal.next_deadline() == 0
    bench.order(pay())
    assert bench.shape() == ["Append advice-owed", "Append receipt", "Notify terminal.receipt", "Dial"]
    assert bench.receipt().words == f"{Cause.RESTART.value}; it is being reversed"
    bench.open()
    reversal = bench.heard()
    assert (reversal["t"], reversal["2"], reversal["90"][4:20]) == ("0420", request["2"], request["11"] + request["7"])
    bench.say(bench.host.answer(reversal))
    assert (bench.heard()["t"], bench.heard()["11"]) == ("0200", "000003")


def test_a_reversal_that_may_have_left_goes_on_as_a_repeat(make_bench: MakeBench, pay: MakePay) -> None:
    """Power is lost while a reversal is out: the new run sends the same message as 0421."""
    before = make_bench()
    before.online(pay())
    before.wait(30_000)
    first = before.heard()
    bench = make_bench(journal=before.journal)
    bench.feed(Tick())
    bench.open()
    repeat = bench.heard()
    assert repeat == first | {"t": "0421", "128": repeat["128"]}


def test_cards_do_not_count_backwards_after_a_restart(make_bench: MakeBench, pay: MakePay) -> None:
    """A card that is written anew takes its counter from the journal, so that its cryptograms stay new."""
    before = make_bench()
    for _ in range(2):
        before.order(pay(entry=Entry.NFC))
        if before.conn == 0:
            before.open()
        before.say(before.host.answer(before.heard()))
    bench = make_bench(journal=before.journal)
    request = bench.online(pay(entry=Entry.NFC))
    assert "9F36020003" in request["55"]


def test_a_journal_that_was_changed_is_refused(history: Bench, make_bench: MakeBench) -> None:
    """One changed record is named, and the terminal does not start."""
    import msgspec

    journal = list(history.journal)
    journal[4] = msgspec.structs.replace(journal[4], body=journal[4].body.replace(b"0420", b"0220"))
    assert journal[4] != history.journal[4]
    with pytest.raises(ChainError, match="record 5"):
        make_bench(journal=journal)


def test_a_vault_of_another_key_is_told_and_the_reversal_goes_without_a_number(
    make_bench: MakeBench, pay: MakePay, wallet: dict[str, Card]
) -> None:
    """The number cannot be read any more: DE 90 still names the transaction, and the host still hears of it."""
    from keys.keystore import MemoryKeystore
    from keys.lab import LAB_KEYS, lab_key
    from keys.material import Key
    from terminal_sim.terminal import DEFAULT, PinPad, Terminal

    before = make_bench()
    before.online(pay())
    other = lab_key("terminal.protect")
    changed = Key.make(
        other.name,
        other.usage,
        "AB" * 16 + "CD" * 16,
        algorithm=other.algorithm,
        mode=other.mode,
        exportability=other.exportability,
    )
    keystore = MemoryKeystore([changed, *(lab_key(name) for name in LAB_KEYS if name != other.name)])
    bench = make_bench()
    entropy = bench.terminal._counter.entropy
    bench.terminal = Terminal(DEFAULT, wallet, PinPad(keystore, entropy), entropy, journal=before.journal)
    bench.feed(Tick())
    bench.open()
    assert "terminal.vault-shut" in [notice.kind for notice in bench.notices]
    reversal = bench.heard()
    assert reversal["t"] == "0420"
    assert "2" not in reversal


def _settle(bench: Bench) -> None:
    """Let the terminal start, and a host acknowledge everything."""
    bench.feed(Tick())
    while not bench.terminal.idle:
        if bench.shape()[-1:] == ["Dial"]:
            bench.open()
        else:
            bench.say(bench.host.answer(bench.heard()))
