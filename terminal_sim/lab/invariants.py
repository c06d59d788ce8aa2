"""What must hold, one row each, and how it is seen from outside. The words are those that a violation is reported in.

A check looks at the evidence and gives nothing, or a sentence; a check at the end gives findings, one for each transaction that
is wrong. Invariants of parts that the switch does not have yet have no check: they enrol here with their parts.
"""

from collections.abc import Callable, Iterator
from enum import Enum

import msgspec

from switch.core import restore
from switch.ledger import JOURNAL
from switch.ledger.records import Answered, Forwarded
from switch.ledger.totals import book
from switch.machine import ChainError
from switch.wire import Message
from switch.wire.mti import is_response, without_repeat
from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.evidence import APPROVALS, Asked, Evidence
from terminal_sim.lab.money import paid
from terminal_sim.lab.network import Brief, Passage
from terminal_sim.lab.run import SWITCH, actor_of, switch_of, terminal_of
from terminal_sim.terminal import TransactionKey


class When(Enum):
    """At which moments an invariant is checked."""

    ANSWER = "the switch answers a terminal"
    FORWARD = "the switch speaks to an issuer"
    REQUEST = "a terminal speaks"
    RULE = "by a rule of the auditor's own"
    END = "the world has come to rest"
    LATER = "its part does not exist yet"


class Finding(msgspec.Struct, frozen=True):
    """Something that is wrong, and the transaction that it is about."""

    text: str
    transaction: Transaction = ("", "")


StepCheck = Callable[[Evidence, Passage, Brief], str]
EndCheck = Callable[[Evidence], Iterator[Finding]]


class Invariant(msgspec.Struct, frozen=True):
    """One row.

    Args:
        words: what must hold.
        steps: checks by the moment at which they are made.
        end: the check when all is at rest.
        judged: where else it is judged, or which part will bring it.
    """

    words: str
    steps: tuple[tuple[When, StepCheck], ...] = ()
    end: EndCheck | None = None
    judged: str = ""


# The switch answers a terminal.


