"""The people at a till: they order what their mix says, wait for terminals that do not answer, and go by what receipts say."""

import msgspec
import pytest

from switch.machine import Notice, Operate, Severity
from terminal_sim.lab import SeededEntropy
from terminal_sim.lab.customers import customer
from terminal_sim.lab.traffic import CONTACTLESS_MINOR, FOREIGN, TOO_MUCH_MINOR, WAITING_MAX, WRONG_PIN, Mix, Till
from terminal_sim.terminal import Complete, Entry, Pay, TransactionKey, TransactionKind, Void

MIX = Mix(pause_ms=1_000, entries=(1, 0, 0), wrong_pin=0, too_much=0, authorised=0, voided=0, bad_mac=0, minor_max=8_000)
KEY = TransactionKey("LAB00001", "000001", "0101000000")


@pytest.fixture
def open_till(world, recorder):
    """Opens a till with a mix like `MIX`, and gives it with the terminal that writes its orders down."""

    def open_till(**changes):
        machine = recorder()
        mix = msgspec.structs.replace(MIX, **changes)
        till = Till(world, world.add("LAB00001", machine), [customer(0), customer(1)], mix, SeededEntropy(7))
        till.begin()
        return till, machine

    return open_till


def end(till, kind="purchase", outcome="approved", times=1):
    """Tell the till how orders have ended."""
    facts = (("key", str(KEY)), ("kind", kind), ("outcome", outcome), ("amount", "12 JPY"))
    for _ in range(times):
        till.hear(Notice("terminal.receipt", Severity.INFO, "", facts=facts))


def orders(machine):
    """What the terminal was told to do."""
    return [event.order for _, event in machine.got(Operate)]


def serve(world, till, machine, count, kind="purchase"):
    """Let so many orders be given, each of which ends well."""
    while len(orders(machine)) < count:
        before = len(orders(machine))
        world.run(500)
        end(till, kind, times=len(orders(machine)) - before)
    return orders(machine)


def test_people_wait_for_a_terminal_that_does_not_answer(world, open_till):
    """After a few orders; and go on when it says how one has ended, well or not."""
    till, machine = open_till()
    world.run(60_000)
    assert len(orders(machine)) == till.waiting == WAITING_MAX
    end(till, outcome="no answer")
    till.hear(Notice("terminal.refused", Severity.INFO, ""))
    till.hear(Notice("terminal.late", Severity.INFO, ""))
    assert till.waiting == WAITING_MAX - 2
    world.run(60_000)
    assert len(orders(machine)) == WAITING_MAX + 2


def test_of_a_terminal_that_has_begun_again_nobody_waits_for_anything(world, open_till):
    """What it had to do died with it."""
    till, _ = open_till()
    world.run(60_000)
    till.forget()
    assert till.waiting == 0
    end(till)
    assert till.waiting == 0


def test_nobody_orders_of_the_dead_or_when_it_is_closed(world, open_till):
    """There is nobody to order of, and nobody to order."""
    till, machine = open_till()
    world.kill(till.host)
    world.run(10_000)
    till.host.alive = True
    till.close()
    world.run(10_000)
    assert orders(machine) == []


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({}, lambda pay: pay.entry is Entry.MAGSTRIPE and 100 <= pay.amount.minor <= 8_000 and pay.pin != WRONG_PIN),
        ({"entries": (0, 1, 0)}, lambda pay: pay.entry is Entry.CHIP and pay.pin is not None),
        (
            {"entries": (0, 0, 1)},
            lambda pay: pay.entry is Entry.NFC and pay.pin is None and pay.amount.minor <= CONTACTLESS_MINOR,
        ),
        ({"wrong_pin": 100}, lambda pay: pay.pin == WRONG_PIN),
        ({"too_much": 100}, lambda pay: pay.amount.minor == TOO_MUCH_MINOR),
        ({"authorised": 100}, lambda pay: pay.kind is TransactionKind.AUTHORISATION),
        ({"foreign": 100}, lambda pay: pay.amount.currency.alpha in FOREIGN),
        ({"bad_mac": 100}, lambda pay: pay.corrupt_mac),
    ],
)
def test_people_do_what_their_mix_says(world, open_till, changes, holds):
    """Each of its parts."""
    till, machine = open_till(**changes)
    given = serve(world, till, machine, 20, kind="void")
    assert all(isinstance(order, Pay) and holds(order) for order in given)
    assert {order.card for order in given} == {customer(0).name, customer(1).name}


def test_what_was_approved_has_a_sequel(world, open_till):
    """An authorisation is completed in its currency, a payment is voided, by the key of its receipt; a void is the end."""
    till, machine = open_till(authorised=100)
    assert Complete in {type(order) for order in serve(world, till, machine, 20, kind="authorisation")}
    completions = [order for order in orders(machine) if isinstance(order, Complete)]
    assert {(order.original, order.amount.currency.alpha) for order in completions} == {(KEY, "JPY")}
    till, machine = open_till(voided=100)
    assert Void(original=KEY) in serve(world, till, machine, 20)
    till, machine = open_till(voided=100)
    assert not any(isinstance(order, Void) for order in serve(world, till, machine, 20, kind="void"))


def test_what_was_declined_has_none(world, open_till):
    """There is nothing to complete or to take back."""
    till, machine = open_till(voided=100)
    for _ in range(10):
        world.run(2_000)
        end(till, outcome="declined", times=till.waiting)
    assert {type(order) for order in orders(machine)} == {Pay}
