"""What ends a running program, in words and as an exit status. One table for every command that runs a switch or a terminal."""

from collections.abc import Awaitable, Callable
from typing import TypeVar, TypeVarTuple, Unpack

import trio
import typer

from switch.cli.exits import CONNECTION, INTERNAL, UNREADABLE, USAGE, complain
from switch.config import ConfigError
from switch.machine import ChainError
from switch.shell import JournalFault, ListenError, MachineFault
from switch.store import StoreError

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


def run_or_exit(main: Callable[[Unpack[Arguments]], Awaitable[T]], *arguments: *Arguments) -> T:
    """Run `main` in Trio; a fault that is known ends the command in words, any other goes on as it is.

    Raises:
        typer.Exit: with the status of the fault.
    """
    try:
        return trio.run(main, *arguments)
    except (ExceptionGroup, ConfigError, StoreError, ChainError, ListenError, MachineFault, JournalFault) as fault:
        raise typer.Exit(_explain(_innermost(fault))) from None


def _innermost(fault: Exception) -> Exception:
    while isinstance(fault, ExceptionGroup):
        fault = fault.exceptions[0]
    return fault


def _explain(error: Exception) -> int:
    """Say what it was, and give the exit status for it."""
    match error:
        case ConfigError():
            complain(*error.problems)
            return USAGE
        case ListenError():
            complain(str(error))
            return CONNECTION
        case StoreError():
            complain(str(error))
            return USAGE
        case ChainError():
            complain(f"the journal is not what was written: {error}", "Look closer: pointsman journal verify")
            return UNREADABLE
        case MachineFault() | JournalFault():
            complain(f"stopped: {error}", "What was acknowledged is in the journal; start again to restore from it.")
            return INTERNAL
        case _:
            raise error
