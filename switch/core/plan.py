"""The plan: parties, routes and accounts as configuration gives them at the start; what an order changes is in the traffic.

Values only; reading files is `switch.config`'s work.
"""

from enum import Enum

import msgspec

from switch.domain.money import Money
from switch.wire import Dialect, Framing

EMBEDDED = "issuer"
"""The name that a route gives to the embedded issuer."""


class Role(Enum):
    """Which side of us a party is on."""

    __hash__ = object.__hash__  # As in `keys.policy`: a member is one object, and is looked up all the time.

    ACQUIRER = "acquirer"
    """It connects to us and asks."""
    ISSUER = "issuer"
    """We connect to it and forward to it."""


class KeySet(msgspec.Struct, frozen=True):
    """The keys that the messages of a link are under, by name.

    Args:
        mac_key: of their MACs; empty on a link without MACs.
        pin_key: of their PIN blocks; empty when there are none.
    """

    mac_key: str = ""
    pin_key: str = ""


class LinkPlan(msgspec.Struct, frozen=True):
    """One party.

    Args:
        name: unique among the links, and not `EMBEDDED`.
        role: acquirer or issuer.
        dialect, framing: how it speaks.
        sign_on: True when no traffic may pass before a sign-on (0800, DE 70 = 001).
        mac_key, pin_key: names of the keys that it begins with; see `KeySet`. Whether there are MACs is for good.
        response_timeout_ms: how long an issuer has for an answer.
    """

    name: str
    role: Role
    dialect: Dialect
    framing: Framing
    sign_on: bool = False
    mac_key: str = ""
    pin_key: str = ""
    response_timeout_ms: int = 25_000

    @property
    def keys(self) -> KeySet:
        """The key set that it begins with."""
        return KeySet(self.mac_key, self.pin_key)


class Route(msgspec.Struct, frozen=True):
    """Cards whose number starts with `prefix` go to the link, or the embedded issuer, called `to`."""

    prefix: str
    to: str


class AccountPlan(msgspec.Struct, frozen=True):
    """An account of the embedded issuer and the balance it starts with when the journal does not know it yet."""

    number: str
    opening: Money


class SwitchPlan(msgspec.Struct, frozen=True):
    """Everything that the machine is told once.

    Args:
        links: the parties.
        routes: at the start, from card prefixes to issuers; the longest prefix wins.
        accounts: of the embedded issuer.
        token_key: names the HSM key under which PANs become tokens.
        protect_key: names the HSM key under which the journal's vaults are enciphered.
        any_pan: True to take card numbers outside the published test ranges.
    """

    links: tuple[LinkPlan, ...]
    routes: tuple[Route, ...]
    accounts: tuple[AccountPlan, ...] = ()
    token_key: str = "journal.token"
    protect_key: str = "journal.protect"
    any_pan: bool = False
