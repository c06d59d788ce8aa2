"""The machine contract: events in, commands out, time and entropy as arguments.

A `Machine` is handed an `Event` and the `Moment` at which it happened, and returns `Command`s in order. It does no I/O, reads
no clock and draws no randomness of its own, so that real TCP, a simulated world, a replay or a fuzzer can drive the same code.
The one promise between a machine and its world is *journal before speech*: no outward command overtakes an earlier `Append`
that is not yet durable. `Outbox` keeps that promise for every world.
"""

from switch.machine.clock import Moment
from switch.machine.commands import Append, Command, Dial, Hangup, Notify, Send
from switch.machine.deadlines import Deadlines
from switch.machine.entropy import Entropy
from switch.machine.events import (
    Closed,
    Drain,
    Event,
    JournalLow,
    JournalRoom,
    Opened,
    Operate,
    Order,
    Received,
    Tick,
    Unreachable,
)
from switch.machine.machine import Machine
from switch.machine.notice import Notice, Severity
from switch.machine.outbox import Outbox
from switch.machine.sealing import GENESIS, ChainError, JournalError, RecordCodec, Sealed

__all__ = [
    "GENESIS",
    "Append",
    "ChainError",
    "Closed",
    "Command",
    "Deadlines",
    "Dial",
    "Drain",
    "Entropy",
    "Event",
    "Hangup",
    "JournalError",
    "JournalLow",
    "JournalRoom",
    "Machine",
    "Moment",
    "Notice",
    "Notify",
    "Opened",
    "Operate",
    "Order",
    "Outbox",
    "Received",
    "RecordCodec",
    "Sealed",
    "Send",
    "Severity",
    "Tick",
    "Unreachable",
]
