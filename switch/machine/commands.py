"""What a machine may ask of its world. Commands run in order; see `outbox` for the one rule about that order."""

from typing import Protocol

import msgspec

from switch.machine.notice import Notice


class Sealed(Protocol):
    """A journal entry, ready to be stored: the machine package needs no more of a record than this."""

    @property
    def seq(self) -> int:
        """Position in the journal, from 1, without gaps."""

    @property
    def at(self) -> int:
        """Wall clock of the event that made it, in milliseconds since 1970 UTC."""

    @property
    def kind(self) -> str:
        """Name of the record's type."""

    @property
    def body(self) -> bytes:
        """Canonical JSON, exactly the bytes that the digest covers."""

    @property
    def digest(self) -> bytes:
        """SHA-256 over the previous digest and the body, 32 bytes."""


class Dial(msgspec.Struct, frozen=True, tag=True):
    """Connect to the party `link`. The world answers with `Opened`, or with `Closed(conn=0, ...)` naming the link in `why`."""

    link: str


class Send(msgspec.Struct, frozen=True, tag=True):
    """Put these bytes on connection `conn`. A connection that is gone swallows them."""

    conn: int
    data: bytes


class Hangup(msgspec.Struct, frozen=True, tag=True):
    """Close connection `conn` after everything sent to it before has left."""

    conn: int
    why: str


class Append(msgspec.Struct, frozen=True, tag=True):
    """Make this entry durable before any later `Send`, `Notify`, `Dial` or `Hangup` is carried out."""

    sealed: Sealed


class Notify(msgspec.Struct, frozen=True, tag=True):
    """Tell whoever watches: logs, metrics, a page."""

    notice: Notice


Command = Dial | Send | Hangup | Append | Notify
