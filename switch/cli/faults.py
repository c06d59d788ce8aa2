"""What ends a running program, in words and as an exit status. One table for every command that runs a switch or a terminal."""

import signal
from collections.abc import Awaitable, Callable
from typing import TypeVar, TypeVarTuple, Unpack

import trio
import typer

from keys.errors import SelfTestFailed
from switch.cli.exits import CONNECTION, INTERNAL, INTERRUPTED, UNREADABLE, USAGE, complain
from switch.config import ConfigError
from switch.machine import ChainError, JournalError
from switch.shell import JournalFault, ListenError, MachineFault

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")

STOPPING = (signal.SIGINT, signal.SIGTERM)
"""Signals that end a run in words, where `main` itself does not listen for them."""


class Interrupted(Exception):
    """The run was told to stop by signal `number` before it had come to its end."""

    def __init__(self, number: int) -> None:
        super().__init__(f"signal {number}")
        self.number = number


def run_or_exit(main: Callable[[Unpack[Arguments]], Awaitable[T]], *arguments: *Arguments) -> T:
    """Run `main` in Trio; a fault that is known, or a signal, ends the command in words, any other goes on as it is.

    Raises:
        typer.Exit: with the status of the fault.
    """
    try:
        return trio.run(_until_interrupted, main, *arguments)
    except (BaseExceptionGroup, Interrupted, KeyboardInterrupt) as fault:
        raise typer.Exit(_explain(_innermost(fault))) from None


async def _until_interrupted(main: Callable[[Unpack[Arguments]], Awaitable[T]], *arguments: *Arguments) -> T:
    """Run `main`, and cancel it at the first signal, so that it ends between two steps and not within one."""
    heard: list[int] = []

    async def listen(task_status: trio.TaskStatus[None]) -> None:
        with trio.open_signal_receiver(*STOPPING) as signals:
            task_status.started()
            heard.append(await anext(signals))
        nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        await nursery.start(listen)
        result = await main(*arguments)
        nursery.cancel_scope.cancel()
        return result
    raise Interrupted(*heard)


def _innermost(fault: BaseException) -> BaseException:
    while isinstance(fault, BaseExceptionGroup):
        fault = fault.exceptions[0]
    return fault


def _explain(error: BaseException) -> int:
    """Say what it was, and give the exit status for it."""
    match error:
        case ConfigError():
            complain(*error.problems)
            return USAGE
        case SelfTestFailed():
            complain(str(error), "Look closer: pointsman key selftest; then install Pointsman and cryptography anew")
            return INTERNAL
        case ListenError():
            complain(str(error))
            return CONNECTION
        case JournalError():
            complain(str(error))
            return USAGE
        case ChainError():
            complain(f"the journal is not what was written: {error}", "Look closer: pointsman journal verify")
            return UNREADABLE
        case MachineFault() | JournalFault():
            complain(f"stopped: {error}", "What was acknowledged is in the journal; start again to restore from it.")
            return INTERNAL
        case Interrupted() | KeyboardInterrupt():
            complain("interrupted: what was acknowledged is kept; run again on the same state, and what is owed is sent first")
            return INTERRUPTED + (error.number if isinstance(error, Interrupted) else signal.SIGINT)
        case _:
            raise error
