"""The lab's remote issuer by itself, in every dialect: it answers as one does, books once, and forgets nothing durable."""

import pytest

from keys.lab import lab_keystore
from switch.domain.reasons import Reason
from switch.domain.request import Original
from switch.domain.test_cards import TEST_CARDS
from switch.machine import Append, Moment, Opened, Received, Send
from switch.wire import DIALECTS, FRAMINGS
from switch.wire.mti import response_mti
from switch.wire.translate import local_moment, original_fields
from terminal_sim.lab import SeededEntropy
from terminal_sim.lab.issuer_actor import KEYS, IssuerActor
from terminal_sim.terminal import PinPad
from terminal_sim.terminal.host_line import HostLine

CARD = TEST_CARDS["visa-chip"]
NOW = Moment(0, 1_767_225_600_000)
TRANSACTION = ("TERM0001", "600100000123")


def request(mti="0200", **changes):
    """A purchase as the switch passes it on."""
    fields = {"t": mti, "2": CARD.pan.expose(), "3": "000000", "4": "000000001250", "7": "0101000000", "11": "000001"}
    fields |= {"12": "000000", "13": "0101", "22": "012", "25": "00", "37": "600100000123", "41": "TERM0001"}
    fields |= {"42": "MERCHANT0000001", "49": "978"}
    return fields | {name[1:]: value for name, value in changes.items()}


class Desk:
    """An issuer, and a host that speaks with it."""

    def __init__(self, dialect, journal=()):
        entropy = SeededEntropy(1)
        self.dialect, framing = DIALECTS[dialect], "len2-big"
        self.issuer = IssuerActor(
            [CARD], dialect=dialect, framing=framing, keystore=lab_keystore(), entropy=entropy, journal=journal
        )
        self.line = HostLine(self.dialect, FRAMINGS[framing], PinPad(lab_keystore(), entropy, KEYS))
        self.journal = list(journal)
        self.line.connect(1)
        self.issuer.handle(Opened(1, "switch"), NOW)

    def say(self, fields):
        """Say a message; the answer's fields, or None."""
        raw = self.line.spell(fields, NOW.wall_ms)
        commands = self.issuer.handle(Received(1, self.line.frame(raw)), NOW)
        self.journal += [command.sealed for command in commands if isinstance(command, Append)]
        sent = [command.data for command in commands if isinstance(command, Send)]
        return self.line.hear(sent[0]).messages[0].fields if sent else None

    def code(self, plain):
        """How a plain DE 39 is said in the answer to a request."""
        return self.dialect.codes.adopt(plain)

    def naming(self, mti="0200", stan="000001", transmitted="0101000000"):
        """The element that names an earlier message."""
        local_at = local_moment(self.dialect, self.dialect.word({12: "000000", 13: "0101"}, mti, NOW.wall_ms))
        fields = original_fields(self.dialect, Original(mti, stan, transmitted, local_at=local_at))
        return {str(de): value for de, value in fields.items()}

    def reversal(self, original="0200", stan="000009"):
        """What undoes it."""
        return request("0420", d11=stan) | self.naming(original)


@pytest.fixture(params=DIALECTS)
def desk(request):
    """An issuer without a past."""
    return Desk(request.param)


def test_a_purchase_is_approved_and_booked_once(desk):
    """Its repeat gets the same answer and changes nothing."""
    first, again = desk.say(request()), desk.say(request("0201"))
    assert (first["t"], first["39"]) == ("0210", desk.code("00"))
    assert (again["38"], again["39"]) == (first["38"], first["39"])
    assert desk.issuer.net == {TRANSACTION: 1_250}


@pytest.mark.parametrize("order", [("ask", "undo"), ("undo", "ask"), ("ask", "undo", "undo"), ("undo", "ask", "undo", "ask")])
def test_in_whatever_order_it_is_reversed_nothing_is_booked(desk, order):
    """Before, after, twice: always acknowledged, and the money stays where it was."""
    for number, what in enumerate(order):
        answer = desk.say(request() if what == "ask" else desk.reversal(stan=f"00001{number}"))
        assert what == "ask" or answer["39"] == desk.dialect.codes.code(Reason.APPROVED, "0420")
    assert not any(desk.issuer.net.values())


def test_a_completion_takes_the_place_of_its_authorisation(desk):
    """And its own reversal leaves nothing of either."""
    desk.say(request("0100"))
    completion = request("0220", d4="000000001000", d7="0101000001", d11="000002") | desk.naming("0100")
    desk.say(completion)
    desk.say(completion | {"t": "0221"})
    assert desk.issuer.net == {TRANSACTION: 1_000}
    desk.say(request("0420", d11="000003") | desk.naming("0220", "000002", "0101000001"))
    assert desk.issuer.net == {TRANSACTION: 0}


@pytest.mark.parametrize(("changes", "code"), [({"d2": "4111111111111111"}, "14"), ({"d4": "999999999999"}, "51")])
def test_what_it_declines_costs_nothing(desk, changes, code):
    """An unknown card, more than there is."""
    assert desk.say(request(**changes))["39"] == desk.code(code)
    assert desk.issuer.net == {}


def test_a_wrong_pin_is_declined(desk):
    """A block that does not hold the card's PIN, or holds nothing."""
    assert desk.say(request(d52="0123456789ABCDEF"))["39"] == desk.code("55")


def test_a_message_with_a_wrong_mac_is_nothing(desk):
    """No answer, no booking."""
    raw = desk.line.spell(request(), NOW.wall_ms, corrupt_mac=True)
    commands = desk.issuer.handle(Received(1, desk.line.frame(raw)), NOW)
    assert not any(isinstance(command, Append | Send) for command in commands)


def test_it_begins_again_where_it_was(desk):
    """Books and first answers come out of its journal."""
    first = desk.say(request())
    desk.say(desk.reversal("0100"))
    again = Desk(desk.dialect.name, desk.journal)
    assert again.issuer.net == desk.issuer.net
    assert again.say(request("0201"))["38"] == first["38"]
    assert again.say(request("0100"))["39"] == desk.code("12")


def test_it_says_that_it_is_there(desk):
    """Sign-on and echo."""
    edition = desk.dialect.edition
    answer = desk.say({"t": edition.network_mti, "7": "0101000000", "11": "900001", "70": "301"})
    approved = desk.dialect.codes.code(Reason.APPROVED, edition.network_mti)
    assert (answer["t"], answer["39"], answer["70"]) == (response_mti(edition.network_mti), approved, "301")


def test_its_answer_is_framed_in_reply():
    """The stations of a header are turned around, so that what stands between can carry it back."""
    desk, framing = Desk("iso87-ascii"), FRAMINGS["len2-big-tpdu"]
    issuer = IssuerActor(
        [CARD], dialect="iso87-ascii", framing=framing.name, keystore=lab_keystore(), entropy=SeededEntropy(1), journal=()
    )
    issuer.handle(Opened(1, "switch"), NOW)
    raw = desk.line.spell(request(), NOW.wall_ms)
    asked = framing.frame(raw, framing.header.reply(bytes.fromhex("6000120034")))
    [sent] = [command.data for command in issuer.handle(Received(1, asked), NOW) if isinstance(command, Send)]
    [answer] = framing.buffer().feed(sent)
    assert answer.head == bytes.fromhex("6000340012")
