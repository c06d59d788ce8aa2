"""Lines of a terminal's log: read as they were written, cut where the power went, and refused when a single bit is another."""

import pytest

from switch.machine import GENESIS, ChainError
from terminal_sim.terminal import JOURNAL
from terminal_sim.terminal.record_lines import decode_line, encode_line, split_log
from terminal_sim.terminal.records import StanAdvanced


def log(count: int = 2) -> bytes:
    """A log of so many records."""
    lines, previous = [], GENESIS
    for seq in range(1, count + 1):
        sealed = JOURNAL.seal(StanAdvanced(f"{seq:06d}"), seq=seq, at=0, previous=previous)
        lines.append(encode_line(sealed))
        previous = sealed.digest
    return b"".join(lines)


def read(data: bytes) -> int:
    """How many records a host that begins on these bytes finds; it believes the chain, not the lines."""
    whole, _ = split_log(data)
    return len(list(JOURNAL.replay([decode_line(line) for line in whole.splitlines()])))


def test_every_cut_leaves_the_whole_records() -> None:
    """A line that lacks its end was never acknowledged."""
    data = log()
    first = data.index(b"\n") + 1
    assert [read(data[:end]) for end in range(len(data) + 1)] == [0] * first + [1] * (len(data) - first) + [2]


@pytest.mark.parametrize("bit", range(8))
def test_every_bit_that_is_another_is_noticed(bit: int) -> None:
    """Also in the ends of lines, and in digits that could be spelled in another way: what was acknowledged is never lost."""
    data = log()
    for at in range(len(data)):
        changed = data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
        with pytest.raises((ChainError, ValueError)):
            read(changed)
