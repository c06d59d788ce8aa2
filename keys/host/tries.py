"""What must survive a crash: wrong PINs counted per card and key, and the last DUKPT counter of each device.

A try is counted, durably, *before* the PIN is looked at, and given back when it was right: whoever kills the process in
between gains nothing. Cards are known by their token, keys by their fingerprint; neither says what it stands for.
"""

import hashlib
from pathlib import Path
from typing import Final

import msgspec

from keys.host.limits import LINES_BEFORE_COMPACTION, TRIES_MAX
from keys.host.line_file import SYSTEM_DISK, Disk, LineFile, LineFileError

_CHECK_DIGITS: Final = 16


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """So many tries of this card under this key were wrong, or were begun and never ended."""

    token: str
    key: str
    count: int


class Last(msgspec.Struct, frozen=True, tag="last"):
    """The last counter that was accepted of this device."""

    device: str
    counter: int


Entry = Failed | Last

_decoder: Final = msgspec.json.Decoder(Entry)


class Counters:
    """The counters in the file at `path`.

    Args:
        path: where; made when it is not there.
        tries_max: after how many wrong PINs a card is refused under a key.
        disk: the system calls.

    Raises:
        LineFileError: the file cannot be opened or written, or a line in it is not as it was written.
    """

    def __init__(self, path: Path, *, tries_max: int = TRIES_MAX, disk: Disk = SYSTEM_DISK) -> None:
        self._file = LineFile(path, disk)
        self._tries_max = tries_max
        self._failed: dict[tuple[str, str], int] = {}
        self._last: dict[str, int] = {}
        self._lines = 0
        try:
            for number, line in enumerate(self._file.lines(), 1):
                self._apply(_opened(line, path, number))
                self._lines += 1
            self._compact()
        except LineFileError:
            self._file.close()
            raise

    def begin(self, token: str, key: str) -> bool:
        """Whether one more try is allowed; if it is, it counts as wrong from now on, durably, until `forgive`."""
        count = self._failed.get((token, key), 0)
        if count >= self._tries_max:
            return False
        self._record(Failed(token, key, count + 1))
        return True

    def withdraw(self, token: str, key: str) -> None:
        """The last `begin` came to nothing: the PIN was not looked at, and nobody learnt anything of it."""
        self._record(Failed(token, key, max(0, self.failed(token, key) - 1)))

    def forgive(self, token: str, key: str) -> None:
        """The PIN was right: the card begins anew under this key. Lost with the power, the card has a try less: no more."""
        self._record(Failed(token, key, 0), sync=False)

    def failed(self, token: str, key: str) -> int:
        """How many tries are counted as wrong."""
        return self._failed.get((token, key), 0)

    def advance(self, device: str, counter: int) -> bool:
        """Whether the counter is beyond the device's last one; if it is, it is now the last, durably."""
        if counter <= self._last.get(device, 0):
            return False
        self._record(Last(device, counter))
        return True

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def _record(self, entry: Entry, *, sync: bool = True) -> None:
        self._file.append(_sealed(entry), sync=sync)
        self._apply(entry)
        self._lines += 1
        self._compact()

    def _apply(self, entry: Entry) -> None:
        match entry:
            case Failed(token, key, 0):
                self._failed.pop((token, key), None)
            case Failed(token, key, count):
                self._failed[token, key] = count
            case Last(device, counter):
                self._last[device] = counter

    def _compact(self) -> None:
        """Write the file anew when most of its lines were overtaken by later ones."""
        needed = len(self._failed) + len(self._last)
        if self._lines < LINES_BEFORE_COMPACTION + 2 * needed:
            return
        entries: list[Entry] = [Failed(token, key, count) for (token, key), count in self._failed.items()]
        entries += [Last(device, counter) for device, counter in self._last.items()]
        self._file.rewrite(map(_sealed, entries))
        self._lines = needed


def _sealed(entry: Entry) -> bytes:
    body = msgspec.json.encode(entry, order="deterministic")
    return _check(body) + b" " + body


def _opened(line: bytes, path: Path, number: int) -> Entry:
    check, _, body = line.partition(b" ")
    if check != _check(body):
        raise LineFileError(f"{path}: line {number} is not as it was written; keep a copy, and restore the file from a backup")
    try:
        entry: Entry = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise LineFileError(f"{path}: line {number} is none of ours ({error})") from None
    return entry


def _check(body: bytes) -> bytes:
    """Against the disk's faults, not against people: those are kept out by the file's mode."""
    return hashlib.sha256(body).hexdigest()[:_CHECK_DIGITS].encode("ascii")
