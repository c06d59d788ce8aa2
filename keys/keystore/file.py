"""FileKeystore: keys at rest in one file, and a counter beside it.

Each key is a key block under the LMK; a MAC covers the file as a whole. Every change writes the whole file anew, so that
it is the old one or the new one whenever the process or the machine stops; the rotation of the LMK is one such change.

What is detected: any change to the file; blocks exchanged, left out, added or put back from an older file; an older file
put back while the counter beside it is the newer one; while the process runs, any older file. What is not: an older
file put back together with its own older counter, by somebody who can write both. Keep one of the two elsewhere.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from keys.ciphers import kcv_aes_cmac
from keys.entropy import Entropy
from keys.errors import KeyBlockError, KeyNotFound, KeysError, KeystoreError
from keys.keystore.disk import REAL_DISK, Disk, replace
from keys.keystore.document import (
    DOCUMENT_BYTES_MAX,
    Document,
    mac_of,
    parse_counter,
    parse_document,
    print_counter,
    print_document,
    read_torn,
)
from keys.keystore.entries import unwrap_entry, wrap_entry
from keys.keystore.memory import not_found
from keys.keystore.seals import Opener, Seal
from keys.material import Key
from keys.sensitive import Secret, constant_time_equal_text
from keys.tr31.block import Protection
from keys.tr31.header import Version

COUNTER_BYTES_MAX: Final = 1024
READS_MAX: Final = 100  # Of file and counter, until nobody has written in between.


class Entry(msgspec.Struct, frozen=True):
    """A key and the block that it stands in."""

    key: Key
    block: str


Entries = dict[str, Entry]


class Master(msgspec.Struct, frozen=True):
    """The LMK, ready for use, and how it is sealed in the file."""

    lmk: Secret
    protection: Protection
    seal: Seal

    @classmethod
    def make(cls, lmk: Secret, seal: Seal) -> "Master":
        """The LMK with the keys that protect blocks."""
        return cls(lmk, Protection(lmk, Version.D), seal)

    @property
    def kcv(self) -> str:
        """Its check value."""
        return kcv_aes_cmac(self.lmk, digits=6)


class FileKeystore:
    """Named keys in a file. Made by `create`, `open` or `salvage`.

    *Resources*: a file stays open only while it is read or written; nothing needs to be closed. Writers exclude each other
    by a lock beside the file; readers need none, because the file is replaced and never changed.

    *Errors*: KeystoreError for whatever is wrong with the file, with its path; the keys in memory are then those before.
    """

    __slots__ = ("_counter", "_disk", "_entries", "_entropy", "_mac", "_master", "_opener", "_path")

    def __init__(
        self,
        path: Path,
        opener: Opener,
        entropy: Entropy,
        disk: Disk,
        master: Master,
        *,
        counter: int,
        entries: Entries,
        mac: str = "",
    ) -> None:
        self._path = path
        self._opener = opener
        self._entropy = entropy
        self._disk = disk
        self._master = master
        self._counter = counter
        self._entries = entries
        self._mac = mac

    @classmethod
    def create(cls, path: Path, opener: Opener, entropy: Entropy, *, disk: Disk = REAL_DISK) -> "FileKeystore":
        """A new keystore without keys, under a new LMK; KeystoreError if there is something of that name."""
        lmk = opener.draw_lmk(entropy)
        store = cls(path, opener, entropy, disk, Master.make(lmk, opener.seal(lmk, entropy)), counter=0, entries={})
        with _Complaints(path), disk.lock(_beside(path, "lock")):
            if disk.read(path, 1) is not None or disk.read(_beside(path, "counter"), 1) is not None:
                raise KeystoreError("there is a keystore of that name, or the counter of one: choose another name")
            store._write({}, store._master)
        return store

    @classmethod
    def open(cls, path: Path, opener: Opener, entropy: Entropy, *, disk: Disk = REAL_DISK) -> "FileKeystore":
        """The keystore in the file, once all of it was found right.

        Raises:
            KeystoreError: it is not there, others may read it, the opener is not its own, or it was changed, torn or
                put back. The text names the entries that are damaged.
        """
        with _Complaints(path):
            data, counter = _read_both(disk, path)
            document = parse_document(data)
            master = _open_master(document, opener)
            entries = _unwrap_all(master, document, {})
            _check_counter(counter, master.lmk, document.counter)
        return cls(path, opener, entropy, disk, master, counter=document.counter, entries=entries, mac=document.mac)

    @classmethod
    def salvage(
        cls, path: Path, opener: Opener, entropy: Entropy, *, disk: Disk = REAL_DISK
    ) -> tuple["FileKeystore", tuple[str, ...]]:
        """The keystore with the entries of a damaged file that are right by themselves, and what was lost, in words.

        The damaged file is kept beside it as `.damaged`. What a MAC over the whole would have told is not told any more:
        look at the list of keys for one that is missing, or that was put back in a state that it had before.
        """
        with _Complaints(path), disk.lock(_beside(path, "lock")):
            data = _read(disk, path)
            torn = read_torn(data)
            master = _open_master(torn.document, opener)
            entries, lost = _unwrap_good(master, torn.document)
            counter = torn.document.counter
            try:
                counter = max(counter, _read_counter(disk, path, master.lmk) or 0)
            except KeystoreError as error:
                lost = (*lost, str(error))
            store = cls(path, opener, entropy, disk, master, counter=counter, entries=entries)
            replace(disk, _beside(path, "damaged"), data)
            store._write(entries, master)
        return store, (*torn.lost, *lost)

    def get(self, name: str) -> Key:
        """The key of that name; KeyNotFound, with the nearest names, if there is none."""
        entry = self._entries.get(name)
        if entry is None:
            raise KeyNotFound(not_found(name, self.names()))
        return entry.key

    def names(self) -> Sequence[str]:
        """All names, sorted."""
        return tuple(sorted(self._entries))

    @property
    def counter(self) -> int:
        """How often the file was written."""
        return self._counter

    @property
    def lmk_kcv(self) -> str:
        """The LMK's check value."""
        return self._master.kcv

    def add(self, key: Key) -> None:
        """Keep a key under a name that is free; KeyBlockError if it is not."""

        def edit(entries: Entries) -> None:
            if key.name in entries:
                raise KeyBlockError(f"two keys are named {key.name!r}: a name says which key is meant")
            entries[key.name] = self._entry(key)

        self._change(edit)

    def replace(self, key: Key) -> None:
        """Keep this key in place of the one of its name; KeyNotFound if there is none."""

        def edit(entries: Entries) -> None:
            if key.name not in entries:
                raise KeyNotFound(not_found(key.name, sorted(entries)))
            entries[key.name] = self._entry(key)

        self._change(edit)

    def remove(self, name: str) -> None:
        """Forget a key; KeyNotFound if there is none."""

        def edit(entries: Entries) -> None:
            if entries.pop(name, None) is None:
                raise KeyNotFound(not_found(name, sorted(entries)))

        self._change(edit)

    def rotate(self, opener: Opener | None = None) -> None:
        """A new LMK: every key wrapped again under it, in one change.

        Args:
            opener: what shall open the file from now on; the same as before without it.
        """
        opener = opener or self._opener
        with _Complaints(self._path), self._disk.lock(_beside(self._path, "lock")):
            self._load()
            lmk = opener.draw_lmk(self._entropy)
            master = Master.make(lmk, opener.seal(lmk, self._entropy))
            entries = {
                name: Entry(entry.key, wrap_entry(master.protection, entry.key, self._entropy.draw))
                for name, entry in self._entries.items()
            }
            # A counter that both masters can read, so that a stop between file and counter leaves none unreadable.
            replace(self._disk, _beside(self._path, "counter"), print_counter((self._master.lmk, lmk), self._counter))
            self._write(entries, master)
            self._opener = opener

    def refresh(self) -> bool:
        """Whether another process has changed the file since; its keys are then ours. A key that did not change stays
        the same object, so that no cipher is made again.
        """
        with _Complaints(self._path):
            return self._load()

    def __repr__(self) -> str:
        return f"FileKeystore({str(self._path)!r}, {len(self._entries)} keys)"

    def _entry(self, key: Key) -> Entry:
        return Entry(key, wrap_entry(self._master.protection, key, self._entropy.draw))

    def _change(self, edit: Callable[[Entries], None]) -> None:
        """The file as it is now, edited and written."""
        with _Complaints(self._path), self._disk.lock(_beside(self._path, "lock")):
            self._load()
            entries = dict(self._entries)
            edit(entries)
            self._write(entries, self._master)

    def _load(self) -> bool:
        """The file as others have left it. An older one than we have seen is none of ours."""
        document = parse_document(_read(self._disk, self._path))
        if document.counter == self._counter and constant_time_equal_text(document.mac, self._mac):
            _check_whole(self._master.lmk, document)
            return False
        master = self._master if document.seal == self._master.seal else _open_master(document, self._opener)
        entries = _unwrap_all(master, document, self._entries)
        if document.counter < self._counter:
            raise KeystoreError(f"an older file was put back: it was written {document.counter} times, ours {self._counter}")
        self._keep(master, document, entries, document.mac)
        return True

    def _write(self, entries: Entries, master: Master) -> None:
        """File first, counter afterwards: a stop between them leaves a counter that is behind, which is lawful."""
        ordered = tuple((name, entries[name].block) for name in sorted(entries))
        document = Document(self._counter + 1, master.kcv, master.seal, ordered)
        mac = mac_of(master.lmk, document)
        replace(self._disk, self._path, print_document(document, mac))
        self._keep(master, document, entries, mac)
        replace(self._disk, _beside(self._path, "counter"), print_counter((master.lmk,), self._counter))

    def _keep(self, master: Master, document: Document, entries: Entries, mac: str) -> None:
        self._master, self._counter, self._entries, self._mac = master, document.counter, entries, mac


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f"{path.name}.{what}")


