"""What a network gives back to us under a reject header: our own message, and a code that says why it went no further.

It has no MTI of its own and is no answer. That the network has done nothing with it is the network's word alone, so a request
ends as one that was not answered: at once, and with a reversal owed.
"""

from keys.errors import KeysError
from switch.core import saf
from switch.core.authentic import signed_under
from switch.core.incoming import Incoming
from switch.core.inflight import match_of
from switch.core.link import Connection
from switch.core.respond import expire_exchange
from switch.core.traffic import Due
from switch.core.turn import Turn
from switch.machine import Severity
from switch.wire import DecodeError, Frame, Message
from switch.wire.mti import is_advice, is_request


def take_rejection(turn: Turn, connection: Connection, frame: Frame, code: str) -> None:
    """Notice it, and end what waits for an answer to the message that came back. Anything else changes nothing."""
    text = f"{connection.plan.name} rejects a message of {len(frame)} bytes with code {code}"
    turn.notice("frame.rejected", Severity.WARNING, text, connection, facts=(("code", code),))
    message = _ours(turn, connection, frame)
    if message is None:
        return
    incoming = Incoming(message, connection, connection.keys, frame.head)
    if is_advice(message.mti):
        saf.reject(turn, incoming, code)
    elif is_request(message.mti):
        exchange = turn.traffic.inflight.match(match_of(connection.plan.name, message))
        if exchange is not None:
            turn.traffic.deadlines.drop((Due.EXCHANGE, exchange.key))
            expire_exchange(turn, exchange.key)


def _ours(turn: Turn, connection: Connection, frame: Frame) -> Message | None:
    """The message that came back, None when it is not one that we have signed for this party."""
    plan = connection.plan
    try:
        message = plan.dialect.decode(frame)
        if message.mti[1] not in plan.dialect.match_key:
            return None
        if plan.mac_key and signed_under(turn, message, connection.link.keys.accepted) is None:
            return None
    except (DecodeError, KeysError):
        return None
    return message
