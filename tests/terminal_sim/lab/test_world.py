"""The deterministic world: the clock jumps, wires deliver in order, commits delay speech, and the same is the same."""

import pytest

from switch.core import restore
from switch.machine import (
    Closed,
    Dial,
    Drain,
    Hangup,
    Notice,
    Notify,
    Opened,
    Operate,
    Received,
    Send,
    Severity,
    Tick,
    Unreachable,
)
from terminal_sim.lab import World
from terminal_sim.lab.hazards import COMMIT_MS, LATENCY_MS
from terminal_sim.lab.world import Restless


def pay(stan, mti="0200", minor=1_000):
    """A key-entered purchase with a test card."""
    return {
        "mti": mti,
        2: "4111111111111111",
        3: "000000",
        4: f"{minor:012d}",
        7: "0101000000",
        11: f"{stan:06d}",
        14: "3112",
        22: "012",
        41: "TERM0001",
        42: "MERCHANT0000001",
        49: "978",
    }


def test_time_jumps_to_what_is_due(world, recorder):
    """Ticks come exactly at the deadlines, and the clock ends where it was told to."""
    machine = recorder(deadlines=(0, 5, 1_000, 86_400_000))
    world.add("a", machine)
    world.run(86_400_001)
    assert machine.times == [0, 5, 1_000, 86_400_000]
    assert world.mono_ms == 86_400_001
    assert world.now.wall_ms - world.mono_ms == 1_767_225_600_000


def test_a_dial_opens_both_ends(world, recorder):
    """The listener hears of it first, by its own name of the link; each end has a number of its own."""
    caller = recorder({Tick: [Dial("out")]}, deadlines=(0,))
    callee = recorder()
    a, b = world.add("a", caller), world.add("b", callee)
    world.join(a, "out", b, "in")
    world.run(100)
    [(at, opened)], [(_, accepted)] = caller.got(Opened), callee.got(Opened)
    assert (at, opened.link, accepted.link) == (LATENCY_MS, "out", "in")
    assert opened.conn != accepted.conn


def test_a_machine_that_never_lets_time_go_on_is_stopped(world):
    """Its deadline is always now."""

    class Hasty:
        def handle(self, event, now):
            return []

        def next_deadline(self):
            return 5

    world.add("a", Hasty())
    with pytest.raises(Restless, match="a has looked at the clock"):
        world.run(100)
    assert world.mono_ms == 5


def test_a_dial_to_nobody_is_unreachable(world, recorder):
    """No wire, or a host that is gone."""
    caller = recorder({Tick: [Dial("nowhere"), Dial("out")]}, deadlines=(0,))
    a, b = world.add("a", caller), world.add("b", recorder())
    world.join(a, "out", b, "in")
    world.kill(b)
    world.run(100)
    assert [event.link for _, event in caller.got(Unreachable)] == ["nowhere", "out"]


def test_a_dial_to_a_host_that_dies_on_the_way_is_unreachable(world, recorder):
    """Every dial has an outcome, or its link would never be dialled again."""
    caller = recorder({Tick: [Dial("out")]}, deadlines=(0,))
    a, b = world.add("a", caller), world.add("b", recorder())
    world.join(a, "out", b, "in")
    world.run(LATENCY_MS - 1)
    world.kill(b)
    world.run(100)
    assert [event.link for _, event in caller.got(Unreachable)] == ["out"]


def test_bytes_arrive_in_order_after_the_latency(world, recorder):
    """And what is sent on a connection that is not there goes nowhere."""
    caller = recorder(
        {Tick: [Dial("out")], Opened: lambda event: [Send(event.conn, b"1"), Send(event.conn, b"2"), Send(999, b"3")]}, (0,)
    )
    callee = recorder()
    a, b = world.add("a", caller), world.add("b", callee)
    world.join(a, "out", b, "in")
    world.run(100)
    assert [(at, event.data) for at, event in callee.got(Received)] == [(2 * LATENCY_MS, b"12")]


