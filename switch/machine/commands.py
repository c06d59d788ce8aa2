"""What a machine may ask of its world. Commands run in order; see `outbox` for the one rule about that order."""

import msgspec

from switch.machine.notice import Notice
from switch.machine.sealing import Sealed


class Dial(msgspec.Struct, frozen=True, tag=True):
    """Connect to the party `link`. The world answers with `Opened` or with `Unreachable`."""

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
