"""Traces as text: lines round, in order, with a digest that notices every change; nothing that is no trace is read as one."""

from enum import Enum

import msgspec
import pytest

from switch.machine import (
    GENESIS,
    Append,
    Closed,
    Dial,
    Drain,
    Hangup,
    Moment,
    Notice,
    Notify,
    Opened,
    Operate,
    Order,
    Received,
    RecordCodec,
    Send,
    Severity,
    Tick,
    Unreachable,
)
from switch.machine.trace import (
    VERSION,
    Befell,
    Began,
    Ended,
    Header,
    Heard,
    Outline,
    Said,
    TraceCodec,
    TraceError,
    TracePen,
    Turn,
    read_trace,
)


class Noted(msgspec.Struct, frozen=True, tag="noted"):
    """A record."""

    number: int


class Colour(Enum):
    """Something that an order may name."""

    RED = "red"


class Paint(Order, frozen=True, tag=True):
    """An order of a machine's own."""

    colour: Colour
    hidden: frozenset


SEALED = RecordCodec(Noted, 1).seal(Noted(1), seq=1, at=5, previous=GENESIS)
NOW = Moment(10, 1_767_225_600_000)
EVENTS = (
    Opened(1, "pos"),
    Received(1, b"\x00\xff"),
    Closed(1, "gone", 2),
    Unreachable("bank", "refused"),
    Tick(),
    Operate(Drain()),
)
COMMANDS = (
    Dial("bank"),
    Send(1, b"\x00\xff"),
    Hangup(1, "enough"),
    Append(SEALED),
    Notify(Notice("mac.bad", Severity.WARNING, "text", "pos", 1, "", (("de", "64"),))),
)
LINES = (
    Header(VERSION, "sim", True, msgspec.Raw(b'{"seed":7}'), "my_issuer:MyIssuer"),
    Began("switch", 1, (b"\x01",), (SEALED,)),
    *(Turn("switch", NOW, event, (b"\x02", b"\x03"), COMMANDS) for event in EVENTS),
    Outline("switch", NOW, "Tick", ("Send 2 bytes",)),
    Said(1, 10, "switch", "bank1", 4, "0200", "000007", "LAB00001", "000000000007", "", "late"),
    Heard(1, 12),
    Befell("bank1", 13, "died", 0),
)


@pytest.fixture
def text():
    """A whole trace, line by line."""
    pen = TracePen(TraceCodec())
    return [*map(pen.write, LINES), pen.end()]


def read(lines, codec=None):
    """All lines that are read, as a list."""
    return list(read_trace(lines, codec or TraceCodec()))


def test_lines_round(text):
    """Each kind of line, event and command; the last line says that it is complete."""
    *lines, end = read(text)
    assert tuple(lines) == LINES
    assert isinstance(end, Ended)
    assert end.why == "complete"


def test_orders_of_a_machine_of_its_own_round():
    """With values that JSON does not know, by the hooks."""
    codec = TraceCodec(Drain | Paint, spell=sorted, read=lambda kind, value: kind(value))
    turn = Turn("painter", NOW, Operate(Paint(Colour.RED, frozenset("ab"))), (), ())
    assert codec.decode(codec.encode(turn)) == turn
    drain = Turn("painter", NOW, Operate(Drain()), (), ())
    assert codec.decode(codec.encode(drain)) == drain


def test_a_trace_that_was_cut_off_is_good_as_far_as_it_goes(text):
    """A program that was killed has written no end, and perhaps half a line."""
    assert tuple(read(text[:-1])) == LINES
    assert tuple(read([*text[:5], text[5][:-7]])) == LINES[:5]


def test_a_changed_line_is_noticed(text):
    """At the end, where the digest is."""
    changed = [line.replace(b"refused", b"refuse?") for line in text]
    with pytest.raises(TraceError, match=f"line {len(text)}: the digest does not match"):
        read(changed)
    with pytest.raises(TraceError, match="the digest does not match"):
        read([*text[:3], *text[4:]])


def later(text):
    """The header of a version to come."""
    pen = TracePen(TraceCodec())
    return [pen.write(Header(VERSION + 1, "sim", True)), *text[1:]]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda text: [], "line 1: it is empty"),
        (lambda text: text[1:], "line 1: a trace has one header"),
        (lambda text: [*text[:2], text[0]], "line 3: a trace has one header"),
        (later, f"line 1: written as version {VERSION + 1}"),
        (lambda text: [text[0], b"\xff\n"], "line 2: it is no line of a trace"),
        (lambda text: [text[0], b"[" * 100_000 + b"\n"], "line 2: it is no line of a trace"),
        (lambda text: [text[0], b'{"type":"Turn"}\n'], "line 2: it is no line of a trace"),
        (lambda text: [*text, text[1]], "behind the end"),
    ],
)
def test_what_is_no_trace_is_refused(text, change, why):
    """With the line, and without what is in it."""
    with pytest.raises(TraceError, match=why):
        read(change(text))


def test_a_transaction_is_named_by_its_terminal_and_reference():
    """Or by the STAN, where a message has no DE 37."""
    said = LINES[-3]
    assert said.transaction == "LAB00001/000000000007"
    assert msgspec.structs.replace(said, rrn="").transaction == "LAB00001/000007"
