"""The auditor at work: an observer that gathers the evidence and holds it against the table of invariants, step by step.

It stops the world at the first violation, so that nothing that happens afterwards can hide it.
"""

from collections.abc import Callable, Sequence

from switch.machine import ChainError, Command, Event, Moment, Notice, Sealed
from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.evidence import Evidence
from terminal_sim.lab.failure import ActorFailure, print_failure
from terminal_sim.lab.guard import Guard
from terminal_sim.lab.host import Host
from terminal_sim.lab.invariants import INVARIANTS, StepCheck, TurnCheck, When, by_weight, kinds_of, turn_of
from terminal_sim.lab.invariants.rest import agreement, overfull
from terminal_sim.lab.network import Brief, End, Passage
from terminal_sim.lab.observer import Observer
from terminal_sim.lab.run import Run, switch_of
from terminal_sim.lab.settlement import QUIET_MS
from terminal_sim.lab.turn import Entry, Turn, TurnReader, read_entry
from terminal_sim.lab.world import Restless

GAUGE_EVERY_MS = 1_000
"""How often the switch's tables are measured, in virtual time."""

DEFERRED_MAX = 20_000
"""What may wait in a run that is judged afterwards: all of it must be kept until then, so more is judged in between."""

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
        at_end: True to judge afterwards; what was seen is kept until then, as long as it is not too much.
    """

    def __init__(self, *, at_end: bool = False) -> None:
        self._deferred: list[tuple[int, Callable[[], None]]] | None = [] if at_end else None
        self._then_ms: int | None = None  # When that happened which is judged afterwards.
        self._readers: dict[str, TurnReader] = {}
        self._settle_ms = QUIET_MS
        self._gauge_ms = 0
        self._checks: dict[When, list[tuple[str, StepCheck]]] = {when: [] for when in When}
        self._turn_checks: dict[When, list[tuple[str, TurnCheck]]] = {when: [] for when in When}
        self._record_checks = [(name, check) for name, invariant in by_weight() for check in invariant.records]
        for name, invariant in by_weight():
            for when, check in invariant.steps:
                self._checks[when].append((name, check))
            for when, turn_check in invariant.turns:
                for kind in kinds_of(when):
                    self._turn_checks[kind].append((name, turn_check))

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

    def judge_failure(self, error: Exception) -> Violation:
        """I0: what a machine has let out; I16 where its words tell a secret, which are not told; I20 where time stands."""
        if isinstance(error, Restless):
            return Violation("I20", str(error), ("", ""), self._run.world.mono_ms)
        text = str(error) if isinstance(error, ActorFailure) else print_failure(error)
        told = self.evidence.secrets.found_in(text)
        words = f"the text of what was raised tells {told}: {type(error).__name__}" if told else text
        return Violation("I16" if told else "I0", words, ("", ""), self._run.world.mono_ms)

    def judge_steps(self) -> None:
        """Judge what was put off until now."""
        waiting, self._deferred = self._deferred or [], None
        for self._then_ms, action in waiting:
            action()
        self._then_ms = None

    # What it observes.

    def handled(self, host: Host, event: Event, now: Moment, commands: Sequence[Command]) -> None:
        """See `Observer`."""
        is_switch = host is self._run.switch
        if self.evidence.durables.reads(host.name):
            turn = self._reader(host).read(host.life, event, now.mono_ms, commands, records=is_switch)
            self._take(lambda: self._judge_turn(turn, is_switch=is_switch))

    def said(self, passage: Passage) -> None:
        """See `Observer`."""
        if self._deferred is None:
            self._judge_said(passage)
        else:
            self._deferred.append((self._run.world.mono_ms, lambda: self._judge_said(passage)))

    def heard(self, passage: Passage) -> None:
        """See `Observer`."""
        if self.evidence.durables.reads(passage.hearer.host.name):
            self._reader(passage.hearer.host).heard(passage)
        if self._deferred is None:
            self.evidence.heard(passage)
        else:
            self._deferred.append((self._run.world.mono_ms, lambda: self.evidence.heard(passage)))

    def committed(self, host: Host, entries: Sequence[Sealed]) -> None:
        """See `Observer`."""
        self._take(lambda: self._judge_entries(host, entries))

    def noticed(self, host: Host, notice: Notice) -> None:
        """See `Observer`."""
        self._take(lambda: self._judge_notice(host, notice))

    def closed(self, end: End) -> None:
        """See `Observer`."""
        if end.host is self._run.switch:
            self._take(lambda: self.evidence.closed(end))

    def revived(self, host: Host, entries: Sequence[Sealed], damage: ChainError | ValueError | None, changed: bool) -> None:
        """See `Observer`."""
        if changed and damage is None:
            self._convict("I12", f"a bit of {host.name}'s journal was changed, and it began all the same")
        last_seq, routes, keys = host.disk.seq, self._run.operator.routes, self._run.operator.keys
        self._take(lambda: self._judge_end(host, last_seq))
        self._take(lambda: self._judge_entries(host, entries))
        self._take(lambda: self.evidence.revived(host, routes, keys))

    # How it judges.

    def _judge_end(self, host: Host, last_seq: int) -> None:
        """I12: what a disk has acknowledged is there when its host begins again."""
        lost = self.evidence.durables.last_seq(host.name) - last_seq
        if lost > 0:
            self._convict("I12", f"{lost} records are gone from {host.name}'s journal that its disk had acknowledged")

    def _take(self, action: Callable[[], None]) -> None:
        if self._deferred is None:
            action()
        else:
            self._deferred.append((self._run.world.mono_ms, action))
            if len(self._deferred) > DEFERRED_MAX:
                self.judge_steps()
                self._deferred = []

    def _judge_notice(self, host: Host, notice: Notice) -> None:
        """I16."""
        text = " ".join([notice.text, *[value for _, value in notice.facts]])
        told = self.evidence.secrets.found_in(text, host.name)
        if told:
            self._convict("I16", f'a notice "{notice.kind}" of {host.name} tells {told}')

    def _judge_entries(self, host: Host, entries: Sequence[Sealed]) -> None:
        """I16 and I17: what has become durable holds nothing that nobody may keep."""
        fresh = self.evidence.durables.fresh(host.name, entries)
        for sealed in fresh:
            text = sealed.body.decode("utf-8")
            if self.evidence.secrets.number_in(text):
                self._convict("I16", f'record {sealed.seq} of {host.name} ("{sealed.kind}") holds a card number')
            if self.evidence.secrets.authentication_in(text, host.name):
                self._convict("I17", f'record {sealed.seq} of {host.name} ("{sealed.kind}") holds a PIN block or a track')
            if host is self._run.switch:
                self._judge_record(read_entry(sealed.body))
            self.evidence.committed(host, sealed)  # One by one: each is judged by what all before it come to.

    def _judge_record(self, entry: Entry) -> None:
        for name, check in self._record_checks:
            for finding in check(self.evidence, entry):
                self._convict(name, finding.text, finding.transaction)

    def _judge_said(self, passage: Passage) -> None:
        if isinstance(passage.speaker.host.machine, Guard):
            self._judge_speech(passage)
        brief = passage.brief
        if brief is not None:
            for name, check in self._checks[self._moment(passage)]:
                text = check(self.evidence, passage, brief)
                if text:
                    self.evidence.said(passage)
                    self._convict(name, text, self._about(passage, brief))
        self.evidence.said(passage)

    def _judge_speech(self, passage: Passage) -> None:
        """I0: a machine of somebody's own says one whole message with each `Send`, or nobody here could read along."""
        speech = passage.speaker.speech
        why = speech.complaint(passage.data) if speech is not None else ""
        if speech is not None and why:
            spoken = f"one whole message of {speech.dialect.name} in {speech.framing.name}"
            self._convict("I0", f"the {len(passage.data)} bytes that {passage.speaker.host.name} sends are not {spoken}: {why}")

    def _moment(self, passage: Passage) -> When:
        if passage.speaker.host is not self._run.switch:
            return When.REQUEST
        return When.FORWARD if passage.hearer.host.name in self._run.issuers else When.ANSWER

    def _about(self, passage: Passage, brief: Brief) -> Transaction:
        asked = self.evidence.waiting.asked_by(passage, brief)
        return asked.brief.transaction if asked is not None else brief.transaction

    def _reader(self, host: Host) -> TurnReader:
        found = self._readers.get(host.name)
        if found is None:
            found = self._readers[host.name] = TurnReader(host.name)
        return found

    def _judge_turn(self, turn: Turn, *, is_switch: bool) -> None:
        if is_switch:
            self.evidence.took(turn)
        for name, check in self._turn_checks[turn_of(turn, is_switch=is_switch)]:
            for finding in check(self.evidence, turn):
                self._convict(name, finding.text, finding.transaction)
        if not is_switch:
            self.evidence.patience.turn(turn)
        else:
            self._judge_waiting(turn.at_ms)
            self._judge_tables(turn.at_ms)
            self._settle(turn.at_ms)

    def _settle(self, at_ms: int) -> None:
        if at_ms >= self._settle_ms:
            self._settle_ms = at_ms + SETTLE_EVERY_MS
            self.evidence.settlement.settle(at_ms, agreement(self.evidence))

    def _judge_tables(self, at_ms: int) -> None:
        """I19: no table of the switch has more than it may."""
        if at_ms >= self._gauge_ms:
            self._gauge_ms = at_ms + GAUGE_EVERY_MS
            for text in overfull(switch_of(self._run.switch).gauges):
                self._convict("I19", text)

    def _judge_waiting(self, at_ms: int) -> None:
        """I8: nobody waits for ever."""
        due = self.evidence.waiting.due
        while due and (due[0].settled or due[0].due_ms < at_ms):
            asked = due.popleft()
            if not asked.settled and not asked.doubtful:
                waited_ms = at_ms - asked.first_ms
                self._convict("I8", f"a {asked.brief.mti} has no answer after {waited_ms} ms", asked.brief.transaction)

    def _convict(self, name: str, text: str, transaction: Transaction = ("", "")) -> None:
        raise Violation(name, text, transaction, self._run.world.mono_ms if self._then_ms is None else self._then_ms)
