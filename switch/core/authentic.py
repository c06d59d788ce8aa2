"""Whose message is it: its MAC is verified on the bytes as they came, before anything else in it is believed."""

import msgspec

from keys.errors import MacMismatch
from switch.core.incoming import Incoming
from switch.core.mac_hint import mac_hint
from switch.core.plan import KeySet
from switch.core.turn import Turn
from switch.machine import Severity
from switch.wire import Message


def authenticate(turn: Turn, incoming: Incoming) -> tuple[Incoming, str]:
    """The message with the key set that it is under, and why it may not act; nothing when it may.

    Raises:
        KeysError: the present key could not be used.
    """
    connection, message = incoming.connection, incoming.message
    if not connection.plan.mac_key:
        connection.keys = connection.link.keys.present
        return _under(incoming, connection.keys), ""
    if message.mac_field is None:
        return incoming, _doubt(turn, incoming, "no MAC")
    keys = connection.link.keys
    fitting = signed_under(turn, message, keys.known)
    if fitting is None:
        return incoming, _doubt(turn, incoming, "wrong MAC", mac_hint(turn.hsm, keys.present.mac_key, message))
    incoming = _under(incoming, fitting)
    if fitting not in keys.accepted:
        text = f"{incoming.place} on {connection.plan.name} is under keys that are not accepted any more"
        turn.notice("keys.outdated", Severity.WARNING, text, connection)
        # Who has not heard of the new keys can read a refusal under the old ones only.
        return incoming, "its keys are not accepted any more"
    connection.keys = fitting
    if fitting == keys.former:
        text = f"{incoming.place} on {connection.plan.name} is under the former keys, which are still accepted"
        turn.notice("keys.former", Severity.INFO, text, connection)
    return incoming, ""


def signed_under(turn: Turn, message: Message, sets: tuple[KeySet, ...]) -> KeySet | None:
    """The first of these key sets that the MAC of a message is right under; None for none.

    Raises:
        KeysError: the key of the first set could not be used. Others that cannot be used fit nothing.
    """
    if message.mac_field is None:
        return None
    names = tuple(keys.mac_key for keys in sets)
    try:
        return sets[names.index(turn.hsm.verify_mac_under(names, message.mac_input(), message.mac))]
    except MacMismatch:
        return None


def _under(incoming: Incoming, keys: KeySet) -> Incoming:
    return incoming if incoming.keys is keys else msgspec.structs.replace(incoming, keys=keys)


def _doubt(turn: Turn, incoming: Incoming, why: str, hint: str = "") -> str:
    connection = incoming.connection
    turn.notice("mac.bad", Severity.WARNING, f"{incoming.place} on {connection.plan.name}: {why}{hint}", connection)
    return why
