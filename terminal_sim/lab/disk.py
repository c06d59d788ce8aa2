"""A host's disk: what is durable, what is being written, and the bytes that are found there when the host begins again.

The journal is a log of lines, as a terminal's record file is one. Bytes are spelled only when somebody looks, that is when a
host dies or begins again. Which faults befall a disk is `hazards`' business.

A journal grows for ever, and who begins again reads all of it. A long run cannot afford either, so a disk keeps a *checkpoint*
where somebody can fold its entries: what the oldest ones come to, in their place. It is folded from what was written, entry by
entry, and never from what the running machine holds.
"""

from collections.abc import Callable, Sequence

from switch.machine import Sealed
from terminal_sim.terminal.record_lines import decode_line, encode_line, split_log

ENTRIES_KEPT = 1_024
"""Entries of a journal that are kept as they are, at least, and twice as many at most: some hundred transactions, which is more
than is under way when a host dies.
"""

Fold = Callable[[Sequence[Sealed]], None]
"""Takes entries that follow those that were taken before into a checkpoint."""


class Disk:
    """One host's.

    `durable` is what it has acknowledged and no checkpoint has taken, `pending` what was appended since then; `torn` are the
    bytes of a record that was being written when the power went.

    Args:
        fold: keeps the checkpoint; without one all entries are kept.
    """

    def __init__(self, fold: Fold | None = None) -> None:
        self.durable: list[Sealed] = []
        self.pending: list[Sealed] = []
        self.torn = b""
        self._fold = fold

    @property
    def seq(self) -> int:
        """The last entry that was acknowledged: its number, and so how many there have been."""
        return self.durable[-1].seq if self.durable else 0

    def append(self, sealed: Sealed) -> bool:
        """Take an entry that is not durable yet; True when a commit must be started for it."""
        self.pending.append(sealed)
        return len(self.pending) == 1

    def commit(self) -> list[Sealed]:
        """Make everything appended so far durable, and give it."""
        written, self.pending = self.pending, []
        self.durable += written
        self._keep_few()
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
        """All bytes of the log that no checkpoint has taken, as a host finds them when it begins."""
        return b"".join(map(encode_line, self.durable)) + self.torn

    def _keep_few(self) -> None:
        """Have the checkpoint take the oldest entries, when there are many."""
        if self._fold is not None and len(self.durable) >= 2 * ENTRIES_KEPT:
            self._fold(self.durable[:-ENTRIES_KEPT])
            del self.durable[:-ENTRIES_KEPT]


def read_image(image: bytes) -> list[Sealed]:
    """The entries of a log; a line without its end counts as none.

    Raises:
        ValueError: when another line is no entry.
    """
    return [decode_line(line) for line in split_log(image)[0].splitlines()]
