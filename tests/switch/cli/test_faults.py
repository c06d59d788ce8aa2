"""Proves that each fault that can end a run has its words and its exit status, and that an unknown one is not swallowed."""

import os
import signal

import pytest
import trio
import typer

from keys.errors import SelfTestFailed
from switch.cli.faults import run_or_exit
from switch.config import ConfigError
from switch.machine import ChainError, JournalError
from switch.shell import JournalFault, ListenError, MachineFault
from switch.store import StoreError

FAULTS = {
    "config": (ConfigError(["$.a: one", "$.b: two"]), 2, ["$.a: one", "$.b: two"]),
    "self-test": (SelfTestFailed("the self-test failed for cvv"), 5, ["the self-test failed for cvv"]),
    "listen": (ListenError("link pos: cannot listen"), 3, ["link pos: cannot listen"]),
    "store": (StoreError("cannot open", "here", "because", "Do this"), 2, ["cannot open here: because. Do this"]),
    "record file": (JournalError("cannot read", "there", "because", "Do that"), 2, ["cannot read there: because. Do that"]),
    "chain": (ChainError(7, "missing"), 4, ["the journal is not what was written: record 7: missing"]),
    "machine": (MachineFault("it failed"), 5, ["stopped: it failed"]),
    "journal": (JournalFault("it was not written"), 5, ["stopped: it was not written"]),
}
"""Fault, exit status, and the lines that it begins with."""


@pytest.mark.parametrize(("fault", "status", "lines"), FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_a_known_fault(fault, status, lines, depth, capsys):
    """Bare or inside any number of nurseries it ends the command with its own status."""

    async def fail(left: int) -> None:
        if not left:
            raise fault
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fail, left - 1)

    with pytest.raises(typer.Exit) as ended:
        run_or_exit(fail, depth)
    assert ended.value.exit_code == status
    assert capsys.readouterr().err.splitlines()[: len(lines)] == lines


def test_an_unknown_fault():
    """What nobody foresaw goes on as it is, so that it is seen."""

    async def fail() -> None:
        async with trio.open_nursery():
            raise LookupError("unforeseen")

    with pytest.raises(LookupError, match="unforeseen"):
        run_or_exit(fail)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal(number, status, capsys):
    """The run is cancelled, cleans up, and ends in one line; its status is what a shell makes of the signal."""
    cleaned = []

    async def wait() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep_forever)
            os.kill(os.getpid(), number)
            try:
                await trio.sleep_forever()
            finally:
                cleaned.append(True)

    with pytest.raises(typer.Exit) as ended:
        run_or_exit(wait)
    assert ended.value.exit_code == status
    assert cleaned == [True]
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("interrupted: what was acknowledged is kept")


def test_an_exit_within():
    """Who asks for the end from within a nursery gets it: rich does when nobody reads its lines any more."""

    async def leave() -> None:
        async with trio.open_nursery():
            raise SystemExit(1)

    with pytest.raises(SystemExit, match="1"):
        run_or_exit(leave)


def test_no_fault():
    """What the run returns is returned."""

    async def succeed(value: int) -> int:
        return value

    assert run_or_exit(succeed, 5) == 5
