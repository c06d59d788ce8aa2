"""Lost requests and answers, broken lines, a terminal switched off: in the end host and terminal agree on the money."""

from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from keys.sensitive import Secret
from switch.domain.money import parse_money
from switch.limits import ADVICE_UNREAD_MAX
from switch.machine import Dial, Hangup, Send
from terminal_sim.terminal import Complete, Entry, Outcome, Pay, TransactionKey, TransactionKind, Void

MakeBench = Callable[..., Any]


class Ledger:
    """What a host books, by its own rules: one effect per transaction, reversals before and after their originals."""

    def __init__(self) -> None:
        self.booked: dict[TransactionKey, int] = {}
        self.reversed: set[TransactionKey] = set()

    def take(self, fields: dict[str, str], code: str) -> str:
        """Book a message; the code to answer with."""
        key = TransactionKey(fields["41"].rstrip(), fields["11"], fields["7"])
        kind = fields["t"][:3]
        if kind in ("040", "042"):
            original = fields["90"]
            key = TransactionKey(key.terminal_id, original[4:10], original[10:20])
            self.reversed.add(key)
            self.booked.pop(key, None)
            return "00"
        if kind == "022":
            original = fields["90"]
            self.booked.pop(TransactionKey(key.terminal_id, original[4:10], original[10:20]), None)
            code = "00"
        if key in self.reversed:
            return "21"
        if code == "00":
            self.booked[key] = int(fields["4"])
        return code


class Peril(RuleBasedStateMachine):
    """Orders, losses, silence and power cuts in any order."""

    def __init__(self, make_bench: MakeBench) -> None:
        super().__init__()
        self.make_bench = make_bench
        self.bench = make_bench()
        self.ledger = Ledger()
        self.pending: dict[str, str] | None = None
        self.stale: list[dict[str, str]] = []

    @property
    def connected(self) -> bool:
        return self.pending is not None

    @rule(
        minor=st.integers(1, 9_999),
        entry=st.sampled_from([Entry.MAGSTRIPE, Entry.NFC, Entry.CHIP]),
        kind=st.sampled_from([TransactionKind.PURCHASE, TransactionKind.AUTHORISATION]),
    )
    def pay(self, minor: int, entry: Entry, kind: TransactionKind) -> None:
        amount = parse_money(f"{minor // 100}.{minor % 100:02d}", "EUR")
        self._do(lambda: self.bench.order(Pay(card="visa-chip", entry=entry, amount=amount, pin=Secret(b"1234"), kind=kind)))

    @precondition(lambda self: any(receipt.approved for receipt in self.bench.terminal.receipts))
    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        receipt = data.draw(st.sampled_from([receipt for receipt in self.bench.terminal.receipts if receipt.approved]))
        self._do(lambda: self.bench.order(Void(original=receipt.key)))

    @precondition(lambda self: any(receipt.kind is TransactionKind.AUTHORISATION for receipt in self.bench.terminal.receipts))
    @rule(data=st.data())
    def complete(self, data: st.DataObject) -> None:
        kinds = (TransactionKind.AUTHORISATION,)
        receipt = data.draw(st.sampled_from([each for each in self.bench.terminal.receipts if each.kind in kinds]))
        self._do(lambda: self.bench.order(Complete(original=receipt.key, amount=receipt.amount)))

    @precondition(lambda self: self.connected)
    @rule(code=st.sampled_from(["00", "00", "00", "51"]), good_card=st.booleans())
    def host_answers(self, code: str, good_card: bool) -> None:
        self._answer(code, good_card=good_card)

    @precondition(lambda self: self.connected)
    @rule(code=st.sampled_from(["00", "51"]), booked=st.booleans())
    def nothing_comes_back(self, code: str, booked: bool) -> None:
        """The request is lost, or its answer is; then the time runs out."""
        fields = self.pending
        assert fields is not None
        if booked:
            self.stale.append(self.bench.host.answer(fields, self.ledger.take(fields, code)))
        self.pending = None
        self._do(lambda: self.bench.wait(30_000))

    @precondition(lambda self: self.connected)
    @rule(code=st.sampled_from(["00", "51"]), booked=st.booleans())
    def line_breaks(self, code: str, booked: bool) -> None:
        fields = self.pending
        assert fields is not None
        if booked:
            self.stale.append(self.bench.host.answer(fields, self.ledger.take(fields, code)))
        self.pending = None
        self._do(self.bench.close)

    @precondition(lambda self: self.stale and self.connected)
    @rule(data=st.data())
    def an_old_answer_comes(self, data: st.DataObject) -> None:
        """It changes nothing, unless it acknowledges the very advice that is out again: repeats have the same STAN."""
        answer = data.draw(st.sampled_from(self.stale))
        assert self.pending is not None
        if answer["t"] in ("0430", "0230") and answer["11"] == self.pending["11"]:
            self.pending = None
            self._do(lambda: self.bench.say(answer))
        else:
            self.bench.say(answer)
            assert self.bench.silent()

    @rule(booked=st.booleans())
    def power_is_cut(self, booked: bool) -> None:
        if self.pending is not None and booked:
            self.ledger.take(self.pending, "00")
        self.pending = None
        self.bench = self.make_bench(journal=self.bench.journal)

    @rule()
    def time_passes(self) -> None:
        if not self.connected:
            self._do(lambda: self.bench.wait(60_000))

    @invariant()
    def one_thing_is_out_at_a_time(self) -> None:
        assert len(self.bench.terminal.books.unsettled) <= 1

    def teardown(self) -> None:
        """The world heals; then terminal and host agree on every transaction."""
        for _ in range(500):
            if self.pending is not None:
                self._answer("00", good_card=True)
            elif self.bench.terminal.idle:
                break
            else:
                self._do(lambda: self.bench.wait(60_000))
        assert self.bench.terminal.idle
        assert self._by_receipts() == self.ledger.booked

    def _by_receipts(self) -> dict[TransactionKey, int]:
        """What the terminal's own receipts and reversals say was paid or set aside."""
        terminal, paid = self.bench.terminal, {}
        for receipt in terminal.receipts:
            if receipt.kind is TransactionKind.COMPLETION:  # What had been set aside is gone, also when this is undone later.
                assert receipt.original is not None
                paid.pop(receipt.original, None)
            if receipt.kind is TransactionKind.VOID or receipt.key in terminal.undone:
                continue
            reported = receipt.kind is TransactionKind.COMPLETION and receipt.outcome is Outcome.NO_ANSWER
            if receipt.approved or reported:
                paid[receipt.key] = receipt.minor
        return paid

    def _answer(self, code: str, *, good_card: bool) -> None:
        fields = self.pending
        assert fields is not None
        self.pending = None
        answer = self.bench.host.answer(fields, self.ledger.take(fields, code))
        if "55" in fields and fields["22"] == "051":
            answer["55"] = self.bench.host.issuer_authentication(fields, wrong=not good_card)
        self._do(lambda: self.bench.say(answer))

    def _do(self, act: Any) -> None:
        """Let something happen, connect when the terminal dials, and keep what it then says to the host."""
        act()
        while True:
            kinds = [type(command) for command in self.bench.commands]
            if Hangup in kinds:
                self.pending = None
            if Send in kinds:
                self.pending = self.bench.heard()
            if Dial not in kinds:
                return
            self.bench.open()


