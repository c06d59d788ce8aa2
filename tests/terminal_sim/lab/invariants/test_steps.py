"""Each check of a step convicts: what a calm run has said and done is changed in one place, and the right row is named.

The log of a real run is the evidence, so that everything else in it is as it must be; nothing of it is done again.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
import pytest

from switch.core import ChangeKeys, ChangeRoutes, Route
from switch.ledger import JOURNAL
from switch.ledger.records import AdviceOwed, AdviceSent, Expired, Forwarded, Late, Ordered
from switch.machine import GENESIS, Append, Dial, JournalLow, Moment, Notice, Operate, Received, Send, Severity, Tick
from switch.wire.mti import is_response
from terminal_sim.lab.auditor import Auditor, Violation
from terminal_sim.lab.invariants import INVARIANTS
from terminal_sim.lab.invariants.requests import spends_no_stan_twice
from terminal_sim.lab.network import Passage
from terminal_sim.lab.observer import Observer
from terminal_sim.lab.run import Run
from terminal_sim.lab.swarm import Wire, draw
from terminal_sim.terminal import JOURNAL as TERMINAL_JOURNAL

UNTIL_MS = 20_000
PLAIN = Wire("iso87-ascii", "len2-big", True)

Call = tuple[str, tuple]
"""A word of an observer, and what it is told."""


class Tape(Observer):
    """Writes down what an observer is told."""

    def __init__(self):
        self.calls = []

    def handled(self, *told):
        self.calls.append(("handled", told))

    def said(self, *told):
        self.calls.append(("said", told))

    def heard(self, *told):
        self.calls.append(("heard", told))

    def committed(self, *told):
        self.calls.append(("committed", told))

    def noticed(self, *told):
        self.calls.append(("noticed", told))

    def closed(self, *told):
        self.calls.append(("closed", told))

    def revived(self, *told):
        self.calls.append(("revived", told))


class Log(NamedTuple):
    """A run, what was told of it, and the messages of one purchase that its remote issuer has approved, in their order."""

    run: Run
    calls: list[Call]
    request: Passage
    forward: Passage
    approval: Passage
    answer: Passage


@pytest.fixture(scope="module")
def log():
    """A calm run of one acquirer link and one remote issuer, at rest."""
    options = draw(3, terminals=3, issuers=1, faults={})
    mix = msgspec.structs.replace(options.mix, pause_ms=1_300, entries=(100, 0, 0), voided=20, authorised=0, too_much=0)
    plain = msgspec.structs.replace(options, acquirer_wires=(PLAIN,), issuer_wires=(PLAIN,), mix=mix, response_timeout_ms=5_000)
    tape = Tape()
    run = Run(plain, (tape,))
    run.world.run(UNTIL_MS)
    assert run.heal()
    said = [told[0] for name, told in tape.calls if name == "said"]
    lives = [[one for one in said if one.brief and one.brief.transaction == name] for name in names(said)]
    remote = [life for life in lives if [one.brief.mti for one in life] == ["0200", "0200", "0210", "0210"]]
    life = remote[-1]  # Not the first one: its terminal has said something before.
    assert life[3].brief.response_code == "00"
    return Log(run, tape.calls, *life)


def names(said: Sequence[Passage]) -> list[tuple[str, str]]:
    """The transactions, as they come."""
    return list(dict.fromkeys(one.brief.transaction for one in said if one.brief and one.brief.rrn))


def altered(passage: Passage, fields=None, *, mti=None, drop=(), speaker=None, later_ms=0, forged=False) -> Passage:
    """A message as it would be with other values or without some, said by another end or later."""
    message = passage.message.with_fields(fields or {}, mti=mti or passage.message.mti, drop=drop)
    speech = passage.speech
    made = Passage(speaker or passage.speaker, speech.framing.frame(message.raw), passage.at_ms + later_ms, forged=forged)
    made.heard_ms = passage.heard_ms + later_ms
    return made


def instead(log: Log, passage: Passage, *others: Passage) -> list[Call]:
    """The log in which others are said in place of a message."""
    at = log.calls.index(("said", (passage,)))
    return [*log.calls[:at], *(("said", (other,)) for other in others), *log.calls[at + 1 :]]


def before(log: Log, passage: Passage, *calls: Call) -> list[Call]:
    """The log in which something happens before a message is said."""
    at = log.calls.index(("said", (passage,)))
    return [*log.calls[:at], *calls, *log.calls[at:]]


def lost(log: Log, kind: str, passage: Passage) -> list[Call]:
    """The log in which the last record of a kind before a message was not durable."""
    at = log.calls.index(("said", (passage,)))
    last = max(
        place
        for place, (name, told) in enumerate(log.calls[:at])
        if name == "committed" and any(sealed.kind == kind for sealed in told[1])
    )
    host, entries = log.calls[last][1]
    kept = [sealed for sealed in entries if sealed.kind != kind]
    return [*log.calls[:last], *([("committed", (host, kept))] if kept else []), *log.calls[last + 1 :]]


def reversal(log: Log, stan: str, *, mti="0420", drop=(35, 52)) -> list[Call]:
    """The switch records and says that the purchase does not stand."""
    fields = {11: stan, 90: f"0200{log.forward.brief.stan}{log.forward.brief.transmitted}".ljust(42, "0")}
    said = altered(log.forward, fields, mti=mti, drop=drop)
    owed = AdviceOwed("pos1", "bank1", "0420", stan, said.brief.transmitted, b"")
    seq = log.run.switch.journal[-1].seq + 2 * int(stan[-1])
    records = (owed, AdviceSent("bank1", stan, 1))
    entries = [JOURNAL.seal(record, seq=seq + number, at=0, previous=GENESIS) for number, record in enumerate(records)]
    return [*(("committed", (log.run.switch, [sealed])) for sealed in entries), ("said", (said,))]


def spoiled(calls: Sequence[Call], fields=None, *, drop=()) -> list[Call]:
    """The same, of which the last thing said is said with other values or without some."""
    *earlier_calls, (name, [passage]) = calls
    return [*earlier_calls, (name, (altered(passage, fields, drop=drop),))]


def elsewhere(log: Log):
    """The switch's end of another terminal's connection."""
    return next(
        told[0].speaker
        for name, told in log.calls
        if name == "said" and told[0].speaker.host is log.run.switch and told[0].hearer.host.name.startswith("LAB")
        if told[0].hearer.host is not log.answer.hearer.host
    )


def to_a_namesake(log: Log) -> list[Call]:
    """An answer goes to another terminal, which has asked under the same STAN before."""
    answers = [told[0] for name, told in log.calls if name == "said" and told[0].brief and told[0].brief.mti == "0210"]
    answers = [one for one in answers if one.hearer.host.name.startswith("LAB") and one.brief.response_code == "00"]
    first, later = next(
        (one, other)
        for at, one in enumerate(answers)
        for other in answers[at + 1 :]
        if one.brief.stan == other.brief.stan and one.hearer.host is not other.hearer.host
    )
    return instead(log, later, altered(later, speaker=first.speaker))


def earlier(log: Log, passage: Passage) -> Passage:
    """Another request that the same host has said to the same one before."""
    said = [told[0] for name, told in log.calls[: log.calls.index(("said", (passage,)))] if name == "said" and told[0].brief]
    lane = (passage.speaker.host, passage.hearer.host)
    return next(one for one in said if one.brief.mti == "0200" and (one.speaker.host, one.hearer.host) == lane)


def asked_again(log: Log) -> list[Call]:
    """The terminal repeats what was answered, and hears this."""
    repeat = altered(log.request, mti="0201", later_ms=9_000)
    again = altered(log.answer, {38: "999999"}, later_ms=9_000)
    approval = altered(log.approval, {38: "999999"})
    told = [("heard", (approval,)), ("said", (repeat,)), ("heard", (repeat,)), ("said", (again,))]
    at = log.calls.index(("said", (log.answer,))) + 1
    return [*log.calls[:at], *told, *log.calls[at:]]


def never_answered(log: Log) -> list[Call]:
    """The purchase has no answer, and time goes on."""
    at = log.calls.index(("said", (log.answer,)))
    return [*log.calls[:at], ("handled", (log.run.switch, Tick(), Moment(log.answer.at_ms + 30_000, 0), []))]


def acts_on_a_forged_one(log: Log) -> list[Call]:
    """A request with a wrong MAC is recorded as passed on."""
    forged = altered(log.request, forged=True)
    record = next(sealed for sealed in log.run.switch.journal if sealed.kind == "forwarded")
    turn = (log.run.switch, Received(forged.hearer.conn, forged.data), Moment(forged.heard_ms, 0), [Append(record)])
    return [*log.calls, ("heard", (forged,)), ("handled", turn)]


def says_no_to_a_copy(log: Log) -> list[Call]:
    """While a purchase is open, a forged copy of it is told no."""
    copy = altered(log.request, forged=True, later_ms=1)
    told = altered(log.answer, {39: "63"}, drop=(38,))
    turn = (
        log.run.switch,
        Received(copy.hearer.conn, copy.data),
        Moment(copy.heard_ms, 0),
        [Send(copy.hearer.conn, told.data)],
    )
    return before(log, log.approval, ("heard", (copy,)), ("handled", turn))


def silent_turn(log: Log) -> list[Call]:
    """The switch hears a request, and says that nothing is to be done about it."""
    at = turn_of(log)
    host, event, now, _ = log.calls[at][1]
    return [*log.calls[:at], ("handled", (host, event, now, []))]


def turn_of(log: Log) -> int:
    """Where in the log the switch has heard the purchase."""
    return next(
        place
        for place, (name, told) in enumerate(log.calls)
        if name == "handled"
        and told[0] is log.run.switch
        and isinstance(told[1], Received)
        and told[1].data == log.request.data
    )


def without_sign_on(log: Log, end) -> list[Call]:
    """The log in which the switch has neither said nor heard an 0810 at an end of its own."""
    return [
        call
        for call in log.calls
        if call[0] not in ("said", "heard")
        or end not in (call[1][0].speaker, call[1][0].hearer)
        or call[1][0].brief is None
        or call[1][0].brief.mti != "0810"
    ]


def passes_another_pin_on(log: Log) -> list[Call]:
    """The PIN block that goes to the issuer is as it came, under a key that the issuer does not have."""
    return instead(log, log.forward, altered(log.forward, {52: log.request.message[52]}))


def keeps_a_pin_block(log: Log) -> list[Call]:
    """A record has the PIN block of a request in it."""
    late = Late("pos1", log.request.message[52])
    sealed = JOURNAL.seal(late, seq=log.run.switch.journal[-1].seq + 1, at=0, previous=GENESIS)
    return before(log, log.forward, ("committed", (log.run.switch, [sealed])))


def declines_without_a_reason(log: Log) -> list[Call]:
    """The embedded issuer says that a PIN is wrong which is right."""
    at, host, entries = next(
        (place, told[0], told[1])
        for place, (name, told) in enumerate(log.calls)
        if name == "committed" and told[0] is log.run.switch
        if any(b'"opening"' in sealed.body and b'"response_code":"00"' in sealed.body for sealed in told[1])
    )
    changed = [
        msgspec.structs.replace(sealed, body=sealed.body.replace(b'"response_code":"00"', b'"response_code":"55"'))
        for sealed in entries
    ]
    return [*log.calls[:at], ("committed", (host, changed))]


def runs_low(log: Log) -> list[Call]:
    """The switch is told that its journal's disk has little room, and takes on what is asked then."""
    told = (log.run.switch, Operate(JournalLow(1)), Moment(log.request.at_ms, 0), [])
    return before(log, log.request, ("handled", told))