def test_a_hangup_lets_what_was_sent_arrive_first(world, recorder):
    """Then both ends hear of it, with its reason."""
    caller = recorder(
        {Tick: [Dial("out")], Opened: lambda event: [Send(event.conn, b"last"), Hangup(event.conn, "enough")]}, (0,)
    )
    callee = recorder()
    a, b = world.add("a", caller), world.add("b", callee)
    world.join(a, "out", b, "in")
    world.run(100)
    assert [type(event) for event in callee.events] == [Opened, Received, Closed]
    assert [(event.why, event.unsent) for _, event in callee.got(Closed) + caller.got(Closed)] == [("enough", 0)] * 2


def test_what_is_sent_behind_a_hangup_is_counted_as_unsent(world, recorder):
    """As the real shell does: it never leaves, and its machine is told so."""
    caller = recorder(
        {
            Tick: [Dial("out")],
            Opened: lambda event: [Send(event.conn, b"1"), Hangup(event.conn, "enough"), Send(event.conn, b"2")],
        },
        (0,),
    )
    callee = recorder()
    a, b = world.add("a", caller), world.add("b", callee)
    world.join(a, "out", b, "in")
    world.run(100)
    assert [event.data for _, event in callee.got(Received)] == [b"1"]
    assert [event.unsent for _, event in caller.got(Closed)] == [1]


@pytest.mark.parametrize("noted", [False, True])
def test_what_is_sent_to_a_line_that_ended_unheard_is_counted_as_unsent(world, recorder, append, noted):
    """A frozen host answers what it had not read yet, into a line that is gone; it hears so, also of what its journal held."""
    caller = recorder({Tick: [Dial("out")], Opened: lambda event: [Send(event.conn, b"ask")]}, (0,))
    callee = recorder({Received: lambda event: [*(append(number) for number in [1] if noted), Send(event.conn, b"answer")]})
    a, b = world.add("a", caller), world.add("b", callee)
    world.join(a, "out", b, "in")
    world.run(LATENCY_MS)
    world.freeze(b, 100)
    world.run(LATENCY_MS)
    world.reset(world.ends[0])
    world.run(100)
    assert [type(event) for event in callee.events] == [Opened, Received, Closed]
    assert [event.unsent for _, event in callee.got(Closed)] == [1]


def test_a_commit_takes_time_and_speech_waits_for_it(world, recorder, append):
    """Journal before speech: what was issued behind an append leaves when it is durable, what was before it at once."""
    said = Notify(Notice("x", Severity.INFO, "later"))
    caller = recorder(
        {Tick: [Dial("out")], Opened: lambda event: [Send(event.conn, b"0"), append(1), Send(event.conn, b"1"), said]}, (0,)
    )
    callee = recorder()
    a, b = world.add("a", caller), world.add("b", callee)
    world.join(a, "out", b, "in")
    world.run(LATENCY_MS)
    assert (a.journal, list(a.notices)) == ([], [])
    world.run(100)
    assert [(at, event.data) for at, event in callee.got(Received)] == [(4, b"0"), (4 + COMMIT_MS, b"1")]
    assert [sealed.seq for sealed in a.journal] == [1]
    assert [notice.text for notice in a.notices] == ["later"]


def test_appends_that_wait_share_a_commit(world, recorder, append):
    """Two in one turn: one commit. What comes while it is under way waits, and shares the next one, as with the real writer."""
    appends = iter([[append(1), append(2)], [append(3)], [append(4)]])
    machine = recorder({Operate: lambda event: next(appends)})
    a = world.add("a", machine)
    for _ in range(3):
        world.operate(a, Drain())
    world.run(COMMIT_MS)
    assert [sealed.seq for sealed in a.journal] == [1, 2]
    world.run(COMMIT_MS)
    assert [sealed.seq for sealed in a.journal] == [1, 2, 3, 4]


@pytest.mark.parametrize(("end", "left", "heard"), [(World.kill, [1], [Opened, Closed]), (World.cut_power, [], [Opened])])
def test_how_a_host_ends(world, recorder, append, end, left, heard):
    """A killed process leaves what the system had of it, and its lines close; the power takes that too, and nobody is told."""
    caller = recorder({Tick: [Dial("out")], Opened: lambda event: [append(1), Send(event.conn, b"never")]}, (0,))
    caller.script[Operate] = [append(2)]
    callee = recorder()
    a, b = world.add("a", caller), world.add("b", callee)
    world.join(a, "out", b, "in")
    world.run(LATENCY_MS)
    world.operate(a, Drain())
    world.run(0)
    end(world, a)
    events = len(caller.events)
    world.run(1_000)
    assert [sealed.seq for sealed in a.journal] == left
    assert [type(event) for event in callee.events] == heard
    assert len(caller.events) == events


