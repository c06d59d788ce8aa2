"""Dialogues of a terminal with its host: events in, commands out, in order."""

from collections.abc import Callable
from typing import Any

import pytest

from keys.lab import lab_key
from keys.pinblock import decrypt_iso0
from keys.sensitive import Pan, Secret
from switch.domain.money import Money
from switch.domain.test_cards import TEST_CARDS
from switch.machine import Closed, Drain, Hangup, Opened, Order, Received, Send, Tick
from terminal_sim.terminal import PROFILES, Entry, Outcome, TransactionKey
from terminal_sim.terminal.states import State

Bench = Any
MakeBench = Callable[..., Bench]
MakePay = Callable[..., Order]
Eur = Callable[[str], Money]


def test_the_first_payment_dials_then_records_then_sends(bench: Bench, pay: MakePay) -> None:
    """Nothing leaves before its attempt is in the journal."""
    bench.order(pay())
    assert bench.shape() == ["Dial"]
    bench.open()
    assert bench.shape() == ["Append attempt", "Send"]
    assert bench.terminal.state is State.WAITING


@pytest.mark.parametrize("profile", list(PROFILES))
@pytest.mark.parametrize(
    ("card", "entry", "mode"),
    [
        ("visa-mag", Entry.MAGSTRIPE, "901"),
        ("visa-chip", Entry.MAGSTRIPE, "901"),
        ("visa-chip", Entry.CHIP, "051"),
        ("mc-chip", Entry.CHIP, "051"),
        ("visa-chip", Entry.NFC, "071"),
    ],
)
def test_a_purchase_in_every_dialect_by_every_entry(
    profile: str, card: str, entry: Entry, mode: str, make_bench: MakeBench, pay: MakePay
) -> None:
    """The request carries what its entry gives, and an approval becomes a receipt before it is shown."""
    bench = make_bench(PROFILES[profile])
    request = bench.online(pay(card, entry))
    expected = {"t": "0200", "3": "000000", "4": "000000001250", "7": "0301120000", "11": "000001", "22": mode, "49": "978"}
    expected |= {"2": TEST_CARDS[card].pan.expose(), "14": TEST_CARDS[card].expiry, "41": "TERM0001", "25": "00"}
    assert {de: request[de] for de in expected} == expected
    assert request["35"].replace("D", "=").startswith(f"{TEST_CARDS[card].pan.expose()}=3112")
    assert ("55" in request, "23" in request) == ((entry is not Entry.MAGSTRIPE,) * 2)
    assert ("52" in request) == (entry is not Entry.NFC)
    more = {"de_55": bench.host.issuer_authentication(request)} if entry is Entry.CHIP else {}
    bench.say(bench.host.answer(request, **more))
    assert bench.shape() == ["Append receipt", "Notify terminal.receipt"]
    receipt = bench.receipt()
    assert (receipt.outcome, receipt.words, receipt.response_code, receipt.approval_code) == (
        Outcome.APPROVED,
        "approved",
        "00",
        "123456",
    )
    assert receipt.key == TransactionKey("TERM0001", "000001", "0301120000") == ("TERM0001", "000001", "0301120000")
    assert receipt.masked_pan == TEST_CARDS[card].pan.masked
    assert str(receipt.amount) == "12.50 EUR"
    assert bench.terminal.idle


def test_the_pin_block_opens_under_the_pin_key(bench: Bench, pay: MakePay) -> None:
    """DE 52 is the PIN in format 0 for this card under the lab's PIN key."""
    request = bench.online(pay(pin=Secret(b"987654")))
    pin = decrypt_iso0(lab_key("pos.zpk").secret, bytes.fromhex(request["52"]), Pan(request["2"]))
    assert pin == Secret(b"987654")


