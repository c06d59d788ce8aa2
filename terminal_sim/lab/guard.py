"""A guard stands before a machine of somebody's own: all that comes out of it is looked at before the world goes by it.

It changes nothing that is right. The lab's own machines have none: their types are checked before anything runs.
"""

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from types import FrameType
from typing import NoReturn, TypeVar

from switch.machine import (
    Append,
    ChainError,
    Command,
    Dial,
    Event,
    Hangup,
    Moment,
    Notice,
    Notify,
    Sealed,
    Send,
    Severity,
    Tick,
)
from terminal_sim.lab.actor import RECEIPT, Actor, TerminalActor, Transaction
from terminal_sim.lab.failure import ActorFailure, ActorHangs, JournalRefused, Overdue, print_delay, print_failure
from terminal_sim.terminal import Outcome, TransactionKey, TransactionKind

TICKS_MAX = 1_000
"""Ticks at one moment. A machine that wants more of them waits for something that time cannot bring."""

COMMANDS_MAX = 10_000
"""Commands for one event. Ours give about a dozen."""

RECORD_BYTES_MAX = 65_536
"""Of a record. Ours have less than one thousand; a journal is no place for logs."""

T = TypeVar("T")


class Guard:
    """Stands before an actor.

    Args:
        maker: its class, or whatever else makes it.
        make: makes it.
        journal: what its journal holds; the next record must follow that.
        links: what it may dial.

    Raises:
        JournalRefused: it does not begin on this journal.
        ActorFailure: it cannot be made, or is no actor.
    """

    needs: tuple[str, ...] = ("handle", "next_deadline", "net")

    def __init__(
        self, maker: object, make: Callable[[], Actor], journal: Sequence[Sealed], links: tuple[str, ...] = ()
    ) -> None:
        self._name = class_name(maker)
        self._file = _file_of(maker)
        self._seq = len(journal)
        self._links = links
        self._looked_at = 0  # Keys of `net`, of which a long run has many, and which only become more.
        self._tick_ms, self._ticks = -1, 0
        self._machine = self._begin(make)

    @property
    def net(self) -> Mapping[Transaction, int]:
        """See `Actor.net`."""
        net = self._ask("net", lambda: self._machine.net)
        if not isinstance(net, Mapping):
            self._fail("net", f"is {_kind(net)}, not a mapping from (DE 41, DE 37) to minor units")
        for transaction in islice(net, self._looked_at, None):
            match transaction:
                case (str(), str()):
                    pass
                case _:
                    self._fail("net", "has a key that is no pair of DE 41 and DE 37, both str")
        self._looked_at = len(net)
        if not set(map(type, net.values())) <= {int}:
            transaction, minor = next(item for item in net.items() if type(item[1]) is not int)
            self._fail("net", f"has {_kind(minor)} for {transaction}: minor units are ints")
        return net

    def next_deadline(self) -> int | None:
        """See `Machine.next_deadline`."""
        deadline = self._ask("next_deadline", self._machine.next_deadline)
        if deadline is not None and type(deadline) is not int:
            self._fail("next_deadline", f"gave {_kind(deadline)}, not milliseconds as an int, or None")
        return deadline

    def handle(self, event: Event, now: Moment) -> list[Command]:
        """See `Machine.handle`."""
        self._count_tick(event, now)
        commands = self._ask("handle", lambda: self._machine.handle(event, now))
        if not isinstance(commands, list):
            self._fail("handle", f"gave {_kind(commands)}, not a list of commands; an actor is synchronous")
        if len(commands) > COMMANDS_MAX:
            self._fail("handle", f"gave {len(commands)} commands for one {_kind(event)}; {COMMANDS_MAX} are allowed")
        for command in commands:
            self._look_at(command)
        return list(commands)  # It may go on using its own.

    def _begin(self, make: Callable[[], Actor]) -> Actor:
        machine = self._ask("__init__", make)
        missing = [wanted for wanted in self.needs if not self._ask(wanted, lambda wanted=wanted: hasattr(machine, wanted))]  # type: ignore[misc]
        if missing:
            raise ActorFailure(f"{self._name} is no actor: it has no {' and no '.join(missing)}")
        return machine

    def _ask(self, method: str, question: Callable[[], T]) -> T:
        try:
            return question()
        except Overdue as overdue:
            raise ActorHangs(f"{self._name}.{method} {print_delay(overdue, self._file)}") from overdue
        except (ChainError, ValueError) as error:
            if method == "__init__" and self._seq:
                raise JournalRefused(f"{self._name}.{method}: {print_failure(error, self._file)}") from error
            self._fail(method, print_failure(error, self._file), error)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # Somebody's own machine may let out anything.
            self._fail(method, print_failure(error, self._file), error)

    def _fail(self, method: str, text: str, cause: BaseException | None = None) -> NoReturn:
        raise ActorFailure(f"{self._name}.{method}{':' if cause else ''} {text}") from cause

    def _count_tick(self, event: Event, now: Moment) -> None:
        if not isinstance(event, Tick):
            return
        self._ticks = self._ticks + 1 if now.mono_ms == self._tick_ms else 1
        self._tick_ms = now.mono_ms
        if self._ticks > TICKS_MAX:
            self._fail(
                "next_deadline", f"gave {TICKS_MAX} times a moment that has come; after a Tick it is a later one, or None"
            )

    def _look_at(self, command: Command) -> None:
        """Whether a command is what it says to be."""
        match command:
            case Send(conn=int(), data=bytes()) | Hangup(conn=int(), why=str()):
                pass
            case Dial(link=str() as link):
                if link not in self._links:
                    known = f"can dial {', '.join(self._links)}" if self._links else "dials nobody: it is dialled"
                    self._fail("handle", f'gave a Dial of "{link}"; it {known}')
            case Append(sealed=Sealed(seq=int(), at=int(), kind=str(), body=bytes(), digest=bytes()) as sealed):
                self._look_at_record(sealed)
            case Notify(notice=Notice(kind=str(), severity=Severity(), text=str(), link=str(), facts=tuple()) as notice):
                self._look_at_notice(notice)
            case Send() | Dial() | Hangup() | Append() | Notify():
                self._fail("handle", f"gave {_kind(command)} with a value of another type than it must have")
            case _:
                self._fail("handle", f"gave a list with {_kind(command)} in it, which is no command")

    def _look_at_record(self, sealed: Sealed) -> None:
        self._seq += 1
        if sealed.seq != self._seq:
            self._fail("handle", f"gave an Append of record {sealed.seq}, where {self._seq} is the next of its journal")
        if len(sealed.body) > RECORD_BYTES_MAX:
            self._fail("handle", f"gave an Append of a record of {len(sealed.body)} bytes; {RECORD_BYTES_MAX} are allowed")
        try:
            sealed.body.decode("utf-8")
        except UnicodeDecodeError:
            self._fail("handle", "gave an Append of a record whose body is not UTF-8")

    def _look_at_notice(self, notice: Notice) -> None:
        for fact in notice.facts:
            match fact:
                case (str(), str()):
                    pass
                case _:
                    self._fail("handle", f'gave a notice "{notice.kind}" whose facts are not pairs of str')


