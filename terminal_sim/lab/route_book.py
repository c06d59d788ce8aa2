"""Which issuer a card is routed to, as an outsider knows it: a fold of the orders that the switch was given.

It looks prefixes up on its own, and knows by itself which orders must be refused; what the switch says about them it does not
ask.
"""

from collections.abc import Iterable

from switch.core import ChangeRoutes

Routes = Iterable[tuple[str, str]]
"""From prefixes of card numbers to issuers."""


class RouteBook:
    """The routes in force; `lawful` says whether the last order to change them could be carried out.

    Args:
        routes: those that the switch has begun with.
        issuers: where a route may lead.
    """

    def __init__(self, routes: Routes, issuers: Iterable[str]) -> None:
        self._issuers = tuple(issuers)
        self._targets = dict(routes)
        self.lawful = True

    def take(self, order: ChangeRoutes) -> None:
        """The switch is given an order. One that cannot be carried out changes nothing."""
        prefixes = [route.prefix for route in order.routes]
        self.lawful = (
            len(set(prefixes)) == len(prefixes)
            and all(prefix.isascii() and prefix.isdigit() for prefix in prefixes)
            and all(route.to in self._issuers for route in order.routes)
        )
        if self.lawful:
            self._targets = {route.prefix: route.to for route in order.routes}

    def begin(self, routes: Routes) -> None:
        """The switch has begun again, with these."""
        self._targets = dict(routes)

    def target(self, pan: str) -> str:
        """The issuer whose prefix fits a card number best; empty for none."""
        fitting = [prefix for prefix in self._targets if pan.startswith(prefix)]
        return self._targets[max(fitting, key=len)] if fitting else ""
