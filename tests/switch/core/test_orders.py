"""Orders: routes, business day and a disk that runs low, in mid-traffic; what cannot be done changes nothing."""

import typing

import msgspec
import pytest

from keys.terms import KeyState
from switch.core import EMBEDDED, ChangeKeys, ChangeRoutes, CloseDay, Route, SwitchOrder
from switch.core.orders import ORDERS
from switch.domain.test_cards import TEST_CARDS
from switch.ledger.records import DayClosed, Ordered, Total
from switch.machine import JournalLow, JournalRoom, Moment
from switch.wire import DIALECTS
from switch.wire.dialect_file import file_of, make_of

CARD = "mc-chip"
HOME = (Route("4", EMBEDDED), Route("5", EMBEDDED))
"""Everything is decided here."""

LOW = JournalLow(1_000_000)

LEAP_YEAR_MS = 1_835_222_400_000
"""2028-02-27 00:00 UTC."""


def change(desk):
    """What an order could change, the journal's own head left out."""
    links = [(link.keys.present, link.keys.coming, link.keys.former) for link in desk.traffic.links.values()]
    return desk.snapshot()[2:], links, desk.traffic.bins, desk.traffic.journal_low


def refused(desk, order):
    """The words in which an order is refused."""
    desk.tick()
    before = change(desk)
    desk.order(order)
    assert change(desk) == before
    return desk.told("order.refused")[-1].text


def test_every_order_has_a_row():
    """The table and the union, by which traces are read, are the same set."""
    assert set(ORDERS) == set(typing.get_args(SwitchOrder))


# Routes.


def test_new_requests_go_by_the_new_routes(desk, pos, bank, wallet):
    """A card of the bank is decided here from the order on; the journal says that routes were changed."""
    pos.post(wallet.pay(CARD, entry="012"))
    assert bank.take_one().mti == "0200"
    desk.order(ChangeRoutes(HOME))
    assert pos.ask(wallet.pay(CARD, entry="012", stan=2))[39] != "91"
    assert bank.take() == []
    assert desk.told("routes.changed")
    assert [record for record in desk.records if isinstance(record, Ordered)] == [Ordered("ChangeRoutes", "2 routes")]


def test_what_is_open_ends_where_it_is(desk, pos, bank, wallet):
    """The issuer that was asked answers, and its answer is passed on; its reversal goes to it as well."""
    paid = wallet.pay(CARD, entry="012")
    pos.post(paid)
    asked = bank.take_one()
    desk.order(ChangeRoutes(HOME))
    assert desk.told("routes.overtaken")
    bank.reply(asked, "00", d38="123456")
    assert pos.take_one()[38] == "123456"
    assert pos.ask(wallet.undo(paid))[39] == "00"
    assert bank.take_one().mti == "0420"


def test_an_expired_exchange_is_reversed_where_it_was_asked(desk, pos, bank, wallet):
    """A timeout after the change owes its reversal to the issuer of before."""
    pos.post(wallet.pay(CARD, entry="012"))
    bank.take()
    desk.order(ChangeRoutes(HOME))
    desk.wait(20_000)
    assert pos.take_one()[39] == "91"
    assert "0420" in [message.mti for message in bank.take()]


@pytest.mark.parametrize("card", ["visa-mag", CARD])
def test_a_completion_follows_its_authorisation(desk, pos, bank, wallet, card):
    """Whoever has authorised is told, in both directions of the change."""
    held = wallet.pay(card, mti="0100", **({"entry": "012"} if card == CARD else {}))
    pos.post(held)
    for asked in bank.take():
        bank.reply(asked, "00", d38="123456")
    pos.take()
    desk.order(ChangeRoutes((Route("4", "bank"), Route("5", EMBEDDED))))
    assert pos.ask(wallet.complete(held, minor=900))[39] == "00"
    told = [message.mti for message in bank.take()]
    assert told == (["0220"] if card == CARD else [])
    assert desk.held() == 0


def test_a_completion_that_was_owed_before_a_crash_is_not_booked_here_as_well(desk, pos, bank, wallet):
    """It was told to the bank and not answered when the process ended; its repeat finds that, wherever the card goes now."""
    held = wallet.pay(CARD, entry="012", mti="0100")
    completion = wallet.complete(held, minor=900, stan=501)
    pos.ask(completion)
    before = next(number for number, sealed in enumerate(desk.journal) if sealed.kind == "advice-owed")
    desk.resume(desk.journal[: before + 1])
    desk.order(ChangeRoutes(HOME))
    assert desk.connect().ask(completion | {"mti": "0221"})[39] == "00"
    assert desk.records[-1].postings == ()


