"""Records a run as a trace, line by line, for a replay and for pictures. Opens no file: who gives `write` has opened one.

A trace of the lab is full: it has the lab's cards and their PINs, which are published.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from keys.sensitive import Secret
from switch.core import SwitchOrder
from switch.machine import ChainError, Command, Entropy, Event, Moment, Sealed
from switch.machine.entropy import RecordingEntropy
from switch.machine.trace import VERSION, Began, Header, Line, TraceCodec, TracePen, Turn
from terminal_sim.lab.host import Host
from terminal_sim.lab.observer import Observer
from terminal_sim.lab.swarm import Options
from terminal_sim.lab.world import World
from terminal_sim.terminal import Complete, Pay, TakeKeys, Void

ORIGIN = "sim"


def _spell(value: Any) -> str:
    assert isinstance(value, Secret), type(value)
    return value.expose().hex()


def _read(kind: type, value: Any) -> Secret:
    if kind is not Secret or not isinstance(value, str):
        raise ValueError("no secret of a trace")
    return Secret(bytes.fromhex(value))


def lab_codec() -> TraceCodec:
    """The codec of traces in which there are terminals."""
    return TraceCodec(SwitchOrder | Pay | Complete | Void | TakeKeys, spell=_spell, read=_read)


class Recorder(Observer):
    """An observer that writes a trace. `entropy_of` must stand between machines and their dice; see `Run`.

    Args:
        options: of the run.
        actor: what `--actor` was given.
        write: takes the bytes of each line.
    """

    def __init__(self, options: Options, actor: str, write: Callable[[bytes], object]) -> None:
        self._pen = TracePen(lab_codec())
        self._write = write
        self._sources: dict[str, RecordingEntropy] = {}
        self._world: World | None = None
        self._begun = False
        self._put(Header(VERSION, ORIGIN, True, msgspec.Raw(msgspec.json.encode(options, order="deterministic")), actor))

    def entropy_of(self, name: str, dice: Entropy) -> Entropy:
        """Dice of a machine, which are written down."""
        source = self._sources[name] = RecordingEntropy(dice)
        return source

    def keep(self, line: Line) -> None:
        """Take a line of the wire log."""
        self._begin()
        self._put(line)

    def end(self, why: str) -> None:
        """Write the last line."""
        self._begin()
        self._write(self._pen.end(why))

    def placed(self, world: World) -> None:
        """See `Observer`."""
        self._world = world

    def handled(self, host: Host, event: Event, now: Moment, commands: Sequence[Command]) -> None:
        """See `Observer`."""
        self._begin()
        self._put(Turn(host.name, now, event, self._sources[host.name].take(), tuple(commands)))

    def revived(self, host: Host, entries: Sequence[Sealed], damage: ChainError | ValueError | None, changed: bool) -> None:
        """See `Observer`."""
        self._begin()
        self._put(Began(host.name, host.disk.seq, self._sources[host.name].take()))

    def _begin(self) -> None:
        """Before the first thing that happens: all hosts, as they are then."""
        if self._begun:
            return
        self._begun = True
        assert self._world is not None, "an observer is placed before anything happens"
        for host in self._world.hosts.values():
            entries = tuple(host.journal)
            self._put(Began(host.name, len(entries), self._sources[host.name].take(), entries))

    def _put(self, line: Line) -> None:
        self._write(self._pen.write(line))
