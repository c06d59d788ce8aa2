"""Proves what is in the trace of a switch that serves: all of it where everything is published, else names, sizes and hops."""

import msgspec

from keys.lab import LAB_KEYS
from switch.compose import compose
from switch.config import KeyConfig, KeystoreConfig
from switch.default_config import default_config
from switch.machine import Closed, Moment, Opened, Received, Send, Tick
from switch.machine.trace import Heard, Outline, Said, Turn
from switch.tracing import WireReader, unfit_for_full

NOW = Moment(50, 1_767_225_600_000)
PLAN = compose(default_config()).plan
LINK = PLAN.links[0]
FRAME = LINK.framing.frame(LINK.dialect.encode({"mti": "0800", 7: "0101000000", 11: "000007", 70: "301"}))


def turn(event, *commands):
    """A turn of the switch."""
    return Turn("switch", NOW, event, (b"draw",), commands)


def read(*turns, full=False):
    """What is written of these turns."""
    reader = WireReader(PLAN, full=full)
    return [line for each in turns for line in reader.lines_of(each)]


def test_hops_are_found_in_any_cut_of_the_stream():
    """Said and heard, both ways, by names that a timeline shows."""
    half = len(FRAME) // 2
    lines = read(
        turn(Opened(1, LINK.name)),
        turn(Received(1, FRAME[:half])),
        turn(Received(1, FRAME[half:]), Send(1, FRAME)),
    )
    said = [line for line in lines if isinstance(line, Said)]
    assert [(line.speaker, line.hearer, line.mti, line.stan) for line in said] == [
        (LINK.name, "switch", "0800", "000007"),
        ("switch", LINK.name, "0800", "000007"),
    ]
    assert [line.number for line in lines if isinstance(line, Heard)] == [line.number for line in said]


def test_a_masked_trace_has_no_value():
    """Neither bytes nor draws, only their sizes."""
    lines = read(turn(Opened(1, LINK.name)), turn(Received(1, b"secret"), Send(1, b"secret")))
    assert not any(isinstance(line, Turn) for line in lines)
    assert Outline("switch", NOW, "Received 6 bytes on connection 1", ("Send 6 bytes on connection 1",)) in lines
    assert b"secret" not in msgspec.json.encode(lines)
    assert b"c2VjcmV0" not in msgspec.json.encode(lines)


def test_a_full_trace_has_its_turns():
    """As they were."""
    turns = turn(Opened(1, LINK.name)), turn(Received(1, FRAME)), turn(Closed(1, "gone")), turn(Tick())
    assert [line for line in read(*turns, full=True) if isinstance(line, Turn)] == list(turns)


def test_what_cannot_be_read_ends_nothing():
    """Garbage in a frame is a message without a name; a broken stream is read no further."""
    garbage = LINK.framing.frame(b"\xff" * 20)
    lines = read(turn(Opened(1, LINK.name)), turn(Received(1, garbage + b"\x00\x00")), turn(Received(1, FRAME)))
    assert [line.mti for line in lines if isinstance(line, Said)] == [""]


def test_who_may_have_a_full_trace():
    """Only a switch of which everything is published: its cards, and its keys."""
    config = default_config()
    name, key = next(iter(LAB_KEYS.items()))
    lab = KeyConfig(name=name, usage=key.usage.value, value=key.hex.lower())
    assert unfit_for_full(config) == ""
    assert unfit_for_full(msgspec.structs.replace(config, keys=(lab,))) == ""
    for change in (
        {"allow_any_pan": True},
        {"keystore": KeystoreConfig(path="keys.json")},
        {"keys": (msgspec.structs.replace(lab, value="00" * 16),)},
        {"keys": (msgspec.structs.replace(lab, name="mine"),)},
    ):
        assert unfit_for_full(msgspec.structs.replace(config, **change))
