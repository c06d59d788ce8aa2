"""The trace of a run as one number: SHA-256 over every event and every command of every host, in order. Keeps nothing else."""

import hashlib
from collections.abc import Sequence

from switch.machine import (
    Append,
    ChainError,
    Closed,
    Command,
    Dial,
    Event,
    Hangup,
    Moment,
    Notify,
    Opened,
    Operate,
    Received,
    Sealed,
    Send,
    Unreachable,
)
from terminal_sim.lab.host import Host
from terminal_sim.lab.observer import Observer


class TraceDigest(Observer):
    """An observer that folds what happens into a digest."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    @property
    def hex(self) -> str:
        """The digest so far."""
        return self._hash.hexdigest()

    def handled(self, host: Host, event: Event, now: Moment, commands: Sequence[Command]) -> None:
        """See `Observer`."""
        parts = [b"%d %d %s %s" % (now.mono_ms, now.wall_ms, host.name.encode(), _spell_event(event))]
        parts += map(_spell_command, commands)
        self._hash.update(b"\n".join(parts) + b"\n")

    def committed(self, host: Host, entries: Sequence[Sealed]) -> None:
        """See `Observer`."""
        self._hash.update(b"%s durable %d\n" % (host.name.encode(), entries[-1].seq))

    def died(self, host: Host) -> None:
        """See `Observer`."""
        self._hash.update(b"%s died\n" % host.name.encode())

    def revived(self, host: Host, entries: Sequence[Sealed], damage: ChainError | ValueError | None, changed: bool) -> None:
        """See `Observer`."""
        self._hash.update(b"%s begins on %d\n" % (host.name.encode(), host.disk.seq))


def _spell_event(event: Event) -> bytes:
    match event:
        case Received(conn=conn, data=data):
            return b"received %d %s" % (conn, data)
        case Opened(conn=conn, link=link):
            return b"opened %d %s" % (conn, link.encode())
        case Closed(conn=conn, why=why, unsent=unsent):
            return b"closed %d %d %s" % (conn, unsent, why.encode())
        case Unreachable(link=link, why=why):
            return b"unreachable %s %s" % (link.encode(), why.encode())
        case Operate(order=order):
            return b"operate %s" % type(order).__name__.encode()
        case _:
            return b"tick"


def _spell_command(command: Command) -> bytes:
    match command:
        case Send(conn=conn, data=data):
            return b"send %d %s" % (conn, data)
        case Append(sealed=sealed):
            return b"append " + sealed.digest
        case Notify(notice=notice):
            return b"notify %s %s" % (notice.kind.encode(), notice.text.encode())
        case Dial(link=link):
            return b"dial %s" % link.encode()
        case Hangup(conn=conn, why=why):
            return b"hangup %d %s" % (conn, why.encode())
