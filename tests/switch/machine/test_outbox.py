"""Journal before speech, as laws: order is kept, nothing outward overtakes an earlier append, what is dropped is counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.machine import Append, Dial, Hangup, Notice, Notify, Outbox, Sealed, Send, Severity


def append(seq):
    return Append(Sealed(seq, 0, "x", b"", bytes(32)))


def send(conn, number=0):
    return Send(conn, bytes([number]))


@st.composite
def turns(draw):
    """Turns of a machine, each a list of commands whose appends count on, with commits and cuts in between."""
    seq, steps = 0, []
    for _ in range(draw(st.integers(0, 12))):
        act = draw(st.sampled_from(["turn", "turn", "turn", "commit", "forget"]))
        if act == "turn":
            commands = []
            for kind in draw(st.lists(st.sampled_from("asshdn"), max_size=6)):
                if kind == "a":
                    seq += 1
                    commands.append(append(seq))
                else:
                    commands.append(_outward(kind, draw(st.integers(1, 3)), draw(st.integers(0, 255))))
            steps.append(("turn", commands))
        elif act == "commit":
            steps.append(("commit", draw(st.integers(0, max(seq, 0)))))
        else:
            steps.append(("forget", draw(st.integers(1, 3))))
    return steps, seq


def _outward(kind, conn, number):
    match kind:
        case "s":
            return send(conn, number)
        case "h":
            return Hangup(conn, "why")
        case "d":
            return Dial("bank")
        case _:
            return Notify(Notice("x", Severity.INFO, str(number)))


@given(turns())
def test_the_laws_of_the_outbox(steps_and_last):
    """Against the plain definition: an outward command leaves exactly when all appends issued before it are durable."""
    steps, last = steps_and_last
    outbox, issued, left, forgotten = Outbox(), [], [], 0
    appended = durable = 0
    for act, what in steps:
        if act == "turn":
            for command in what:
                if isinstance(command, Append):
                    appended = command.sealed.seq
                issued.append((appended, command))
            released = outbox.push(what)
            assert [c for c in released if isinstance(c, Append)] == [c for c in what if isinstance(c, Append)]
        elif act == "commit":
            durable = max(durable, what)
            released = outbox.durable(what)
        else:
            held = [(needs, c) for needs, c in issued if needs > durable and isinstance(c, Send) and c.conn == what]
            assert outbox.forget(what) == len(held)
            forgotten += len(held)
            issued = [entry for entry in issued if entry not in held or entry[0] <= durable]
            released = []
        left += [c for c in released if not isinstance(c, Append)]
        assert left == [c for needs, c in issued if needs <= durable and not isinstance(c, Append)]
        assert outbox.empty == all(needs <= durable or isinstance(c, Append) for needs, c in issued)
    left += outbox.durable(last)
    assert left == [c for _, c in issued if not isinstance(c, Append)]


def test_appends_leave_at_once_so_that_they_can_share_a_commit():
    """Two turns before the first commit: both appends are out, both answers wait."""
    outbox = Outbox()
    assert outbox.push([append(1), send(1)]) == [append(1)]
    assert outbox.push([append(2), send(2)]) == [append(2)]
    assert outbox.durable(1) == [send(1)]
    assert not outbox.empty
    assert outbox.durable(2) == [send(2)]
    assert outbox.empty


def test_what_stands_before_an_append_need_not_wait_for_it():
    """Only earlier appends hold a command back."""
    assert Outbox().push([send(1), append(1), send(2)]) == [send(1), append(1)]


def test_what_comes_behind_something_held_is_held_too():
    """A notice without a record of its own does not overtake an answer that waits."""
    outbox = Outbox()
    outbox.push([append(1), send(1)])
    assert outbox.push([send(2)]) == []
    assert outbox.durable(1) == [send(1), send(2)]


@pytest.mark.parametrize("durable_seq", [0, 7])
def test_an_outbox_begins_where_the_journal_ends(durable_seq):
    """After a restart nothing waits for what is durable already."""
    outbox = Outbox(durable_seq)
    assert outbox.push([send(1)]) == [send(1)]
    assert outbox.push([append(durable_seq + 1), send(2)]) == [append(durable_seq + 1)]


def test_an_old_commit_reported_late_takes_nothing_back():
    """`durable` only moves forward."""
    outbox = Outbox()
    outbox.push([append(1), append(2)])
    outbox.durable(2)
    assert outbox.durable(1) == []
    assert outbox.push([send(1)]) == [send(1)]


def test_forgetting_drops_only_that_connections_sends():
    """Its hangup, other connections and notices stay, in order."""
    outbox = Outbox()
    outbox.push([append(1), send(1), send(2), Hangup(1, "why"), send(1), Dial("bank")])
    assert outbox.forget(1) == 2
    assert outbox.forget(1) == 0
    assert outbox.durable(1) == [send(2), Hangup(1, "why"), Dial("bank")]
