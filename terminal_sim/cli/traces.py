"""Trace files for `pointsman sim`: written, replayed and drawn from here. Their format is `switch.machine.trace`'s business."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from switch.machine.trace import Befell, Ended, Header, Heard, Line, Said, TraceError, read_trace
from terminal_sim.cli.actors import load_actors
from terminal_sim.cli.teller import Teller
from terminal_sim.lab.recorder import lab_codec
from terminal_sim.lab.replay import replay
from terminal_sim.lab.timeline import Timeline

LINE_BYTES_MAX = 1 << 30
"""A longer line is no trace of ours."""


def create_trace(path: Path) -> BinaryIO:
    """A new file for a trace, which nobody else may read.

    Raises:
        FileExistsError: there is one of that name; it is not overwritten.
    """
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def replay_file(path: Path, actor: str, until_ms: int | None, teller: Teller) -> bool:
    """Replay a trace and say how it went; True when the same commands came.

    Args:
        actor: those that took part, where they are called otherwise today than in the trace.
        teller: who says it.

    Raises:
        TraceError, NotReplayable, ActorError, ActorFailure: it cannot be replayed.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        ends: list[str] = []
        lines = _watched(read_trace(_lines(file), lab_codec()), ends)
        header = next(lines)
        assert isinstance(header, Header), "read_trace gives the header first"
        makers = load_actors(actor or header.actor)
        replayed = replay(_again(header, lines), makers=makers, until_ms=until_ms)
    if replayed.difference is not None:
        first, *more = replayed.difference.lines()
        if replayed.difference.transaction:
            more.append(f"picture: pointsman sim --replay {path} --timeline {replayed.difference.transaction}")
        teller.say("replayed", replayed, [f"DIFFERENCE {first}", *more])
        return False
    same = f"replayed {replayed.events} events to {replayed.machines} machines: the same commands, byte for byte"
    teller.say("replayed", replayed, [same])
    if until_ms is None:
        end = f"the trace is {ends[0]}" if ends else "the trace lacks its end: it was cut off"
        teller.say("end", ends[0] if ends else None, [end])
    return True


def draw_file(path: Path, wanted: str) -> Timeline:
    """The timeline of a transaction, from a trace that need not be replayable.

    Raises:
        TraceError: it is not what was written.
        OSError: it cannot be read.
    """
    picture = Timeline(wanted)
    with path.open("rb") as file:
        for line in read_trace(_lines(file), lab_codec()):
            if isinstance(line, Said | Heard | Befell):
                picture.keep(line)
    return picture


def draw_lines(picture: Timeline, wanted: str) -> list[str]:
    """The picture of a transaction, or the names of those that there are."""
    if wanted == "list":
        return picture.names()
    return picture.draw() or [f"no transaction {wanted}", *picture.names()]


def _lines(file: BinaryIO) -> Iterator[bytes]:
    number = 0
    while line := file.readline(LINE_BYTES_MAX):
        number += 1
        if len(line) == LINE_BYTES_MAX:
            raise TraceError(number, "it is too long")
        yield line


def _watched(lines: Iterator[Line], ends: list[str]) -> Iterator[Line]:
    """The same lines; the last one's word is put into `ends`."""
    for line in lines:
        if isinstance(line, Ended):
            ends.append(line.why)
        yield line


def _again(header: Header, rest: Iterator[Line]) -> Iterator[Line]:
    yield header
    yield from rest
