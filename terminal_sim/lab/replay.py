"""Replays a full trace: fresh production machines are given its events and draws, and must give its commands, byte for byte.

No world runs here: nothing is sent, and time is what the trace says.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import zip_longest

import msgspec

from switch.compose import compose, make_switch
from switch.config import Config, ConfigError
from switch.core import restore
from switch.machine import Append, ChainError, Command, Entropy, Machine, Sealed
from switch.machine.entropy import RecordedEntropy
from switch.machine.trace import (
    Began,
    Header,
    Line,
    TraceCodec,
    TraceError,
    Turn,
    outline_command,
    outline_event,
)
from terminal_sim.lab.comparison import Reader, SpeechOf, compare, transaction_of
from terminal_sim.lab.failure import ActorFailure, print_failure
from terminal_sim.lab.host import Revive
from terminal_sim.lab.makers import OURS, Makers
from terminal_sim.lab.network import Speech
from terminal_sim.lab.operator import Operator
from terminal_sim.lab.recorder import ORIGIN, lab_codec
from terminal_sim.lab.run import SWITCH, Run
from terminal_sim.lab.swarm import Options

Cast = Callable[[str], Revive]
"""How each machine of a trace is made, by its name."""


class Difference(msgspec.Struct, frozen=True):
    """Where a machine gave other commands than in the trace.

    Args:
        number: of the event in the trace, from 1.
        machine, at_ms, wall_ms, event: to whom it happened, when by both clocks, and what.
        expected, got: the first commands that differ, by name and size; "nothing" where there is none.
        details: in what the two differ; by DE where they are messages, masked.
        transaction: which one it is about, as `--timeline` takes it; empty where nobody can say.
    """

    number: int
    machine: str
    at_ms: int
    wall_ms: int
    event: str
    expected: str
    got: str
    details: tuple[str, ...] = ()
    transaction: str = ""

    def lines(self) -> list[str]:
        """In words."""
        wall = datetime.fromtimestamp(self.wall_ms / 1000, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
        about = f", transaction {self.transaction}" if self.transaction else ""
        return [
            f"event {self.number} at {self.at_ms} ms ({wall}Z), {self.machine}: {self.event}{about}",
            f"  the trace has: {self.expected}",
            f"  this time came: {self.got}",
            *(f"  {detail}" for detail in self.details),
        ]


class Replayed(msgspec.Struct, frozen=True):
    """How many events were replayed to how many machines, up to when, and the first difference."""

    events: int
    machines: int
    until_ms: int
    difference: Difference | None = None


class NotReplayable(Exception):
    """A trace that nothing can be replayed from; the text says why."""


def replay(lines: Iterable[Line], *, makers: Makers = OURS, until_ms: int | None = None) -> Replayed:
    """Replay the lines of a trace, its header first.

    Args:
        makers: who makes issuers and terminals, where the trace has an actor of somebody's own.
        until_ms: where to stop, on the monotonic clock counted from the first event; at the end when not given.

    Raises:
        NotReplayable: it is masked, or its world cannot be made.
        TraceError: it is not what was written.
    """
    lines = iter(lines)
    header = next(lines)
    assert isinstance(header, Header), "a trace begins with its header"
    if not header.full:
        raise NotReplayable(
            "the trace is masked: it has neither bytes nor draws, and can be read (--timeline) but not replayed"
        )
    return _Replay(header, makers).run(lines, until_ms)


class _Replay:
    def __init__(self, header: Header, makers: Makers) -> None:
        self._codec: TraceCodec = lab_codec()
        self._entropies: dict[str, RecordedEntropy] = {}
        self._machines: dict[str, Machine] = {}
        self._journals: dict[str, list[Sealed]] = {}
        self._operator: Operator | None = None  # Of a run: his switch may begin again, with what he has changed.
        self._cast, speech_of = self._cast_of(header, makers)
        self._reader = Reader(speech_of)

    def run(self, lines: Iterator[Line], until_ms: int | None) -> Replayed:
        count, first_ms, at_ms = 0, None, 0
        for number, line in enumerate(lines, 2):
            if isinstance(line, Began):
                self._begin(number, line)
            if not isinstance(line, Turn):
                continue
            first_ms = line.now.mono_ms if first_ms is None else first_ms
            if until_ms is not None and line.now.mono_ms - first_ms > until_ms:
                break
            if line.machine not in self._machines:
                raise TraceError(number, f"{line.machine} has not begun")
            count, at_ms = count + 1, line.now.mono_ms
            difference = self._turn(count, line)
            if difference is not None:
                return Replayed(count, len(self._machines), at_ms, difference)
        return Replayed(count, len(self._machines), at_ms)

    def _begin(self, number: int, began: Began) -> None:
        before = self._journals.get(began.machine, [])
        journal = list(began.entries) if began.entries else before[: began.seq]
        if len(journal) != began.seq:
            raise TraceError(number, f"{began.machine} begins on {began.seq} records, and the trace has {len(journal)}")
        self._journals[began.machine] = journal
        self._entropy(began.machine).load(began.draws)
        try:
            self._machines[began.machine] = self._cast(began.machine)(journal)
        except (ChainError, AssertionError, ActorFailure) as error:
            raise TraceError(number, f"{began.machine} cannot begin: {error}") from None

    def _turn(self, number: int, turn: Turn) -> Difference | None:
        """Hand a machine the event; say where its commands are other ones."""
        self._reader.hear(turn.machine, turn.event)
        entropy = self._entropy(turn.machine)
        entropy.load(turn.draws)
        try:
            commands = self._machines[turn.machine].handle(turn.event, turn.now)
        except ActorFailure as failure:
            return self._differs(number, turn, f"{len(turn.commands)} commands", f"a failure: {failure}")
        except Exception as error:  # noqa: BLE001  # A machine that was changed may let out anything.
            return self._differs(number, turn, f"{len(turn.commands)} commands", f"a failure: {print_failure(error)}")
        self._journals[turn.machine] += [command.sealed for command in commands if isinstance(command, Append)]
        if self._operator is not None and turn.machine == SWITCH:
            self._operator.took(turn.event, commands)
        for expected, got in zip_longest(turn.commands, commands):
            if expected is None or got is None:
                return self._differs(number, turn, _outline(expected), _outline(got), expected or got)
            if self._codec.encode_command(expected) != self._codec.encode_command(got):
                details = compare(expected, got, lambda command: self._reader.read(turn.machine, command))
                return self._differs(number, turn, _outline(expected), _outline(got), expected, details)
        if not entropy.empty:
            return self._differs(number, turn, "further draws of entropy", "none")
        return None

    def _differs(
        self, number: int, turn: Turn, expected: str, got: str, about: Command | None = None, details: tuple[str, ...] = ()
    ) -> Difference:
        tellers = (about, turn.event, *turn.commands)
        messages = (self._reader.read(turn.machine, told) for told in tellers if told is not None)
        transaction = next((found for found in map(transaction_of, messages) if found is not None), ())
        event, now = outline_event(turn.event), turn.now
        place = (number, turn.machine, now.mono_ms, now.wall_ms, event)
        return Difference(*place, expected, got, details, "/".join(transaction))

    def _entropy(self, name: str) -> RecordedEntropy:
        return self._entropies.setdefault(name, RecordedEntropy())

    def _cast_of(self, header: Header, makers: Makers) -> tuple[Cast, SpeechOf]:
        """How the machines are made: those of a run from its options, a switch that served from its configuration."""
        if header.origin == ORIGIN:
            return self._cast_of_run(header, makers)
        try:
            composition = compose(msgspec.json.decode(header.world, type=Config))
        except (msgspec.DecodeError, ConfigError) as error:
            raise NotReplayable(f"the configuration in the trace cannot be used: {error}") from None
        links = {plan.name: Speech(plan.name, plan.dialect, plan.framing, plan.mac_key) for plan in composition.plan.links}

        def revive(journal: Sequence[Sealed]) -> Machine:
            return make_switch(composition, entropy=self._entropy(SWITCH), state=restore(journal))

        return lambda name: revive, lambda name, link: links.get(link)

    def _cast_of_run(self, header: Header, makers: Makers) -> tuple[Cast, SpeechOf]:
        try:
            options = msgspec.json.decode(header.world, type=Options)
        except msgspec.DecodeError as error:
            raise NotReplayable(f"the options in the trace cannot be used: {error}") from None
        ready = False

        def entropy_of(name: str, dice: Entropy) -> Entropy:
            return self._entropy(name) if ready else dice

        run = Run(options, makers=makers, entropy_of=entropy_of)  # Never run: it knows how its hosts begin.
        ready = True
        self._operator = run.operator
        links: dict[tuple[str, str], Speech | None] = {}
        for host in run.world.hosts.values():
            for link, (far_host, far_link, speech) in host.wires.items():
                links[host.name, link] = links[far_host.name, far_link] = speech

        def revive_of(name: str) -> Revive:
            host = run.world.hosts.get(name)
            if host is None or host.revive is None:
                raise NotReplayable(f"the trace has a machine {name}, which a world of these options has not")
            return host.revive

        return revive_of, lambda name, link: links.get((name, link))


def _outline(command: Command | None) -> str:
    return "nothing" if command is None else outline_command(command)