def turns_away(log: Log) -> list[Call]:
    """A purchase is told that nobody is there, and never passed on."""
    at = turn_of(log)
    host, event, now, _ = log.calls[at][1]
    answer = altered(log.answer, {39: "91"}, drop=(38,))
    return [*log.calls[:at], ("handled", (host, event, now, [Send(answer.speaker.conn, answer.data)]))]


def hammers(log: Log) -> list[Call]:
    """A terminal says a reversal again a moment after it has said it."""
    fields = {11: "800001", 90: f"0200{log.request.brief.stan}{log.request.brief.transmitted}".ljust(42, "0")}
    said = altered(log.request, fields, mti="0420", drop=(35, 52))
    again = altered(log.request, fields, mti="0421", drop=(35, 52), later_ms=100)
    return [*log.calls, ("said", (said,)), ("said", (again,))]


def gives_up_early(log: Log) -> list[Call]:
    """A terminal tells its customer that nobody has answered, a second after it has asked."""
    host = log.request.speaker.host
    receipt = next(sealed for sealed in host.journal if sealed.kind == "receipt")
    turn = (host, Tick(), Moment(log.request.at_ms + 1_000, 0), [Append(receipt)])
    return [*before(log, log.forward)[: log.calls.index(("said", (log.forward,)))], ("handled", turn)]


