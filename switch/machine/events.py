"""What can happen to a machine. An operator's order is an event too, so that a trace holds it."""

import msgspec


class Opened(msgspec.Struct, frozen=True, tag=True):
    """Connection `conn` of the party `link` is up. Connection numbers are never used twice within a run."""

    conn: int
    link: str


class Received(msgspec.Struct, frozen=True, tag=True):
    """One read's worth of bytes: any cut of the stream, from one byte to many frames."""

    conn: int
    data: bytes


class Closed(msgspec.Struct, frozen=True, tag=True):
    """Connection `conn` is gone, and `why` in words.

    `unsent` counts the last `Send`s to it of which no byte left: those answers are known not to have been delivered.
    """

    conn: int
    why: str
    unsent: int = 0


class Unreachable(msgspec.Struct, frozen=True, tag=True):
    """A `Dial` to the party `link` has failed, and `why` in words."""

    link: str
    why: str


class Tick(msgspec.Struct, frozen=True, tag=True):
    """Time has passed. Only a tick expires deadlines, so that a late wake-up first lets all waiting reads pass."""


class Order(msgspec.Struct, frozen=True):
    """What an operator may ask of a machine. Each kind of machine adds orders of its own."""


class Drain(Order, frozen=True, tag=True):
    """Take no new work, finish what is open, then hang up everywhere."""


class JournalLow(Order, frozen=True, tag=True):
    """The disk of the journal has only `free_bytes` left: take no new work, finish what is open."""

    free_bytes: int


class JournalRoom(Order, frozen=True, tag=True):
    """The disk of the journal has room again."""


class Operate(msgspec.Struct, frozen=True, tag=True):
    """An order from outside the message flow."""

    order: Order


Event = Opened | Received | Closed | Unreachable | Tick | Operate
