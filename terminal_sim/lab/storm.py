"""A world in which things go wrong as a fault plan says. Carries faults out; which, and when, the plan decides."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from switch.core import CloseDay
from switch.limits import JOURNAL_LOOK_MS, JOURNAL_LOW_BYTES, STOP_CUT_MS
from switch.machine import Drain, Event, JournalLow, JournalRoom
from terminal_sim.faults import FAULTS, BadPeer, Family, FaultPlan, Uttered
from terminal_sim.faults.stream_faults import CHUNKS_MAX
from terminal_sim.lab.clock import summer_changes
from terminal_sim.lab.hazards import COMMIT_MS, Calm, Fate
from terminal_sim.lab.host import Host
from terminal_sim.lab.key_desk import KeyOperator
from terminal_sim.lab.network import End, Passage, Speech
from terminal_sim.lab.operator import Operator
from terminal_sim.lab.prng import SeededEntropy
from terminal_sim.lab.world import World

SECOND_MS = 1_000

FREE_BYTES = JOURNAL_LOW_BYTES // 2
"""What is left of a disk that has little room."""

DAY_OVER = "20000101"
"""A business day that is over whenever a run begins."""

DEATHS = ("kill", "kill-later", "kill-again", "power-cut")
"""Faults that end a host at an event."""

DISK_TROUBLES = ("io-error", "no-space", "slow-sync", "lying-sync")
"""Faults of a commit."""

DOOMED_MAX = 4
"""Events after which a host that has begun again dies once more, at most: a tick, a connection, a sign-on, an answer."""

SLOW_BYTES_PER_S = (10, 100)
"""What a slow line carries: too little for a frame to end in its time, or just enough."""

BREAK_MS = 100
"""How long before a slow commit ends lines break."""

LONG_MS = 100_000
"""Longer than anybody waits for anything."""


class Storm(Calm):
    """Hazards by plan.

    Args:
        plan: what goes wrong when.
        dice: for what is no fault: latencies, and how long a dead host stays dead.
        peer_of: makes the bad peer of a kind of link.
        slow_ms: highest latency of a line.
        operator: who changes the switch's configuration.
    """

    def __init__(
        self,
        plan: FaultPlan,
        dice: SeededEntropy,
        peer_of: Callable[[Speech], BadPeer],
        slow_ms: int,
        operator: Operator,
    ) -> None:
        self._plan = plan
        self._operator = operator
        self._dice = dice
        self._peer_of = peer_of
        self._peers: dict[str, BadPeer] = {}
        self._slow_ms = slow_ms
        self._doomed: dict[str, int] = {}  # By host that will die once more: after how many events.
        self._low_until_ms = 0
        self._full: dict[str, int] = {}  # By host whose disk has no room: for how long it will not begin again.
        self._damages_speech = any(FAULTS[name].family is Family.PEER for name in plan.means)
        self._damages_streams = "chunks" in plan.means or "lag" in plan.means
        self._kills = any(name in plan.means for name in DEATHS)
        self._damages_disks = any(name in plan.means for name in DISK_TROUBLES)
        self._befall: Mapping[str, Callable[[SeededEntropy], None]] = {
            "clog": self._clog,
            "swizzle-clog": self._swizzle,
            "partition": self._partition,
            "half-open": self._half_open,
            "black-hole": self._black_hole,
            "reset": self._reset,
            "trickle": self._trickle,
            "power-off": self._power_off,
            "stall": self._stall,
            "step": self._step,
            "low-space": self._low_space,
            "close-day": self._close_day,
            "change-routes": self._change_routes,
            "change-keys": self._change_keys,
            "drain": self._drain,
        }

    def begin(self, world: World, main: Host, issuers: Iterable[Host], keys: KeyOperator) -> None:
        """Let it begin; `main` is the host whose operator does things, `issuers` whom it asks, `keys` who changes keys."""
        self._issuers = tuple(issuers)
        self._world = world
        self._main = main
        self._keys = keys
        if self._plan.fires("drift"):
            ppm = self._die("drift").between(-16_000, 16_000)
            world.clock.drift(ppm)
        if self._plan.fires("skew"):
            for host in world.hosts.values():
                host.skew_ms = self._die("skew").between(-300_000, 300_000)
        for at_ms, by_ms in summer_changes(world.now.wall_ms):
            world.at(at_ms - world.now.wall_ms, partial(self._change_time, by_ms))
        world.at(SECOND_MS, self._second)

    def end(self) -> None:
        """Let it end: nothing happens any more, lines carry again, and the dead get up."""
        self._plan.calm()
        if self._low_until_ms > self._world.mono_ms:
            self._low_until_ms = 0
            self._look_at_space()
        self._doomed.clear()
        for end in self._world.ends:
            self._world.heal(end)
        for host in list(self._world.hosts.values()):
            if not host.alive:
                self._world.restart(host)
        self._keys.end()

    # What the world asks.

    def latency_ms(self, host: Host, link: str) -> int:
        """See `Calm`."""
        return 1 + self._dice.below(self._slow_ms)

    def refusal(self, host: Host, link: str) -> str:
        """See `Calm`."""
        return "connection refused" if self._plan.fires("refused") else ""

    def utter(self, passage: Passage) -> list[Uttered] | None:
        """See `Calm`."""
        speech = passage.speech
        if not self._damages_speech or speech is None:
            return None
        if passage.speaker.host in self._issuers and self._plan.fires("crossed") and self._cross(passage):
            return []
        return self._peer(speech).utter(passage.data)

    def shape(self, passage: Passage) -> tuple[tuple[int, ...], int]:
        """See `Calm`."""
        if not self._damages_streams:
            return (), 0
        cuts: tuple[int, ...] = ()
        if self._plan.fires("chunks"):
            dice, size = self._die("chunks"), len(passage.data)
            cuts = tuple(sorted({1 + dice.below(size - 1) for _ in range(1 + dice.below(CHUNKS_MAX - 1))}))
        return cuts, self._die("lag").below(3_000) if self._plan.fires("lag") else 0

    def commit_ms(self, host: Host) -> int | None:
        """See `Calm`."""
        if not self._damages_disks:
            return COMMIT_MS
        if self._plan.fires("io-error") or self._is_full(host):
            return None
        if not self._plan.fires("slow-sync"):
            return COMMIT_MS
        takes_ms = self._die("slow-sync").between(500, 5_000)
        if host is self._main and self._plan.fires("impatience"):
            self._world.at(takes_ms - BREAK_MS, self._break_lines)
        return takes_ms

    def fate(self, host: Host, event: Event) -> Fate:
        """See `Calm`."""
        if not self._kills:
            return Fate.LIVE
        if host.name in self._doomed:
            self._doomed[host.name] -= 1
            if not self._doomed[host.name]:
                del self._doomed[host.name]
                return Fate.DIE if self._die("kill-again").chance(50) else Fate.DIE_LATER
        if host.revive is None:
            return Fate.LIVE
        if self._plan.fires("kill"):
            return Fate.DIE
        if self._plan.fires("power-cut"):
            return Fate.LOSE_POWER
        return Fate.DIE_LATER if self._plan.fires("kill-later") else Fate.LIVE

    def lies(self, host: Host) -> bool:
        """See `Calm`."""
        return self._damages_disks and self._plan.fires("lying-sync")

    def survivors(self, host: Host) -> int | None:
        """See `Calm`."""
        size = len(host.disk.unheard())
        if not size:
            return None
        if self._plan.fires("unheard-sync"):
            return size
        return self._die("torn-tail").below(size) if self._plan.fires("torn-tail") else None

    def found(self, host: Host, image: bytes) -> bytes:
        """See `Calm`."""
        whole = len(image) - len(host.disk.torn)
        if not whole or not self._plan.fires("bit-flip"):
            return image
        at = self._die("bit-flip").below(whole)
        return image[:at] + bytes([image[at] ^ 1 << self._die("bit-flip").below(8)]) + image[at + 1 :]

    def died(self, host: Host) -> None:
        """See `Calm`: it is begun again after a while."""
        if host.revive is None:
            return
        if self._plan.fires("kill-again"):
            self._doomed[host.name] = self._die("kill-again").between(1, DOOMED_MAX)
        life = host.life
        down_ms = max(self._dice.between(50, 8_000), self._full.pop(host.name, 0))
        self._world.at(down_ms, lambda: self._raise_again(host, life))

    # What befalls lines.

    def _cross(self, passage: Passage) -> bool:
        """Say an issuer's answer to a payment on the line of another issuer; False where there is none that can say it."""
        message, ends = passage.message, [end for end in self._world.ends if end.host in self._issuers]
        others = [end for end in ends if end.host is not passage.speaker.host and end.speech is not None]
        if message is None or message.mti[1:3] not in ("11", "21") or not others:
            return False
        end = self._die("crossed").pick(others)
        data = self._peer(end.speech).say_for_another(message, self._world.now.wall_ms) if end.speech is not None else b""
        if data:
            self._world.slip(end, data, "crossed")
        return bool(data)

    def _clog(self, dice: SeededEntropy) -> None:
        self._block(self._some_end(dice), dice.between(500, 8_000))

    def _swizzle(self, dice: SeededEntropy) -> None:
        for end in self._world.ends:
            at, for_ms = dice.below(5_000), dice.between(1_000, 15_000)
            self._world.at(at, partial(self._block, end, for_ms))

    def _partition(self, dice: SeededEntropy) -> None:
        self._block(self._some_end(dice), dice.between(10_000, 60_000))

    def _half_open(self, dice: SeededEntropy) -> None:
        end = self._some_end(dice)
        if end is not None:
            self._world.half_open(end)

    def _black_hole(self, dice: SeededEntropy) -> None:
        end = self._some_end(dice)
        if end is not None:
            self._block(end, LONG_MS)
            self._block(end.far, LONG_MS)
            self._world.at(60_000, lambda: self._world.reset(end))

    def _reset(self, dice: SeededEntropy) -> None:
        end = self._some_end(dice)
        if end is not None:
            self._world.reset(end)

    def _break_lines(self) -> None:
        """Some of those who wait for the switch wait no longer."""
        dice = self._die("impatience")
        for end in self._world.ends:
            if end.host is self._main and dice.chance(50):
                self._world.reset(end)

    def _trickle(self, dice: SeededEntropy) -> None:
        end = self._some_end(dice)
        if end is not None:
            end.pipe.bytes_per_s = dice.pick(SLOW_BYTES_PER_S)
            self._world.at(dice.between(5_000, 40_000), lambda: self._world.heal(end))

    # What befalls hosts, clocks and operators.

    def _power_off(self, dice: SeededEntropy) -> None:
        host = dice.pick(list(self._world.hosts.values()))
        if host.alive and host.revive is not None:
            self._world.cut_power(host)

    def _stall(self, dice: SeededEntropy) -> None:
        self._world.freeze(dice.pick(list(self._world.hosts.values())), dice.between(500, 3_000))

    def _step(self, dice: SeededEntropy) -> None:
        self._world.clock.step(dice.between(-3_600_000, 3_600_000))

    def _change_time(self, by_ms: int) -> None:
        """Summer time begins or ends. A clock that runs by local time takes part in it; others do not."""
        for host in self._world.hosts.values():
            if self._plan.fires("summer-time"):
                host.skew_ms += by_ms

    def _drain(self, dice: SeededEntropy) -> None:
        host = self._main
        if host.alive:
            life = host.life
            self._world.operate(host, Drain())
            if dice.chance(50):  # Nobody is heard then: what is open ends with the grace, whatever its issuer's time is.
                for end in self._world.ends:
                    if end.host is not host:
                        self._block(end, STOP_CUT_MS)
            self._world.at(STOP_CUT_MS, lambda: self._stop(host, life))

    def _low_space(self, dice: SeededEntropy) -> None:
        self._low_until_ms = max(self._low_until_ms, self._world.mono_ms + dice.between(3_000, 20_000))
        self._look_at_space()
        self._world.at(self._low_until_ms - self._world.mono_ms, self._look_at_space)

    def _close_day(self, dice: SeededEntropy) -> None:
        self._world.operate(self._main, CloseDay())
        if dice.chance(25):
            self._world.operate(self._main, CloseDay())
        if dice.chance(25):
            self._world.operate(self._main, CloseDay(DAY_OVER))

    def _change_routes(self, dice: SeededEntropy) -> None:
        if dice.chance(25):
            self._world.operate(self._main, self._operator.move_cards_wrongly(dice))
        self._world.operate(self._main, self._operator.move_cards(dice))

    def _change_keys(self, dice: SeededEntropy) -> None:
        self._keys.change(dice)

    # Helpers.

    def _look_at_space(self) -> None:
        """Do as the shell does: tell the switch when its journal's disk is low, and when it has room again."""
        low = self._world.mono_ms < self._low_until_ms
        self._world.operate(self._main, JournalLow(FREE_BYTES) if low else JournalRoom())

    def _is_full(self, host: Host) -> bool:
        """Whether a disk has no room for a commit. Somebody makes room on it while its host is down."""
        if not self._plan.fires("no-space"):
            return False
        self._full[host.name] = self._die("no-space").between(5_000, 20_000)
        return True

    def _second(self) -> None:
        for name, befall in self._befall.items():
            if self._plan.fires(name):
                befall(self._die(name))
        self._world.at(SECOND_MS, self._second)

    def _peer(self, speech: Speech) -> BadPeer:
        peer = self._peers.get(speech.name)
        if peer is None:
            peer = self._peers[speech.name] = self._peer_of(speech)
        return peer

    def _die(self, name: str) -> SeededEntropy:
        dice = self._plan.dice[name]
        assert isinstance(dice, SeededEntropy), "a storm's plan draws from the lab's entropy"
        return dice

    def _some_end(self, dice: SeededEntropy) -> End | None:
        ends = self._world.ends
        return dice.pick(ends) if ends else None

    def _block(self, end: End | None, for_ms: int) -> None:
        if end is not None and not end.gone:
            self._world.block(end, for_ms)

    def _stop(self, host: Host, life: int) -> None:
        if host.alive and host.life == life:
            self._world.kill(host)

    def _raise_again(self, host: Host, life: int) -> None:
        if not host.alive and host.life == life:
            self._world.restart(host)
            if host is self._main:
                self._keys.remind()
            if host is self._main and self._world.mono_ms < self._low_until_ms:
                self._world.at(JOURNAL_LOOK_MS, self._look_at_space)
