"""Who waits for the switch: which request an answer belongs to, and when nobody waits for it any more."""

from terminal_sim.lab.network import Passage


def test_an_answer_belongs_to_what_was_asked_on_its_connection(wires):
    """By MTI and STAN; on another one it is known where it was asked."""
    asked = wires.say(wires.pos[0])
    answer = Passage(wires.pos[1], wires.say(wires.pos[1], 1, heard=False, mti="0210", de39="00").data, 1)
    found = wires.evidence.waiting.asked_by(answer, answer.brief)
    assert found is not None
    assert (found.passage, found.heard, found.answered, found.settled) == (asked, 1, 1, True)
    astray = Passage(wires.other[1], answer.data, 1)
    assert wires.evidence.waiting.asked_by(astray, astray.brief) is None
    assert wires.evidence.waiting.asked_elsewhere(astray, astray.brief)
    assert not wires.evidence.waiting.asked_elsewhere(answer, answer.brief)


def test_what_is_asked_on_a_connection_goes_with_it(wires):
    """Nobody waits for its answer there; asked again on another one it is waited for there."""
    wires.say(wires.pos[0])
    [asked] = wires.evidence.waiting.due
    wires.evidence.closed(wires.pos[1])
    assert asked.settled
    wires.say(wires.pos[0])
    wires.say(wires.other[0], mti="0201")
    assert [one.settled for one in wires.evidence.waiting.due] == [True, True, False]


def test_what_cannot_be_read_is_counted_where_it_was_heard(wires):
    """It may be answered there, once."""
    wires.say(wires.pos[0], data=b"\x00\x03abc")
    conn = wires.pos[1].conn
    assert wires.evidence.waiting.unreadable == {conn: 1}
    wires.say(wires.pos[1], mti="0210", de39="30")
    assert wires.evidence.waiting.unreadable == {conn: 0}


def test_what_a_forged_message_asks_is_in_doubt(wires):
    """Whose answer would it be? That it was said once more with a right MAC takes no doubt away."""
    wires.say(wires.pos[0], forged=True)
    [asked] = wires.evidence.waiting.due
    assert asked.doubtful
    wires.say(wires.pos[0])
    assert asked.doubtful
    assert asked.heard == 2


def test_who_reverses_waits_no_more(wires):
    """Only a reversal with a right MAC, and one that names the request, say that nobody waits for its answer."""
    asked = wires.say(wires.pos[0])
    [waiting] = wires.evidence.waiting.due
    moment = asked.brief.moment
    for forged, stan, settled in ((True, "000007", False), (False, "000008", False), (False, "000007", True)):
        named = "0200" + stan + moment + "0" * 22
        wires.say(wires.pos[0], forged=forged, mti="0420", de11="000009", de90=named)
        assert waiting.settled is settled
