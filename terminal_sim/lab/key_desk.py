"""The operators who change the keys of links in mid-traffic: the switch's, and those of its terminals and issuers.

Each link has two generations of lab keys, between which it goes back and forth. What was asked of a switch that died is asked
of the next one, which begins with the keys of its configuration.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from switch.core import ChangeKeys, KeySet
from switch.limits import KEY_GRACE_MS
from terminal_sim.lab.host import Host
from terminal_sim.lab.operator import Operator
from terminal_sim.lab.prng import SeededEntropy
from terminal_sim.lab.world import World
from terminal_sim.terminal import TakeKeys

NEXT = "-2"
"""What the names of the second generation's keys end in."""

SETTLED_MS = 60_000
"""Time between two changes of one link: by then the former keys are forgotten on all sides, and nothing is under way that was
signed before.
"""

AFTER_PERCENT, AFTER_MS = 50, 10_000
"""How often one of the terminals of a link hears of the new keys when the former ones are refused already; how much later."""

UNREADY_PERCENT, UNREADY_MS = 60, 25_000
"""How often an issuer's operator has the new keys only when the switch has asked for them, and how much later at most."""


def other_generation(keys: KeySet) -> KeySet:
    """The keys of the generation that these are not of."""
    return KeySet(_other(keys.mac_key), _other(keys.pin_key))


class KeyOperator:
    """Gives the orders.

    Args:
        world, switch: where they are given.
        operator: whoever has the switch's configuration.
        dialled: the links to issuers.
        parties: who is at the other end, by link: of those whose keys may change.
    """

    def __init__(
        self, world: World, switch: Host, operator: Operator, dialled: Sequence[str], parties: Mapping[str, Sequence[Host]]
    ) -> None:
        self._world = world
        self._switch = switch
        self._operator = operator
        self._dialled = tuple(dialled)
        self._parties = parties
        self._wanted = operator.keys
        self._settled_ms = dict.fromkeys(parties, 0)

    def change(self, dice: SeededEntropy) -> None:
        """Have one of the links change its keys, where one has kept those that it has for long enough."""
        links = [link for link, settled_ms in self._settled_ms.items() if self._may_change(link, settled_ms)]
        if not links or not self._switch.alive:
            return
        link = dice.pick(links)
        keys = self._wanted[link] = other_generation(self._wanted[link])
        self._settled_ms[link] = self._world.mono_ms + KEY_GRACE_MS + AFTER_MS + SETTLED_MS
        for number, host in enumerate(self._parties[link]):
            delay_ms = self._delay_ms(dice, first=number == 0, dialled=link in self._dialled)
            self._world.at(delay_ms, partial(self._tell, host, keys))
        self._order(link)

    def remind(self) -> None:
        """Ask once more for what the switch was asked for, and is not configured with: it died before it could do it."""
        for link, keys in self._wanted.items():
            if keys != self._operator.keys[link]:
                self._order(link)

    def end(self) -> None:
        """See to it that everybody has the keys that are wanted."""
        self.remind()
        for link, hosts in self._parties.items():
            for host in hosts:
                self._tell(host, self._wanted[link])

    def _may_change(self, link: str, settled_ms: int) -> bool:
        return self._world.mono_ms >= settled_ms and self._wanted[link] == self._operator.keys[link]

    def _delay_ms(self, dice: SeededEntropy, *, first: bool, dialled: bool) -> int:
        """When one of the parties of a link hears of its new keys."""
        if dialled:
            return dice.below(UNREADY_MS) if dice.chance(UNREADY_PERCENT) else 0
        late = first and dice.chance(AFTER_PERCENT)
        return KEY_GRACE_MS + dice.below(AFTER_MS) if late else dice.below(KEY_GRACE_MS)

    def _order(self, link: str) -> None:
        keys = self._wanted[link]
        self._world.operate(self._switch, ChangeKeys(link, keys.mac_key, keys.pin_key))

    def _tell(self, host: Host, keys: KeySet) -> None:
        if host.alive:
            self._world.operate(host, TakeKeys(mac_key=keys.mac_key, pin_key=keys.pin_key))


def _other(name: str) -> str:
    return name.removesuffix(NEXT) if name.endswith(NEXT) else name + NEXT