def believes_no_chip(log: Log) -> list[Call]:
    """A purchase is approved though its chip was told a cryptogram that is none."""
    host, told = log.request.speaker.host, altered(log.answer, {55: "91080011223344556677"})
    told.fault = "wrong-arpc"
    [receipt] = [record for _, record in TERMINAL_JOURNAL.replay(host.journal) if getattr(record, "rrn", "") == told.brief.rrn][
        1:
    ]
    sealed = TERMINAL_JOURNAL.seal(msgspec.structs.replace(receipt, entry="chip"), seq=9_999, at=0, previous=GENESIS)
    turn = (host, Received(told.hearer.conn, told.data), Moment(told.heard_ms, 0), [Append(sealed)])
    return [*log.calls, ("heard", (told,)), ("handled", turn)]


def leaves_half_a_message(log: Log) -> list[Call]:
    """A line brings half a message, and it is waited for the rest."""
    switch = log.run.switch
    end_ms = next(told[2].mono_ms for name, told in reversed(log.calls) if name == "handled" and told[0] is switch)
    half = (switch, Received(log.request.hearer.conn, log.request.data[:9]), Moment(end_ms, 0), [])
    return [*log.calls, ("handled", half), ("handled", (switch, Tick(), Moment(end_ms + 10_000, 0), []))]