def answers_what_was_asked(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I5."""
    if not is_response(brief.mti):
        return ""
    asked = evidence.asked_by(passage, brief)
    if asked is None:
        return _misdirected(evidence, passage, brief)
    said = (brief.terminal_id, brief.rrn or asked.brief.rrn, brief.minor or asked.brief.minor)
    wanted = (asked.brief.terminal_id, asked.brief.rrn, asked.brief.minor)
    return "" if said == wanted or asked.doubtful else "an answer names another terminal, reference or amount than its request"


def answers_once(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I6."""
    if not is_response(brief.mti):
        return ""
    asked = evidence.asked_by(passage, brief)
    if asked is not None and asked.answered < asked.heard:
        return ""
    if evidence.unreadable.get(passage.speaker.conn):
        return ""  # The answer to something that we cannot read any better than the switch.
    if asked is None:
        return f"a {brief.mti} answers nothing that was asked on its connection"
    return f"{asked.answered + 1} answers to {asked.heard} requests"


def invents_no_approval(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I6."""
    asked = _approved_request(evidence, passage, brief)
    if asked is None or evidence.issuer_of(asked.brief) is None:
        return ""
    codes = evidence.life(asked.brief.transaction).approvals
    return "" if brief.approval_code in codes else "an approval was told that the issuer has never given"


def repeats_its_answer(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I4."""
    asked = _approved_request(evidence, passage, brief)
    if asked is None:
        return ""
    first = evidence.life(asked.brief.transaction).answers.get((without_repeat(asked.brief.mti), brief.stan))
    same = first is None or first == (brief.response_code, brief.approval_code)
    return "" if same else "a repeat got another answer than its request"


def forwards_nothing_late(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I8."""
    asked = _approved_request(evidence, passage, brief)
    if asked is None:
        return ""
    life = evidence.life(asked.brief.transaction)
    if life.reversed_ms is not None:
        return f"an approval was told after its reversal had left at {life.reversed_ms} ms"
    return "" if life.given_up_ms is None else f"an approval was told after its issuer was given up at {life.given_up_ms} ms"


def times_out_by_the_right_clock(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I22."""
    asked = evidence.asked_by(passage, brief)
    if asked is None or brief.response_code != "91" or brief.mti[2] != "1" or evidence.draining:
        return ""
    forwarded = evidence.life(asked.brief.transaction).forwarded_ms
    waited_ms = passage.at_ms - asked.first_ms
    early = forwarded is not None and waited_ms < evidence.run.options.response_timeout_ms
    return f"an issuer was given up after {waited_ms} ms" if early else ""


def journals_before_it_answers(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I11."""
    asked = evidence.asked_by(passage, brief)
    if asked is None or brief.response_code not in APPROVALS or brief.mti[1] not in "124":
        return ""
    kind, named = "answered", asked.brief
    name = _name(passage, without_repeat(named.mti), named.terminal_id, named.stan, named.transmitted)
    if brief.mti[1] == "4":
        kind, original = "reversed", named.original
        name = _name(passage, without_repeat(original[:4]), named.terminal_id, original[4:10], original[10:20])
    return "" if evidence.is_durable(SWITCH, kind, name) else f'a {brief.mti} left before its record "{kind}" was durable'


# The switch speaks to an issuer.


def journals_before_it_forwards(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I11."""
    hop = passage.hearer.host.name
    if brief.mti[2] == "2":
        good = evidence.is_durable(SWITCH, "advice-owed", f"{hop}/{brief.stan}")
        return "" if good else f"a {brief.mti} left before it was recorded as owed"
    request = evidence.life(brief.transaction).request
    if brief.mti[2] != "0" or brief.mti[1] not in "12" or request is None or request.brief is None:
        return ""
    asked = request.brief
    name = _name(request, without_repeat(asked.mti), asked.terminal_id, asked.stan, asked.transmitted)
    return "" if evidence.is_durable(SWITCH, "forwarded", name) else f"a {brief.mti} left before it was recorded"


def asks_nothing_that_is_undone(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I10."""
    if brief.mti[1:3] not in ("10", "20"):
        return ""
    reversed_ms = evidence.life(brief.transaction).reversed_ms
    return "" if reversed_ms is None else f"a request left after its reversal, which had left at {reversed_ms} ms"


def owes_one_reversal(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I8."""
    if brief.mti[:3] != "042":
        return ""
    first = evidence.reversals.get((passage.hearer.host.name, brief.terminal_id, brief.original[:20]))
    return "" if first in (None, brief.stan) else f"a second reversal of the same request: STAN {first}, then {brief.stan}"


def passes_fields_through(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I15."""
    request = evidence.life(brief.transaction).request
    if brief.mti[1:3] not in ("10", "20") or request is None or request.message is None or passage.message is None:
        return ""
    came, went = _plain(request.message), _plain(passage.message)
    changed = [de for de in dict.fromkeys((*came, *went)) if de not in CHANGED and came.get(de) != went.get(de)]
    return f"DE {', DE '.join(map(str, changed))} did not pass through as it came" if changed else ""


def spends_no_stan_twice(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I13."""
    to_switch = passage.hearer.host is evidence.run.switch
    who = passage.speaker.host.name if to_switch else passage.hearer.host.name
    if is_response(brief.mti) or brief.mti[1] == "8":
        return ""
    used = evidence.stans.get((who, brief.stan))
    name = (without_repeat(brief.mti), brief.transmitted)
    return "" if used is None or used == name else f"STAN {brief.stan} is spent on a {used[0]} and on a {name[0]}"


# A terminal speaks.


def terminals_journal_first(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """I11."""
    if brief.mti[2] != "0" or brief.mti[1] not in "124":
        return ""
    terminal = passage.speaker.host.name
    good = evidence.is_durable(terminal, "attempt", f"/{brief.stan}")
    return "" if good else f"a {brief.mti} of {terminal} left before its attempt was durable"


# The world has come to rest.


def conserves_money(evidence: Evidence) -> Iterator[Finding]:
    """I1."""
    costs, books = _costs(evidence), _issuers(evidence)
    for transaction in dict.fromkeys((*costs, *books)):
        told, booked = costs.get(transaction, 0), books.get(transaction, 0)
        if told != booked:
            yield Finding(f"receipts come to {told}, the issuer's books to {booked} minor units", transaction)


def delivers_or_reverses(evidence: Evidence) -> Iterator[Finding]:
    """I2."""
    costs = _costs(evidence)
    for transaction, booked in _issuers(evidence).items():
        if booked and not costs.get(transaction):
            yield Finding("approved by its issuer, and neither delivered nor reversed", transaction)


def reverses_nothing_delivered(evidence: Evidence) -> Iterator[Finding]:
    """I3."""
    books = _issuers(evidence)
    for transaction, told in _costs(evidence).items():
        if told and not books.get(transaction) and evidence.life(transaction).reversed_ms is not None:
            yield Finding("reversed at its issuer, though its approval was delivered and not taken back", transaction)


def books_once(evidence: Evidence) -> Iterator[Finding]:
    """I4: an issuer's own books against a reference book that is fed from what it has said on the wire; the embedded issuer has
    no wire, and must not have booked what one key names a second time.
    """
    booked: dict[str, None] = {}
    for _, record in JOURNAL.replay(evidence.run.switch.journal):
        if isinstance(record, Answered) and record.opening is not None and (record.postings or record.hold):
            if record.key in booked:
                transaction = (record.opening.terminal_id, record.opening.rrn.rstrip())
                yield Finding("the embedded issuer has booked it twice", transaction)
            booked[record.key] = None
    for name, host in evidence.run.issuers.items():
        reference: dict[Transaction, int] = {}
        for transaction, minor in evidence.reference[name].values():
            reference[transaction] = reference.get(transaction, 0) + minor
        net = actor_of(host).net
        for transaction in dict.fromkeys((*net, *reference)):
            own, expected = net.get(transaction, 0), reference.get(transaction, 0)
            if own > expected:
                yield Finding(f"{name} has booked {own}, its answers come to {expected} minor units", transaction)


def drains_its_queues(evidence: Evidence) -> Iterator[Finding]:
    """I10."""
    for (name, _, stan), passage in evidence.awaiting.items():
        brief = passage.brief
        if brief is not None:
            yield Finding(f"a {brief.mti} STAN {stan} to {name} was never acknowledged", brief.transaction)
    for name, queue in switch_of(evidence.run.switch).state.saf.items():
        for advice in queue.values():
            yield Finding(f"{advice.mti} STAN {advice.stan} still waits for {name}")


def comes_to_rest(evidence: Evidence) -> Iterator[Finding]:
    """I20."""
    for host in evidence.run.terminals:
        if not host.alive or not terminal_of(host).idle:
            yield Finding(f"{host.name} has not come to rest")
    for table in evidence.asked.values():
        for asked in table.values():
            if not asked.settled:
                yield Finding(f"a {asked.brief.mti} was never answered", asked.brief.transaction)


def is_the_fold_of_its_journal(evidence: Evidence) -> Iterator[Finding]:
    """I12."""
    host = evidence.run.switch
    try:
        again = restore(host.journal)
    except ChainError as error:
        yield Finding(f"the journal is not what was written: {error}")
        return
    state = switch_of(host).state
    for name in ("seq", "digest", "transactions", "saf", "stans"):
        if getattr(state, name) != getattr(again, name):
            yield Finding(f"after a restart the switch's {name} would be other ones")
    if (state.book.accounts, state.book.holds, state.book.cards) != (again.book.accounts, again.book.holds, again.book.cards):
        yield Finding("after a restart the issuer's book would be another one")


def journals_no_secret(evidence: Evidence) -> Iterator[Finding]:
    """I16."""
    hosts = (evidence.run.switch, *evidence.run.terminals, *evidence.run.issuers.values())
    for host in hosts:
        for sealed in host.journal:
            if evidence.holds_secret(sealed.body.decode("utf-8")):
                yield Finding(f'record {sealed.seq} of {host.name} ("{sealed.kind}") holds a card number')


INVARIANTS: dict[str, Invariant] = {
    "I0": Invariant("No machine fails on anything that happens to it.", judged="whenever one raises"),
    "I1": Invariant("Money is conserved: what receipts have cost is what issuers have booked.", end=conserves_money),
    "I2": Invariant("Every approval of an issuer is delivered or reversed.", end=delivers_or_reverses),
    "I3": Invariant("Nothing is reversed that was delivered and not taken back.", end=reverses_nothing_delivered),
    "I4": Invariant(
        "A repeat changes an issuer's books at most once and gets the first answer again.",
        ((When.ANSWER, repeats_its_answer),),
        books_once,
    ),
    "I5": Invariant(
        "An answer goes to the connection that asked, and names its terminal, reference and amount.",
        ((When.ANSWER, answers_what_was_asked),),
    ),
    "I6": Invariant(
        "A request has at most one answer for each time it was heard, and no answer is invented.",
        ((When.ANSWER, answers_once), (When.ANSWER, invents_no_approval)),
    ),
    "I7": Invariant("What has no right MAC changes nothing.", judged="at each event"),
    "I8": Invariant(
        "A request is answered in its time; one reversal is owed from then on, and what comes late is never passed on.",
        ((When.ANSWER, forwards_nothing_late), (When.FORWARD, owes_one_reversal)),
        judged="and at each event",
    ),
    "I9": Invariant("Stand-in keeps its limits, and owes an advice for each approval.", judged="with stand-in"),
    "I10": Invariant(
        "What is owed to an issuer arrives, and no request after its reversal.",
        ((When.FORWARD, asks_nothing_that_is_undone),),
        drains_its_queues,
    ),
    "I11": Invariant(
        "Nothing is said before the record behind it is durable.",
        (
            (When.ANSWER, journals_before_it_answers),
            (When.FORWARD, journals_before_it_forwards),
            (When.REQUEST, terminals_journal_first),
        ),
    ),
    "I12": Invariant(
        "A host begins again as its journal says, and notices every bit of it that was changed.",
        end=is_the_fold_of_its_journal,
        judged="and at each restart",
    ),
    "I13": Invariant("A STAN is spent once.", ((When.REQUEST, spends_no_stan_twice), (When.FORWARD, spends_no_stan_twice))),
    "I14": Invariant("Totals are the sums of what was booked.", judged="with settlement"),
    "I15": Invariant("What the switch must not change passes through as it came.", ((When.FORWARD, passes_fields_through),)),
    "I16": Invariant("No card number is told or recorded in clear.", end=journals_no_secret, judged="and at each notice"),
    "I17": Invariant("What authenticates a cardholder is gone after the answer.", judged="by tests of the core's memory"),
    "I18": Invariant("One bad link does not slow down another.", judged="where time is real"),
    "I19": Invariant("Everything that waits has a bound.", judged="with gauges"),
    "I20": Invariant("Two minutes after the last fault everything is at rest.", end=comes_to_rest),
    "I21": Invariant("A stop answers or reverses what is open, within its grace.", judged="after the end"),
    "I22": Invariant(
        "Nothing about money depends on the wall clock.",
        ((When.ANSWER, times_out_by_the_right_clock),),
        judged="and by the rest",
    ),
    "I24": Invariant("The same seed makes the same trace.", judged="by running it twice"),
}
"""All of them, by the number that they have had from the beginning; I23 was never given."""

FIRST, LAST = ("I20", "I10"), ("I1", "I6")
"""Where several do not hold at one moment, the one that says most about the cause is told. As long as something is under way,
books that differ prove nothing; what a queue has lost, the books miss. That money or answers do not add up says least.
"""

CHANGED = frozenset({7, 11, 37, 52, 64, 128})
"""DEs that a route may change: the switch's own time, STAN and reference, the PIN under the issuer's key, the MAC."""


def by_weight() -> list[tuple[str, Invariant]]:
    """The table in the order in which its rows are judged."""
    names = [*FIRST, *(name for name in INVARIANTS if name not in FIRST + LAST), *LAST]
    return [(name, INVARIANTS[name]) for name in names]


def _misdirected(evidence: Evidence, passage: Passage, brief: Brief) -> str:
    """What is wrong with an answer that its connection has not asked for; nothing where nobody can say."""
    conn = passage.speaker.conn
    if evidence.unreadable.get(conn):
        return ""
    if evidence.asked_elsewhere(passage, brief):
        return f"a {brief.mti} went to another connection than the one that asked"
    near = [asked for (mti, _), asked in evidence.asked.get(conn, {}).items() if mti == brief.mti]
    if any(asked.brief.transaction == brief.transaction for asked in near):
        return f"a {brief.mti} has another STAN than its request"
    return ""


def _plain(message: Message) -> dict[int, str]:
    """A message's DEs in plain, whatever its dialect."""
    plain = message.dialect.plain(message.values(), message.mti)
    return plain | {35: plain[35].replace("D", "=")} if 35 in plain else plain


def _approved_request(evidence: Evidence, passage: Passage, brief: Brief) -> Asked | None:
    """The payment whose approval this is; None for anything else."""
    if brief.response_code not in APPROVALS or brief.mti[1:3] not in ("11", "21"):
        return None
    return evidence.asked_by(passage, brief)


def _name(passage: Passage, mti: str, terminal_id: str, stan: str, transmitted: str) -> str:
    """A transaction as the switch's journal names it."""
    assert passage.speech is not None, "what was read has a speech"
    return f"{passage.speech.name}/{mti}/{terminal_id}/{stan}/{transmitted}"


def _costs(evidence: Evidence) -> dict[Transaction, int]:
    """What each transaction has cost by the terminals' receipts."""
    costs: dict[Transaction, int] = {}
    for host in evidence.run.terminals:
        books = terminal_of(host).books
        for key, minor in paid(books).items():
            attempt = books.attempts.get(TransactionKey(*key))
            assert attempt is not None, "a receipt without an attempt"
            costs[key.terminal_id, attempt.rrn] = minor
    return costs


def _issuers(evidence: Evidence) -> dict[Transaction, int]:
    """What each transaction has cost by the books of remote issuers, and of the embedded one by the journal."""
    records = [record for _, record in JOURNAL.replay(evidence.run.switch.journal)]
    names: dict[str, Transaction] = {}
    for record in records:
        opening = record.opening if isinstance(record, Forwarded | Answered) else None
        if opening is not None:
            names[opening.key] = (opening.terminal_id, opening.rrn.rstrip())
    costs: dict[Transaction, int] = {}
    for key, booked in book(records).items():
        if key in names:
            costs[names[key]] = costs.get(names[key], 0) + booked.taken
    for host in evidence.run.issuers.values():
        for transaction, minor in actor_of(host).net.items():
            costs[transaction] = costs.get(transaction, 0) + minor
    return costs
