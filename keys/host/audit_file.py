"""The audit file: one event a line, each with the digest of all before it. Written before the answer leaves.

Whoever changes, removes or inserts a line breaks the chain from there on; cutting lines off its end leaves a chain that is
good as far as it goes, so keep its last digest in another place. No event holds a card number, a PIN or a key.
"""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import msgspec

from keys.host.limits import LINE_BYTES_MAX
from keys.host.line_file import SYSTEM_DISK, Disk, LineFile
from keys.hsm import AuditEvent

GENESIS: Final = "0" * 64
"""The digest before the first event."""


class HostEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What happened, to which keys, for whom.

    Args:
        at: wall clock, milliseconds since 1970 UTC.
        caller: address of the client; nothing for what the port did by itself.
        command: the host command's code.
        operation: what the HSM was asked to do, or what the port noticed.
        keys: names or fingerprints.
        result: done, refused, failed or alarm.
        reason: one word.
    """

    at: int
    caller: str
    command: str
    operation: str
    keys: tuple[str, ...]
    result: str
    reason: str


class Entry(msgspec.Struct, frozen=True):
    """An event in its place."""

    seq: int
    previous: str
    event: HostEvent


class AuditError(Exception):
    """A line that is not what was written, named by its number."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line
        self.why = why


_decoder: Final = msgspec.json.Decoder(Entry)


class AuditFile:
    """The audit file at `path`, carried on from its last line.

    Raises:
        LineFileError: it cannot be opened or written.
        AuditError: its chain is broken already: it is not carried on as if nothing had happened.
    """

    def __init__(self, path: Path, *, clock_ms: Callable[[], int], disk: Disk = SYSTEM_DISK) -> None:
        self._file = LineFile(path, disk)
        self._clock_ms = clock_ms
        try:
            self.count, self.digest = verify_lines(self._file.lines())
        except AuditError:
            self._file.close()
            raise

    def tell(self, *, caller: str, command: str, operation: str, keys: tuple[str, ...], result: str, reason: str) -> None:
        """Make one event durable."""
        event = HostEvent(
            at=self._clock_ms(), caller=caller, command=command, operation=operation, keys=keys, result=result, reason=reason
        )
        body = msgspec.json.encode(Entry(self.count + 1, self.digest, event), order="deterministic")
        digest = _digest(body)
        self._file.append(digest.encode("ascii") + b" " + body)
        self.count, self.digest = self.count + 1, digest

    def tell_event(self, event: AuditEvent, command: str = "") -> None:
        """Make an event of the HSM durable, as it stands."""
        self.tell(
            caller=event.caller,
            command=command,
            operation=event.operation.value,
            keys=event.keys,
            result=event.result.value,
            reason=event.why,
        )

    def close(self) -> None:
        """Give the file back."""
        self._file.close()


def verify_audit(path: Path) -> tuple[int, str]:
    """How many events the file has, and the digest of the last one. The file may be in use; an unfinished line is left out.

    Raises:
        AuditError: naming the first line that is not what was written.
        OSError: the file cannot be read.
    """
    return verify_lines(path.read_bytes().split(b"\n")[:-1])


def verify_lines(lines: Iterable[bytes]) -> tuple[int, str]:
    """The same for lines."""
    count, previous = 0, GENESIS
    for number, line in enumerate(lines, 1):
        digest, _, body = line.partition(b" ")
        if len(line) > LINE_BYTES_MAX or digest != _digest(body).encode("ascii"):
            raise AuditError(number, "it was changed after it was written")
        try:
            entry = _decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise AuditError(number, f"it is none of ours ({error})") from None
        if entry.seq != number or entry.previous != previous:
            raise AuditError(number, "a line before it was changed, removed or inserted")
        count, previous = number, digest.decode("ascii")
    return count, previous


def _digest(body: bytes) -> str:
    """The body names the digest before it, so this one covers all of them."""
    return hashlib.sha256(body).hexdigest()
