"""Looks for a fault in whatever packages the path of a process leads to: `python -m tests.simulation.planted.hunt world 1 2 3`.

Seeds are tried in the order given until one convicts; then a line says which, a second one the invariant, and the rest is the
verdict in words. Nothing is printed when all of them hold.

- `world`: a trial of the laboratory.
- `power`: what really writes to disks, a switch's journal and a terminal's record file, when the power goes at every step.
"""

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from switch.machine import Sealed
from terminal_sim.lab.invariants import INVARIANTS
from terminal_sim.lab.prng import SeededEntropy
from terminal_sim.lab.swarm import draw
from terminal_sim.lab.trial import hold_trial
from terminal_sim.shell import RecordFile, RecordFileError
from terminal_sim.testing.stateful import write_journal
from tests.simulation.disk import SURVIVALS, Image, Promised, Wreck, wrecks
from tests.simulation.sqlite_disk.rig import Act, Add, Kill, Lost, Open, Rig
from tests.simulation.test_record_file import NAME, Watched

UNTIL_MS = 60_000
"""How long faults happen in a trial."""

BATCH_MAX = 80
"""Records in a batch of a disk's; more than any store could think it may keep to itself."""

RECORDS = 2 * 3 * BATCH_MAX
"""What the processes of one disk write at most."""

Verdict = tuple[str, str]
"""An invariant, and what was seen."""


def hunt_world(seed: int) -> Verdict | None:
    """What a trial of the laboratory says."""
    violation = hold_trial(draw(seed), UNTIL_MS).violation
    return None if violation is None else (violation.invariant, str(violation))


def hunt_power(seed: int) -> Verdict | None:
    """What is found on a disk after each step of some processes, when the power has gone there."""
    dice = SeededEntropy(f"{seed}/power")
    entries = write_journal(RECORDS + 1, dice.below).entries
    try:
        with tempfile.TemporaryDirectory() as directory:
            _cut_journal(Path(directory), entries, dice)
            _cut_record_file(Path(directory) / NAME, entries, dice)
    except Lost as lost:
        return "I12", f"I12: {INVARIANTS['I12'].words} {lost}"
    return None


def main(words: list[str]) -> int:
    """0 when all seeds hold, 1 when one convicts."""
    look = HUNTS[words[0]]
    for seed in map(int, words[1:]):
        verdict = look(seed)
        if verdict is not None:
            sys.stdout.write(f"{seed}\n{verdict[0]}\n{verdict[1]}\n")
            return 1
    return 0


def _cut_journal(directory: Path, entries: Sequence[Sealed], dice: SeededEntropy) -> None:
    acts: list[Act] = []
    for _ in range(2):
        acts += [Open(), *(Add(1 + dice.below(BATCH_MAX)) for _ in range(3)), Kill()]
    rig = Rig(directory)
    try:
        for wreck in wrecks(rig.record(acts, entries)):
            rig.recover(_left(wreck, dice), wreck.promised, entries)
    finally:
        rig.vfs.unregister()


def _cut_record_file(path: Path, entries: Sequence[Sealed], dice: SeededEntropy) -> None:
    """Two processes, one after the other: what the second one writes stands behind what the first one has left."""
    disk = Watched({NAME: b""})
    file = _open(path, disk)
    _write(file, disk, entries, 0, dice)
    file.close()
    at = dice.below(len(disk.steps) + 1)
    wreck = next(wreck for step, wreck in enumerate(wrecks(disk)) if step == at)
    again = Watched(wreck.image(SURVIVALS["torn"](wreck.pending, dice)))
    file = _open(path, again)
    _check(file, wreck.promised, entries)
    _write(file, again, entries, len(file.entries), dice)
    file.close()
    for wreck in wrecks(again):
        left = _open(path, Watched(_left(wreck, dice)))
        left.close()
        if wreck.promised.begun_seq:
            _check(left, wreck.promised, entries)


def _left(wreck: Wreck, dice: SeededEntropy) -> Image:
    survival = dice.pick(("nothing", "everything", "torn"))
    return wreck.image(SURVIVALS[survival](wreck.pending, dice))


def _open(path: Path, disk: Watched) -> RecordFile:
    path.write_bytes(disk.files[0])
    try:
        return RecordFile(path, disk.sync)
    except RecordFileError as error:
        raise Lost(error.why) from error


def _write(file: RecordFile, disk: Watched, entries: Sequence[Sealed], seq: int, dice: SeededEntropy) -> None:
    for _ in range(3):
        count = 1 + dice.below(BATCH_MAX)
        disk.take(Promised(seq + count, seq))
        file.append(entries[seq : seq + count])
        seq += count
        disk.take(Promised(seq, seq))


def _check(file: RecordFile, promised: Promised, entries: Sequence[Sealed]) -> None:
    found = list(file.entries)
    if not promised.acknowledged_seq <= len(found) <= promised.begun_seq:
        raise Lost(f"{len(found)} records are left; promised were {promised}")
    if found != list(entries[: len(found)]):
        raise Lost("records are not as they were written")


HUNTS: dict[str, Callable[[int], Verdict | None]] = {"world": hunt_world, "power": hunt_power}
"""By the word that a diff's head has."""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