def test_a_tap_above_the_limit_takes_the_pin_and_below_it_does_not(make_bench: MakeBench, pay: MakePay) -> None:
    """The card asks for the PIN only where the reader wants verification; an unasked PIN does not leave the terminal."""
    pin = Secret(b"1234")
    assert "52" not in make_bench().online(pay(entry=Entry.NFC, amount="50.00", pin=pin))
    assert "52" in make_bench().online(pay(entry=Entry.NFC, amount="50.01", pin=pin))


@pytest.mark.parametrize(
    ("code", "words"), [("51", "not sufficient funds"), ("55", "incorrect PIN"), ("Q9", "declined with code Q9")]
)
def test_a_decline_is_told_in_words(code: str, words: str, bench: Bench, pay: MakePay) -> None:
    """The response code becomes words; nothing is owed for a "no"."""
    bench.say(bench.host.answer(bench.online(pay()), code))
    assert (bench.receipt().outcome, bench.receipt().words) == (Outcome.DECLINED, words)
    assert bench.terminal.owed == ()


def test_a_card_that_does_not_believe_its_issuer_has_the_approval_taken_back(bench: Bench, pay: MakePay) -> None:
    """A wrong ARPC: the card gives an AAC, the approval is no sale, and the reversal goes out at once."""
    request = bench.online(pay())
    bench.say(bench.host.answer(request, de_55=bench.host.issuer_authentication(request, wrong=True)))
    assert bench.shape() == [
        "Append advice-owed",
        "Append receipt",
        "Notify terminal.receipt",
        "Append advice-sent",
        "Send",
    ]
    assert bench.receipt().outcome is Outcome.TAKEN_BACK
    reversal = bench.heard()
    assert (reversal["t"], reversal["39"], reversal["38"]) == ("0420", "22", "123456")
    bench.say(bench.host.answer(reversal))
    assert bench.terminal.idle
    assert bench.terminal.undone == {bench.receipt().key: True}


def test_an_approval_of_a_part_is_taken_back(bench: Bench, pay: MakePay) -> None:
    """Code 10 grants less than was asked for, which this terminal cannot sell for."""
    bench.say(bench.host.answer(bench.online(pay("visa-mag", Entry.MAGSTRIPE)), "10"))
    assert bench.receipt().outcome is Outcome.TAKEN_BACK
    assert bench.heard()["39"] == "32"


@pytest.mark.parametrize("code", ["400", "900"])
def test_a_yes_to_something_else_is_none(make_bench: MakeBench, pay: MakePay, code: str) -> None:
    """Reversal accepted, advice acknowledged: nobody knows what that means for a purchase, so it is reversed."""
    bench = make_bench(dialect="iso93-ascii")
    bench.say(bench.host.answer(bench.online(pay("visa-mag", Entry.MAGSTRIPE)), code))
    assert bench.receipt().outcome is not Outcome.APPROVED
    assert bench.heard()["t"] == "1420"
    assert not bench.terminal.idle


def test_silence_is_no_decline(bench: Bench, pay: MakePay) -> None:
    """Without an answer in 30 s the outcome is unknown: one reversal is owed, recorded before the receipt, and sent at once."""
    request = bench.online(pay())
    assert bench.terminal.next_deadline() == bench.mono_ms + 30_000
    bench.wait(29_999)
    assert bench.shape() == []
    bench.wait(1)
    assert bench.shape() == [
        "Append advice-owed",
        "Append receipt",
        "Notify terminal.receipt",
        "Append advice-sent",
        "Send",
    ]
    assert (bench.receipt().outcome, bench.receipt().words) == (Outcome.NO_ANSWER, "no answer in time; it is being reversed")
    reversal = bench.heard()
    assert reversal["t"] == "0420"
    assert reversal["90"] == "0200" + request["11"] + request["7"] + "0" * 22
    assert (reversal["11"], reversal["7"]) == ("000002", "0301120030")
    same = ("2", "3", "4", "12", "13", "14", "22", "25", "37", "41", "42", "49")
    assert {de: reversal[de] for de in same} == {de: request[de] for de in same}
    assert not {"35", "52", "55"} & reversal.keys()
    assert [owed.key for owed in bench.terminal.owed] == [bench.receipt().key]


