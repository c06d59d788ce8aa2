"""Parties of different editions: a message goes over in the words of the other side, its answer and its reversal come back."""

import msgspec
import pytest

from keys.pinblock import decrypt_iso0
from keys.sensitive import Pan
from switch.core import ChangeKeys, CloseDay, KeySet
from switch.domain.reasons import Reason
from switch.domain.request import Original
from switch.wire import DIALECTS
from switch.wire.translate import local_moment, original_fields, original_of, plain_of

CARD = "mc-chip"
NAMES = ("iso87-ascii", "iso93-binary", "iso2003")
PAIRS = [(one, other) for one in NAMES for other in NAMES if one != other]
across = pytest.mark.parametrize(("acquirer", "issuer"), PAIRS)


class Between:
    """A switch between two parties; what they say is given plain and worded for the edition of each."""

    def __init__(self, make_desk, plan, acquirer, issuer):
        pos, bank = plan.links
        links = (
            msgspec.structs.replace(pos, dialect=DIALECTS[acquirer]),
            msgspec.structs.replace(bank, dialect=DIALECTS[issuer]),
        )
        self.desk = make_desk(msgspec.structs.replace(plan, links=links))
        self.desk.tick()
        self.pos, self.bank = self.desk.connect("pos"), self.desk.connect("bank")

    def worded(self, plain, dialect):
        values = {de: value for de, value in plain.items() if de != "mti"}
        return {"mti": dialect.edition.mti(plain["mti"]), **dialect.word(values, plain["mti"], self.desk.now.wall_ms)}

    def ask(self, plain):
        """What the acquirer says, as it went out; what is answered at once is `heard`."""
        message = self.pos.message(self.worded(plain, self.pos.plan.dialect))
        self.heard = self.pos.post_raw(message.raw)
        return message

    def code(self, peer, reason, mti="0200"):
        return peer.plan.dialect.codes.code(reason, mti)

    def answer(self, request, reason, **fields):
        """The issuer answers in its own words; what the acquirer hears."""
        message = request.dialect.codes.code(reason, request.mti)
        self.bank.reply(request, message, d24=request.get(24, ""), **fields)
        return self.pos.take_one()


@pytest.fixture
def between(make_desk, plan):
    """A maker of such switches."""
    return lambda acquirer, issuer: Between(make_desk, plan, acquirer, issuer)


@across
def test_a_purchase_by_chip_and_pin(between, wallet, acquirer, issuer):
    """The issuer reads the same card, amount, time and entry mode, the PIN under its key; the acquirer hears its own yes."""
    world = between(acquirer, issuer)
    plain = wallet.pay_by_chip(CARD, pin="4315")
    sent = world.ask(plain)
    got = world.bank.take_one()
    assert got.mti == world.bank.plan.dialect.edition.mti("0200")
    said = plain_of(got)
    for de in (2, 3, 4, 12, 13, 14, 23, 32, 35, 41, 42, 49, 55):
        assert said[de].replace("D", "=") == plain[de].replace("D", "="), f"DE {de}"
    assert said[22][:2] == plain[22][:2]
    block = decrypt_iso0(wallet.secret("issuer-link.zpk"), bytes.fromhex(got[52]), Pan(wallet.pan(CARD)))
    assert block.expose() == b"4315"
    heard = world.answer(got, Reason.APPROVED, d38="A1B2C3")
    assert (heard.mti, heard[39], heard[38]) == (
        world.pos.plan.dialect.edition.mti("0210"),
        world.code(world.pos, Reason.APPROVED),
        "A1B2C3",
    )
    assert [heard[de] for de in (3, 4, 11, 12, 41)] == [sent[de] for de in (3, 4, 11, 12, 41)]


