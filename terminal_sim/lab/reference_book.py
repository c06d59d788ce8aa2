"""The reference book of an issuer: what its own answers on the wire come to. Its own books are held against it."""

from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.network import Brief
from terminal_sim.lab.recent import Recent
from terminal_sim.lab.settlement import SETTLED_KEPT

_Key = tuple[str, str, str, str]
"""What a message is known by: MTI without its repeat digit, DE 11, the moment by which it is named, DE 41."""


class ReferenceBook:
    """`net` is what each transaction has cost, in minor units."""

    def __init__(self) -> None:
        self.net: dict[Transaction, int] = {}
        self._booked: dict[_Key, tuple[Transaction, int]] = {}
        self._keys: dict[Transaction, list[_Key]] = {}
        self._undone: Recent[_Key, None] = Recent(SETTLED_KEPT)

    def take(self, asked: Brief, mti: str) -> None:
        """The issuer has approved what was asked; `mti` is that of the request without its repeat digit."""
        key = (mti, asked.stan, asked.moment, asked.terminal_id)
        if mti[1:3] in ("10", "20", "22") and key not in self._undone and key not in self._booked:
            self._booked[key] = (asked.transaction, int(asked.minor or 0))
            self._keys.setdefault(asked.transaction, []).append(key)
            self._change(*self._booked[key])
        if mti[1:3] in ("22", "40", "42") and asked.original is not None:
            named = (*asked.named, asked.terminal_id)
            self._undone.keep(named, None)  # A completion takes the place of what its authorisation had set aside.
            before = self._booked.pop(named, None)
            if before is not None:
                self._change(before[0], -before[1])

    def forget(self, transaction: Transaction) -> None:
        """It has been judged."""
        self.net.pop(transaction, None)
        for key in self._keys.pop(transaction, ()):
            self._booked.pop(key, None)

    def _change(self, transaction: Transaction, minor: int) -> None:
        self.net[transaction] = self.net.get(transaction, 0) + minor