def test_a_reversal_is_repeated_with_backoff_until_it_is_acknowledged(bench: Bench, pay: MakePay) -> None:
    """Each attempt after the first is an 0421 with the same STAN and DE 7; pauses double, and any DE 39 ends it."""
    bench.online(pay())
    bench.wait(30_000)
    first = bench.heard()
    pauses = []
    for _ in range(6):
        bench.wait(30_000)
        assert [type(command) for command in bench.commands if isinstance(command, Hangup)] == [Hangup]
        pause = bench.terminal.next_deadline() - bench.mono_ms
        pauses.append(pause)
        bench.wait(pause)
        assert bench.shape() == ["Dial"]
        bench.open()
        repeat = bench.heard()
        assert repeat == first | {"t": "0421", "p": repeat["p"], "128": repeat["128"]}
    for pause, whole in zip(pauses, (5_000, 10_000, 20_000, 40_000, 60_000, 60_000), strict=True):
        assert whole * 0.75 <= pause <= whole
    bench.say(bench.host.answer(repeat, "25"))
    assert bench.terminal.owed == ()
    assert bench.kinds() == ["attempt", "advice-owed", "receipt", "advice-sent", "advice-ended"]


@pytest.mark.parametrize("entry", list(Entry))
def test_a_lost_connection_leaves_the_outcome_unknown(entry: Entry, bench: Bench, pay: MakePay) -> None:
    """Whether the host has seen the request cannot be known: a reversal is owed, and goes out on the next connection."""
    bench.online(pay(entry=entry))
    bench.close()
    assert bench.shape() == [
        "Notify terminal.disconnected",
        "Append advice-owed",
        "Append receipt",
        "Notify terminal.receipt",
        "Dial",
    ]
    bench.open()
    assert bench.heard()["t"] == "0420"


def test_owed_advices_go_before_new_work(bench: Bench, pay: MakePay) -> None:
    """An order given while a reversal is owed waits until the host has acknowledged it."""
    bench.online(pay())
    bench.wait(30_000)
    reversal = bench.heard()
    bench.order(pay())
    assert bench.shape() == []
    bench.say(bench.host.answer(reversal))
    assert bench.heard()["t"] == "0200"


def test_a_late_answer_is_recorded_once_and_changes_nothing(bench: Bench, pay: MakePay) -> None:
    """After the timeout the approval is only noted; the reversal stands."""
    request = bench.online(pay())
    bench.wait(30_000)
    before = (bench.receipt(), bench.terminal.owed)
    bench.say(bench.host.answer(request))
    assert bench.shape() == ["Append late-answer", "Notify terminal.late"]
    bench.say(bench.host.answer(request))
    assert bench.shape() == ["Notify terminal.late"]
    assert (bench.receipt(), bench.terminal.owed) == before


def test_a_bad_mac_counts_as_no_answer(bench: Bench, pay: MakePay) -> None:
    """An approval with a wrong MAC is told and ignored; the right one is still taken."""
    request = bench.online(pay("visa-mag", Entry.MAGSTRIPE))
    bench.say(bench.host.answer(request), mac=bytes(8))
    assert bench.shape() == ["Notify terminal.mac-bad", "Notify terminal.keys"]
    assert bench.terminal.state is State.WAITING
    bench.say(bench.host.answer(request))
    assert bench.receipt().approved


