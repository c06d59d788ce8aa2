"""0800 and 0810: sign-on, sign-off and echo, told apart by DE 70 (ISO 8583:1987). Ours toward issuers, theirs toward us."""

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
from switch.wire.translate import REASON_CODES

SIGN_ON, SIGN_OFF, ECHO = "001", "002", "301"
"""Network management information codes, DE 70."""

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
    connection, code = incoming.connection, incoming.message.get(70, "")
    if code not in SIGNALS:
        text = f"{incoming.place}: DE 70 = {code} is not supported; 001, 002 and 301 are"
        turn.notice("network.unsupported", Severity.WARNING, text, connection)
        turn.send(connection, answer(incoming.message, {39: REASON_CODES[Reason.NOT_SUPPORTED]}), reply_to=incoming.head)
        return
    turn.send(connection, answer(incoming.message, {39: REASON_CODES[Reason.APPROVED]}), reply_to=incoming.head)
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
    if message.get(39) == REASON_CODES[Reason.APPROVED]:
        _move(turn, connection, Signal.SIGN_ON)
    else:
        text = f"{connection.plan.name} refuses our sign-on with DE 39 = {message.get(39, '?')}"
        turn.notice("network.sign_on_refused", Severity.ERROR, text, connection)
        turn.hangup(connection, "sign-on refused")


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
    dialect = connection.plan.dialect
    values: dict[int | str, str] = {"mti": "0800", 7: transmitted(turn.now.wall_ms), 11: stan, 70: code}
    message = dialect.decode(dialect.encode(values))
    connection.awaiting = (match_of(connection.plan.name, message), code)
    turn.traffic.deadlines.set((Due.NETWORK_ANSWER, connection.conn), turn.now.mono_ms + NETWORK_ANSWER_MS)
    turn.send(connection, message)
