"""How a link comes to speak under new keys, and how long it still accepts the former ones.

Toward an acquirer the new set is in force with the order, for it is the acquirer that signs first: whatever its MAC is right
under is answered under the same. Toward an issuer it is in force when the issuer has said that it has it (0800, DE 70 = 161,
and a good 0810); until then it is asked again, and both sets are accepted. From the change on the former set is accepted for
a grace, for what was under way; deadlines of a process, which a restart ends: it begins with the keys of its configuration.
A link without MACs has no grace, as nothing says which set a message is under.
"""

from switch.core.asking import KEY_CHANGE, ask, ask_again
from switch.core.incoming import Incoming
from switch.core.link import Connection, Link
from switch.core.plan import KeySet
from switch.core.traffic import Due
from switch.core.turn import Turn
from switch.domain.reasons import Reason
from switch.limits import KEY_CHANGE_RETRY_MS, KEY_GRACE_MS
from switch.machine import Severity


def begin_change(turn: Turn, link: Link, keys: KeySet) -> None:
    """An operator wants the link to speak under this set, which is usable and not the one that it speaks under."""
    if not link.dialled:
        _change(turn, link, keys)
        return
    link.keys.coming = keys
    _forget_question(turn, link)
    announce(turn, link)


def withdraw_change(turn: Turn, link: Link) -> None:
    """An operator wants the link to go on under its present set, before the issuer has taken the new one."""
    link.keys.coming = None
    _forget_question(turn, link)
    text = f"{link.plan.name} goes on under its present keys; the change that it was asked for is off"
    turn.notice("keys.withdrawn", Severity.WARNING, text)


def announce(turn: Turn, link: Link) -> None:
    """Ask an issuer for the change that is ordered, if there is one and it can hear us, and has not been asked just now.

    It may be away because it was asked: a host can hang up on what it does not know, and must have its traffic all the same.
    """
    connection = link.online()
    if link.keys.coming is None or connection is None or turn.traffic.deadlines.has((Due.KEY_CHANGE, link.plan.name)):
        return
    again = KEY_CHANGE in connection.awaiting
    (ask_again if again else ask)(turn, connection, KEY_CHANGE)
    text = f"{link.plan.name} is asked{' again' if again else ''} to take its new keys"
    turn.notice("keys.asked", Severity.INFO, text, connection)
    turn.traffic.deadlines.set((Due.KEY_CHANGE, link.plan.name), turn.now.mono_ms + KEY_CHANGE_RETRY_MS)


def take_answer(turn: Turn, connection: Connection, reason: Reason) -> None:
    """The issuer's answer to our 0800: with its yes we speak under the new set; after a no it is asked again later."""
    link = connection.link
    if link.keys.coming is None:
        return
    if reason is Reason.APPROVED:
        _change(turn, link, link.keys.coming)
    else:
        text = f"{link.plan.name} does not take its new keys yet ({reason.value}); the present ones go on"
        turn.notice("keys.refused", Severity.WARNING, text, connection)


def take_request(turn: Turn, incoming: Incoming) -> Reason:
    """The peer's own 0800 about a key change; give the answer to it.

    Under the new set it shows that nothing comes under the former one any more, whose grace ends. Under the former set it is
    but announced: the answer to it can be lost, and messages are under way.
    """
    connection = incoming.connection
    link, keys = connection.link, connection.link.keys
    if keys.coming is not None:
        _change(turn, link, keys.coming)
    elif not keys.changed:
        text = f"{incoming.place}: no new keys are ordered for {link.plan.name}"
        turn.notice("keys.unknown", Severity.WARNING, text, connection)
        return Reason.NOT_SUPPORTED
    elif incoming.keys == keys.present:
        end_grace(turn, link)
    return Reason.APPROVED


def end_grace(turn: Turn, link: Link) -> None:
    """The former set of a link, if it has one, is not accepted any more."""
    turn.traffic.deadlines.drop((Due.KEY_GRACE, link.plan.name))
    if link.keys.former is not None:
        link.keys.end_former()
        text = f"{link.plan.name}: the former keys are not accepted any more"
        turn.notice("keys.ended", Severity.INFO, text)


def _forget_question(turn: Turn, link: Link) -> None:
    """An answer that comes now would be one to an earlier order."""
    turn.traffic.deadlines.drop((Due.KEY_CHANGE, link.plan.name))
    for connection in link.connections.values():
        connection.awaiting.pop(KEY_CHANGE, None)


def _change(turn: Turn, link: Link, keys: KeySet) -> None:
    if link.keys.change(keys):
        text = f"{link.plan.name}: its keys change again within a grace, which ends the one of those before the former ones"
        turn.notice("keys.ended", Severity.WARNING, text)
    turn.traffic.deadlines.drop((Due.KEY_CHANGE, link.plan.name))
    text = f"{link.plan.name} speaks under its new keys; {_begin_grace(turn, link)}"
    facts = (("link", link.plan.name), ("mac_key", keys.mac_key), ("pin_key", keys.pin_key))
    turn.notice("keys.changed", Severity.INFO, text, facts=facts)


def _begin_grace(turn: Turn, link: Link) -> str:
    """Accept the former set for a while, where a MAC tells which set a message is under; what that means, in words."""
    if not link.plan.mac_key:
        link.keys.end_former()
        return "without MACs nothing is accepted under the former ones"
    turn.traffic.deadlines.set((Due.KEY_GRACE, link.plan.name), turn.now.mono_ms + KEY_GRACE_MS)
    return f"the former ones are accepted for {KEY_GRACE_MS // 1000} s more"