@pytest.mark.parametrize(
    "change",
    [
        {"4": "000000001251"},
        {"11": "000002"},
        {"41": "TERM0002"},
        {"t": "0110"},
        {"t": "0430"},
        {"39": "  "},
        {"39": "\x1b["},
        {"4": None},
        {"39": None},
        {"41": None},
    ],
)
def test_an_answer_that_is_not_ours_is_no_answer(change: dict[str, str | None], bench: Bench, pay: MakePay) -> None:
    """MTI, amount, STAN and terminal must be those of the request, and DE 39 must be a code; else it is told and ignored."""
    request = bench.online(pay("visa-mag", Entry.MAGSTRIPE))
    answer = {de: value for de, value in (bench.host.answer(request) | change).items() if value is not None}
    bench.say(answer)
    assert bench.shape() == ["Notify terminal.answer-unmatched"]
    assert (bench.terminal.state, len(bench.terminal.receipts)) == (State.WAITING, 0)


@pytest.mark.parametrize("raw", [b"\xff", b"0210", b"0210" + b"F" * 16, b"02108000000000000000" + b"0" * 16, b"0" * 200])
def test_garbage_is_no_answer(raw: bytes, bench: Bench, pay: MakePay) -> None:
    """What pyiso8583 cannot read is told and ignored, whatever it raises."""
    bench.online(pay())
    bench.feed(Received(bench.conn, len(raw).to_bytes(2, "big") + raw))
    assert bench.shape() == ["Notify terminal.answer-unreadable"]


def test_a_stream_that_cannot_be_cut_is_hung_up(bench: Bench, pay: MakePay) -> None:
    """A length that cannot be ends the connection; a good answer before it in the same read is still taken."""
    request = bench.online(pay("visa-mag", Entry.MAGSTRIPE))
    good = bench.host.write(bench.host.answer(request))
    bench.feed(Received(bench.conn, good + b"\xff\xff"))
    assert bench.receipt().approved
    assert "Hangup" in bench.shape()
    assert bench.terminal.state is State.OFFLINE


def test_answers_come_in_any_pieces(bench: Bench, pay: MakePay) -> None:
    """One byte at a time makes no difference."""
    data = bench.host.write(bench.host.answer(bench.online(pay("visa-mag", Entry.MAGSTRIPE))))
    for at in range(len(data)):
        assert not bench.terminal.receipts
        bench.feed(Received(bench.conn, data[at : at + 1]))
    assert bench.receipt().approved


def test_bytes_of_an_old_connection_count_for_nothing(bench: Bench, pay: MakePay) -> None:
    """After a reconnect neither bytes nor the end of the first connection mean anything."""
    request = bench.online(pay())
    bench.close()
    bench.open()
    bench.feed(Received(1, bench.host.write(bench.host.answer(request))))
    assert bench.shape() == []
    bench.feed(Closed(1, "again"))
    assert bench.shape() == []
    assert bench.terminal.state is State.ADVISING


def test_a_wrong_mac_can_be_ordered(bench: Bench, pay: MakePay) -> None:
    """`corrupt_mac` sends the right message under a MAC with one bit turned around."""
    bench.order(pay(corrupt_mac=True))
    with pytest.raises(AssertionError, match="MAC is wrong"):
        bench.open() and bench.heard()


def test_draining_finishes_what_is_out_and_hangs_up(bench: Bench, pay: MakePay) -> None:
    """The open transaction ends, waiting and new orders are refused, then the line is closed."""
    request = bench.online(pay("visa-mag", Entry.MAGSTRIPE))
    bench.order(pay(reference="waiting"))
    bench.order(Drain())
    assert bench.shape() == ["Notify terminal.refused"]
    bench.say(bench.host.answer(request))
    assert bench.shape() == ["Append receipt", "Notify terminal.receipt", "Hangup"]
    bench.order(pay())
    assert bench.shape() == ["Notify terminal.refused"]


def test_draining_an_idle_terminal_hangs_up_at_once(bench: Bench, pay: MakePay) -> None:
    """Nothing is out: the order to stop closes the line."""
    bench.approve(bench.online(pay()))
    bench.order(Drain())
    assert bench.shape() == ["Hangup"]


def test_a_connection_that_nobody_dialled_is_hung_up(bench: Bench) -> None:
    """A terminal takes no calls."""
    bench.feed(Opened(7, "switch"))
    assert bench.shape() == ["Hangup"]


