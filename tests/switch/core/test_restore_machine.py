"""Journals in any lawful order, record by record: the fold is what arithmetic says, and what a restart at any record gives."""

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from switch.core import State, restore
from switch.core.apply import apply
from switch.ledger import JOURNAL
from switch.machine import ChainError
from terminal_sim.testing.stateful import JournalAuthor, plain
from tests.testing.quota import tried

WHICH = st.integers(0, 20)
MINOR = st.integers(1, 100_000)


class JournalMachine(RuleBasedStateMachine):
    """A journal that grows, the state of the process that writes it, and what was expected after each record."""

    def __init__(self):
        super().__init__()
        self.author, self.live = JournalAuthor(), State()
        self.expected = [self.author.expects()]
        self.author.open_account(1_000_000)

    @rule(minor=MINOR)
    def open_account(self, minor):
        self.author.open_account(minor)

    @rule(which=WHICH, minor=MINOR)
    def book(self, which, minor):
        self.author.book(which, minor)

    @rule(which=WHICH, minor=MINOR)
    def place_hold(self, which, minor):
        self.author.place_hold(which, minor)

    @rule(which=WHICH, minor=MINOR)
    def clear_hold(self, which, minor):
        self.author.clear_hold(which, minor)

    @rule(which=WHICH, pin_tries=st.integers(0, 3), atc=st.integers(0, 9))
    def count(self, which, pin_tries, atc):
        self.author.count(which, pin_tries, atc)

    @rule(which=WHICH, minor=MINOR)
    def forward(self, which, minor):
        self.author.forward(which, minor)

    @rule(which=WHICH, approved=st.booleans())
    def answer(self, which, approved):
        self.author.answer(which, approved)

    @rule(which=WHICH)
    def expire(self, which):
        self.author.expire(which)

    @rule(which=WHICH)
    def reverse(self, which):
        self.author.reverse(which)

    @rule()
    def reverse_unknown(self):
        self.author.reverse_unknown()

    @rule(which=WHICH)
    def owe(self, which):
        self.author.owe(which)

    @rule(which=WHICH)
    def send(self, which):
        self.author.send(which)

    @rule(which=WHICH)
    def end(self, which):
        self.author.end(which)

    @rule(which=WHICH, count=st.integers(1, 4))
    def be_silent(self, which, count):
        """An issuer answers nothing for a while: so much is owed to it."""
        for _ in range(count):
            for act, how in ((self.author.forward, (which, 100)), (self.author.expire, (-1,)), (self.author.owe, (-1,))):
                act(*how)
                self._follow()

    @rule(which=WHICH, attempts=st.integers(1, 3))
    def tell(self, which, attempts):
        """It is told one of the things, and has it in the end."""
        for _ in range(attempts):
            self.author.send(which)
            self._follow()
        self.author.end(which)

    @rule(which=WHICH)
    def remark(self, which):
        self.author.remark(which)

    @rule(part=st.integers(0, 100))
    def restart_in_the_past(self, part):
        """A process that ended there remembers what was true there; fed the rest, it is where we are."""
        cut = len(self.author.entries) * part // 100
        state = restore(self.author.entries[:cut])
        assert plain(state) == self.expected[cut]
        for sealed in self.author.entries[cut:]:
            apply(state, JOURNAL.open(sealed))
        assert plain(state) == self.expected[-1]

    @rule()
    def restart_twice(self):
        """A journal is read and not changed: the second reading is the first."""
        first, second = restore(self.author.entries), restore(iter(self.author.entries))
        assert (first.seq, first.digest, plain(first)) == (second.seq, second.digest, plain(second))
        assert (first.seq, first.digest, plain(first)) == (self.live.seq, self.live.digest, plain(self.live))

    @precondition(lambda self: self.author.entries)
    @rule(which=WHICH, bit=st.integers(0, 10_000))
    def change_a_bit(self, which, bit):
        """One bit of one body: that record is named."""
        sealed = self.author.entries[which % len(self.author.entries)]
        body = bytearray(sealed.body)
        body[bit // 8 % len(body)] ^= 1 << bit % 8
        changed = list(self.author.entries)
        changed[sealed.seq - 1] = msgspec.structs.replace(sealed, body=bytes(body))
        with pytest.raises(ChainError) as error:
            restore(changed)
        assert error.value.seq == sealed.seq

    @invariant()
    def the_fold_is_what_was_expected(self):
        self._follow()
        assert plain(self.live) == self.expected[-1]

    def _follow(self):
        """Apply the record that was written, if there is one."""
        for sealed in self.author.entries[self.live.seq :]:
            apply(self.live, JOURNAL.open(sealed))
            self.live.seq, self.live.digest = sealed.seq, sealed.digest
            self.expected.append(self.author.expects())


def test_the_fold_is_what_the_records_say():
    """Balances, holds, counters, states, queues and STANs, for any lawful journal and any restart in it."""
    run_state_machine_as_test(JournalMachine, settings=settings(tried(100), stateful_step_count=40))
