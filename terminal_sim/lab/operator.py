"""The operator of the switch: its configuration as he has left it, and the orders by which he changes it in mid-traffic.

He writes down what the switch has taken, so that one that begins again begins with that; what it refuses leaves nothing behind.
Whether an order should have been taken is for an auditor to judge.
"""

from collections.abc import Mapping, Sequence

import msgspec

from switch.config import Config, RouteConfig
from switch.core import EMBEDDED, ChangeRoutes, KeySet, Route
from switch.machine import Command, Event, Moment, Notify, Operate
from terminal_sim.lab.host import Host
from terminal_sim.lab.observer import Observer
from terminal_sim.lab.prng import SeededEntropy

NOBODY = "nobody"
"""Where a route leads that leads to no issuer."""

SHARES = (5, 30, 100)
"""How many of a hundred cards are moved at once."""


class Operator(Observer):
    """An observer that learns from the switch's own notices whether it has done what it was told.

    `config` is the configuration with which the switch begins.

    Args:
        name: of the switch's host.
        config: what it begins with the first time.
    """

    def __init__(self, name: str, config: Config) -> None:
        self.config = config
        self._name = name
        self._home = dict(self.routes)
        self._movable = [route.prefix for route in config.routes if route.to != EMBEDDED]
        self._banks = [link.name for link in config.links if link.role == "issuer"]

    @property
    def routes(self) -> list[tuple[str, str]]:
        """From prefixes to issuers, as he has left them."""
        return [(route.prefix, route.to) for route in self.config.routes]

    @property
    def keys(self) -> dict[str, KeySet]:
        """The keys of links, as the switch has taken them."""
        return {link.name: KeySet(link.mac_key, link.pin_key) for link in self.config.links}

    def move_cards(self, dice: SeededEntropy) -> ChangeRoutes:
        """Routes by which some cards of remote issuers go to another one, or nowhere, or back to their first one."""
        routes = dict(self.routes)
        share, to, home = dice.pick(SHARES), dice.pick((*self._banks, *self._banks, "")), dice.chance(30)
        for prefix in self._movable:
            if dice.chance(share):
                routes.pop(prefix, None)
                target = self._home[prefix] if home else to
                if target:
                    routes[prefix] = target
        return ChangeRoutes(tuple(Route(prefix, target) for prefix, target in routes.items()))

    def move_cards_wrongly(self, dice: SeededEntropy) -> ChangeRoutes:
        """The same with one route among them that cannot be."""
        routes = self.move_cards(dice).routes
        prefix, target = routes[0].prefix, routes[0].to
        wrong = (Route("9", NOBODY), Route(prefix, target), Route(prefix + "x", target))
        return ChangeRoutes((*routes, dice.pick(wrong)))

    def took(self, event: Event, commands: Sequence[Command]) -> None:
        """The switch has said what is to be done about an event."""
        if isinstance(event, Operate) and not _refused(commands):
            match event.order:
                case ChangeRoutes(routes=routes):
                    written = tuple(RouteConfig(prefix=route.prefix, to=route.to) for route in routes)
                    self.config = msgspec.structs.replace(self.config, routes=written)
                case _:
                    pass
        for command in commands:
            if isinstance(command, Notify) and command.notice.kind == "keys.changed":
                self._write_keys(dict(command.notice.facts))

    def handled(self, host: Host, event: Event, now: Moment, commands: Sequence[Command]) -> None:
        """See `Observer`."""
        if host.name == self._name:
            self.took(event, commands)

    def _write_keys(self, facts: Mapping[str, str]) -> None:
        """A link speaks under other keys: those that it was to, or, toward an issuer, only now."""
        keys = {"mac_key": facts["mac_key"], "pin_key": facts["pin_key"]}
        links = [msgspec.structs.replace(link, **keys) if link.name == facts["link"] else link for link in self.config.links]
        self.config = msgspec.structs.replace(self.config, links=tuple(links))


def _refused(commands: Sequence[Command]) -> bool:
    return any(isinstance(command, Notify) and command.notice.kind == "order.refused" for command in commands)
