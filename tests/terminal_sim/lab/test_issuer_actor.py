"""The lab's remote issuer by itself, in every dialect: it answers as one does, books once, and forgets nothing durable."""

import pytest

from keys.lab import lab_key, lab_keystore
from keys.pinblock import encrypt_iso0
from switch.domain.reasons import Reason
from switch.domain.request import Original
from switch.domain.test_cards import TEST_CARDS
from switch.machine import Append, Moment, Opened, Operate, Received, Send, Tick
from switch.wire import DIALECTS, FRAMINGS
from switch.wire.mti import response_mti
from switch.wire.translate import local_moment, original_fields
from terminal_sim.lab import SeededEntropy
from terminal_sim.lab.issuer_actor import FORMER_MS, KEYS, IssuerActor
from terminal_sim.terminal import PinPad, TakeKeys, TerminalKeys
from terminal_sim.terminal.host_line import HostLine

CARD = TEST_CARDS["visa-chip"]
NOW = Moment(0, 1_767_225_600_000)
TRANSACTION = ("TERM0001", "600100000123")
NEXT = TerminalKeys(pin_key="issuer-link.zpk-2", mac_key="issuer-link.zak-2", protect_key=KEYS.protect_key)
"""The second generation."""


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
        self.now = NOW
        self.lines = {}
        for keys in (KEYS, NEXT):
            line = self.lines[keys] = HostLine(self.dialect, FRAMINGS[framing], PinPad(lab_keystore(), entropy, keys))
            line.connect(1)
        self.line = self.lines[KEYS]
        self.journal = list(journal)
        self.handle(Opened(1, "switch"))

    def handle(self, event):
        """Tell it something; its commands, of which the records are kept."""
        commands = self.issuer.handle(event, self.now)
        self.journal += [command.sealed for command in commands if isinstance(command, Append)]
        return commands

    def say(self, fields, keys=None):
        """Say a message under these keys; the fields of the answer, which must be under the same, or None."""
        line = self.lines[keys or KEYS]
        commands = self.handle(Received(1, line.frame(line.spell(fields, NOW.wall_ms))))
        sent = [command.data for command in commands if isinstance(command, Send)]
        return line.hear(sent[0]).messages[0].fields if sent else None

    def ask_to_change(self, keys=None, code="161"):
        """Whether it says yes to a change of keys."""
        mti = self.dialect.edition.network_mti
        answer = self.say({"t": mti, "7": "0101000000", "11": "900001", "70": code}, keys)
        assert answer["39"] in (self.dialect.codes.code(reason, mti) for reason in (Reason.APPROVED, Reason.NOT_SUPPORTED))
        return answer["39"] == self.dialect.codes.code(Reason.APPROVED, mti)

    def give_keys(self, keys):
        """Its operator has these keys."""
        return self.handle(Operate(TakeKeys(mac_key=keys.mac_key, pin_key=keys.pin_key)))

    def pass_ms(self, ms):
        """Let time pass, and wake it at its deadline."""
        self.now = Moment(self.now.mono_ms + ms, self.now.wall_ms + ms)
        due = self.issuer.next_deadline()
        if due is not None and due <= self.now.mono_ms:
            self.handle(Tick())

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


# Its keys.


@pytest.mark.parametrize("code", ["161", "101"])
def test_it_takes_new_keys_when_it_has_them_and_is_asked(desk, code):
    """Not before its operator has them; from its yes on a message may be under either set, and is answered under its own."""
    assert not desk.ask_to_change(code=code)
    desk.give_keys(NEXT)
    assert desk.say(request(d11="000001"), NEXT) is None, "it was not asked yet"
    assert desk.ask_to_change(code=code)
    assert desk.say(request(d11="000002"), NEXT)["39"] == desk.code("00")
    assert desk.say(request(d11="000003"))["39"] == desk.code("00")


def test_whoever_has_not_heard_the_yes_hears_it_again(desk):
    """Under the former keys it is the same question once more; under the new ones it would be another change."""
    desk.give_keys(NEXT)
    assert desk.ask_to_change()
    assert desk.ask_to_change()
    assert not desk.ask_to_change(NEXT)


def test_a_pin_is_opened_under_the_keys_of_its_message(desk):
    """A block that is right under the other set is a wrong PIN."""
    desk.give_keys(NEXT)
    desk.ask_to_change()
    for stan, keys in enumerate((KEYS, NEXT), 1):
        block = encrypt_iso0(lab_key(keys.pin_key).secret, CARD.pin, CARD.pan).hex().upper()
        other = NEXT if keys is KEYS else KEYS
        assert desk.say(request(d11=f"00001{stan}", d52=block), keys)["39"] == desk.code("00")
        assert desk.say(request(d11=f"00002{stan}", d52=block), other)["39"] == desk.code("55")


def test_the_former_keys_count_for_a_while_after_the_first_message_under_the_new_ones(desk):
    """Not from the yes on: what it said may never have been heard. Then they are nobody's."""
    desk.give_keys(NEXT)
    desk.ask_to_change()
    desk.pass_ms(10 * FORMER_MS)
    assert desk.say(request(d11="000001"))["39"] == desk.code("00")
    assert desk.issuer.next_deadline() is None
    desk.say(request(d11="000002"), NEXT)
    desk.pass_ms(FORMER_MS - 1)
    assert desk.say(request(d11="000003"))["39"] == desk.code("00")
    desk.pass_ms(1)
    assert desk.say(request(d11="000004")) is None
    assert desk.say(request(d11="000005"), NEXT)["39"] == desk.code("00")
    assert desk.issuer.next_deadline() is None


def test_keys_come_out_of_its_journal(desk):
    """Ready, taken and over: whoever begins again is where it was."""
    desk.give_keys(NEXT)
    desk = Desk(desk.dialect.name, desk.journal)
    assert desk.ask_to_change()
    desk = Desk(desk.dialect.name, desk.journal)
    assert desk.say(request(d11="000001"))["39"] == desk.code("00")
    assert desk.say(request(d11="000002"), NEXT)["39"] == desk.code("00")
    desk.pass_ms(FORMER_MS)
    desk = Desk(desk.dialect.name, desk.journal)
    assert desk.say(request(d11="000003")) is None
    assert desk.say(request(d11="000004"), NEXT)["39"] == desk.code("00")


def test_an_operator_may_say_it_twice(desk):
    """Keys that it has, or that are ready, leave no further record."""
    assert not [command for command in desk.give_keys(KEYS) if isinstance(command, Append)]
    desk.give_keys(NEXT)
    assert not [command for command in desk.give_keys(NEXT) if isinstance(command, Append)]
