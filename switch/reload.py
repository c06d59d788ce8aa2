"""A configuration that is read again while a switch runs: what may change becomes orders and key contents, all or nothing.

Routes, the key names of links and the contents of the keys may change. Anything else that differs is refused by its name, for
it would need other listeners, another journal or another issuer. Nothing is done here: `switch.app` gives the orders.
"""

from collections.abc import Container, Iterator

import msgspec

from keys.errors import KeysError
from keys.keystore import MemoryKeystore
from keys.material import Key
from keys.policy import check_state
from switch.compose import compose
from switch.config import Config, ConfigError
from switch.core import ChangeKeys, ChangeRoutes, KeySet, LinkPlan, SwitchPlan
from switch.core.key_sets import indistinct
from switch.machine import Order
from switch.wire.dialect_file import DialectFile

CHANGEABLE = ("routes", "keys", "keystore", "lab_keys", "reference", "mac_key", "pin_key")
"""What may differ: sections of a configuration, and words of a link."""

LASTING = ("token_key", "protect_key")
"""Places of a configuration whose keys the journal depends on: another one could not read it."""


class Change(msgspec.Struct, frozen=True):
    """What a new configuration comes to.

    Args:
        config: it, from now on in force.
        orders: for the switch.
        keys: those that are new or differ, which the HSM must have before the orders are given.
        gone: names of keys that are not there any more.
    """

    config: Config
    orders: tuple[Order, ...]
    keys: tuple[Key, ...]
    gone: tuple[str, ...]

    @property
    def words(self) -> str:
        """What changes, for people: names only."""
        parts = [type(order).__name__ for order in self.orders]
        parts += [f"key {key.name}" for key in self.keys] + [f"key {name} is gone" for name in self.gone]
        return ", ".join(parts) or "nothing differs"

    def put(self, keystore: MemoryKeystore) -> None:
        """Give a keystore the keys of the new configuration."""
        known = keystore.names()
        for key in self.keys:
            (keystore.replace if key.name in known else keystore.add)(key)
        for name in self.gone:
            keystore.remove(name)


def change(
    running: Config,
    wanted: Config,
    keystore: MemoryKeystore,
    *,
    accepted: Container[str],
    files: tuple[DialectFile, ...] = (),
) -> Change:
    """What must be done for a switch that runs by one configuration to run by another.

    Args:
        keystore: what the switch has its keys from.
        accepted: names of the keys that its links speak under or accept now, which may not be those of its configuration: an
            issuer has not taken the new ones yet, or a grace is not over.
        files: what the dialect files said when the switch was made.

    Raises:
        ConfigError: the other one cannot be used, or not without a restart; every problem is named.
    """
    fixed = [f"{place} changes only at a restart" for place in _differences("$", running, wanted)]
    if fixed:
        raise ConfigError(fixed)
    composition = compose(wanted, in_use=_names(running))
    old = {name: keystore.get(name) for name in keystore.names()}
    new = {name: composition.keystore.get(name) for name in composition.keystore.names()}
    problems = [*_other_files(wanted, files, composition.dialect_files)]
    problems += _misfits(running, wanted, composition.plan.links, old, new)
    if problems:
        raise ConfigError(problems)
    return Change(
        wanted,
        _orders(running, composition.plan),
        tuple(key for name, key in new.items() if old.get(name) != key),
        # What a link speaks under until now is accepted for a while: it goes with the first reading after that.
        tuple(name for name in old if name not in new and name not in accepted),
    )


def _orders(running: Config, plan: SwitchPlan) -> tuple[Order, ...]:
    orders: list[Order] = []
    if [(route.prefix, route.to) for route in running.routes] != [(route.prefix, route.to) for route in plan.routes]:
        orders.append(ChangeRoutes(plan.routes))
    for before, link in zip(running.links, plan.links, strict=True):
        if (before.mac_key, before.pin_key) != (link.mac_key, link.pin_key):
            orders.append(ChangeKeys(link.name, link.mac_key, link.pin_key))
    return tuple(orders)


def _names(config: Config) -> tuple[str, ...]:
    """The keys that a configuration names."""
    issuer = config.issuer
    of_links = [name for link in config.links for name in (link.mac_key, link.pin_key) if name]
    return (config.token_key, config.protect_key, issuer.pvk, issuer.cvk, issuer.imk_ac, *of_links)


def _other_files(config: Config, before: tuple[DialectFile, ...], after: tuple[DialectFile, ...]) -> Iterator[str]:
    """Dialect files that say something else, under the same name, than those that the switch was made of."""
    for number, name in enumerate(config.dialects):
        if before[number : number + 1] != after[number : number + 1]:
            yield f"$.dialects[{number}]: {name} says something else than at the start; a dialect changes only at a restart"


def _misfits(
    running: Config, wanted: Config, links: tuple[LinkPlan, ...], old: dict[str, Key], new: dict[str, Key]
) -> list[str]:
    """What a configuration that could be started with cannot be changed to."""
    problems: list[str] = []
    lasting = [(f"$.{word}", getattr(running, word)) for word in LASTING]
    if any(card.pin for card in running.issuer.cards):
        lasting.append(("$.issuer.pvk", running.issuer.pvk))  # Values of PINs were made under it at the start.
    for place, name in lasting:
        if name in old and (name not in new or new[name].secret != old[name].secret):
            problems.append(f"{place}: key {name!r} keeps its contents as long as the switch runs; it may be disabled")
    for number, (before, after, plan) in enumerate(zip(running.links, wanted.links, links, strict=True)):
        if bool(before.mac_key) is not bool(after.mac_key):
            problems.append(f"$.links[{number}].mac_key: whether there are MACs changes only at a restart")
        if indistinct(plan, KeySet(before.mac_key, before.pin_key), plan.keys):
            problems.append(f"$.links[{number}].mac_key: must change with pin_key: it tells which of two a PIN block is under")
        for word in ("mac_key", "pin_key"):
            name = getattr(after, word)
            if name and (before.mac_key, before.pin_key) != (after.mac_key, after.pin_key):
                problems += _idle(f"$.links[{number}].{word}", new[name])
    return problems


def _idle(place: str, key: Key) -> list[str]:
    try:
        check_state(key)
    except KeysError as error:
        return [f"{place}: {error}"]
    return []


def _differences(place: str, old: object, new: object) -> Iterator[str]:
    """Where two configurations differ that may not, by the longest path that both have."""
    if isinstance(old, msgspec.Struct) and isinstance(new, msgspec.Struct):
        for word in old.__struct_fields__:
            if word not in CHANGEABLE:
                yield from _differences(f"{place}.{word}", getattr(old, word), getattr(new, word))
    elif isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _differences(f"{place}[{number}]", one, other)
    elif old != new:
        yield place
