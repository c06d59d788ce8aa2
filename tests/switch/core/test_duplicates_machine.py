"""Requests that come again, with the same contents or others, while others reverse, answer and restart: each has one fate.

And the window in which they are remembered: what is unfinished is never forgotten, of what is finished the oldest goes first.
"""

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from switch.core.exchange import TransactionState
from switch.core.state import State
from switch.domain.postings import Hold
from tests.testing.quota import tried

LOCAL, REMOTE = (1, 2), (3, 4)
"""STANs of purchases that are decided here, and at the issuer."""

NUMBERS = st.sampled_from([*LOCAL, *REMOTE])
MINOR = st.sampled_from([1_250, 1_250, 1_250, 1_300])
LINE = st.integers(0, 1)


class Known(msgspec.Struct):
    """What became of a request: its amount (None while only its reversal came), its first answer, the line to answer on."""

    minor: int | None
    stands: str
    line: int = 0
    answer: tuple[str | None, str] = (None, "")


class RepeatMachine(RuleBasedStateMachine):
    """Two lines of one acquirer, an issuer, and what is known of each request."""

    def __init__(self, desk, wallet):
        super().__init__()
        self.desk, self.wallet = desk, wallet
        self.known: dict[int, Known] = {}
        self.asked = {}
        desk.tick()
        self._connect()

    @rule(number=NUMBERS, minor=MINOR, line=LINE, repeat=st.booleans())
    def ask(self, number, minor, line, repeat):
        """The same STAN, terminal and DE 7; MTI 0200 or 0201."""
        known = self.known.get(number)
        answers = self.lines[line].post(self._request(number, minor) | {"mti": "0201" if repeat else "0200"})
        if known is None:
            self._ask_first(number, minor, line, answers)
        elif known.minor not in (None, minor):
            assert [answer[39] for answer in answers] == ["94"]
        elif known.stands == "undone":
            assert [answer[39] for answer in answers] == ["21"]
        elif known.stands == "open":
            assert answers == []
            known.line = line
        else:
            assert [(answer.get(38, None), answer[39]) for answer in answers] == [known.answer]

    @rule(number=NUMBERS, minor=MINOR)
    def ask_on_both_lines(self, number, minor):
        """The acquirer changes over to its other line."""
        self.ask(number=number, minor=minor, line=0, repeat=False)
        self.ask(number=number, minor=minor, line=1, repeat=True)

    @rule(number=NUMBERS, line=LINE, repeat=st.booleans())
    def reverse(self, number, line, repeat):
        """Before its original, after it, or again: always accepted."""
        request = self._request(number, 1_250)
        undone = self.wallet.undo(request, stan=900 + number, mti="0421" if repeat else "0420")
        assert [answer[39] for answer in self.lines[line].post(undone)] == ["00"]
        self.known.setdefault(number, Known(None, "undone")).stands = "undone"

    @precondition(lambda self: self.asked)
    @rule(which=st.integers(0, 3), code=st.sampled_from(["00", "51"]))
    def be_answered(self, which, code):
        """The issuer answers, in time or late, perhaps twice: the first in time is told, to whoever asked last."""
        number = sorted(self.asked)[which % len(self.asked)]
        known = self.known[number]
        self.bank.reply(self.asked[number], code, d38="" if code == "51" else f"R{number:05d}")
        if known.stands == "open":
            told = self.lines[known.line].take_one()
            known.stands, known.answer = "answered", (told.get(38, None), told[39])
            assert known.answer == (None if code == "51" else f"R{number:05d}", code)

    @rule()
    def wait(self):
        """The issuer's time is over."""
        for _ in range(4):
            self.desk.wait(5_000)
            self._serve()
        for known in self.known.values():
            if known.stands == "open":
                known.stands, known.answer = "answered", (None, "91")
                assert "91" in [answer[39] for answer in self.lines[known.line].inbox]
        for line in self.lines:
            line.take()

    @rule()
    def restart(self):
        """What was open has no answer, and nobody is there to be told."""
        self.desk.restart()
        for known in self.known.values():
            if known.stands == "open":
                known.stands, known.answer = "answered", (None, "91")
        self._connect()

    @invariant()
    def nobody_hears_what_was_not_asked(self):
        self._serve()
        assert [line.take() for line in self.lines] == [[], []]

    @invariant()
    def each_purchase_is_booked_once_or_not_at_all(self):
        standing = [
            self.known[number].minor for number in LOCAL if number in self.known and self.known[number].stands == "answered"
        ]
        assert 100_000 - self.desk.balance() == sum(standing)

    def _serve(self):
        """The issuer takes reversals and answers echoes, so that its line stays up; no request is left for it."""
        for message in self.bank.take():
            assert message.mti in ("0420", "0421", "0800"), "a second forward"
            self.bank.reply(message)

    def _ask_first(self, number, minor, line, answers):
        known = self.known[number] = Known(minor, "open", line)
        if number in LOCAL:
            [answer] = answers
            known.stands, known.answer = "answered", (answer.get(38, None), "00")
            assert answer[39] == "00"
        else:
            assert answers == []
            self.asked[number] = self.bank.take_one()

    def _request(self, number, minor):
        where = {"card": "mc-chip", "entry": "012"} if number in REMOTE else {}
        return self.wallet.pay(stan=number, minor=minor, **where)

    def _connect(self):
        self.lines = [self.desk.connect(), self.desk.connect()]
        self.bank = self.desk.connect("bank")

    def teardown(self):
        self.desk.audit()