def _read(disk: Disk, path: Path) -> bytes:
    data = disk.read(path, DOCUMENT_BYTES_MAX + 1)
    if data is None:
        raise KeystoreError("there is no such file: create the keystore first")
    return data


def _open_master(document: Document, opener: Opener) -> Master:
    master = Master.make(opener.unseal(document.seal), document.seal)
    if not constant_time_equal_text(master.kcv, document.lmk_kcv):
        raise KeystoreError("the master key that was brought is not this keystore's: compare their check values")
    return master


def _unwrap_all(master: Master, document: Document, known: Entries) -> Entries:
    """All entries, or none: a file with one damaged entry is refused, and says which."""
    entries, lost = _unwrap_good(master, document, known)
    if lost:
        raise KeystoreError(f"damaged: {'; '.join(lost)}; --salvage recovers the others")
    _check_whole(master.lmk, document)
    return entries


def _unwrap_good(master: Master, document: Document, known: Entries | None = None) -> tuple[Entries, tuple[str, ...]]:
    entries: Entries = {}
    lost: list[str] = []
    for name, block in document.entries:
        old = known.get(name) if known else None
        try:
            entry = old if old and old.block == block else Entry(unwrap_entry(master.protection, name, block), block)
        except KeyBlockError as error:
            lost.append(f"key {name!r}: {error}")
            continue
        if name in entries:
            lost.append(f"key {name!r} comes twice")
        entries[name] = entry
    return entries, tuple(lost)


