"""From a card number to where it is decided: the longest prefix wins. Knows no links and no state."""

from keys.sensitive import Pan
from switch.core.plan import Route


class BinTable:
    """Routes by prefix, looked up by length from the longest."""

    def __init__(self, routes: tuple[Route, ...]) -> None:
        self._targets = {route.prefix: route.to for route in routes}
        self._lengths = sorted({len(route.prefix) for route in routes}, reverse=True)

    def route(self, pan: Pan) -> str | None:
        """The name of the link, or of the embedded issuer, that decides for this card; None when no prefix fits."""
        digits = pan.expose()
        for length in self._lengths:
            target = self._targets.get(digits[:length])
            if target is not None:
                return target
        return None