@pytest.mark.parametrize("deadline", [0, 50])
def test_a_host_started_again_under_its_name_is_woken(world, recorder, deadline):
    """The tick that was planned for the dead one is not taken for its successor's."""
    a = world.add("a", recorder(deadlines=(deadline,)))
    world.kill(a)
    machine = recorder(deadlines=(deadline,))
    world.add("a", machine)
    world.run(100)
    assert machine.times == [deadline]


def test_a_deadline_that_moves_is_kept(world, recorder):
    """Set later while a tick is planned, and earlier again: woken when it is due, and not at what was given up."""
    machine = recorder(deadlines=(50,))
    moves = iter([80, 60])

    def move(event):
        machine.deadlines.set(50, next(moves))
        return []

    machine.script[Operate] = move
    a = world.add("a", machine)
    for _ in range(2):
        world.operate(a, Drain())
    world.run(100)
    assert [at for at, _ in machine.got(Tick)] == [60]


# A switch in the world.


def run_day(world, switch, dialler):
    """A client pays ten times, repeats one, reverses another; gives the switch's host and the client."""
    messages = [pay(stan) for stan in range(1, 11)] + [pay(3, "0201")]
    messages.append(
        {"mti": "0420", 7: "0101000500", 11: "000900", 41: "TERM0001", 90: "0200" + "000004" + "0101000000" + "0" * 22}
    )
    client = dialler(messages)
    host = world.add("switch", switch())
    world.join(world.add("terminal", client), "pos", host, "pos")
    world.run(1_000)
    return host, client


def test_a_purchase_takes_two_ways_and_a_commit(world, switch, dialler):
    """The answer cannot be there before its record is durable."""
    client = dialler([pay(1)])
    host = world.add("switch", switch())
    world.join(world.add("terminal", client), "pos", host, "pos")
    world.run(1_000)
    assert [answer[39] for answer in client.answers] == ["00"]
    assert client.times == [LATENCY_MS + 2 * LATENCY_MS + COMMIT_MS]


def test_the_same_world_twice_is_the_same_world(switch, dialler):
    """Journals equal to the byte, answers too, at the same times."""
    first, second = (run_day(World(), switch, dialler) for _ in range(2))
    assert len(first[0].journal) > 12
    assert first[0].journal == second[0].journal
    assert [answer.raw for answer in first[1].answers] == [answer.raw for answer in second[1].answers]
    assert first[1].times == second[1].times
    assert first[0].notices == second[0].notices


def test_a_switch_that_is_killed_and_started_again_goes_on(world, switch, dialler):
    """Restored from what was durable: repeats get the first answers, money is where it was."""
    host, client = run_day(world, switch, dialler)
    world.kill(host)
    state = restore(host.journal)
    again = world.add("switch", switch(state), durable_seq=host.journal[-1].seq)
    late = dialler([pay(3, "0201"), pay(4, "0201"), pay(11)])
    world.join(world.add("terminal 2", late), "pos", again, "pos")
    world.run(1_000)
    assert [answer[39] for answer in late.answers] == ["00", "21", "00"]
    assert late.answers[0][38] == client.answers[2][38]
    assert [sealed.seq for sealed in again.journal] == [host.journal[-1].seq + 1]


@pytest.mark.parametrize("moment", range(0, 120, 3))
def test_no_answer_was_ever_heard_that_the_journal_does_not_hold(world, switch, dialler, moment):
    """Kill the switch at any moment of the day: every approval that a terminal has heard is in what was durable."""
    client = dialler([pay(stan) for stan in range(1, 30)])
    host = world.add("switch", switch())
    world.join(world.add("terminal", client), "pos", host, "pos")
    world.run(moment)
    world.kill(host)
    world.run(1_000)
    transactions = restore(host.journal).transactions
    assert all(transactions[f"pos/0200/TERM0001/{answer[11]}/0101000000"].approved for answer in client.answers)
    assert moment < 20 or client.answers