def test_a_restart_begins_with_the_routes_of_the_plan(desk, wallet):
    """They live as long as the process."""
    desk.order(ChangeRoutes(HOME))
    desk.restart()
    assert desk.connect().ask(wallet.pay(CARD, entry="012"))[39] == "91"


@pytest.mark.parametrize(
    ("routes", "words"),
    {
        "an unknown issuer": ((Route("4", "bonk"),), "bonk"),
        "an acquirer": ((Route("4", "pos"),), "no issuer"),
        "a prefix of letters": ((Route("4x", "bank"),), "leading digits"),
        "an empty prefix": ((Route("", "bank"),), "leading digits"),
        "a prefix twice": ((Route("4", "bank"), Route("4", EMBEDDED)), "the prefix of route 1"),
    }.values(),
)
def test_routes_that_cannot_be_are_refused_as_a_whole(desk, routes, words):
    """The first wrong one is named, and none is taken."""
    assert words in refused(desk, ChangeRoutes((*HOME[1:], *routes)))


def test_a_refusal_does_not_tell_a_prefix_that_is_a_card_number(desk):
    """A route may have a whole number for its prefix; what is wrong with it is said by its place."""
    number = TEST_CARDS[CARD].pan.expose()
    assert number not in refused(desk, ChangeRoutes((Route(number, "bank"), Route(number, EMBEDDED))))


# Keys: who may have which. How they change is in `test_key_change`.


@pytest.mark.parametrize(
    ("order", "words"),
    {
        "an unknown link": (ChangeKeys("poss", "issuer-link.zak"), "no link"),
        "an unknown key": (ChangeKeys("pos", "pos.zaq", "pos.zpk"), "pos.zaq"),
        "a key for PINs as MAC key": (ChangeKeys("pos", "pos.zpk", "pos.zpk"), "pos.zpk"),
        "a key for MACs as PIN key": (ChangeKeys("bank", "pos.zak", "pos.zak"), "pos.zak"),
        "another PIN key alone": (ChangeKeys("pos", "pos.zak", "issuer-link.zpk"), "must change with its PIN key"),
        "no MACs any more": (ChangeKeys("pos", "", "pos.zpk"), "no matter of keys"),
        "the keys that it has": (ChangeKeys("pos", "pos.zak", "pos.zpk"), "has these keys"),
    }.values(),
)
def test_keys_that_cannot_be_are_refused(desk, order, words):
    """The link goes on as it was."""
    assert words in refused(desk, order)


# The business day.


def test_a_day_is_closed_with_its_totals(desk, pos, bank, wallet):
    """By acquirer, issuer and currency; what was declined is in no sum."""
    paid, remote = wallet.pay(), wallet.pay(CARD, entry="012", stan=2, minor=700)
    pos.ask(paid)
    pos.ask(wallet.undo(paid))
    pos.ask(wallet.pay(stan=3, pin="9999"))
    pos.post(remote)
    bank.reply(bank.take_one(), "00")
    pos.take()
    pos.ask(wallet.complete(wallet.pay(CARD, stan=50), minor=900))
    desk.order(CloseDay("20260103"))
    assert desk.records[-1] == DayClosed(
        "20260101",
        "20260103",
        (
            Total("pos", "", "978", approvals=1, approved_minor=1250, reversals=1, reversed_minor=1250),
            Total("pos", "bank", "978", approvals=1, approved_minor=700, completions=1, completed_minor=900),
        ),
    )
    assert (desk.state.day, desk.state.totals) == ("20260103", {})
    assert desk.told("day.closed")


def test_what_is_open_counts_in_the_day_of_its_answer(desk, pos, bank, wallet):
    """And a reversal in the day in which it is done."""
    paid = wallet.pay(CARD, entry="012")
    pos.post(paid)
    asked = bank.take_one()
    desk.order(CloseDay())
    assert desk.records[-1].totals == ()
    bank.reply(asked, "00")
    pos.take()
    desk.order(CloseDay())
    assert [total.approvals for total in desk.records[-1].totals] == [1]
    pos.ask(wallet.undo(paid))
    desk.order(CloseDay())
    closed = [record for record in desk.records if isinstance(record, DayClosed)][-1]
    assert [(total.approvals, total.reversals, total.reversed_minor) for total in closed.totals] == [(0, 1, 1250)]


def test_only_the_reversal_of_a_yes_is_counted(desk, pos, bank, wallet):
    """Not that of a declined, an unknown or an expired one, nor one that came first or twice."""
    declined, expired, crossing = (wallet.pay(CARD, entry="012", stan=stan) for stan in (1, 2, 3))
    for message in (declined, expired, crossing):
        pos.post(message)
    bank.reply(bank.take()[0], "51")
    pos.take()
    pos.ask(wallet.undo(crossing))
    desk.wait(20_000)
    pos.take()
    for message in (declined, expired, crossing, wallet.pay(stan=77)):
        pos.ask(wallet.undo(message))
        pos.ask(wallet.undo(message, mti="0421"))
    desk.order(CloseDay())
    assert desk.records[-1].totals == ()