def _check_whole(lmk: Secret, document: Document) -> None:
    if not constant_time_equal_text(mac_of(lmk, document), document.mac):
        raise KeystoreError(
            "every entry is right by itself, but the file as a whole is not: lines were taken out, added or put back from an"
            " older file; restore a copy that you trust, or look closely at what --salvage recovers"
        )


def _read_both(disk: Disk, path: Path) -> tuple[bytes, bytes | None]:
    """The file and the counter that was beside it at that time: a writer who came between them is no thief."""
    data = _read(disk, path)
    for _ in range(READS_MAX):
        counter = disk.read(_beside(path, "counter"), COUNTER_BYTES_MAX)
        again = _read(disk, path)
        if again == data:
            return data, counter
        data = again
    raise KeystoreError("others write this keystore all the time: try again")


def _read_counter(disk: Disk, path: Path, lmk: Secret) -> int | None:
    data = disk.read(_beside(path, "counter"), COUNTER_BYTES_MAX)
    return None if data is None else parse_counter(lmk, data)


def _check_counter(data: bytes | None, lmk: Secret, counter: int) -> None:
    """A counter ahead of the file, or none where there must be one: the file is not the last that was written."""
    beside = None if data is None else parse_counter(lmk, data)
    if beside is None and counter > 1:
        raise KeystoreError("the counter beside the file is gone: it tells whether an older file was put back; restore it")
    if beside is not None and beside > counter:
        raise KeystoreError(f"an older file was put back: it was written {counter} times, its counter says {beside}")


class _Complaints:
    """Every complaint with the file's path; those of the operating system in words."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise KeystoreError(f"{self._path}: {error.strerror or 'cannot be read or written'}") from None
        if isinstance(error, ValueError) and not isinstance(error, KeysError):
            raise KeystoreError(f"{self._path!s:.80}: {error}") from None  # Of a path that can be none.
        if isinstance(error, KeystoreError) and not str(error).startswith(str(self._path)):
            raise KeystoreError(f"{self._path}: {error}") from None
