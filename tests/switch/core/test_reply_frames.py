"""Answers go back by the header that their request came with, whoever decides and whenever; rejections are no messages."""

import msgspec
import pytest

from switch.limits import ADVICE_UNREAD_MAX
from switch.machine import Append, Received, Send
from switch.wire import DIALECTS, FRAMINGS

HEADS = ("6000010002", "6000010003")
"""Two terminals behind one concentrator, on one connection."""


def heads(commands, conn):
    """The headers of what was sent on a connection."""
    return [
        frame.head.hex()
        for command in commands
        if isinstance(command, Send) and command.conn == conn
        for frame in FRAMINGS["len2-big-tpdu"].buffer().feed(command.data)
    ]


def swapped(head):
    return head[:2] + head[6:] + head[2:6]


@pytest.fixture
def tpdu_desk(make_desk, plan):
    """The acquirer speaks through a concentrator; the issuer's link has headers of its own."""
    acquirer, issuer = plan.links
    acquirer = msgspec.structs.replace(acquirer, framing=FRAMINGS["len2-big-tpdu"])
    issuer = msgspec.structs.replace(issuer, framing=FRAMINGS["len2-big-tpdu"])
    return make_desk(msgspec.structs.replace(plan, links=(acquirer, issuer)))


def post(desk, peer, values, head):
    """Send one message behind a header; the headers of what comes back at once."""
    framed = bytearray(peer.plan.framing.frame(peer.message(values).raw))
    framed[2:7] = bytes.fromhex(head)
    return heads(desk.handle(Received(peer.conn, bytes(framed))), peer.conn)


def test_each_answer_goes_back_by_its_own_header(tpdu_desk, wallet):
    """Decided here, refused, repeated, echoed: the addresses of the request, swapped, also where two take turns."""
    pos = tpdu_desk.connect("pos")
    for stan, head in enumerate(HEADS, 1):
        assert post(tpdu_desk, pos, wallet.pay(stan=stan), head) == [swapped(head)]
    assert post(tpdu_desk, pos, wallet.pay(stan=1) | {"mti": "0201"}, HEADS[1]) == [swapped(HEADS[1])]
    assert post(tpdu_desk, pos, wallet.pay(stan=3) | {49: "999"}, HEADS[0]) == [swapped(HEADS[0])]
    echo = {"mti": "0800", 7: "0101000001", 11: "000009", 70: "301"}
    assert post(tpdu_desk, pos, echo, HEADS[1]) == [swapped(HEADS[1])]
    reversal = {"mti": "0420", 7: "0101000002", 11: "000010", 41: "TERM0001", 90: "02000000010101000000" + "0" * 22}
    assert post(tpdu_desk, pos, reversal, HEADS[0]) == [swapped(HEADS[0])]


def test_an_answer_from_afar_and_a_timeout_go_back_by_it_too(tpdu_desk, wallet):
    """What waits for an issuer keeps its header; the issuer is asked under our own one, never under the acquirer's."""
    pos, bank = tpdu_desk.connect("pos"), tpdu_desk.connect("bank")
    for stan, head in enumerate(HEADS, 1):
        assert post(tpdu_desk, pos, wallet.pay("mc-chip", entry="012", stan=stan), head) == []
        assert heads(tpdu_desk.commands, bank.conn) == ["6000000000"]
    bank.reply(bank.take()[1])
    assert heads(tpdu_desk.commands, pos.conn) == [swapped(HEADS[1])]
    tpdu_desk.wait(20_000)
    assert heads(tpdu_desk.commands, pos.conn) == [swapped(HEADS[0])]


def test_what_the_network_gives_back_is_noticed_and_is_no_message(make_desk, plan, wallet):
    """A reject header: nothing is answered, nothing is booked, and the code is told."""
    acquirer, issuer = plan.links
    acquirer = msgspec.structs.replace(acquirer, framing=FRAMINGS["visa"])
    desk = make_desk(msgspec.structs.replace(plan, links=(acquirer, issuer)))
    pos = desk.connect("pos")
    framed = pos.plan.framing.frame(pos.message(wallet.pay()).raw)
    reject = bytes.fromhex("1A0102") + bytes(19) + bytes.fromhex("80000533")
    assert pos.feed((len(framed) - 4 + 26).to_bytes(2, "big") + bytes(2) + reject + framed[4:]) == []
    [notice] = desk.told("frame.rejected")
    assert notice.facts == (("code", "0533"),)
    assert "answered" not in desk.kinds()
    assert pos.feed(framed)[0][39] == "00"


