"""The digest of a run: whatever happens otherwise is another digest, and what is the same is the same one."""

import pytest

from switch.machine import (
    GENESIS,
    Closed,
    Drain,
    Hangup,
    Moment,
    Notice,
    Notify,
    Opened,
    Operate,
    Received,
    Send,
    Severity,
    Tick,
)
from terminal_sim.lab.trace import TraceDigest

NOW = Moment(5, 1_000)
EVENTS = (
    Tick(),
    Opened(1, "pos"),
    Opened(2, "pos"),
    Opened(1, "bank"),
    Received(1, b"ab"),
    Received(1, b"ac"),
    Received(2, b"ab"),
    Closed(1, "gone", 0),
    Closed(1, "gone", 1),
    Closed(1, "lost", 0),
    Operate(Drain()),
)
COMMANDS = (
    (),
    (Send(1, b"ab"),),
    (Send(1, b"a"), Send(1, b"b")),
    (Send(2, b"ab"),),
    (Hangup(1, "idle"),),
    (Hangup(1, "bad"),),
    (Notify(Notice("a.kind", Severity.INFO, "text")),),
    (Notify(Notice("a.kind", Severity.INFO, "another")),),
)


@pytest.fixture
def host(world, recorder):
    """A host of some name."""
    return world.add("host", recorder())


def digest(*calls):
    """The digest after an observer was told all this."""
    trace = TraceDigest()
    for name, *told in calls:
        getattr(trace, name)(*told)
    return trace.hex


def test_every_event_and_every_command_counts(host):
    """No two of these are taken for one another."""
    turns = [("handled", host, event, NOW, ()) for event in EVENTS] + [
        ("handled", host, Tick(), NOW, some) for some in COMMANDS[1:]
    ]
    digests = [digest(turn) for turn in turns]
    assert len(set(digests)) == len(digests)
    assert digests == [digest(turn) for turn in turns]


def test_time_host_and_order_count(host, world, recorder):
    """On both clocks."""
    turn, other = ("handled", host, Tick(), NOW, ()), world.add("other", recorder())
    found = [
        digest(turn),
        digest(("handled", host, Tick(), Moment(6, 1_000), ())),
        digest(("handled", host, Tick(), Moment(5, 1_001), ())),
        digest(("handled", other, Tick(), NOW, ())),
        digest(turn, ("died", host)),
        digest(("died", host), turn),
    ]
    assert len(set(found)) == len(found)


def test_what_becomes_durable_counts(host, append):
    """By host and number."""
    first, second = append(1).sealed, append(2).sealed
    assert first.digest != GENESIS
    found = {digest(), digest(("committed", host, [first])), digest(("committed", host, [first, second]))}
    assert len(found) == 3
