"""Sessions as the wire shows them: opened by the 0810 that grants one, and closed with their connection."""

import pytest

from switch.limits import HALF_FRAME_MS, NETWORK_ANSWER_MS
from terminal_sim.lab.sessions import Sessions


@pytest.fixture
def sessions():
    """None is open."""
    return Sessions()


def say(wires, end, at_ms=0, *, forged=False, **fields):
    """A message of network management, and what is read of it."""
    data = end.speech.framing.frame(end.speech.dialect.encode({7: "0101000000", 11: "000001", 70: "001"} | fields_of(fields)))
    passage = wires.say(end, at_ms, forged=forged, data=data)
    return passage, passage.brief


def fields_of(fields):
    """Keywords as a message has them."""
    return {int(name[2:]) if name.startswith("de") else name: value for name, value in fields.items()}


def test_a_session_is_open_when_its_sign_on_was_granted(wires, sessions):
    """Whoever has asked; a forged grant is none, nor is a refusal."""
    near, conn = wires.bank[1], wires.bank[0].conn
    sessions.said(*say(wires, wires.bank[0], mti="0800"))
    for forged, code, is_open in ((True, "00", False), (False, "05", False), (False, "00", True)):
        sessions.heard(*say(wires, near, forged=forged, mti="0810", de39=code))
        assert (conn in sessions.open) is is_open
    sessions.closed(conn)
    assert not sessions.open
    sessions.said(*say(wires, wires.pos[1], mti="0810", de39="00"))
    assert list(sessions.open) == [wires.pos[1].conn]


def test_a_vital_question_waits_for_its_answer(wires, sessions):
    """From the first one that has none; a cut-over may be left unanswered, and a hung up connection is waited for no more."""
    conn = wires.bank[0].conn
    sessions.said(*say(wires, wires.bank[0], 5, mti="0800", de70="201"))
    assert sessions.asked == {}
    sessions.said(*say(wires, wires.bank[0], 10, mti="0800", de11="000002", de70="301"))
    sessions.said(*say(wires, wires.bank[0], 20, mti="0800", de11="000003", de70="301"))
    assert sessions.asked == {conn: 10 + NETWORK_ANSWER_MS}
    sessions.heard(*say(wires, wires.bank[1], 30, mti="0810", de11="000003", de39="00", de70="301"))
    assert sessions.asked == {}
    sessions.said(*say(wires, wires.bank[0], 40, mti="0800", de11="000004"))
    sessions.hung_up(conn)
    assert sessions.asked == {}


def test_a_message_that_has_begun_must_end(sessions):
    """Counted from its first byte, whatever comes of it; the next one has its own time."""
    sessions.read(7, 100, begun=True, whole=False)
    sessions.read(7, 200, begun=True, whole=False)
    assert sessions.begun == {7: 100 + HALF_FRAME_MS}
    sessions.read(7, 300, begun=True, whole=True)
    assert sessions.begun == {7: 300 + HALF_FRAME_MS}
    sessions.read(7, 400, begun=False, whole=True)
    assert sessions.begun == {}
    sessions.read(7, 500, begun=True, whole=False)
    sessions.closed(7)
    assert sessions.begun == {}