def test_the_day_after_is_the_next_of_the_calendar(desk):
    """Also over the end of a month in a leap year, and for a switch that has stood still for two years."""
    days = []
    desk.now = Moment(0, LEAP_YEAR_MS)
    desk.order(CloseDay("20280227"))
    desk.now = Moment(1, LEAP_YEAR_MS + 2 * 366 * 86_400_000)
    for _ in range(3):
        desk.order(CloseDay())
        days.append(desk.state.day)
    assert days == ["20280228", "20280229", "20280301"]


@pytest.mark.parametrize(
    "day", ["20260102", "20260103", "2026011", "20261301", "20260230", "2026-1-4", "00010101", "\uff12" * 8]
)
def test_days_only_grow_and_are_days(desk, day):
    """An earlier one, the present one again and what is no day are refused."""
    desk.order(CloseDay("20260103"))
    refused(desk, CloseDay(day))


@pytest.mark.parametrize(
    ("day", "words"),
    {
        "yesterday, where it is evening": ("20251231", ""),
        "the day before": ("20251230", "20251230 lies 2 days in the past, and a first day no more than 1"),
        "long past": ("00010101", "lies 739616 days in the past"),
        "a month on": ("20260201", ""),
        "one day more": ("20260202", "20260202 lies 32 days ahead of the calendar (20260101), and may 31"),
        "a slip of the pen": ("99991231", "days ahead of the calendar"),
    }.values(),
)
def test_the_first_day_is_near_the_calendars(desk, day, words):
    """Any later one must grow from it, so that a wrong one could never be taken back."""
    if words:
        assert words in refused(desk, CloseDay(day))
        assert desk.state.day == ""
    else:
        desk.order(CloseDay(day))
        assert desk.state.day == day


def test_days_that_are_closed_one_by_one_do_not_run_away_either(desk):
    """A month ahead the next one has to wait for the calendar."""
    desk.tick()
    for _ in range(31):
        desk.order(CloseDay())
    assert desk.state.day == "20260201"
    assert "32 days ahead" in refused(desk, CloseDay())
    desk.wait(24 * 3_600_000)
    desk.order(CloseDay())
    assert desk.state.day == "20260202"


def test_totals_and_day_survive_a_restart(desk, pos, wallet):
    """They are a fold of the journal; the day goes on where it was."""
    desk.order(CloseDay())
    pos.ask(wallet.pay())
    desk.restart()
    assert desk.state.day == "20260102"
    desk.connect().ask(wallet.pay(stan=2))
    desk.order(CloseDay())
    assert [(total.approvals, total.approved_minor) for total in desk.records[-1].totals] == [(2, 2500)]


def test_issuers_hear_of_the_cut_over(desk, bank):
    """DE 70 = 201 with the new day in DE 15; its answer is waited for beside an echo's, and none is lost."""
    desk.order(CloseDay("20260125"))
    cut_over = bank.take_one()
    assert (cut_over.mti, cut_over[70], cut_over[15]) == ("0800", "201", "0125")
    desk.wait(30_000)
    echo = bank.take_one()
    assert echo[70] == "301"
    bank.reply(cut_over, "00")
    desk.wait(9_999)
    bank.reply(echo, "00")
    desk.wait(15_000)
    assert bank.hung_up is None
    assert not desk.told("answer.unmatched")


def test_a_refused_or_unanswered_cut_over_changes_nothing(desk, bank):
    """It is noted; the connection lives."""
    desk.order(CloseDay())
    bank.reply(bank.take_one(), "40")
    assert desk.told("network.cut_over_refused")
    desk.order(CloseDay())
    desk.wait(25_000)
    assert bank.hung_up is None


def test_an_issuer_whose_dialect_has_no_de_15_is_not_told(make_desk, plan):
    """The day is closed all the same, and a notice says who does not know."""
    pos, bank = plan.links
    spec = {de: entry for de, entry in bank.dialect.spec.items() if de != "15"}
    dialect = make_of(file_of("dayless", "", spec, bank.dialect.content, base=bank.dialect.name), DIALECTS)
    desk = make_desk(msgspec.structs.replace(plan, links=(pos, msgspec.structs.replace(bank, dialect=dialect))))
    bank = desk.connect("bank")
    desk.order(CloseDay())
    assert bank.take() == []
    assert desk.told("network.unsayable")
    assert desk.state.day == "20260102"


