"""Turns as an outsider reads them: which messages were whole with which read, and what records say without their secrets."""

import pytest

from switch.ledger import JOURNAL
from switch.ledger.records import Answered, Forwarded, Opening
from switch.machine import GENESIS, Append, Closed, Hangup, Opened, Received, Send, Tick
from terminal_sim.lab.turn import TurnReader, hung_up_in, read_entry, sends_in

OPENING = Opening(
    "K", "pos", "0200", "f", "purchase", 100, "978", "000007", "0101000000", terminal_id="LAB00001", rrn="000000000007"
)
ANSWERED = JOURNAL.seal(Answered("K", True, "approved", "issuer", "00", opening=OPENING), seq=1, at=0, previous=GENESIS)


class Hearer:
    """A reader of the switch's turns, and a line to it on which a test says messages and cuts them as it likes."""

    def __init__(self, wires):
        self.wires, self.end = wires, wires.pos[0]
        self.reader = TurnReader("switch")
        self.conn = wires.pos[1].conn
        self.turn(Opened(self.conn, "pos"))

    def say(self, **how):
        """A message whose last byte has arrived."""
        passage = self.wires.say(self.end, heard=False, **how)
        self.end.pushed += len(passage.data)
        passage.end = self.end.pushed
        self.reader.heard(passage)
        return passage

    def turn(self, event, *commands, life=1, records=True):
        return self.reader.read(life, event, 5, commands, records=records)

    def read(self, data):
        """Messages that are whole with a read, whether all is clear, and whether another one has begun."""
        turn = self.turn(Received(self.conn, data))
        return list(turn.heard), turn.clear, turn.begun


@pytest.fixture
def hearer(wires):
    """Nothing was said yet."""
    return Hearer(wires)


def test_a_message_is_heard_with_the_read_that_has_its_last_byte(hearer):
    """However it is cut; what has arrived and was not read is heard later."""
    first, second = hearer.say(), hearer.say(de11="000008")
    data = first.data + second.data
    assert hearer.read(data[:10]) == ([], True, True)
    assert hearer.read(data[10 : len(first.data)]) == ([first], True, False)
    assert hearer.read(data[len(first.data) : -1]) == ([], True, True)
    assert hearer.read(data[-1:]) == ([second], True, False)


def test_one_read_may_bring_many_and_a_part(hearer):
    """All of them in their order."""
    passages = [hearer.say(de11=f"{stan:06d}") for stan in (1, 2, 3)]
    data = b"".join(passage.data for passage in passages)
    assert hearer.read(data[:-3]) == (passages[:2], True, True)


def test_behind_what_nobody_can_read_nothing_is_clear(hearer):
    """On that connection, until it is gone."""
    noise, message = hearer.say(data=b"\x00\x04abcd"), hearer.say()
    assert hearer.read(noise.data) == ([noise], False, False)
    assert hearer.read(message.data) == ([message], False, False)
    hearer.turn(Closed(hearer.conn, "gone"))
    hearer.turn(Opened(hearer.conn, "pos"))
    hearer.end.pushed = 0
    again = hearer.say()
    assert hearer.read(again.data) == ([again], True, False)


def test_what_a_connection_did_not_live_to_hear_is_heard_by_none(hearer):
    """It has arrived; the next connection of that number begins anew."""
    hearer.say()
    hearer.turn(Closed(hearer.conn, "gone"))
    hearer.turn(Opened(hearer.conn, "pos"))
    hearer.end.pushed = 0
    again = hearer.say()
    assert hearer.read(again.data) == ([again], True, False)


def test_a_life_begins_once(hearer):
    """With its first turn, whatever that is."""
    assert [hearer.turn(Tick(), life=life).first for life in (1, 1, 2, 2)] == [False, False, True, False]


def test_records_and_commands_are_told_apart(hearer):
    """Only of hosts whose records are of the switch's kind; in the order of the commands."""
    commands = (Append(ANSWERED), Send(2, b"x"), Hangup(2, "bye"), Hangup(3, "bye"))
    turn = hearer.turn(Tick(), *commands)
    assert [entry.kind for entry in turn.entries] == ["answered"]
    assert (sends_in(turn), hung_up_in(turn)) == ([Send(2, b"x")], [2, 3])
    assert hearer.turn(Tick(), *commands, records=False).entries == ()


def test_a_record_is_read_as_far_as_an_outsider_may():
    """What it is about, who asked and how it ended; a record without a key of its own is about its request."""
    entry = read_entry(ANSWERED.body)
    assert (entry.kind, entry.about, entry.approved, entry.response_code) == ("answered", "K", True, "00")
    assert entry.opening.name == "pos/0200/LAB00001/000007/0101000000"
    forwarded = read_entry(JOURNAL.seal(Forwarded(OPENING, "bank", "000001", b"v"), seq=1, at=0, previous=GENESIS).body)
    assert (forwarded.key, forwarded.about, forwarded.route) == ("", "K", "bank")