def decided_here(log: Log) -> Passage:
    """An answer of the embedded issuer that says yes."""
    said = [told[0] for name, told in log.calls if name == "said" and told[0].brief]
    passed_on = {one.brief.transaction for one in said if one.speaker.host.name == "bank1"}
    return next(
        one
        for one in said
        if (one.brief.mti, one.brief.response_code) == ("0210", "00") and one.brief.transaction not in passed_on
    )


def says_nothing_to_the_card(log: Log) -> list[Call]:
    """The issuer's yes has something for the card, and the terminal is not told."""
    at = log.calls.index(("heard", (log.approval,)))
    told = altered(log.approval, {55: "910A00112233445566778899"})
    return [*log.calls[:at], ("heard", (told,)), *log.calls[at + 1 :]]


def repeats_chip_data(log: Log) -> list[Call]:
    """The issuer's yes has all that the chip has said in it, and so has the answer to the terminal."""
    fields = {55: "9F36020007"}
    changed = {id(one): altered(one, fields) for one in (log.request, log.forward, log.answer)}
    return [(name, tuple(changed.get(id(one), one) for one in told)) for name, told in log.calls]


def forgets_what_is_late(log: Log) -> list[Call]:
    """An issuer's time is over, then its answer comes, and nothing is written down."""
    switch, at = log.run.switch, log.calls.index(("heard", (log.approval,)))
    key = next(
        record.opening.key
        for _, record in JOURNAL.replay(switch.journal)
        if isinstance(record, Forwarded) and record.stan_out == log.forward.brief.stan
    )
    records = (Expired(key, "91"), AdviceOwed(key, "bank1", "0420", "800001", "0101000000", b""))
    done = [Append(JOURNAL.seal(record, seq=1, at=0, previous=GENESIS)) for record in records]
    late = Received(log.approval.hearer.conn, log.approval.data)
    return [
        *log.calls[:at],
        ("handled", (switch, Tick(), Moment(log.approval.heard_ms + 5_000, 0), done)),
        ("heard", (log.approval,)),
        ("handled", (switch, late, Moment(log.approval.heard_ms + 5_000, 0), [])),
    ]