def test_echo_tests_are_answered(bench: Bench, pay: MakePay) -> None:
    """A host that asks whether the terminal is there gets an 0810, in the middle of a transaction too."""
    bench.online(pay())
    bench.say({"t": "0800", "7": "0301120001", "11": "004711", "70": "301"})
    answer = bench.heard()
    assert {de: answer[de] for de in ("t", "7", "11", "39", "70")} == {
        "t": "0810",
        "7": "0301120001",
        "11": "004711",
        "39": "00",
        "70": "301",
    }
    assert bench.terminal.state is State.WAITING


def test_signing_on_comes_before_anything_else(make_bench: MakeBench, pay: MakePay) -> None:
    """Where the host wants it, 0800 goes out first and takes a STAN; the payment follows its approval."""
    bench = make_bench(sign_on=True)
    sign_on = bench.online(pay("visa-mag", Entry.MAGSTRIPE))
    assert (sign_on["t"], sign_on["70"], sign_on["11"]) == ("0800", "001", "000001")
    bench.say(bench.host.answer(sign_on))
    assert (bench.heard()["t"], bench.heard()["11"]) == ("0200", "000002")


@pytest.mark.parametrize("trouble", ["refused", "silence", "closed"])
def test_a_sign_on_that_fails_refuses_what_waits(trouble: str, make_bench: MakeBench, pay: MakePay) -> None:
    """Refused, unanswered or cut off: the orders are told, and the terminal is offline without having recorded a payment."""
    bench = make_bench(sign_on=True)
    sign_on = bench.online(pay())
    match trouble:
        case "refused":
            bench.say(bench.host.answer(sign_on, "05"))
        case "silence":
            bench.wait(10_000)
        case "closed":
            bench.close()
    assert bench.notices[-1].kind == "terminal.refused"
    assert (bench.terminal.state, bench.kinds()) == (State.OFFLINE, ["stan-advanced"])


def test_nothing_that_follows_a_refused_sign_on_counts(make_bench: MakeBench, pay: MakePay) -> None:
    """In the read that made the terminal hang up, an echo test behind the refusal is not answered any more."""
    bench = make_bench(sign_on=True)
    refusal = bench.host.write(bench.host.answer(bench.online(pay()), "05"))
    echo = bench.host.write({"t": "0800", "7": "0301120001", "11": "004711", "70": "301"})
    bench.feed(Received(bench.conn, refusal + echo))
    assert bench.silent()


def test_stans_roll_over(bench: Bench, pay: MakePay) -> None:
    """After 999999 comes 000001."""
    bench.terminal.books.stan = 999_998
    stans = []
    request = bench.online(pay("visa-mag", Entry.MAGSTRIPE))
    for _ in range(2):
        stans.append(request["11"])
        bench.approve(request)
        bench.order(pay("visa-mag", Entry.MAGSTRIPE))
        request = bench.heard()
    assert [*stans, request["11"]] == ["999999", "000001", "000002"]


def test_an_idle_terminal_asks_for_nothing(bench: Bench, pay: MakePay) -> None:
    """Ticks and closed lines leave a terminal without work as it is."""
    assert bench.terminal.next_deadline() is None
    bench.feed(Tick())
    assert bench.commands == []
    bench.approve(bench.online(pay()))
    bench.close()
    assert bench.shape() == ["Notify terminal.disconnected"]
    assert bench.terminal.next_deadline() is None


def test_sent_bytes_never_overtake_their_record(bench: Bench, pay: MakePay) -> None:
    """In every command list an attempt, or the mark of an advice, stands before its bytes."""
    bench.online(pay())
    bench.wait(30_000)
    bench.say(bench.host.answer(bench.heard()))
    bench.order(pay())
    shapes = bench.shape()
    assert shapes.index("Append attempt") < shapes.index("Send")
    assert [type(command) for command in bench.commands].count(Send) == 1
