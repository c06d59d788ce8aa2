"""Dialogues of a terminal whose keys change: what is out ends under the old ones, all else is said under the new ones."""

from collections.abc import Callable
from typing import Any

import pytest

from switch.machine import Order
from terminal_sim.terminal import TakeKeys

Bench = Any
MakeBench = Callable[..., Bench]
MakePay = Callable[..., Order]

NEW = TakeKeys(mac_key="pos.zak-2", pin_key="pos.zpk-2")


def test_what_is_out_is_answered_under_either_set(bench: Bench, pay: MakePay) -> None:
    """The answer under the old keys counts; what is said next is under the new ones."""
    request = bench.online(pay())
    bench.order(NEW)
    assert bench.shape() == ["Append keys-changed", "Notify terminal.keys-changed"]
    bench.say(bench.host.answer(request))
    assert bench.receipt().approved
    bench.order(pay())
    bench.host.use("pos.zak-2")
    assert bench.heard()["t"] == "0200"


def test_the_new_set_is_right_while_something_is_out(bench: Bench, pay: MakePay) -> None:
    """Whoever has changed already answers under it."""
    request = bench.online(pay())
    bench.order(NEW)
    bench.host.use("pos.zak-2")
    bench.say(bench.host.answer(request))
    assert bench.receipt().approved


def test_the_old_set_is_wrong_for_what_was_asked_under_the_new_one(bench: Bench, pay: MakePay) -> None:
    """An answer under it counts as none."""
    first = bench.online(pay())
    bench.say(bench.host.answer(first))
    bench.order(NEW)
    bench.host.use("pos.zak-2")
    bench.order(pay())
    second = bench.heard()
    bench.host.use("pos.zak")
    bench.say(bench.host.answer(second))
    assert "terminal.mac-bad" in [notice.kind for notice in bench.notices]
    bench.host.use("pos.zak-2")
    bench.say(bench.host.answer(second))
    assert bench.receipt().approved


def test_it_is_remembered(bench: Bench, make_bench: MakeBench, pay: MakePay) -> None:
    """A terminal that begins again works under the keys that it was given last."""
    bench.order(NEW)
    again = make_bench(journal=bench.journal)
    again.host.use("pos.zak-2")
    assert again.online(pay())["t"] == "0200"


@pytest.mark.parametrize("order", [TakeKeys(mac_key="pos.zak", pin_key="pos.zpk")])
def test_the_same_keys_are_no_change(order: TakeKeys, bench: Bench) -> None:
    """Nothing is recorded, and nothing told."""
    bench.order(order)
    assert bench.shape() == []


def test_keys_that_it_does_not_have_are_refused(bench: Bench, pay: MakePay) -> None:
    """It says so, records nothing, and goes on under the ones that it has."""
    bench.order(TakeKeys(mac_key="pos.zak-3", pin_key="pos.zpk-2"))
    assert [shape for shape in bench.shape() if shape != "Notify terminal.keys"] == ["Notify terminal.keys-refused"]
    assert bench.online(pay())["t"] == "0200"
