"""What can be asked of a terminal about a transaction, and what its request says: voids, completions, refused orders."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from keys.sensitive import Secret
from switch.domain.money import Money
from switch.machine import Order
from terminal_sim.terminal import Complete, Entry, Outcome, Pay, TransactionKind, Void
from terminal_sim.terminal.books import Books

Bench = Any
MakeBench = Callable[..., Bench]
MakePay = Callable[..., Order]
Eur = Callable[[str], Money]


def test_a_void_undoes_its_original(bench: Bench, pay: MakePay) -> None:
    """0400 names the purchase in DE 90 and carries its amount, reference and approval; approved, the purchase is undone."""
    purchase = bench.approve(bench.online(pay()))
    bench.order(Void(original=purchase.key))
    void = bench.heard()
    expected = {"t": "0400", "4": "000000001250", "11": "000002", "37": purchase.rrn, "38": "123456", "39": "17"}
    assert {de: void[de] for de in expected} == expected
    assert void["90"] == "0200000001" + "0301120000" + "0" * 22
    assert void["2"] == "4761739001010119"
    bench.say(bench.host.answer(void))
    assert (bench.receipt().kind, bench.receipt().approved, bench.receipt().original) == (
        TransactionKind.VOID,
        True,
        purchase.key,
    )
    assert bench.terminal.undone == {purchase.key: True}
    bench.order(Void(original=purchase.key))
    assert bench.shape() == ["Notify terminal.refused"]


def test_what_was_forgotten_cannot_be_voided(make_bench: MakeBench, pay: MakePay) -> None:
    """A terminal remembers so many transactions, and sends nothing about older ones; a void of a younger one goes out."""
    bench = make_bench(books=Books(transactions_max=2))
    first = bench.approve(bench.online(pay("visa-mag", Entry.MAGSTRIPE)))
    bench.order(pay("visa-mag", Entry.MAGSTRIPE))
    second = bench.approve(bench.heard())
    bench.order(pay("visa-mag", Entry.MAGSTRIPE))
    third = bench.approve(bench.heard())
    assert (list(bench.terminal.receipts), third.number) == ([second, third], 3)
    bench.order(Void(original=first.key))
    assert bench.shape() == ["Notify terminal.refused"]
    bench.order(Void(original=second.key))
    assert bench.heard()["11"] == "000004"


def test_short_codes_of_a_host_are_filled_up_again(bench: Bench, pay: MakePay) -> None:
    """DE 37 and 38 have a fixed length; what a host filled with blanks goes back to it as it came."""
    request = bench.online(pay("visa-mag", Entry.MAGSTRIPE))
    bench.say(bench.host.answer(request, de_37="R1".ljust(12), de_38="A1".ljust(6)))
    assert (bench.receipt().rrn, bench.receipt().approval_code) == ("R1", "A1")
    bench.order(Void(original=bench.receipt().key))
    assert (bench.heard()["37"], bench.heard()["38"]) == ("R1          ", "A1    ")


def test_a_refused_void_leaves_the_original_as_it_was(bench: Bench, pay: MakePay) -> None:
    """A host that cannot find the original says so; the purchase stands and may be voided again."""
    purchase = bench.approve(bench.online(pay()))
    bench.order(Void(original=purchase.key))
    bench.say(bench.host.answer(bench.heard(), "25"))
    assert (bench.receipt().outcome, bench.terminal.undone) == (Outcome.DECLINED, {})
    bench.order(Void(original=purchase.key))
    assert bench.heard()["t"] == "0400"


def test_an_unanswered_void_is_carried_through(bench: Bench, pay: MakePay) -> None:
    """The cardholder was told that it is taken back: the original is reversed by advice until the host agrees."""
    purchase = bench.approve(bench.online(pay()))
    bench.order(Void(original=purchase.key))
    bench.wait(30_000)
    advice = bench.heard()
    assert (advice["t"], advice["90"][:20]) == ("0420", "0200000001" + "0301120000")
    assert bench.terminal.undone == {purchase.key: False}
    bench.say(bench.host.answer(advice))
    assert bench.terminal.undone == {purchase.key: True}


def test_a_completion_reports_what_was_authorised(bench: Bench, pay: MakePay, eur: Eur) -> None:
    """0220 carries its own amount, the approval code and reference of the authorisation, and names it in DE 90."""
    authorisation = bench.approve(bench.online(pay(kind=TransactionKind.AUTHORISATION)))
    bench.order(Complete(original=authorisation.key, amount=eur("11.00")))
    completion = bench.heard()
    expected = {"t": "0220", "4": "000000001100", "11": "000002", "37": authorisation.rrn, "38": "123456"}
    assert {de: completion[de] for de in expected} == expected
    assert completion["90"][:20] == "0100000001" + "0301120000"
    bench.say(bench.host.answer(completion))
    assert (bench.receipt().kind, bench.receipt().minor) == (TransactionKind.COMPLETION, 1_100)
    for again in (Complete(original=authorisation.key, amount=eur("1.00")), Void(original=authorisation.key)):
        bench.order(again)
        assert bench.shape() == ["Notify terminal.refused"]
    bench.order(Void(original=bench.receipt().key))
    assert bench.heard()["90"][:10] == "0220000002"


def test_an_unanswered_completion_is_repeated_not_reversed(bench: Bench, pay: MakePay, eur: Eur) -> None:
    """What has happened is reported until the host has heard it: 0221 with the STAN and DE 7 of the first."""
    authorisation = bench.approve(bench.online(pay(kind=TransactionKind.AUTHORISATION)))
    bench.order(Complete(original=authorisation.key, amount=eur("11.00")))
    first = bench.heard()
    bench.wait(30_000)
    repeat = bench.heard()
    assert repeat == first | {"t": "0221", "128": repeat["128"]}
    assert bench.receipt().words == "no answer in time; it will be repeated"
    bench.say(bench.host.answer(repeat))
    assert bench.terminal.idle
    assert bench.terminal.undone == {}


@pytest.mark.parametrize("order", ["void unknown", "void declined", "complete purchase", "other currency"])
def test_orders_about_the_wrong_original_are_refused(order: str, bench: Bench, pay: MakePay, eur: Eur) -> None:
    """Only an approved transaction of this terminal, of the right kind, can be completed or voided."""
    request = bench.online(pay(kind=TransactionKind.AUTHORISATION if order == "other currency" else TransactionKind.PURCHASE))
    if order == "void declined":
        bench.say(bench.host.answer(request, "51"))
    else:
        bench.approve(request)
    key = bench.receipt().key
    wrong = {
        "void unknown": Void(original=key._replace(stan="000099")),
        "void declined": Void(original=key),
        "complete purchase": Complete(original=key, amount=eur("1.00")),
        "other currency": Complete(original=key, amount=Money(100, type(eur("1.00").currency)("USD", "840", 2))),
    }[order]
    bench.order(wrong)
    assert bench.shape() == ["Notify terminal.refused"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"card": "gold"}, "unknown-card"),
        ({"card": "visa-mag", "entry": Entry.CHIP}, "card"),
        ({"card": "mc-chip", "entry": Entry.NFC}, "card"),
        ({"pin": Secret(b"12")}, "pin"),
        ({"pin": Secret(b"12a4")}, "pin"),
    ],
)
def test_orders_that_cannot_be_done_are_refused_before_anything_is_recorded(
    changes: dict[str, Any], reason: str, bench: Bench, eur: Eur
) -> None:
    """The notice tells why and gives the orderer's mark back; neither journal nor host hears of it."""
    known = {"card": "visa-chip", "entry": Entry.CHIP, "amount": eur("1.00"), "pin": Secret(b"1234"), "reference": "r1"}
    bench.order(Pay(**(known | changes)))
    bench.open()
    assert bench.shape() == ["Notify terminal.refused"]
    assert dict(bench.notices[-1].facts) == {"reference": "r1", "reason": reason}
    assert bench.terminal.idle


@pytest.mark.parametrize("minor", [-1, 1_000_000_000_000])
def test_amounts_that_do_not_fit_are_refused(minor: int, bench: Bench, pay: MakePay, eur: Eur) -> None:
    """DE 4 has twelve digits and no sign."""
    bench.order(msgspec.structs.replace(pay(), amount=Money(minor, eur("1.00").currency)))
    bench.open()
    assert dict(bench.notices[-1].facts)["reason"] == "amount"
