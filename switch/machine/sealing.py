"""Sealed records: a hash chain over canonical JSON, the same for every machine that remembers. No keys, no clock, no storage.

Each kind of machine has its own union of records; a `RecordCodec` made for that union seals and opens them.
"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec

GENESIS = bytes(32)
"""The digest before the first record."""

R = TypeVar("R", bound=msgspec.Struct)


class Sealed(msgspec.Struct, frozen=True):
    """A record in its place: all that an outbox or a store needs to know of it.

    Args:
        seq: position in its journal, from 1, without gaps.
        at: wall clock of the event that made it, in milliseconds since 1970 UTC.
        kind: name of the record's type, "answered".
        body: canonical JSON of version, seq, at and record: exactly the bytes that the digest covers.
        digest: SHA-256 over the previous digest and `body`, 32 bytes.
    """

    seq: int
    at: int
    kind: str
    body: bytes
    digest: bytes


class ChainError(Exception):
    """A journal that is not what was written. `seq` is the first record that is wrong."""

    def __init__(self, seq: int, why: str) -> None:
        super().__init__(f"record {seq}: {why}")
        self.seq = seq
        self.why = why


class JournalError(Exception):
    """A journal that cannot be opened, read or written: the machine's, its owner's or the disk's fault, never a peer's.

    Args:
        what: what did not work.
        where: the journal, as a path.
        why: the cause in words, with what the system said.
        what_next: what the reader of this text can do about it.
    """

    def __init__(self, what: str, where: str, why: str, what_next: str) -> None:
        super().__init__(f"{what} {where}: {why}. {what_next}")
        self.what = what
        self.where = where
        self.why = why
        self.what_next = what_next


class RecordCodec(Generic[R]):
    """Seals and opens the records of one kind of machine.

    Args:
        union: the tagged union of its record types.
        version: raised when the meaning of a stored record changes, so that an old journal is migrated or refused, never
            misread.
    """

    def __init__(self, union: Any, version: int) -> None:
        envelope = msgspec.defstruct(
            "Envelope",
            [("version", int), ("seq", int), ("at", int), ("record", union)],
            frozen=True,
            forbid_unknown_fields=True,
        )
        self._version = version
        self._envelope = envelope
        self._encoder = msgspec.json.Encoder(order="deterministic")
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(envelope)

    def seal(self, record: R, *, seq: int, at: int, previous: bytes) -> Sealed:
        """Give `record` its place behind the entry whose digest is `previous` (32 bytes)."""
        body = self._encoder.encode(self._envelope(self._version, seq, at, record))
        return Sealed(seq, at, kind_of(record), body, _digest(previous, body))

    def open(self, sealed: Sealed) -> R:
        """The record inside.

        Raises:
            ChainError: when the body is not one of our records, is of another version, or contradicts its own columns.
        """
        try:
            envelope = self._decoder.decode(sealed.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ChainError(sealed.seq, f"its body is not a record this version knows ({error})") from None
        if envelope.version != self._version:
            raise ChainError(sealed.seq, f"written as record version {envelope.version}; this program reads {self._version}")
        record: R = envelope.record
        if (envelope.seq, envelope.at, kind_of(record)) != (sealed.seq, sealed.at, sealed.kind):
            raise ChainError(sealed.seq, "its columns (seq, at, kind) are not those that were sealed")
        return record

    def replay(self, entries: Iterable[Sealed], *, seq: int = 0, digest: bytes = GENESIS) -> Iterator[tuple[Sealed, R]]:
        """Check a journal, and give each record as it is found good: the whole, or what follows a record that was checked.

        Cutting records off the end leaves a chain that is good as far as it goes: who wants to notice that keeps the last
        digest in another place.

        Args:
            seq, digest: of the record that the first of `entries` must follow.

        Raises:
            ChainError: naming the first record that is missing, moved or changed.
        """
        count, previous = seq, digest
        for sealed in entries:
            if sealed.seq != count + 1:
                raise ChainError(count + 1, f"missing: record {sealed.seq} follows record {count}")
            if _digest(previous, sealed.body) != sealed.digest:
                raise ChainError(
                    sealed.seq, "its digest does not match: it, or one before it, was changed after it was written"
                )
            yield sealed, self.open(sealed)
            count, previous = sealed.seq, sealed.digest


def kind_of(record: msgspec.Struct) -> str:
    """The name of a record's type, as journals spell it."""
    return _tag_of(type(record))


@cache
def _tag_of(record_type: type[msgspec.Struct]) -> str:
    """The tag of a type, of which there are about a dozen; msgspec puts its answer together each time."""
    tag = record_type.__struct_config__.tag
    assert isinstance(tag, str), "a record type needs a tag of its own"
    return tag


def _digest(previous: bytes, body: bytes) -> bytes:
    return hashlib.sha256(previous + body).digest()