class TerminalGuard(Guard):
    """The same before a terminal, whose receipts are understood by others."""

    needs = (*Guard.needs, "idle")

    @property
    def idle(self) -> bool:
        """See `TerminalActor.idle`."""
        machine: TerminalActor = self._machine  # type: ignore[assignment]
        idle = self._ask("idle", lambda: machine.idle)
        if not isinstance(idle, bool):
            self._fail("idle", f"is {_kind(idle)}, not True or False")
        return idle

    def _look_at_notice(self, notice: Notice) -> None:
        super()._look_at_notice(notice)
        if notice.kind != RECEIPT:
            return
        facts = dict(notice.facts)
        try:
            TransactionKey(*facts["key"].split("/"))
            TransactionKind(facts["kind"]), Outcome(facts["outcome"])
        except (KeyError, ValueError, TypeError):
            self._fail("handle", f'gave a notice "{RECEIPT}" without one of its facts, or with a wrong one; {_RECEIPT_FACTS}')


_RECEIPT_FACTS = (
    '"key" is TERMINAL/STAN/DE 7, '
    f'"kind" one of {", ".join(kind.value for kind in TransactionKind)}, '
    f'"outcome" one of {", ".join(outcome.value for outcome in Outcome)}'
)


def asked_in(frame: FrameType | None) -> FrameType | None:
    """The question to an actor that a frame is a part of the answer to; None where nobody's own machine is at work."""
    while frame is not None and frame.f_code is not Guard._ask.__code__:
        frame = frame.f_back
    return frame


def class_name(maker: object) -> str:
    """A class, or whatever else makes an actor, as its writer calls it."""
    return str(getattr(maker, "__qualname__", maker))


def _file_of(maker: object) -> str:
    """Where it is written; empty where nobody can say."""
    module = sys.modules.get(getattr(maker, "__module__", ""))
    return getattr(module, "__file__", None) or ""


def _kind(value: object) -> str:
    """What something is, for a sentence. It is the last that is asked of it."""
    if inspect.iscoroutine(value):
        value.close()  # One that nobody ever waits for would complain of that later.
    name = type(value).__name__
    return "nothing (None)" if value is None else f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
