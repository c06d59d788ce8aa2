"""What an operator may ask of a switch that runs, and what is done about it. What cannot be done is refused as a whole.

Routes and keys are the process's: a restart begins with those of its configuration again. The business day is the journal's.
"""

from collections.abc import Callable
from typing import Any

from keys.errors import KeysError
from switch.core import clockwork
from switch.core.bin_table import BinTable
from switch.core.business_day import close_day, day_after
from switch.core.key_change import begin_change, withdraw_change
from switch.core.key_sets import indistinct
from switch.core.link_keys import check_keys
from switch.core.plan import EMBEDDED, KeySet, Route
from switch.core.turn import Turn
from switch.ledger.records import Ordered
from switch.machine import Drain, JournalLow, JournalRoom, Order, Severity


class ChangeRoutes(Order, frozen=True, tag=True):
    """Send new requests by these routes. What is open ends where it is, and what follows it goes there too."""

    routes: tuple[Route, ...]


class ChangeKeys(Order, frozen=True, tag=True):
    """Have a link speak under other keys, which the HSM has under these names; see `switch.core.key_change`."""

    link: str
    mac_key: str = ""
    pin_key: str = ""


class CloseDay(Order, frozen=True, tag=True):
    """End the business day, and begin `day` (YYYYMMDD); empty for the calendar day after the present one."""

    day: str = ""


SwitchOrder = Drain | JournalLow | JournalRoom | ChangeRoutes | ChangeKeys | CloseDay


def carry_out(turn: Turn, order: Order) -> None:
    """Do what an operator asks, or say why not."""
    obey = ORDERS.get(type(order))
    assert obey is not None, f"the switch has no order {type(order).__name__}"
    refusal = obey(turn, order)
    if refusal:
        text = f"{type(order).__name__} refused: {refusal}; nothing was changed"
        turn.notice("order.refused", Severity.ERROR, text, facts=(("order", type(order).__name__),))


def _drain(turn: Turn, order: Drain) -> str:
    clockwork.drain(turn)
    return ""


def _change_routes(turn: Turn, order: ChangeRoutes) -> str:
    issuers = [EMBEDDED, *(name for name, link in turn.traffic.links.items() if link.dialled)]
    first: dict[str, int] = {}
    for number, route in enumerate(order.routes):
        if route.to not in issuers:
            return f'route {number} leads to "{route.to}", which is no issuer (issuers: {", ".join(issuers)})'
        if not (route.prefix.isascii() and route.prefix.isdigit()):
            return f"the prefix of route {number} is not the leading digits of card numbers"
        if route.prefix in first:  # By its place: a prefix may be as long as a card number.
            return f"route {number} has the prefix of route {first[route.prefix]}"
        first[route.prefix] = number
    turn.record(Ordered(type(order).__name__, f"{len(order.routes)} routes"))
    turn.traffic.bins = BinTable(order.routes)
    turn.notice("routes.changed", Severity.INFO, f"{len(order.routes)} routes are in force")
    open_count = len(turn.traffic.inflight)
    if open_count:
        turn.notice("routes.overtaken", Severity.INFO, f"{open_count} exchanges are open, and end where they are")
    return ""


def _change_keys(turn: Turn, order: ChangeKeys) -> str:
    link, keys = turn.traffic.links.get(order.link), KeySet(order.mac_key, order.pin_key)
    if link is None:
        return f'there is no link "{order.link}" (links: {", ".join(turn.traffic.links)})'
    if bool(keys.mac_key) is not bool(link.plan.mac_key):
        return f"whether the messages of {order.link} have MACs is no matter of keys"
    if indistinct(link.plan, link.keys.present, keys):
        return f"the MAC key of {order.link} must change with its PIN key: it tells which set a message is under"
    if keys == link.keys.wanted:
        return f"{order.link} has these keys, or is about to"
    try:
        check_keys(turn.hsm, link.plan.role, keys)
    except KeysError as error:
        return str(error)
    turn.record(Ordered(type(order).__name__, f"{order.link}: MAC key {keys.mac_key or '-'}, PIN key {keys.pin_key or '-'}"))
    if keys == link.keys.present:
        withdraw_change(turn, link)
    else:
        begin_change(turn, link, keys)
    return ""


def _close_day(turn: Turn, order: CloseDay) -> str:
    return close_day(turn, order.day or day_after(turn))


def _save_room(turn: Turn, order: JournalLow) -> str:
    """Nothing is written down: what is left of the disk is for what is open."""
    turn.traffic.journal_low = True
    text = f"{order.free_bytes} bytes are free on the journal's disk; new requests are refused until there is room again"
    turn.notice("journal.low", Severity.ERROR, text)
    return ""


def _use_room(turn: Turn, order: JournalRoom) -> str:
    turn.traffic.journal_low = False
    turn.notice("journal.room", Severity.INFO, "the journal's disk has room again; new requests are taken")
    return ""


ORDERS: dict[type[Order], Callable[[Turn, Any], str]] = {
    Drain: _drain,
    ChangeRoutes: _change_routes,
    ChangeKeys: _change_keys,
    CloseDay: _close_day,
    JournalLow: _save_room,
    JournalRoom: _use_room,
}
"""One row for each order; what is done gives the reason why it cannot be done, or nothing."""
