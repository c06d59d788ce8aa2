"""Disks for tests: one that stops the process between any two system calls, or fails one, and what survives of a file."""

import os
from pathlib import Path


class Died(BaseException):
    """The process was killed there: no handler of ours runs afterwards."""


class MortalDisk:
    """Counts the steps that change the disk, and dies before or after one of them, or in the middle of a write."""

    def __init__(self, dies_at: int | None = None, fails_at: int | None = None) -> None:
        self.dies_at = dies_at
        self.fails_at = fails_at
        self.steps = 0

    def write(self, descriptor: int, data: bytes) -> int:
        self._step()
        half = len(data) // 2
        os.write(descriptor, data[:half])
        self._step()
        os.write(descriptor, data[half:])
        return len(data)

    def fsync(self, descriptor: int) -> None:
        self._step()

    def replace(self, source: Path, target: Path) -> None:
        self._step()
        os.replace(source, target)

    def _step(self) -> None:
        self.steps += 1
        if self.steps == self.dies_at:
            raise Died
        if self.steps == self.fails_at:
            raise OSError(5, "Input/output error")
