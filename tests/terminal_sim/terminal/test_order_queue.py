"""Orders that wait at a terminal: one at a time, up to a bound, for a while; each that is refused is told so, once."""

from collections.abc import Callable
from typing import Any

from switch.limits import NETWORK_ANSWER_MS, ORDERS_MAX
from switch.machine import Order
from terminal_sim.terminal import Entry
from terminal_sim.terminal.states import State

Bench = Any
MakeBench = Callable[..., Bench]
MakePay = Callable[..., Order]


def test_orders_wait_in_line_up_to_their_bound(bench: Bench, pay: MakePay) -> None:
    """One transaction at a time, in order; one order too many is refused at once."""
    for number in range(ORDERS_MAX):
        bench.order(pay("visa-mag", Entry.MAGSTRIPE, reference=str(number)))
    bench.order(pay("visa-mag", Entry.MAGSTRIPE, reference="too many"))
    assert dict(bench.notices[-1].facts) == {"reference": "too many", "reason": "busy"}
    bench.open()
    for number in range(ORDERS_MAX):
        bench.say(bench.host.answer(bench.heard()))
        facts = dict(bench.notices[-1].facts)
        assert (facts["reference"], facts["receipt"]) == (str(number), str(number + 1))
    assert bench.terminal.idle


def test_orders_lose_patience_behind_a_deaf_host(bench: Bench, pay: MakePay) -> None:
    """An order that waited a minute behind an unacknowledged reversal is refused; nothing was sent for it."""
    bench.online(pay())
    bench.wait(30_000)
    bench.order(pay(reference="second"))
    while not [notice for notice in bench.notices if notice.kind == "terminal.refused"]:
        bench.wait(1_000)
        if bench.shape()[-1:] == ["Dial"]:
            bench.unreachable()
    refused = bench.notices[-1] if bench.notices[-1].kind == "terminal.refused" else bench.notices[-2]
    assert dict(refused.facts)["reference"] == "second"
    assert bench.kinds().count("attempt") == 1


def test_an_unreachable_host_refuses_all_that_waits(bench: Bench, pay: MakePay) -> None:
    """Each waiting order is told that nobody was reached; nothing was recorded."""
    for reference in ("a", "b"):
        bench.order(pay(reference=reference))
    bench.unreachable()
    assert bench.shape() == ["Notify terminal.unreachable", "Notify terminal.refused", "Notify terminal.refused"]
    assert [dict(notice.facts) for notice in bench.notices[-2:]] == [
        {"reference": "a", "reason": "unreachable"},
        {"reference": "b", "reason": "unreachable"},
    ]
    assert bench.journal == []


def test_an_order_is_refused_once(make_bench: MakeBench, pay: MakePay) -> None:
    """A tick that is late finds a sign-on unanswered, which refuses all that waits, then an order whose patience is over."""
    bench = make_bench(sign_on=True, order_patience_ms=NETWORK_ANSWER_MS + 1)
    bench.online(pay(reference="only"))
    bench.wait(2 * NETWORK_ANSWER_MS)
    refused = [dict(notice.facts)["reference"] for notice in bench.notices if notice.kind == "terminal.refused"]
    assert refused == ["only"]
    assert bench.terminal.state is State.OFFLINE