def dials_at_once(log: Log) -> list[Call]:
    """An issuer is dialled twice within a millisecond."""
    switch = log.run.switch
    end_ms = next(told[2].mono_ms for name, told in reversed(log.calls) if name == "handled" and told[0] is switch)
    return [*log.calls, *(("handled", (switch, Tick(), Moment(end_ms + ms, 0), [Dial("bank1")])) for ms in (0, 1))]


def asks_once_for_new_keys(log: Log) -> list[Call]:
    """An order to change keys, and no question about them."""
    switch = log.run.switch
    end_ms = next(told[2].mono_ms for name, told in reversed(log.calls) if name == "handled" and told[0] is switch)
    wanted = Operate(ChangeKeys("bank1", "issuer-link.zak-2", "issuer-link.zpk-2"))
    return [
        *log.calls,
        ("handled", (switch, wanted, Moment(end_ms, 0), [])),
        *(("handled", (switch, Tick(), Moment(end_ms + ms, 0), [])) for ms in (1_000, 26_000)),
    ]


def tells(log: Log, text: str) -> list[Call]:
    """A notice has something in it."""
    return [("noticed", (log.run.switch, Notice("some.kind", Severity.INFO, f"here is {text}")))]


def ordered(log: Log, *routes: Route, carried_out: bool) -> list[Call]:
    """The log in which the switch is told at first to change its routes."""
    sealed = JOURNAL.seal(Ordered("ChangeRoutes", ""), seq=1, at=0, previous=GENESIS)
    done = [Append(sealed)] if carried_out else []
    return [("handled", (log.run.switch, Operate(ChangeRoutes(routes)), Moment(0, 0), done)), *log.calls]