def test_money_agrees_whatever_goes_wrong(make_bench: MakeBench) -> None:
    """After any day of losses and power cuts, and once the world has healed, host and receipts agree on each transaction."""
    run_state_machine_as_test(
        lambda: Peril(make_bench), settings=settings(max_examples=60, stateful_step_count=30, deadline=None)
    )


def owe_reversal(bench: Any, pay: Callable[..., Pay]) -> dict[str, str]:
    """A purchase that is not answered, and the reversal that the host then hears."""
    bench.online(pay())
    bench.wait(30_000)
    reversal: dict[str, str] = bench.heard()
    assert reversal["t"] == "0420"
    return reversal


def test_a_reversal_that_the_host_has_not_taken_is_sent_again(bench: Any, pay: Callable[..., Pay]) -> None:
    """63 says that its MAC was wrong, 30 that it could not be read, 96 that it could not be kept: the money is not back."""
    reversal = owe_reversal(bench, pay)
    for code in ("63", "30", "96"):
        bench.say(bench.host.answer(reversal, code))
        assert bench.terminal.owed
        bench.wait(60_000)
        reversal = bench.heard()
        assert reversal["t"] == "0421"
    bench.say(bench.host.answer(reversal, "05"))
    assert not bench.terminal.owed


def test_a_reversal_that_the_host_cannot_read_is_given_up_in_the_end(bench: Any, pay: Callable[..., Pay]) -> None:
    """What is said ten times more and never read will never be; the till can work again."""
    reversal = owe_reversal(bench, pay)
    for _ in range(ADVICE_UNREAD_MAX):
        bench.say(bench.host.answer(reversal, "30"))
        assert bench.terminal.owed
        bench.wait(60_000)
        reversal = bench.heard()
    bench.say(bench.host.answer(reversal, "30"))
    assert not bench.terminal.owed


def test_a_completion_that_the_host_has_not_taken_is_reported_again(bench: Any, pay: Callable[..., Pay]) -> None:
    """What it reports has happened: a damaged message is no reason to forget it."""
    request = bench.online(pay(kind=TransactionKind.AUTHORISATION))
    bench.say(bench.host.answer(request, "00", **{"38": "A1B2C3"}))
    approved = bench.receipt()
    bench.order(Complete(original=approved.key, amount=approved.amount))
    bench.say(bench.host.answer(bench.heard(), "63"))
    again = bench.heard()
    assert again["t"] == "0221"
    assert bench.receipt().outcome is Outcome.NO_ANSWER
    bench.say(bench.host.answer(again, "00"))
    assert not bench.terminal.owed
