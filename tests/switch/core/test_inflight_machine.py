"""The table of open exchanges, against a list: an answer finds the one that waits, a late one is told from an unknown one."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from switch.core.exchange import Exchange
from switch.core.inflight import Inflight
from switch.core.plan import KeySet
from switch.limits import LATE_MAX
from switch.wire import DIALECTS
from tests.testing.quota import tried

DIALECT = DIALECTS["iso87-ascii"]
REQUEST = DIALECT.decode(DIALECT.encode({"mti": "0800", 7: "0101000000", 11: "000001", 70: "301"}))

MATCHES = 6

WHICH = st.integers(0, 20)


class InflightMachine(RuleBasedStateMachine):
    """The table, the exchanges that wait in their order, and what ended without an answer: its transaction, and its age.

    The age of a match key is how many others have ended since.
    """

    def __init__(self):
        super().__init__()
        self.table, self.waiting, self.ended, self.ages, self.count = Inflight(), [], {}, {}, 0

    @rule(number=st.integers(1, MATCHES))
    def open(self, number):
        """STANs come round again: a match key may be one that ended, but never one that waits."""
        match = ("bank", "02", f"{number:06d}")
        if match not in [exchange.match for exchange in self.waiting]:
            self.count += 1
            self.waiting.append(Exchange(f"key {self.count}", 1, REQUEST, match, KeySet()))
            self.table.open(self.waiting[-1])

    @precondition(lambda self: self.waiting)
    @rule(which=WHICH)
    def answer(self, which):
        exchange = self.waiting.pop(which % len(self.waiting))
        assert self.table.match(exchange.match) is exchange
        self.table.close(exchange, answered=True)

    @precondition(lambda self: self.waiting)
    @rule(which=WHICH)
    def end(self, which):
        exchange = self.waiting.pop(which % len(self.waiting))
        assert self.table.find(exchange.key) is exchange
        self.table.close(exchange, answered=False)
        age = self.ages.get(exchange.match, LATE_MAX)
        self.ages = {match: since + (since < age) for match, since in self.ages.items()}
        self.ages[exchange.match], self.ended[exchange.match] = 0, exchange.key

    @precondition(lambda self: self.ages and self.count < LATE_MAX)
    @rule(count=st.sampled_from([LATE_MAX - 2, LATE_MAX - 1, LATE_MAX]))
    def end_many(self, count):
        """As many as are remembered, give or take one, with keys that come once: the oldest are forgotten."""
        for _ in range(count):
            self.count += 1
            exchange = Exchange(f"key {self.count}", 1, REQUEST, ("bank", "02", f"once {self.count}"), KeySet())
            self.table.open(exchange)
            self.table.close(exchange, answered=False)
        self.ages = {match: since + count for match, since in self.ages.items()}

    @invariant()
    def the_table_is_the_list(self):
        assert self.table.open_keys() == [exchange.key for exchange in self.waiting]
        assert len(self.table) == len(self.waiting)
        for exchange in self.waiting:
            assert self.table.match(exchange.match) is self.table.find(exchange.key) is exchange

    @invariant()
    def who_ended_is_told_from_who_never_asked(self):
        """The last that ended are remembered, each by its last transaction; who ended before is as unknown as any other."""
        waiting = [exchange.match for exchange in self.waiting]
        for match in [("bank", "02", f"{number:06d}") for number in range(1, MATCHES + 2)]:
            known = self.ages.get(match, LATE_MAX) < LATE_MAX
            assert self.table.ended(match) == (self.ended[match] if known else None)
            assert (self.table.match(match) is not None) == (match in waiting)


def test_the_table_of_open_exchanges():
    """Opening, answering, ending and forgetting, in any order, also at the bound of what is remembered."""
    run_state_machine_as_test(InflightMachine, settings=settings(tried(100), stateful_step_count=25))