@across
@pytest.mark.parametrize("reason", [Reason.INSUFFICIENT_FUNDS, Reason.WRONG_PIN, Reason.EXPIRED_CARD, Reason.RESTRICTED_CARD])
def test_a_decline_keeps_its_reason(between, wallet, acquirer, issuer, reason):
    """In the codes of either side, for the first answer and for a repeat; the journal has it as the issuer said it."""
    world = between(acquirer, issuer)
    plain = wallet.pay(CARD, pin="4315")
    world.ask(plain)
    request = world.bank.take_one()
    assert world.answer(request, reason)[39] == world.code(world.pos, reason)
    world.ask(plain | {"mti": "0201"})
    assert [answer[39] for answer in world.heard] == [world.code(world.pos, reason)]
    assert world.desk.records[-1].response_code == world.code(world.bank, reason)


@across
def test_a_timeout_owes_a_reversal_that_names_what_was_sent(between, wallet, acquirer, issuer):
    """Its original is the request as that issuer got it, in that issuer's edition, also from the next process."""
    world = between(acquirer, issuer)
    world.ask(wallet.pay(CARD, pin="4315"))
    request = world.bank.take_one()
    world.desk.wait(20_000)
    assert world.pos.take_one()[39] == world.code(world.pos, Reason.TIMEOUT)
    reversal = world.bank.take_one()
    named = original_of(reversal)
    assert reversal.mti == world.bank.plan.dialect.edition.mti("0420")
    assert (named.mti, named.stan) == ("0200", plain_of(request)[11])
    assert named.moment == (local_moment(request.dialect, request) or request[7])
    assert [reversal[de] for de in (2, 4, 12)] == [request[de] for de in (2, 4, 12)]
    world.desk.restart()
    assert original_of(world.desk.connect("bank").take_one()) == named


@across
def test_a_reversal_of_the_acquirer_reaches_the_issuer(between, wallet, acquirer, issuer):
    """Named by the acquirer's own edition, undone once, and told to the issuer in the other."""
    world = between(acquirer, issuer)
    sent = world.ask(wallet.pay(CARD, pin="4315"))
    world.answer(world.bank.take_one(), Reason.APPROVED)
    spoken = world.pos.plan.dialect
    original = Original("0200", "000001", "0101000000", "1", local_at=local_moment(spoken, sent))
    reversal = {"mti": "0420", 7: "0101000500", 11: "000900", 12: "000000", 13: "0101", 41: "TERM0001", 39: "17"}
    for stan in ("000900", "000901"):
        world.ask(reversal | {11: stan} | original_fields(spoken, original))
        assert [answer[39] for answer in world.heard] == [world.code(world.pos, Reason.APPROVED, "0420")]
    advice = world.bank.take_one()
    assert original_of(advice).stan == "000001"
    world.bank.reply(advice, world.code(world.bank, Reason.APPROVED, "0420"))
    assert world.desk.kinds()[-1] == "advice-ended"


@across
def test_what_has_no_equal_is_left_out(between, wallet, acquirer, issuer):
    """Values of another edition that plain ones cannot say stay behind; what was worded is lawful on the other side."""
    world = between(acquirer, issuer)
    world.ask(wallet.pay(CARD, entry="012", d48="PRIVATE", d18="5411"))
    got = world.bank.take_one()
    assert world.desk.records[-1].stan_out == plain_of(got)[11]
    assert plain_of(got)[18] == "5411"
    assert got[48] == "PRIVATE"
    assert world.bank.plan.dialect.decode(got.raw).missing() == ()


@pytest.mark.parametrize("issuer", ["iso93-binary", "iso2003"])
def test_an_original_is_never_turned(between, wallet, issuer):
    """DE 56 of 1987 is reserved and names no original, nor does DE 90 name one by local time: neither goes over."""
    world = between("iso87-ascii", issuer)
    world.ask(wallet.pay(CARD, entry="012", d56="12000001230101", d90="0200000122" + "0" * 32))
    assert not {56, 90} & set(world.bank.take_one().fields)


