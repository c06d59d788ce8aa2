"""What is owed to an issuer, while its line comes and goes, it answers or not, and the process ends: told until it is heard.

The model is a list of what is owed, and a reason for each message that may be sent. It does not know how a queue is worked off.
"""

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.testing.quota import tried

CARD = "mc-chip"
WINDOW = 8
UNREAD_MAX = 10
FIRST_PAUSE_MS, LAST_PAUSE_MS = 5_000, 60_000
WHICH = st.integers(0, 20)


class Owed(msgspec.Struct):
    """One advice: its STAN toward the issuer, its first MTI, its transaction; how often it was sent, and when it is due again.

    `due_ms` is None while nothing on the line can answer it.
    """

    stan: str
    mti: str
    key: int
    attempts: int = 0
    due_ms: int | None = None


class SafMachine(RuleBasedStateMachine):
    """A desk whose issuer link comes and goes, and the list of what is owed, oldest first."""

    def __init__(self, desk, wallet):
        super().__init__()
        self.desk, self.wallet = desk, wallet
        self.owed: list[Owed] = []
        self.heard = []
        self.completed: list[dict] = []
        self.stan = 0
        self.desk.tick()
        self.pos, self.bank = desk.connect(), None

    @precondition(lambda self: self.bank is None)
    @rule()
    def connect(self):
        self.bank = self.desk.connect("bank")
        self._listen()

    @precondition(lambda self: self.bank is not None)
    @rule()
    def cut(self):
        """No answer can come any more to what was under way."""
        self._cut_line()

    @precondition(lambda self: self.bank is not None)
    @rule(count=st.sampled_from([1, 2, 4, WINDOW + 1]))
    def undo(self, count):
        """The acquirer reverses what its issuer has approved: one reversal is owed for each, and more than the window takes."""
        for _ in range(count):
            request = self._forwarded("0200")
            assert self.pos.ask(self.wallet.undo(request, stan=self._next_stan()))[39] == "00"
            self._owe("0420", int(request[11]))
            self._listen()

    @precondition(lambda self: self.bank is not None)
    @rule(undone=st.booleans())
    def complete(self, undone):
        """The acquirer completes an authorisation, and may take that back: two advices of one transaction, in order."""
        request = self._forwarded("0100")
        completion = self.wallet.complete(request, minor=900, stan=self._next_stan())
        assert self.pos.ask(completion)[39] == "00"
        self._owe("0220", int(completion[11]))
        self._listen()
        self.completed.append(completion)
        if undone:
            self._take_back(completion)

    @precondition(lambda self: self.completed)
    @rule(which=WHICH)
    def take_back(self, which):
        """Later, wherever its completion has got to by then."""
        self._take_back(self.completed[which % len(self.completed)])

    @precondition(lambda self: self.bank is not None and self.heard)
    @rule(which=WHICH, code=st.sampled_from(["00", "05", "25", "30", "63", "96"]))
    def answer(self, which, code):
        """The issuer answers something that it was sent, perhaps long ago, perhaps for the second time."""
        message = self.heard[which % len(self.heard)]
        self.bank.reply(message, code)
        found = [
            entry for entry in self.owed if entry.stan == message[11] and entry.mti[:2] == message.mti[:2] and entry.attempts
        ]
        if found and (code in ("00", "05", "25") or (code == "30" and found[0].attempts >= UNREAD_MAX)):
            self.owed.remove(found[0])
        self._listen()

    @rule(ms=st.sampled_from([1, 1_000, 4_999, 5_000, 9_000]), count=st.integers(1, 12))
    def wait(self, ms, count):
        """Time passes in steps; the issuer answers echoes, so that its line stays up."""
        for _ in range(count):
            self.desk.wait(ms)
            self._listen(late_ms=ms)

    @rule()
    def restart(self):
        """The process ends and begins again on its journal."""
        self.desk.restart()
        self.bank = None
        self._forget()
        self.pos = self.desk.connect()

    @invariant()
    def the_queue_is_what_is_owed(self):
        queue = self.desk.state.saf.get("bank", {}).values()
        assert [(entry.stan, entry.mti, entry.attempts) for entry in queue] == [
            (entry.stan, entry.mti, entry.attempts) for entry in self.owed
        ]

    @invariant()
    def whoever_may_be_told_now_has_been_told(self):
        """The eldest of each transaction, as many as the window takes, are under way, and none of them is overdue."""
        if self.bank is not None:
            for entry in self._heads()[:WINDOW]:
                assert entry.due_ms is not None, f"{entry.mti} {entry.stan} was not sent"
                assert entry.due_ms > self.desk.now.mono_ms, f"{entry.mti} {entry.stan} was not sent again"

    def _listen(self, late_ms=0):
        """Take what the issuer was sent; each message must have had a reason to be sent."""
        while self.bank is not None and (messages := self.bank.take()):
            for message in messages:
                if message.mti == "0800":
                    self.bank.reply(message)
                elif message.mti in ("0420", "0421", "0220", "0221"):
                    self._judge(message, late_ms)
                    self.heard.append(message)
        if self.bank is not None and self.bank.hung_up:
            self._cut_line()

    def _judge(self, message, late_ms):
        [entry] = [entry for entry in self.owed if entry.stan == message[11]]
        heads = self._heads()
        assert entry in heads, "another advice of its transaction comes first"
        assert heads.index(entry) < WINDOW or entry.due_ms is not None, "the window is full"
        assert message.mti == (entry.mti if not entry.attempts else entry.mti[:3] + "1")
        assert entry.due_ms is None or entry.due_ms <= self.desk.now.mono_ms, "its time has not come"
        sent_ms = self.desk.now.mono_ms if entry.due_ms is None else entry.due_ms
        assert self.desk.now.mono_ms - sent_ms <= late_ms
        entry.due_ms = sent_ms + min(FIRST_PAUSE_MS * 2**entry.attempts, LAST_PAUSE_MS)
        entry.attempts += 1

    def _heads(self):
        """The eldest advice of each transaction, in order."""
        eldest = {}
        for entry in self.owed:
            eldest.setdefault(entry.key, entry)
        return list(eldest.values())

    def _forwarded(self, mti):
        """A purchase or an authorisation that the issuer has approved."""
        request = self.wallet.pay(CARD, entry="012", mti=mti, stan=self._next_stan())
        self.pos.post(request)
        [asked] = [message for message in self.bank.take() if message.mti == mti]
        self.bank.reply(asked)
        assert self.pos.take_one()[39] == "00"
        self._listen()
        return request

    def _take_back(self, completion):
        undone = self.wallet.undo(completion, stan=self._next_stan())
        assert self.pos.ask(undone)[39] == "00"
        self.completed.remove(completion)
        self._owe("0420", int(completion[11]))
        self._listen()

    def _owe(self, mti, key):
        """The state tells which STAN it was given; the rest is ours."""
        self.owed.append(Owed(list(self.desk.state.saf["bank"])[-1], mti, key))

    def _cut_line(self):
        self.bank.close()
        self.bank = None
        self._forget()

    def _forget(self):
        for entry in self.owed:
            entry.due_ms = None

    def _next_stan(self):
        self.stan += 1
        return self.stan

    def teardown(self):
        """The issuer comes back and takes everything: then nothing is owed, and the journal tells the same."""
        if self.bank is None:
            self.connect()
        for _ in range(len(self.owed)):
            for message in [message for message in self.heard if message[11] in [entry.stan for entry in self.owed]]:
                self.bank.reply(message)
                self.owed = [entry for entry in self.owed if entry.stan != message[11]]
                self._listen()
        assert not self.desk.state.saf.get("bank")
        self.desk.audit()


def test_what_is_owed_is_told_until_it_is_heard(new_desk, wallet):
    """In order within a transaction, within the window, at its time and not before, as a repeat from the second time on."""
    run_state_machine_as_test(lambda: SafMachine(new_desk(), wallet), settings=settings(tried(30), stateful_step_count=20))