BROKEN: dict[str, tuple[str, Callable[[Log], list[Call]]]] = {
    "another connection": ("I5", lambda log: instead(log, log.answer, altered(log.answer, speaker=elsewhere(log)))),
    "another connection that asked under its STAN": ("I5", to_a_namesake),
    "another amount": ("I5", lambda log: instead(log, log.answer, altered(log.answer, {4: "000000999999"}))),
    "another terminal": ("I5", lambda log: instead(log, log.answer, altered(log.answer, {41: "LAB00099"}))),
    "another STAN": ("I5", lambda log: instead(log, log.answer, altered(log.answer, {11: "987654"}))),
    "answered twice": ("I6", lambda log: instead(log, log.answer, log.answer, log.answer)),
    "invented approval": ("I6", lambda log: instead(log, log.answer, altered(log.answer, {38: "999999"}))),
    "another answer to a repeat": ("I4", asked_again),
    "never answered": ("I8", never_answered),
    "approved after its reversal": ("I8", lambda log: before(log, log.answer, *reversal(log, "800001"))),
    "approved after its issuer was given up": (
        "I8",
        lambda log: instead(log, log.answer, altered(log.answer, {39: "91"}, later_ms=9_000), log.answer),
    ),
    "reversed twice": ("I8", lambda log: before(log, log.approval, *reversal(log, "800001"), *reversal(log, "800002"))),
    "asked after its reversal": ("I10", lambda log: before(log, log.forward, *reversal(log, "800001"))),
    "a reversal refused as new work": (
        "I10",
        lambda log: instead(log, log.answer, altered(log.answer, {39: "91"}, mti="0430")),
    ),
    "given up early": ("I22", lambda log: instead(log, log.answer, altered(log.answer, {39: "91"}))),
    "answered before its record": ("I11", lambda log: lost(log, "answered", log.answer)),
    "forwarded before its record": ("I11", lambda log: lost(log, "forwarded", log.forward)),
    "asked before its attempt": ("I11", lambda log: lost(log, "attempt", log.request)),
    "reversed before its record": ("I11", lambda log: before(log, log.approval, reversal(log, "800001")[2])),
    "reversed before its attempt": ("I11", lambda log: before(log, log.approval, *reversal(log, "800001")[::2])),
    "STAN of the switch twice": (
        "I13",
        lambda log: instead(log, log.forward, altered(log.forward, {11: earlier(log, log.forward).brief.stan})),
    ),
    "STAN of a terminal twice": (
        "I13",
        lambda log: instead(log, log.request, altered(log.request, {11: earlier(log, log.request).brief.stan})),
    ),
    "a DE changed on its way": ("I15", lambda log: instead(log, log.forward, altered(log.forward, {25: "59"}))),
    "a wrong MAC believed": ("I7", acts_on_a_forged_one),
    "a copy told no": ("I2", says_no_to_a_copy),
    "heard, and left lying": ("I18", silent_turn),
    "new work on a low disk": ("I19", runs_low),
    "turned away for nothing": ("I19", turns_away),
    "said again at once": ("I19", hammers),
    "given up early by a terminal": ("I22", gives_up_early),
    "a chip not believed": ("I28", believes_no_chip),
    "half a message waited for": ("I20", leaves_half_a_message),
    "a card number told": ("I16", lambda log: tells(log, log.request.brief.pan)),
    "a card number told in another code": ("I16", lambda log: tells(log, log.request.brief.pan.encode("cp500").hex())),
    "a PIN block told": ("I16", lambda log: before(log, log.forward, *tells(log, log.request.message[52]))),
    "a PIN block recorded": ("I17", keeps_a_pin_block),
    "a track kept for a reversal": ("I17", lambda log: before(log, log.approval, *reversal(log, "800001", drop=()))),
    "a PIN under the wrong key": ("I15", passes_another_pin_on),
    "a reversal of another amount": (
        "I15",
        lambda log: before(log, log.approval, *spoiled(reversal(log, "800001"), {4: "000000999999"})),
    ),
    "a reversal without a currency": (
        "I15",
        lambda log: before(log, log.approval, *spoiled(reversal(log, "800001"), drop=(49,))),
    ),
    "an approval that tells its card nothing": ("I15", says_nothing_to_the_card),
    "an approval that repeats chip data": ("I15", repeats_chip_data),
    "an approval without its code": (
        "I25",
        lambda log: instead(log, decided_here(log), altered(decided_here(log), drop=(38,))),
    ),
    "a late answer forgotten": ("I8", forgets_what_is_late),
    "dialled at once": ("I19", dials_at_once),
    "new keys asked for once": ("I20", asks_once_for_new_keys),
    "a repeat that does not say so": (
        "I4",
        lambda log: before(log, log.approval, *reversal(log, "800001"), reversal(log, "800001")[2]),
    ),
    "an answer before a sign-on": ("I26", lambda log: without_sign_on(log, log.answer.speaker)),
    "a request before the sign-on": ("I26", lambda log: without_sign_on(log, log.forward.speaker)),
    "declined for nothing": ("I25", declines_without_a_reason),
    "a request that goes where nothing leads": ("I27", lambda log: ordered(log, carried_out=True)),
    "a request that goes by the former routes": ("I27", lambda log: ordered(log, Route("4", "issuer"), carried_out=True)),
    "routes that cannot be, and are": ("I27", lambda log: ordered(log, Route("4", "bonk"), carried_out=True)),
    "routes that can be, and are not": ("I27", lambda log: ordered(log, Route("4", "bank1"), carried_out=False)),
    "a changed journal taken": ("I12", lambda log: [("revived", (log.run.switch, [], None, True))]),
}
"""What is changed, and the row that it breaks."""