@pytest.mark.parametrize("name", NAMES)
def test_a_message_of_another_edition_is_refused(between, wallet, name):
    """An MTI with the version digit of another edition means nothing on this link."""
    world = between(name, "iso87-ascii")
    values = world.worded(wallet.pay(CARD), world.pos.plan.dialect)
    other = {"0": "1200", "1": "2200", "2": "0200"}[values["mti"][0]]
    assert world.pos.ask(values | {"mti": other})[39] == world.code(world.pos, Reason.INVALID_TRANSACTION)
    assert world.bank.take() == []


@pytest.mark.parametrize("name", NAMES)
def test_a_refusal_names_the_de_where_there_is_a_place_for_it(between, wallet, name):
    """Of a missing DE, of one that must not be there and of one that cannot be read."""
    world = between(name, "iso87-ascii")
    dialect = world.pos.plan.dialect
    values = world.worded(wallet.pay("visa-mag"), dialect)
    place, refused = dialect.edition.fault_de, world.code(world.pos, Reason.FORMAT_ERROR)
    answers = [
        world.pos.ask({de: value for de, value in values.items() if de != 4}),
        world.pos.ask(values | {39: dialect.codes.code(Reason.APPROVED)}),
    ]
    message = world.pos.message(values)
    at = message.value_extent(41)[0]
    answers += world.pos.post_raw(message.raw[:at] + b"\x01" + message.raw[at + 1 :])
    assert [(answer[39], answer[place]) for answer in answers] == [(refused, f"DE {de}") for de in (4, 39, 41)]


@pytest.mark.parametrize(
    ("name", "named"),
    [("mastercard-cis", "004"), ("gicc", None), ("visa-base1", None), ("base24", None), ("postilion", "DE 4")],
)
def test_a_network_has_its_own_place_for_the_de(between, wallet, name, named):
    """Three digits, nothing where DE 44 is for something else, or the status in the header."""
    world = between(name, "iso87-ascii")
    values = world.worded(wallet.pay("visa-mag"), world.pos.plan.dialect)
    answer = world.pos.ask({de: value for de, value in values.items() if de != 4})
    assert (answer[39], answer.get(44)) == ("30", named)
    assert answer.header == ("ISO026000445" if name == "base24" else None)


@pytest.mark.parametrize("name", NAMES)
def test_a_reversal_of_a_part_is_refused_in_every_edition(between, wallet, name):
    """Replacement amounts of 1987, function code 401 since."""
    world = between(name, "iso87-ascii")
    spoken = world.pos.plan.dialect
    local = {"1987": "", "1993": "260101000000", "2003": "20260101000000"}[spoken.edition.name]
    reversal = {"mti": "0420", 7: "0101000500", 11: "000900", 12: "000000", 13: "0101", 41: "TERM0001", 4: "0" * 9 + "500"}
    reversal |= {49: "978", 95: "000000000500".ljust(42, "0")}
    world.ask(reversal | original_fields(spoken, Original("0200", "000001", "0101000000", local_at=local)))
    assert [answer[39] for answer in world.heard] == [world.code(world.pos, Reason.NOT_SUPPORTED)]


@pytest.mark.parametrize("name", ["iso93-binary", "iso2003"])
@pytest.mark.parametrize("code", ["401", "453"])
def test_what_is_not_said_to_be_of_the_whole_undoes_nothing(between, wallet, name, code):
    """Function code 401 without DE 4, or one of chargebacks: which part is meant nobody knows, so it is not the whole."""
    world = between(name, "iso87-ascii")
    sent = world.ask(wallet.pay(CARD, pin="4315"))
    world.answer(world.bank.take_one(), Reason.APPROVED)
    spoken = world.pos.plan.dialect
    original = Original("0200", "000001", "", "1", local_at=local_moment(spoken, sent))
    plain = {"mti": "0420", 7: "0101000500", 11: "000900", 12: "000000", 13: "0101", 41: "TERM0001", 49: "978"}
    values = world.worded(plain, spoken) | original_fields(spoken, original) | {24: code}
    assert world.pos.ask(values)[39] == world.code(world.pos, Reason.NOT_SUPPORTED)
    assert world.bank.take() == []


