"""What an auditor knows: of whom each message is, what is open, what is durable; gathered from a wire log made by hand."""

import msgspec
import pytest

from switch.ledger import JOURNAL
from switch.ledger.records import AdviceOwed
from switch.machine import GENESIS
from terminal_sim.lab.evidence import HISTORY_MAX, Evidence
from terminal_sim.lab.network import End, Passage, join_ends
from terminal_sim.lab.run import Run
from terminal_sim.lab.swarm import Wire, draw

PLAIN = Wire("iso87-ascii", "len2-big", False)
REQUEST = {
    "mti": "0200",
    3: "000000",
    4: "000000001000",
    7: "0101000000",
    11: "000007",
    37: "000000000007",
    41: "LAB00001",
    42: "MERCHANT0000001",
    49: "978",
}
NAME = ("LAB00001", "000000000007")


class Wires:
    """A run in which nothing has happened, and lines between its hosts; what is said on them arrives when the test says so."""

    def __init__(self):
        options = msgspec.structs.replace(
            draw(3, terminals=2, issuers=1, faults={}), acquirer_wires=(PLAIN,), issuer_wires=(PLAIN,)
        )
        self.run = Run(options)
        self.evidence = Evidence(self.run)
        switch = self.run.switch
        self.pan = self.run.crowd[0].pan.expose()
        first, second = self.run.terminals
        speech = first.wires[next(iter(first.wires))][2]
        self.pos = self._join(first, switch, 1, speech)
        self.other = self._join(second, switch, 3, speech)
        self.bank = self._join(switch, self.run.issuers["bank1"], 5, switch.wires["bank1"][2])

    def _join(self, near, far, number, speech):
        ends = End(near, number, 0), End(far, number + 1, 0)
        join_ends(*ends, speech)
        return ends

    def say(self, end, at_ms=0, *, heard=True, forged=False, data=None, **fields):
        """Have a message said, and heard at once."""
        named = {int(name.removeprefix("de")) if name.startswith("de") else name: value for name, value in fields.items()}
        if data is None:
            data = end.speech.framing.frame(end.speech.dialect.encode(REQUEST | {2: self.pan} | named))
        passage = Passage(end, data, at_ms, forged=forged)
        self.evidence.said(passage)
        if heard:
            passage.heard_ms = at_ms
            self.evidence.heard(passage)
        return passage


@pytest.fixture
def wires():
    """Fresh ones."""
    return Wires()


def test_a_transaction_has_its_messages_in_order(wires):
    """What was said and what was heard, of this one alone, the last of them."""
    wires.say(wires.pos[0], 1)
    wires.say(wires.bank[0], 2, heard=False, de11="000001")
    wires.say(wires.pos[0], 3, de37="000000000008", de11="000008")
    told = [(verb, passage.at_ms) for verb, passage in wires.evidence.life(NAME).history]
    assert told == [("says", 1), ("hears", 1), ("says", 2)]
    for at_ms in range(10, 10 + HISTORY_MAX):
        wires.say(wires.pos[0], at_ms)
    history = wires.evidence.life(NAME).history
    assert len(history) == HISTORY_MAX
    assert history[-1][1].at_ms == 9 + HISTORY_MAX


def test_an_answer_belongs_to_what_was_asked_on_its_connection(wires):
    """By MTI and STAN; on another one it is known where it was asked."""
    asked = wires.say(wires.pos[0])
    answer = Passage(wires.pos[1], wires.say(wires.pos[1], 1, heard=False, mti="0210", de39="00").data, 1)
    found = wires.evidence.asked_by(answer, answer.brief)
    assert found is not None
    assert (found.passage, found.heard, found.answered, found.settled) == (asked, 1, 1, True)
    astray = Passage(wires.other[1], answer.data, 1)
    assert wires.evidence.asked_by(astray, astray.brief) is None
    assert wires.evidence.asked_elsewhere(astray, astray.brief)
    assert not wires.evidence.asked_elsewhere(answer, answer.brief)


def test_what_is_asked_on_a_connection_goes_with_it(wires):
    """Nobody waits for its answer there; asked again on another one it is waited for there."""
    wires.say(wires.pos[0])
    [asked] = wires.evidence.due
    wires.evidence.closed(wires.pos[1])
    assert asked.settled
    wires.say(wires.pos[0])
    wires.say(wires.other[0], mti="0201")
    assert [one.settled for one in wires.evidence.due] == [True, True, False]


def test_a_forged_message_proves_nothing(wires):
    """What it says to ask is in doubt, and it begins no transaction's life."""
    wires.say(wires.pos[0], forged=True)
    [asked] = wires.evidence.due
    assert asked.doubtful
    assert wires.evidence.life(NAME).request is None
    wires.say(wires.pos[0])
    assert wires.evidence.life(NAME).request is not None


def test_an_approval_is_what_the_switch_has_heard_with_a_right_mac(wires):
    """Its code, and none of what never arrived, was forged, or was no approval."""
    for heard, forged, code, approval in ((False, False, "00", "A1"), (True, True, "00", "B2"), (True, False, "51", "C3")):
        wires.say(wires.bank[1], heard=heard, forged=forged, mti="0210", de39=code, de38=approval.ljust(6))
    assert wires.evidence.life(NAME).approvals == {}
    wires.say(wires.bank[1], mti="0210", de39="00", de38="D4".ljust(6))
    assert list(wires.evidence.life(NAME).approvals) == ["D4"]


def test_an_advice_is_awaited_until_its_issuer_is_heard(wires):
    """By the STAN that it has there."""
    named = "0200" + "000007" + "0101000000" + "0" * 22
    wires.say(wires.bank[0], 4, mti="0420", de11="000009", de90=named)
    assert list(wires.evidence.awaiting) == [("bank1", "4", "000009")]
    assert wires.evidence.life(NAME).reversed_ms == 4
    wires.say(wires.bank[1], mti="0430", de11="000008", de39="00")
    assert wires.evidence.awaiting
    wires.say(wires.bank[1], mti="0430", de11="000009", de39="00")
    assert not wires.evidence.awaiting


def test_what_cannot_be_read_is_counted_where_it_was_heard(wires):
    """It may be answered there, once."""
    wires.say(wires.pos[0], data=b"\x00\x03abc")
    conn = wires.pos[1].conn
    assert wires.evidence.unreadable == {conn: 1}
    wires.say(wires.pos[1], mti="0210", de39="30")
    assert wires.evidence.unreadable == {conn: 0}


def test_a_record_is_durable_when_it_was_committed(wires):
    """By its kind and what it is about."""
    owed = JOURNAL.seal(AdviceOwed("key", "bank1", "0420", "000009", "0101000000", b""), seq=1, at=0, previous=GENESIS)
    name = ("switch", "advice-owed", "bank1/000009")
    assert not wires.evidence.is_durable(*name)
    wires.evidence.committed(wires.run.switch, [owed])
    assert wires.evidence.is_durable(*name)
    assert not wires.evidence.is_durable("LAB00001", *name[1:])


def test_an_entry_is_fresh_once(wires):
    """By its number: what a host finds when it begins again was seen before."""
    entries = [
        JOURNAL.seal(AdviceOwed("key", "bank1", "0420", "000009", "0101000000", b""), seq=seq, at=0, previous=GENESIS)
        for seq in (1, 2, 3)
    ]
    switch, fresh = wires.run.switch, wires.evidence.fresh
    assert list(fresh(switch, [])) == []
    assert list(fresh(switch, entries[:2])) == entries[:2]
    assert list(fresh(switch, entries)) == entries[2:]
    assert list(fresh(wires.run.terminals[0], entries[:1])) == entries[:1]