def judge(log: Log, calls: Sequence[Call], *, at_end: bool = False) -> Auditor:
    """Tell an auditor what happened, and have it judge each step."""
    auditor = Auditor(at_end=at_end)
    auditor.watch(log.run)
    for name, told in calls:
        getattr(auditor, name)(*told)
    auditor.judge_steps()
    return auditor


@pytest.mark.parametrize("at_end", [False, True])
def test_what_really_happened_holds(log, at_end):
    """Nobody is convicted, then and at the end; what was taken down is a whole run."""
    auditor = judge(log, log.calls, at_end=at_end)
    auditor.judge()
    assert sum(is_response(told[0].brief.mti) for name, told in log.calls if name == "said" and told[0].brief) > 20


@pytest.mark.parametrize("at_end", [False, True])
@pytest.mark.parametrize(("row", "broken"), BROKEN.values(), ids=BROKEN)
def test_what_is_changed_is_convicted(log, row, broken, at_end):
    """Under the row that it breaks, with words for it; at once or afterwards."""
    with pytest.raises(Violation) as found:
        judge(log, broken(log), at_end=at_end)
    assert found.value.invariant == row, str(found.value)
    assert INVARIANTS[row].words in str(found.value)
    assert log.request.brief.pan not in str(found.value)


def test_every_check_of_a_step_is_broken_once():
    """A row that is judged step by step, and that nothing here breaks, may have lost its teeth."""
    stepwise = {name for name, invariant in INVARIANTS.items() if invariant.steps or invariant.records}
    assert stepwise <= {row for row, _ in BROKEN.values()}


def test_a_stan_that_is_none_is_convicted(log):
    """What follows 999999 is 000001."""
    passage = altered(log.request, {11: "000000"})
    assert "000001 follows 999999" in spends_no_stan_twice(judge(log, log.calls).evidence, passage, passage.brief)


def test_a_stan_of_network_management_is_convicted(log):
    """Toward an issuer a transaction has none of them; a terminal knows no such bound."""
    passage = altered(log.forward, {11: "900000"})
    evidence = judge(log, log.calls).evidence
    assert "000001 follows 899999" in spends_no_stan_twice(evidence, passage, passage.brief)
    passage = altered(log.request, {11: "900000"})
    assert spends_no_stan_twice(evidence, passage, passage.brief) == ""


def test_a_stop_that_leaves_connections_open_is_convicted(log):
    """By their number."""
    auditor = judge(log, log.calls)
    auditor.judge_stop(0)
    with pytest.raises(Violation, match="3 connections are open") as found:
        auditor.judge_stop(3)
    assert found.value.invariant == "I21"


def test_what_is_judged_afterwards_is_told_with_its_own_time(log):
    """When it happened, and not when somebody came to look at it."""
    auditor, world = Auditor(at_end=True), log.run.world
    auditor.watch(log.run)
    end_ms = world.mono_ms
    try:
        for name, told in instead(log, log.answer, altered(log.answer, {4: "000000999999"})):
            if name == "said":
                world.mono_ms = told[0].at_ms
            getattr(auditor, name)(*told)
    finally:
        world.mono_ms = end_ms
    with pytest.raises(Violation) as found:
        auditor.judge_steps()
    assert found.value.at_ms == log.answer.at_ms