@pytest.mark.parametrize("issuer", ["iso93-binary", "iso2003"])
def test_a_yes_to_something_else_is_no_answer(between, wallet, issuer):
    """Reversal accepted, advice acknowledged: as the answer to a purchase nobody knows what it means, so a reversal is owed."""
    world = between("iso87-ascii", issuer)
    world.ask(wallet.pay(CARD, entry="012"))
    request = world.bank.take_one()
    for code in request.dialect.codes.elsewhere:
        world.bank.reply(request, code, d24="200")
    assert world.pos.take() == []
    world.desk.wait(20_000)
    assert world.pos.take_one()[39] == "91"
    assert world.bank.take_one().mti == world.bank.plan.dialect.edition.mti("0420")


@pytest.mark.parametrize(("name", "de"), [("iso87-ascii", 13), ("iso93-binary", 12), ("iso2003", 12)])
def test_a_date_that_cannot_be_is_named_where_it_stands(between, wallet, name, de):
    """DE 13 of 1987 is the front of DE 12 since; DE 13 is another date there."""
    world = between(name, "iso87-ascii")
    values = world.worded(wallet.pay("visa-mag", d13="1340", d12="120000"), world.pos.plan.dialect)
    answer = world.pos.ask(values)
    assert answer[world.pos.plan.dialect.fault_de] == f"DE {de}"


@pytest.mark.parametrize(
    ("issuer", "de", "key_change", "cut_over", "day"),
    [
        ("iso87-ascii", 70, "161", "201", "0125"),
        ("iso93-binary", 24, "811", "821", "260125"),
        ("iso2003", 24, "811", "821", "20260125"),
    ],
)
def test_a_key_change_and_a_cut_over_in_the_words_of_each_edition(between, issuer, de, key_change, cut_over, day):
    """The code where the edition has it, the day as long as its DE 15 is; their answers are matched."""
    both = between("iso87-ascii", issuer)
    desk, bank = both.desk, both.bank
    desk.order(ChangeKeys("bank", "pos.zak", "pos.zpk"))
    desk.order(CloseDay("20260125"))
    keys, cut = bank.take()
    assert (keys[de], cut[de], cut[15]) == (key_change, cut_over, day)
    for asked in (cut, keys):
        bank.reply(asked, both.code(bank, Reason.APPROVED, asked.mti), d24=asked.get(24, ""))
    assert desk.told("keys.changed")
    assert not desk.told("answer.unmatched")
    assert not desk.told("network.cut_over_refused")


@pytest.mark.parametrize(("acquirer", "code"), [("iso87-ascii", "161"), ("iso93-binary", "811"), ("iso2003", "811")])
def test_an_acquirers_key_change_in_the_words_of_each_edition(between, acquirer, code):
    """What is not ordered is not supported; what is, is answered, and under the new set it ends the former one."""
    both = between(acquirer, "iso87-ascii")
    desk, pos = both.desk, both.pos
    plain = {"mti": pos.plan.dialect.edition.network_mti, 7: "0101000000", 11: "000009", 70: "161"}
    asked = both.ask(plain)
    assert asked.get(24) == code or asked.get(70) == code
    assert both.heard[0][39] == both.code(pos, Reason.NOT_SUPPORTED, asked.mti)
    desk.order(ChangeKeys("pos", "issuer-link.zak", "issuer-link.zpk"))
    pos.keys = KeySet("issuer-link.zak", "issuer-link.zpk")
    asked = both.ask(plain | {11: "000010"})
    assert both.heard[0][39] == both.code(pos, Reason.APPROVED, asked.mti)
    assert desk.told("keys.ended")
