"""The auditor at work: an observer that gathers the evidence and holds it against the table of invariants, step by step.

It stops the world at the first violation, so that nothing that happens afterwards can hide it.
"""

from collections.abc import Callable, Sequence

from switch.machine import Append, ChainError, Command, Drain, Event, Moment, Notice, Operate, Received, Sealed
from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.evidence import Evidence
from terminal_sim.lab.invariants import INVARIANTS, StepCheck, When, by_weight
from terminal_sim.lab.invariants.rest import agreement
from terminal_sim.lab.network import Brief, End, Passage
from terminal_sim.lab.run import Run
from terminal_sim.lab.settlement import QUIET_MS
from terminal_sim.lab.world import Host, Observer

HARMLESS = ("key-event", "account-opened")
"""Records that may follow from a message without a right MAC: that it had none, and that the switch has just begun."""


SETTLE_EVERY_MS = 60_000
"""How often it is looked which transactions are settled, in virtual time."""


class Violation(Exception):
    """An invariant does not hold.

    Args:
        invariant: its number.
        text: what was seen.
        transaction: about which one; empty where it is about none.
        at_ms: when.
    """

    def __init__(self, invariant: str, text: str, transaction: Transaction, at_ms: int) -> None:
        super().__init__(f"{invariant}: {INVARIANTS[invariant].words} At {at_ms} ms: {text}")
        self.invariant = invariant
        self.text = text
        self.transaction = transaction
        self.at_ms = at_ms


class Auditor(Observer):
    """Watches one run.

    Args:
        at_end: True to judge nothing before the end; what was seen is kept until then.
    """

    def __init__(self, *, at_end: bool = False) -> None:
        self._deferred: list[Callable[[], None]] | None = [] if at_end else None
        self._fresh: list[Passage] = []
        self._settle_ms = QUIET_MS
        self._checks: dict[When, list[tuple[str, StepCheck]]] = {when: [] for when in When}
        for name, invariant in by_weight():
            for when, check in invariant.steps:
                self._checks[when].append((name, check))

    def watch(self, run: Run) -> None:
        """Begin: `run` is the world that this auditor observes."""
        self._run = run
        self.evidence = Evidence(run)

    def judge(self) -> None:
        """Judge what can be judged when all is at rest.

        Raises:
            Violation: the first one, by its weight.
        """
        self.judge_steps()
        for name, invariant in by_weight():
            if invariant.end is not None:
                for finding in invariant.end(self.evidence):
                    self._convict(name, finding.text, finding.transaction)

    def judge_stop(self, left_open: int) -> None:
        """Judge how the switch has stopped.

        Raises:
            Violation: it has not hung up everywhere.
        """
        if left_open:
            self._convict("I21", f"{left_open} connections are open when the grace is over")

    def judge_steps(self) -> None:
        """Judge what was put off until now."""
        waiting, self._deferred = self._deferred or [], None
        for action in waiting:
            action()

    # What it observes.

    def handled(self, host: Host, event: Event, now: Moment, commands: Sequence[Command]) -> None:
        """See `Observer`."""
        if host is not self._run.switch:
            return
        fresh, self._fresh = self._fresh, []
        if self._deferred is None:
            self._judge_event(event, fresh, commands, now.mono_ms)
        else:
            self._deferred.append(lambda: self._judge_event(event, fresh, commands, now.mono_ms))

    def said(self, passage: Passage) -> None:
        """See `Observer`."""
        if self._deferred is None:
            self._judge_said(passage)
        else:
            self._deferred.append(lambda: self._judge_said(passage))

    def heard(self, passage: Passage) -> None:
        """See `Observer`."""
        if passage.hearer.host is self._run.switch:
            self._fresh.append(passage)
        if self._deferred is None:
            self.evidence.heard(passage)
        else:
            self._deferred.append(lambda: self.evidence.heard(passage))

    def committed(self, host: Host, entries: Sequence[Sealed]) -> None:
        """See `Observer`."""
        self._take(lambda: self._judge_entries(host, entries))

    def noticed(self, host: Host, notice: Notice) -> None:
        """See `Observer`."""
        if self.evidence.holds_secret(" ".join((notice.text, *(value for _, value in notice.facts)))):
            self._convict("I16", f'a notice "{notice.kind}" of {host.name} tells a card number')

    def closed(self, end: End) -> None:
        """See `Observer`."""
        if end.host is self._run.switch:
            self._take(lambda: self.evidence.closed(end))

    def revived(self, host: Host, entries: Sequence[Sealed], damage: ChainError | ValueError | None, changed: bool) -> None:
        """See `Observer`."""
        if changed and damage is None:
            self._convict("I12", f"a bit of {host.name}'s journal was changed, and it began all the same")
        self._take(lambda: self.evidence.revived(host))
        self._take(lambda: self._judge_entries(host, entries))

    # How it judges.

    def _take(self, action: Callable[[], None]) -> None:
        if self._deferred is None:
            action()
        else:
            self._deferred.append(action)

    def _judge_entries(self, host: Host, entries: Sequence[Sealed]) -> None:
        """I16: what has become durable holds no card number."""
        fresh = self.evidence.fresh(host, entries)
        for sealed in fresh:
            if self.evidence.holds_secret(sealed.body.decode("utf-8")):
                self._convict("I16", f'record {sealed.seq} of {host.name} ("{sealed.kind}") holds a card number')
        self.evidence.committed(host, fresh)

    def _judge_said(self, passage: Passage) -> None:
        brief = passage.brief
        if brief is not None:
            for name, check in self._checks[self._moment(passage)]:
                text = check(self.evidence, passage, brief)
                if text:
                    self.evidence.said(passage)
                    self._convict(name, text, self._about(passage, brief))
        self.evidence.said(passage)

    def _moment(self, passage: Passage) -> When:
        if passage.speaker.host is self._run.switch:
            return When.FORWARD if passage.hearer.host.name in self._run.issuers else When.ANSWER
        return When.REQUEST if passage.hearer.host is self._run.switch else When.RULE

    def _about(self, passage: Passage, brief: Brief) -> Transaction:
        asked = self.evidence.asked_by(passage, brief)
        return asked.brief.transaction if asked is not None else brief.transaction

    def _judge_event(self, event: Event, fresh: list[Passage], commands: Sequence[Command], at_ms: int) -> None:
        """I7 and I8: what has no right MAC changes nothing, and nobody waits for ever."""
        if isinstance(event, Operate) and isinstance(event.order, Drain):
            self.evidence.draining = True
        if isinstance(event, Received) and fresh and all(passage.forged for passage in fresh):
            for command in commands:
                if isinstance(command, Append) and command.sealed.kind not in HARMLESS:
                    kind, fault = command.sealed.kind, fresh[0].fault
                    self._convict("I7", f'a message with a wrong MAC ({fault}) made a record "{kind}"')
        if at_ms >= self._settle_ms:
            self._settle_ms = at_ms + SETTLE_EVERY_MS
            self.evidence.settlement.settle(at_ms, agreement(self.evidence))
        due = self.evidence.due
        while due and (due[0].settled or due[0].due_ms < at_ms):
            asked = due.popleft()
            if not asked.settled and not asked.doubtful:
                waited_ms = at_ms - asked.first_ms
                self._convict("I8", f"a {asked.brief.mti} has no answer after {waited_ms} ms", asked.brief.transaction)

    def _convict(self, name: str, text: str, transaction: Transaction = ("", "")) -> None:
        raise Violation(name, text, transaction, self._run.world.mono_ms)
