"""A disk in memory that remembers every step, so that what a loss of power leaves can be rebuilt at each of them.

What was synced stays. Of what was not, any part may be there afterwards, in any order, in whole sectors of 512 bytes:
`SURVIVALS` says which. The names of files are such content too, that of their directory. The death of a process alone is the
case in which everything survives. What writes to it, SQLite or another, is not known here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from terminal_sim.lab.prng import SeededEntropy

SECTOR_BYTES = 512
"""What a drive writes whole or not at all."""

Image = Mapping[str, bytes]
"""Files by name, as they are found after a crash."""


class Made(msgspec.Struct, frozen=True):
    """A name was given to a new, empty file; the number stays the file's own."""

    name: str
    file: int


class Removed(msgspec.Struct, frozen=True):
    """A name was taken away."""

    name: str


class Wrote(msgspec.Struct, frozen=True):
    """Bytes were put into a file; a hole before them reads as zeros."""

    file: int
    offset: int
    data: bytes


class Cut(msgspec.Struct, frozen=True):
    """A file was made shorter."""

    file: int
    size: int


class Synced(msgspec.Struct, frozen=True):
    """What a file holds is durable."""

    file: int


class SyncFailed(msgspec.Struct, frozen=True):
    """What a file holds cannot be written: the system forgets it, and a later sync that succeeds says nothing of it."""

    file: int


class NamesSynced(msgspec.Struct, frozen=True):
    """The names are durable."""


class Promised(msgspec.Struct, frozen=True):
    """No step of the disk: the records up to `begun_seq` were given to the store, those up to `acknowledged_seq` came back."""

    begun_seq: int
    acknowledged_seq: int


Change = Made | Removed | Wrote | Cut
"""What a loss of power can undo."""

Step = Change | Synced | SyncFailed | NamesSynced | Promised


class Disk:
    """Files as a living process sees them, and the steps that made them so.

    Args:
        image: what is there at the beginning, durable.
    """

    def __init__(self, image: Image | None = None) -> None:
        self.image = dict(image or {})
        self.steps: list[Step] = []
        self.files: dict[int, bytearray] = {}
        self.names: dict[str, int] = {}
        for name, data in self.image.items():
            self.names[name] = len(self.files)
            self.files[len(self.files)] = bytearray(data)

    def fork(self) -> "Disk":
        """The same disk for the next process: what the old one still does to its own is seen by nobody."""
        copy = Disk(self.image)
        copy.steps, copy.names = list(self.steps), dict(self.names)
        copy.files = {number: bytearray(data) for number, data in self.files.items()}
        return copy

    def until(self, count: int) -> "Disk":
        """The disk as it was after so many steps."""
        copy = Disk(self.image)
        for step in self.steps[:count]:
            copy.take(step)
        return copy

    def make(self, name: str) -> int:
        """Make an empty file; its number."""
        number = len(self.files)
        self.take(Made(name, number))
        return number

    def take(self, step: Step) -> None:
        """Do it, and remember it."""
        self.steps.append(step)
        if isinstance(step, Change):
            change(self.files, self.names, step)


class Wreck:
    """A disk at the moment of the crash: what is durable, and the changes since then that may or may not be."""

    def __init__(self, image: Image) -> None:
        start = Disk(image)
        self._files, self._names = start.files, start.names
        self.pending: list[Change] = []
        self.promised = Promised(0, 0)

    def take(self, step: Step) -> None:
        """One step later."""
        match step:
            case Synced(file):
                self._settle(lambda change: isinstance(change, Wrote | Cut) and change.file == file)
            case SyncFailed(file):
                self.pending = [entry for entry in self.pending if not (isinstance(entry, Wrote | Cut) and entry.file == file)]
            case NamesSynced():
                self._settle(lambda change: isinstance(change, Made | Removed))
            case Promised():
                self.promised = step
            case _:
                self.pending.append(step)

    def image(self, survivors: Iterable[Change]) -> Image:
        """What is found when these changes have survived, and no others."""
        files, names = dict(self._files), dict(self._names)
        touched: dict[int, None] = {}
        for survivor in survivors:
            if isinstance(survivor, Wrote | Cut) and survivor.file not in touched:
                touched[survivor.file] = None
                files[survivor.file] = bytearray(files.get(survivor.file, b""))
            change(files, names, survivor)
        return {name: bytes(files.get(number, b"")) for name, number in names.items()}

    def _settle(self, durable: Callable[[Change], bool]) -> None:
        for entry in self.pending:
            if durable(entry):
                change(self._files, self._names, entry)
        self.pending = [entry for entry in self.pending if not durable(entry)]


def wrecks(disk: Disk) -> Iterator[Wreck]:
    """The disk as it was before its first step, and after each one. The same object, a step further each time."""
    wreck = Wreck(disk.image)
    yield wreck
    for step in disk.steps:
        wreck.take(step)
        yield wreck


def change(files: dict[int, bytearray], names: dict[str, int], step: Change) -> None:
    """Carry out one change. It may meet a disk on which an earlier one was lost."""
    match step:
        case Made(name, number):
            names[name] = number
            files.setdefault(number, bytearray())
        case Removed(name):
            names.pop(name, None)
        case Wrote(number, offset, data):
            content = files.setdefault(number, bytearray())
            content.extend(bytes(max(0, offset - len(content))))
            content[offset : offset + len(data)] = data
        case Cut(number, size):
            del files.setdefault(number, bytearray())[size:]


def _nothing(pending: list[Change], dice: SeededEntropy) -> Iterable[Change]:
    """The worst that a sync protects from."""
    return ()


def _everything(pending: list[Change], dice: SeededEntropy) -> Iterable[Change]:
    """The process died, and the system lives."""
    return pending


def _torn(pending: list[Change], dice: SeededEntropy) -> Iterator[Change]:
    """In order up to some change, and that one in part."""
    count = dice.below(len(pending) + 1)
    yield from pending[:count]
    if count < len(pending) and isinstance(pending[count], Wrote):
        sectors = list(_sectors(pending[count]))
        yield from sectors[: dice.below(len(sectors))]


def _scattered(pending: list[Change], dice: SeededEntropy) -> Iterator[Change]:
    """Each sector and each name for itself, as a drive likes to order them."""
    for entry in pending:
        yield from (part for part in (_sectors(entry) if isinstance(entry, Wrote) else (entry,)) if dice.chance(50))


def _sectors(wrote: Wrote) -> Iterator[Wrote]:
    """The same bytes, cut where sectors end."""
    start, end = wrote.offset, wrote.offset + len(wrote.data)
    while start < end:
        stop = min(end, start - start % SECTOR_BYTES + SECTOR_BYTES)
        yield Wrote(wrote.file, start, wrote.data[start - wrote.offset : stop - wrote.offset])
        start = stop


SURVIVALS: dict[str, Callable[[list[Change], SeededEntropy], Iterable[Change]]] = {
    "nothing": _nothing,
    "everything": _everything,
    "torn": _torn,
    "scattered": _scattered,
}
"""What is left of the changes that were not synced."""
