"""A host's disk: what is durable, what is being written, and the bytes that are found there when the host begins again.

The journal is a log of lines, as a terminal's record file is one. What was handed to the system outlives its process; only what
was synced outlives the power. Bytes are spelled only when somebody looks, that is when a host dies or begins again. Which
faults befall a disk is `hazards`' business.

A journal grows for ever, and who begins again reads all of it. A long run cannot afford either, so a disk keeps a *checkpoint*
where somebody can fold its entries: what the oldest ones come to, in their place. It is folded from what was written, entry by
entry, and never from what the running machine holds.
"""

from collections.abc import Callable, Sequence

from switch.machine import Sealed
from terminal_sim.terminal.record_lines import decode_line, encode_line, split_log

ENTRIES_KEPT = 128
"""Entries of a journal that are kept as they are, at least, and twice as many at most. Each host that begins again spells and
reads all of them, and in a bad swarm eight do so in a minute.
"""

Fold = Callable[[Sequence[Sealed]], None]
"""Takes entries that follow those that were taken before into a checkpoint."""


class Disk:
    """One host's.

    `durable` is what it has acknowledged and no checkpoint has taken; `written` was handed to the system and is being synced;
    `pending` waits in the process until that is done; `torn` are the bytes of a record that was being written at the end.
    `lied` counts the last entries of what is durable that are not: the power takes them.

    Args:
        fold: keeps the checkpoint; without one all entries are kept.
    """

    def __init__(self, fold: Fold | None = None) -> None:
        self.durable: list[Sealed] = []
        self.written: list[Sealed] = []
        self.pending: list[Sealed] = []
        self.torn = b""
        self.lied = 0
        self._fold = fold

    @property
    def seq(self) -> int:
        """The last entry that was acknowledged: its number, and so how many there have been."""
        return self.durable[-1].seq if self.durable else 0

    def begin(self, entries: Sequence[Sealed]) -> None:
        """Hold these entries, and have them synced: whoever opens a journal does so before it believes it."""
        self.durable, self.torn = list(entries), b""
        self.lied = 0

    def append(self, sealed: Sealed) -> None:
        """Take an entry that is not durable yet."""
        self.pending.append(sealed)

    def write(self) -> bool:
        """Hand what waits to the system; False when nothing does, or the last that was handed over is not durable yet."""
        if self.written or not self.pending:
            return False
        self.written, self.pending = self.pending, []
        return True

    def commit(self, *, lies: bool = False) -> list[Sealed]:
        """Acknowledge what was handed to the system, and give it. A disk that lies has synced nothing."""
        written, self.written = self.written, []
        self.durable += written
        self.lied = self.lied + len(written) if lies else 0
        self._keep_few()
        return written

    def refuse(self) -> None:
        """Fail to write: nothing of it is in the system's hands any more."""
        self.written, self.pending = [], [*self.written, *self.pending]

    def unheard(self) -> bytes:
        """The bytes of what is not acknowledged."""
        return _spell(self.written) + _spell(self.pending)

    def end_process(self, survivors: int | None = None) -> None:
        """Lose what was not handed to the system; with `survivors`, all that is not acknowledged but for its first bytes."""
        self._keep(self.unheard(), len(_spell(self.written)) if survivors is None else survivors)

    def lose_power(self, survivors: int = 0) -> None:
        """Lose what was not synced, but for the first `survivors` bytes of what is not acknowledged.

        What the disk has only said to be durable is lost, and all behind it.
        """
        unheard = self.unheard()
        if self.lied:
            del self.durable[-self.lied :]
            unheard, self.lied = b"", 0
        self._keep(unheard, survivors)

    def image(self) -> bytes:
        """All bytes of the log that no checkpoint has taken, as a host finds them when it begins."""
        return _spell(self.durable) + self.torn

    def _keep(self, unheard: bytes, survivors: int) -> None:
        whole, torn_bytes = split_log(unheard[:survivors])
        self.durable += map(decode_line, whole.splitlines())
        self.torn = unheard[len(whole) : len(whole) + torn_bytes]
        self.written, self.pending = [], []

    def _keep_few(self) -> None:
        """Have the checkpoint take the oldest entries, when there are many, and none of them can be lost."""
        if self._fold is not None and len(self.durable) >= 2 * ENTRIES_KEPT >= 2 * self.lied:
            self._fold(self.durable[:-ENTRIES_KEPT])
            del self.durable[:-ENTRIES_KEPT]


def read_image(image: bytes) -> list[Sealed]:
    """The entries of a log; a line without its end counts as none.

    Raises:
        ValueError: when another line is no entry.
    """
    return [decode_line(line) for line in split_log(image)[0].splitlines()]


def _spell(entries: Sequence[Sealed]) -> bytes:
    return b"".join(map(encode_line, entries))
