"""Our own 0800s: how they are said, waited for and found again. What an answer means is the business of who asked.

A connection waits for one of each code at a time, so that an echo, a sign-on, a key change and a cut-over can be under way
together and none is lost.
"""

from switch.core.incoming import Incoming
from switch.core.inflight import match_of
from switch.core.link import Asked, Connection
from switch.core.numbers import network_stan, transmitted
from switch.core.traffic import Due
from switch.core.turn import Turn
from switch.limits import NETWORK_ANSWER_MS
from switch.machine import Severity
from switch.wire import EncodeError
from switch.wire.mti import repeat_of
from switch.wire.redact import clean
from switch.wire.translate import message_of

SIGN_ON, SIGN_OFF, KEY_CHANGE, CUT_OVER, ECHO = "001", "002", "161", "201", "301"
"""Network management information codes, DE 70 of ISO 8583:1987; 161 is how networks say 101 of the standard."""

VITAL = (SIGN_ON, ECHO)
"""What every host that lives answers: silence ends the connection."""


def ask(turn: Turn, connection: Connection, code: str, plain: dict[int, str] | None = None) -> None:
    """Send an 0800 of this code, with further plain values, and wait for its answer in place of an earlier one's."""
    dialect, wall_ms = connection.plan.dialect, turn.now.wall_ms
    # Two questions within one millisecond must not have the same STAN.
    stan = network_stan(connection.conn, turn.now.mono_ms + connection.questions)
    connection.questions += 1
    fields = {7: transmitted(wall_ms), 11: stan, 70: code} | (plain or {})
    try:
        message = message_of(dialect, dialect.edition.network_mti, fields, wall_ms)
    except EncodeError as error:
        text = f"{connection.plan.name} cannot be told DE 70 = {code}: {clean(str(error))}"
        turn.notice("network.unsayable", Severity.ERROR, text, connection)
        return
    connection.awaiting[code] = Asked(message, match_of(connection.plan.name, message))
    due = (Due.NETWORK_ANSWER, connection.conn)
    if code in VITAL and not turn.traffic.deadlines.has(due):
        turn.traffic.deadlines.set(due, turn.now.mono_ms + NETWORK_ANSWER_MS)
    turn.send(connection, message)


def ask_again(turn: Turn, connection: Connection, code: str) -> None:
    """Repeat an 0800 that has no answer yet: the same message, marked as a repeat. One that was not asked here is asked."""
    asked = connection.awaiting.get(code)
    if asked is None:
        ask(turn, connection, code)
    else:
        turn.send(connection, asked.message.with_fields({}, mti=repeat_of(asked.message.mti), drop=(64, 128)))


def take_back(turn: Turn, incoming: Incoming) -> str:
    """The code of the 0800 that an 0810 answers, which is not waited for any more; empty when nobody asked."""
    connection = incoming.connection
    match = match_of(connection.plan.name, incoming.message)
    code = next((code for code, asked in connection.awaiting.items() if asked.match == match), "")
    if code:
        del connection.awaiting[code]
        if not any(vital in connection.awaiting for vital in VITAL):
            turn.traffic.deadlines.drop((Due.NETWORK_ANSWER, connection.conn))
    return code
