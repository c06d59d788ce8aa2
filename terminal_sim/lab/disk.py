"""A host's disk: what is durable, what is being written, and the bytes that are found there when the host begins again.

The journal is a log of lines, as a terminal's record file is one. Bytes are spelled only when somebody looks, that is when a
host dies or begins again. Which faults befall a disk is `hazards`' business.
"""

from switch.machine import Sealed
from terminal_sim.terminal.record_lines import decode_line, encode_line, split_log


class Disk:
    """One host's.

    `durable` is what it has acknowledged, `pending` what was appended since then; `torn` are the bytes of a record that was
    being written when the power went.
    """

    def __init__(self) -> None:
        self.durable: list[Sealed] = []
        self.pending: list[Sealed] = []
        self.torn = b""

    def append(self, sealed: Sealed) -> bool:
        """Take an entry that is not durable yet; True when a commit must be started for it."""
        self.pending.append(sealed)
        return len(self.pending) == 1

    def commit(self) -> list[Sealed]:
        """Make everything appended so far durable, and give it."""
        written, self.pending = self.pending, []
        self.durable += written
        return written

    def unwritten(self) -> bytes:
        """The bytes of what is not durable yet."""
        return b"".join(map(encode_line, self.pending))

    def lose_power(self, survivors: int = 0) -> None:
        """Lose what is not durable, but for its first `survivors` bytes."""
        whole, torn_bytes = split_log(self.unwritten()[:survivors])
        self.durable += map(decode_line, whole.splitlines())
        self.torn = self.unwritten()[len(whole) : len(whole) + torn_bytes]
        self.pending = []

    def image(self) -> bytes:
        """All bytes of the log, as a host finds them when it begins."""
        return b"".join(map(encode_line, self.durable)) + self.torn


def read_image(image: bytes) -> list[Sealed]:
    """The entries of a log; a line without its end counts as none.

    Raises:
        ValueError: when another line is no entry.
    """
    return [decode_line(line) for line in split_log(image)[0].splitlines()]
