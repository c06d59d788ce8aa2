"""Whose message is it: its MAC is verified on the bytes as they came, before anything else in it is believed."""

import msgspec

from keys.errors import KeysError, MacMismatch
from switch.core.incoming import Incoming
from switch.core.link import Connection
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
    fitting = signed_under(turn, connection, message)
    if fitting is None:
        return _unsigned(turn, incoming)
    connection.keys = fitting
    if fitting == connection.link.keys.former:
        text = f"{incoming.place} on {connection.plan.name} is under the former keys, which are still accepted"
        turn.notice("keys.former", Severity.INFO, text, connection)
    return _under(incoming, fitting), ""


def signed_under(turn: Turn, connection: Connection, message: Message) -> KeySet | None:
    """The key set of the link that the MAC of a message is right under; None for none.

    Raises:
        KeysError: the present key could not be used. Others that cannot be used fit nothing.
    """
    if message.mac_field is None:
        return None
    present, broken = connection.link.keys.present, None
    for keys in connection.link.keys.accepted(connection.keys):
        try:
            turn.hsm.verify_mac(keys.mac_key, message.mac_input(), message.mac)
        except MacMismatch:
            continue
        except KeysError as error:
            broken = error if keys is present else broken
            continue
        return keys
    if broken is not None:
        raise broken
    return None


def _unsigned(turn: Turn, incoming: Incoming) -> tuple[Incoming, str]:
    """A MAC that fits no set that is accepted: is it a forged one, or one that has not heard of the new keys?"""
    connection, message = incoming.connection, incoming.message
    keys = connection.link.keys
    if keys.ended is None or not _fits(turn, keys.ended, message):
        return incoming, _doubt(turn, incoming, "wrong MAC", mac_hint(turn.hsm, keys.present.mac_key, message))
    text = f"{incoming.place} on {connection.plan.name} is under keys that are not accepted any more"
    turn.notice("keys.outdated", Severity.WARNING, text, connection)
    # Who has not heard of the new keys can read a refusal under the old ones only.
    return _under(incoming, keys.ended), "its keys are not accepted any more"


def _under(incoming: Incoming, keys: KeySet) -> Incoming:
    return incoming if incoming.keys is keys else msgspec.structs.replace(incoming, keys=keys)


def _fits(turn: Turn, keys: KeySet, message: Message) -> bool:
    try:
        turn.hsm.verify_mac(keys.mac_key, message.mac_input(), message.mac)
    except KeysError:
        return False
    return True


def _doubt(turn: Turn, incoming: Incoming, why: str, hint: str = "") -> str:
    connection = incoming.connection
    turn.notice("mac.bad", Severity.WARNING, f"{incoming.place} on {connection.plan.name}: {why}{hint}", connection)
    return why
