"""The wire log of a world: who said what to whom, when it was heard, and what befell hosts and lines. No card data is in it.

Traces keep it, and timelines are drawn from it.
"""

from collections.abc import Callable, Sequence

from switch.machine import ChainError, Sealed
from switch.machine.trace import Befell, Heard, Said, WireLog
from terminal_sim.lab.host import Host
from terminal_sim.lab.network import End, Passage
from terminal_sim.lab.observer import Observer
from terminal_sim.lab.world import World

UNDERWAY_MAX = 10_000
"""Messages that may be on their way at once; the oldest of more was never said, for a bad peer has kept it."""


class WireLogger(Observer):
    """An observer that gives the lines of the log, as they come, to `keep`."""

    def __init__(self, keep: Callable[[WireLog], None]) -> None:
        self._keep = keep
        self._count = 0
        self._world: World | None = None
        self._open: dict[Passage, int] = {}  # Messages on their way, by number.
        self._latest: dict[tuple[str, int], tuple[int, Said]] = {}  # By connection: the last message that was meant there.

    def placed(self, world: World) -> None:
        """See `Observer`."""
        self._world = world

    def said(self, passage: Passage) -> None:
        """See `Observer`."""
        said = self._note(passage)
        self._latest[passage.speaker.host.name, passage.speaker.conn] = (passage.at_ms, said)

    def heard(self, passage: Passage) -> None:
        """See `Observer`. What a bad peer says is first seen when it is heard."""
        number = self._open.pop(passage, None)
        if number is None:
            number = self._note(passage).number
            self._open.pop(passage, None)
        self._keep(Heard(number, passage.heard_ms))

    def closed(self, end: End) -> None:
        """See `Observer`: what was on its way there is lost, and need not be remembered."""
        for passage in [passage for passage in end.on_the_way if passage in self._open]:
            del self._open[passage]
        self._latest.pop((end.host.name, end.conn), None)
        self._keep(Befell(end.host.name, self._now_ms, "connection closed", end.conn))

    def died(self, host: Host) -> None:
        """See `Observer`."""
        self._keep(Befell(host.name, self._now_ms, "died"))

    def revived(self, host: Host, entries: Sequence[Sealed], damage: ChainError | ValueError | None, changed: bool) -> None:
        """See `Observer`."""
        self._keep(Befell(host.name, self._now_ms, "began again"))

    @property
    def _now_ms(self) -> int:
        assert self._world is not None, "an observer is placed before anything happens"
        return self._world.mono_ms

    def _note(self, passage: Passage) -> Said:
        self._count += 1
        speaker, brief = passage.speaker, passage.brief
        names = (self._count, passage.at_ms, speaker.host.name, passage.hearer.host.name, speaker.conn)
        if brief is not None:
            message = passage.message
            assert message is not None, "what has a brief was read"
            facts = (message.mti, brief.stan, brief.terminal_id, brief.rrn, message.get(39, ""))
        else:
            # Nobody can read it; it belongs to what its speaker meant at that moment.
            at_ms, meant = self._latest.get((speaker.host.name, speaker.conn), (-1, None))
            facts = ("", "", "", "", "")
            if meant is not None and at_ms == passage.at_ms:
                facts = ("", meant.stan, meant.terminal_id, meant.rrn, "")
        said = Said(*names, *facts, passage.fault)
        self._open[passage] = said.number
        if len(self._open) > UNDERWAY_MAX:
            del self._open[next(iter(self._open))]
        self._keep(said)
        return said
