"""0800 and 0810: sign-on, sign-off and echo, told apart by DE 70 (since 1993 DE 24). Ours to issuers, theirs to us."""

from switch.core import saf
from switch.core.incoming import Incoming
from switch.core.inflight import match_of
from switch.core.link import Connection, SessionState, Signal
from switch.core.numbers import network_stan, transmitted
from switch.core.reply import answer
from switch.core.traffic import Due
from switch.core.turn import Turn
from switch.domain.reasons import Reason
from switch.limits import ECHO_IDLE_MS, NETWORK_ANSWER_MS
from switch.machine import Severity
from switch.wire.translate import message_of, plain_of

SIGN_ON, SIGN_OFF, ECHO = "001", "002", "301"
"""Network management information codes, DE 70 of ISO 8583:1987."""

SIGNALS: dict[str, Signal | None] = {SIGN_ON: Signal.SIGN_ON, SIGN_OFF: Signal.SIGN_OFF, ECHO: None}
"""What each code does to the session that it comes on."""


def admit(turn: Turn, connection: Connection) -> None:
    """A connection has come up: admit it, wait for its sign-on, or sign on ourselves where we dialled."""
    if not connection.plan.sign_on:
        connection.move(Signal.ADMIT)
        _go_online(turn, connection)
    elif connection.link.dialled:
        connection.move(Signal.SIGN_ON_SENT)
        _ask(turn, connection, SIGN_ON)


def ask_echo(turn: Turn, connection: Connection) -> None:
    """Ask a silent host whether it is still there."""
    _ask(turn, connection, ECHO)


def take_network_request(turn: Turn, incoming: Incoming) -> None:
    """An 0800 of the peer."""
    connection, message = incoming.connection, incoming.message
    code = plain_of(message).get(70, "")
    if code not in SIGNALS:
        edition = message.dialect.edition
        known = ", ".join(edition.network_codes.get(known, known) for known in SIGNALS)
        place = f"DE {edition.network_de} = {message.get(edition.network_de, '')}"
        text = f"{incoming.place}: {place} is not supported; {known} are"
        turn.notice("network.unsupported", Severity.WARNING, text, connection)
        _reply(turn, incoming, Reason.NOT_SUPPORTED)
        return
    _reply(turn, incoming, Reason.APPROVED)
    signal = SIGNALS[code]
    if signal is not None and connection.plan.sign_on:
        _move(turn, connection, signal)


def take_network_answer(turn: Turn, incoming: Incoming) -> None:
    """An 0810 of the peer: the answer to our own 0800 on this connection, or of nobody's."""
    connection, message = incoming.connection, incoming.message
    if connection.awaiting is None or connection.awaiting[0] != match_of(connection.plan.name, message):
        turn.notice("answer.unmatched", Severity.WARNING, f"{incoming.place} answers nothing that was asked", connection)
        return
    code = connection.awaiting[1]
    connection.awaiting = None
    turn.traffic.deadlines.drop((Due.NETWORK_ANSWER, connection.conn))
    if code != SIGN_ON:
        return
    if message.dialect.codes.reason(message.get(39, "")) is Reason.APPROVED:
        _move(turn, connection, Signal.SIGN_ON)
    else:
        text = f"{connection.plan.name} refuses our sign-on with DE 39 = {message.get(39, '?')}"
        turn.notice("network.sign_on_refused", Severity.ERROR, text, connection)
        turn.hangup(connection, "sign-on refused")


def _reply(turn: Turn, incoming: Incoming, reason: Reason) -> None:
    message = incoming.message
    values = {39: message.dialect.codes.code(reason, message.mti)}
    turn.send(incoming.connection, answer(message, values), reply_to=incoming.head)


def _move(turn: Turn, connection: Connection, signal: Signal) -> None:
    before = connection.state
    connection.move(signal)
    if connection.online and before is not SessionState.ONLINE:
        _go_online(turn, connection)
    elif before is SessionState.ONLINE and not connection.online:
        turn.notice("link.offline", Severity.INFO, f"{connection.plan.name} has signed off", connection)


def _go_online(turn: Turn, connection: Connection) -> None:
    turn.notice("link.online", Severity.INFO, f"{connection.plan.name} is online", connection)
    if connection.link.dialled:
        if connection.plan.sign_on:
            connection.link.reached()
        turn.traffic.deadlines.set((Due.ECHO, connection.conn), turn.now.mono_ms + ECHO_IDLE_MS)
        saf.pump(turn, connection.link)


def _ask(turn: Turn, connection: Connection, code: str) -> None:
    stan = network_stan(connection.conn, turn.now.mono_ms)
    dialect, wall_ms = connection.plan.dialect, turn.now.wall_ms
    message = message_of(dialect, dialect.edition.network_mti, {7: transmitted(wall_ms), 11: stan, 70: code}, wall_ms)
    connection.awaiting = (match_of(connection.plan.name, message), code)
    turn.traffic.deadlines.set((Due.NETWORK_ANSWER, connection.conn), turn.now.mono_ms + NETWORK_ANSWER_MS)
    turn.send(connection, message)