@pytest.fixture
def visa_desk(make_desk, plan):
    """The issuer sits behind a network that gives back what it does not pass on."""
    acquirer, issuer = plan.links
    return make_desk(msgspec.structs.replace(plan, links=(acquirer, msgspec.structs.replace(issuer, framing=FRAMINGS["visa"]))))


def reject(desk, bank, raw):
    """The network gives a message back, with code 0533."""
    head = bytes.fromhex("1A0102") + bytes(19) + bytes.fromhex("80000533")
    framed = bank.plan.framing.frame(raw)[4:]
    return desk.handle(Received(bank.conn, (len(head) + len(framed)).to_bytes(2, "big") + bytes(2) + head + framed))


def test_a_request_that_the_network_gives_back_ends_at_once(visa_desk, wallet):
    """As one without an answer: 91 and one reversal owed. A second rejection, or one that nobody signed, changes nothing."""
    pos, bank = visa_desk.connect("pos"), visa_desk.connect("bank")
    pos.post(wallet.pay("mc-chip", entry="012"))
    request = bank.take_one()
    for raw in (request.raw[:-1] + b"0", request.with_fields(drop=(64, 128)).raw, b"0200"):
        reject(visa_desk, bank, raw)
        assert pos.take() == []
    reject(visa_desk, bank, request.raw)
    assert pos.take_one()[39] == "91"
    assert bank.take_one().mti == "0420"
    before = len(visa_desk.journal)
    reject(visa_desk, bank, request.raw)
    visa_desk.wait(3_000)
    assert (len(visa_desk.journal), pos.take(), bank.take()) == (before, [], [])


def test_an_advice_that_the_network_gives_back_is_given_up_in_the_end(visa_desk, wallet):
    """It goes out when it would have been repeated anyway, ten times, and then no more."""
    pos, bank = visa_desk.connect("pos"), visa_desk.connect("bank")
    pos.post(wallet.pay("mc-chip", entry="012"))
    visa_desk.wait(20_000)
    _, advice = bank.take()
    for attempt in range(1, ADVICE_UNREAD_MAX + 1):
        assert visa_desk.state.saf["bank"][advice[11]].attempts == attempt
        reject(visa_desk, bank, advice.raw)
        while visa_desk.state.saf["bank"] and not (sent := [message for message in bank.take() if message.mti == "0421"]):
            visa_desk.wait(1_000)
            for echo in [message for message in bank.inbox if message.mti == "0800"]:
                bank.reply(echo)
        advice = sent[0]
    assert visa_desk.records[-1].response_code == "0533"
    assert visa_desk.told("advice.given_up")


@pytest.mark.parametrize(
    ("name", "sent"), [("len2-big-poll", b""), ("len2-big-poll-echo", bytes(4)), ("len4-big-poll-echo", bytes(8))]
)
def test_polls_are_swallowed_or_sent_back(make_desk, plan, wallet, name, sent):
    """As many polls go back as came, where the framing says so, behind the answers of the same read; nothing is journaled."""
    acquirer, issuer = plan.links
    desk = make_desk(msgspec.structs.replace(plan, links=(msgspec.structs.replace(acquirer, framing=FRAMINGS[name]), issuer)))
    pos = desk.connect("pos")
    poll = bytes(pos.plan.framing.prefix.size)
    assert [command for command in desk.handle(Received(pos.conn, poll)) if isinstance(command, Append)] == []
    framed = pos.plan.framing.frame(pos.message(wallet.pay()).raw)
    commands = desk.handle(Received(pos.conn, poll + framed + poll))
    answer, *polls = [command.data for command in commands if isinstance(command, Send)]
    assert pos.plan.framing.buffer().feed(answer)
    assert b"".join(polls) == sent


def test_what_does_not_fit_its_framing_is_not_sent(make_desk, plan, wallet):
    """Configuration refuses such a pair; should it come to it all the same, nothing is sent, and it is said."""
    acquirer, issuer = plan.links
    acquirer = msgspec.structs.replace(acquirer, framing=FRAMINGS["stx-etx"], dialect=DIALECTS["iso87-binary"])
    desk = make_desk(msgspec.structs.replace(plan, links=(acquirer, issuer)))
    pos = desk.connect("pos")
    echoes = (pos.message({"mti": "0800", 7: "0111111111", 11: f"11111{n}", 70: "444"}).raw for n in range(10))
    raw = next(raw for raw in echoes if not {2, 3} & set(raw))
    assert pos.feed(b"\x02" + raw + b"\x03") == []
    assert desk.told("frame.unfit")