FINISHED = {
    "answered": {"state": TransactionState.ANSWERED},
    "expired": {"state": TransactionState.EXPIRED},
    "reversed": {"state": TransactionState.REVERSED},
}
UNFINISHED = {
    "forwarded": {"state": TransactionState.FORWARDED},
    "holding": {"state": TransactionState.ANSWERED, "hold": Hold("", "A", 1, "978")},
}


REMEMBERED = 200
"""Transactions that the memory of these tests is for; two acquirers share it."""


class WindowMachine(RuleBasedStateMachine):
    """A memory that is full, with some transactions of ours at its old end; `unfinished` are those that may not go."""

    @initialize(kinds=st.lists(st.sampled_from([*FINISHED, *UNFINISHED]), max_size=12), quiet=st.integers(0, REMEMBERED // 2))
    def fill(self, kinds, quiet):
        self.state, self.count, self.quiet = State(REMEMBERED), 0, quiet
        self.unfinished = []
        for kind in kinds:
            self._come(kind)
        for number in range(quiet):
            self.state.transaction(f"atm/{number}").state = TransactionState.ANSWERED
        self.be_busy(REMEMBERED - quiet)

    @rule(kind=st.sampled_from([*FINISHED, *UNFINISHED]))
    def come(self, kind):
        self._come(kind)

    @rule(which=st.integers(0, 20))
    def finish(self, which):
        if self.unfinished:
            key = self.unfinished.pop(which % len(self.unfinished))
            transaction = self.state.transaction(key)
            transaction.state, transaction.hold = TransactionState.REVERSED, None
            self.state.finish(key)

    @rule(count=st.sampled_from([1, 30, 1_000]))
    def be_busy(self, count):
        """Others come, and are answered."""
        for _ in range(count):
            self._come("answered")

    @rule()
    def copy(self):
        """The fold goes on on a copy."""
        self.state = self.state.copy()

    @invariant()
    def what_is_unfinished_is_there(self):
        assert all(key in self.state.transactions for key in self.unfinished)

    @invariant()
    def the_memory_is_bounded(self):
        """Above the bound are at most those that cannot go."""
        assert len(self.state.transactions) <= REMEMBERED + len(self.unfinished)

    @invariant()
    def the_young_are_there(self):
        """Of what came last nothing is forgotten while what came first is still there."""
        assert f"pos/{self.count}" in self.state.transactions
        assert f"pos/{self.count - REMEMBERED // 4}" in self.state.transactions

    @invariant()
    def the_other_acquirers_are_there(self):
        """However busy this one is: its transactions push out its own."""
        assert sum(key.startswith("atm/") for key in self.state.transactions) == self.quiet

    def _come(self, kind):
        self.count += 1
        key = f"pos/{self.count}"
        transaction = self.state.transaction(key)
        for name, value in (FINISHED | UNFINISHED)[kind].items():
            setattr(transaction, name, value)
        if kind in UNFINISHED:
            self.unfinished.append(key)


def test_each_request_has_one_fate(new_desk, wallet):
    """One answer, one booking, one forward, however often and in whatever order it is asked, reversed and answered."""
    run_state_machine_as_test(lambda: RepeatMachine(new_desk(), wallet), settings=settings(tried(80), stateful_step_count=25))


def test_the_window_of_what_is_remembered():
    """At the bound: the finished make room, the unfinished stay, and it does not grow."""
    run_state_machine_as_test(WindowMachine, settings=settings(tried(8), stateful_step_count=15))
