"""What a world asks before it lets something go well. In `Calm` nothing goes wrong; `storm` has the rest."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from switch.machine import Event
from terminal_sim.faults import Uttered

if TYPE_CHECKING:
    from terminal_sim.lab.host import Host
    from terminal_sim.lab.network import Passage

COMMIT_MS = 1
"""From an append to its being durable; appends that wait share one commit."""

LATENCY_MS = 2
"""From one end of a wire to the other."""


class Fate(Enum):
    """What becomes of a host after an event."""

    LIVE = "lives on"
    DIE = "dies before anything of what it decided is carried out"
    DIE_LATER = "dies when as much is carried out as can be"
    LOSE_POWER = "loses its power when as much is carried out as can be"


class Calm:
    """Nothing goes wrong, and everything takes as long as it always does."""

    def latency_ms(self, host: Host, link: str) -> int:
        """How long bytes take on a connection that `host` dials."""
        return LATENCY_MS

    def refusal(self, host: Host, link: str) -> str:
        """Why an attempt to connect fails; empty when it does not."""
        return ""

    def utter(self, passage: Passage) -> list[Uttered] | None:
        """What becomes of a message that was said; None when it leaves as it is."""
        return None

    def shape(self, passage: Passage) -> tuple[tuple[int, ...], int]:
        """Where the bytes of a message are cut, and by how many milliseconds they are late."""
        return (), 0

    def commit_ms(self, host: Host) -> int | None:
        """How long a commit takes; None when the disk refuses it, which ends the host."""
        return COMMIT_MS

    def fate(self, host: Host, event: Event) -> Fate:
        """What becomes of a host after an event."""
        return Fate.LIVE

    def lies(self, host: Host) -> bool:
        """Whether a disk says that it has synced what it has not."""
        return False

    def survivors(self, host: Host) -> int | None:
        """How many bytes of what a dying host was writing are on its disk; None for what is there when nothing is odd."""
        return None

    def found(self, host: Host, image: bytes) -> bytes:
        """The bytes that a host finds on its disk when it begins again."""
        return image

    def died(self, host: Host) -> None:
        """A host is dead. Who wants it back says so."""