# A disk that runs low.


def test_a_low_disk_refuses_new_requests_without_a_record(desk, pos, bank, wallet):
    """91, and nothing is written; when there is room again the next one is taken."""
    desk.order(LOW)
    written = len(desk.journal)
    for message in (wallet.pay(), wallet.pay(CARD, entry="012", stan=2), wallet.pay(stan=3, mti="0100")):
        assert pos.ask(message)[39] == "91"
    assert len(desk.journal) == written
    assert bank.take() == []
    desk.order(JournalRoom())
    assert pos.ask(wallet.pay(stan=4))[39] == "00"
    assert [len(desk.told(kind)) for kind in ("journal.low", "journal.room")] == [1, 1]


@pytest.mark.parametrize("again", [{"mti": "0201"}, {"mti": "0200"}, {"mti": "0201", 4: "000000009900"}])
def test_what_a_low_disk_has_refused_stays_refused(desk, pos, bank, wallet, again):
    """Its acquirer was told no: said once more when there is room, whatever it asks now, it must not be approved."""
    asked = wallet.pay(CARD, entry="012")
    desk.order(LOW)
    assert pos.ask(asked)[39] == "91"
    desk.order(JournalRoom())
    assert pos.ask(asked | again)[39] == "91"
    assert bank.take() == []


def test_on_a_low_disk_everything_else_goes_on(desk, pos, bank, wallet):
    """Repeats hear their answers; open exchanges end; reversals and advices are taken; the issuer hears what it is owed."""
    paid, remote = wallet.pay(), wallet.pay(CARD, entry="012", stan=2)
    first = pos.ask(paid)
    pos.post(remote)
    asked = bank.take_one()
    desk.order(LOW)
    assert pos.ask(paid | {"mti": "0201"})[38] == first[38]
    bank.reply(asked, "00")
    assert pos.take_one()[39] == "00"
    assert pos.ask(wallet.undo(paid))[39] == "00"
    assert pos.ask(wallet.complete(wallet.pay(CARD, stan=50), minor=900, stan=501))[39] == "00"
    assert pos.ask(wallet.undo(remote))[39] == "00"
    assert [message.mti for message in bank.take()] == ["0220", "0420"]
    assert desk.balance() == 100_000


def test_on_a_low_disk_wrong_macs_leave_no_record(desk, pos, wallet):
    """They cost a peer without keys nothing; they are told, and are written down again when there is room."""
    raw = pos.message(wallet.pay()).raw
    forged = raw[:-1] + (b"1" if raw[-1:] == b"0" else b"0")
    desk.order(LOW)
    before = desk.kinds()
    assert pos.post_raw(forged)[0][39] == "63"
    assert desk.kinds() == before
    assert [notice.text for notice in desk.told("keys.unwritten")] == [
        "verify-mac failed (mac-mismatch) under pos.zak; not in the journal"
    ]
    desk.order(JournalRoom())
    pos.post_raw(forged)
    assert desk.kinds(len(before)) == ["key-event"]


def test_a_restart_has_to_be_told_again(desk, wallet):
    """Whether there is room is looked at by whoever has the disk."""
    desk.order(LOW)
    desk.restart()
    assert desk.connect().ask(wallet.pay())[39] == "00"


# A key of the store that is put out of use.


def test_a_key_that_is_disabled_while_the_switch_runs_is_used_no_more(desk, pos, wallet):
    """From the next message on: 96 for what needs it, though the HSM has used it before; enabled again it serves again."""
    assert pos.ask(wallet.pay(pin="1234"))[39] == "00"
    key = desk.keystore.get("pos.zpk")
    desk.keystore.replace(msgspec.structs.replace(key, state=KeyState.DISABLED))
    assert pos.ask(wallet.pay(stan=2, pin="1234"))[39] == "96"
    assert pos.ask(wallet.pay(stan=3))[39] == "00"
    desk.keystore.replace(key)
    assert pos.ask(wallet.pay(stan=4, pin="1234"))[39] == "00"


def test_under_a_disabled_mac_key_nothing_is_believed_and_nothing_is_said(desk, pos, wallet):
    """No answer could be signed: the terminal's own timeout is what is left, and no money moves."""
    key = desk.keystore.get("pos.zak")
    desk.keystore.replace(msgspec.structs.replace(key, state=KeyState.DISABLED))
    before = desk.snapshot()[2:]
    assert pos.post(wallet.pay()) == []
    assert [desk.told(kind) != [] for kind in ("keys.failed", "mac.unsigned")] == [True, True]
    desk.keystore.replace(key)
    assert desk.snapshot()[2:][1:] == before[1:]
    assert pos.ask(wallet.pay())[39] == "00"
