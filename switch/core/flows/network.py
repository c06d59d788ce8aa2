"""0800 and 0810, told apart by DE 70 (since 1993 DE 24): sign-on, sign-off, key change, echo. Ours to issuers, theirs to us."""

from collections.abc import Callable

from switch.core import key_change, saf
from switch.core.asking import CUT_OVER, ECHO, KEY_CHANGE, SIGN_OFF, SIGN_ON, ask, take_back
from switch.core.incoming import Incoming
from switch.core.link import Connection, SessionState, Signal
from switch.core.reply import answer
from switch.core.traffic import Due
from switch.core.turn import Turn
from switch.domain.reasons import Reason
from switch.limits import ECHO_IDLE_MS
from switch.machine import Severity
from switch.wire.translate import plain_of

SIGNALS: dict[str, Signal | None] = {
    SIGN_ON: Signal.SIGN_ON,
    SIGN_OFF: Signal.SIGN_OFF,
    "101": None,
    KEY_CHANGE: None,
    ECHO: None,
}
"""What each code that a peer may say does to the session that it comes on."""

KEY_CHANGES = ("101", KEY_CHANGE)
"""How the standard and how networks say that keys change."""


def admit(turn: Turn, connection: Connection) -> None:
    """A connection has come up: admit it, wait for its sign-on, or sign on ourselves where we dialled."""
    if not connection.plan.sign_on:
        connection.move(Signal.ADMIT)
        _go_online(turn, connection)
    elif connection.link.dialled:
        connection.move(Signal.SIGN_ON_SENT)
        ask(turn, connection, SIGN_ON)


def ask_echo(turn: Turn, connection: Connection) -> None:
    """Ask a silent host whether it is still there."""
    ask(turn, connection, ECHO)


def take_network_request(turn: Turn, incoming: Incoming) -> None:
    """An 0800 of the peer."""
    connection, message = incoming.connection, incoming.message
    code = plain_of(message).get(70, "")
    if code not in SIGNALS:
        edition = message.dialect.edition
        known = ", ".join(dict.fromkeys(edition.network_codes.get(known, known) for known in SIGNALS))
        place = f"DE {edition.network_de} = {message.get(edition.network_de, '')}"
        text = f"{incoming.place}: {place} is not supported; {known} are"
        turn.notice("network.unsupported", Severity.WARNING, text, connection)
        _reply(turn, incoming, Reason.NOT_SUPPORTED)
        return
    if code in KEY_CHANGES:
        _reply(turn, incoming, key_change.take_request(turn, incoming))
        return
    _reply(turn, incoming, Reason.APPROVED)
    signal = SIGNALS[code]
    if signal is not None and connection.plan.sign_on:
        _move(turn, connection, signal)


def take_network_answer(turn: Turn, incoming: Incoming) -> None:
    """An 0810 of the peer: the answer to our own 0800 on this connection, or of nobody's."""
    connection, message = incoming.connection, incoming.message
    code = take_back(turn, incoming)
    if not code:
        turn.notice("answer.unmatched", Severity.WARNING, f"{incoming.place} answers nothing that was asked", connection)
    elif code in ANSWERED:
        ANSWERED[code](turn, connection, message.dialect.codes.reason(message.get(39, "")))


def _end_sign_on(turn: Turn, connection: Connection, reason: Reason) -> None:
    if reason is Reason.APPROVED:
        _move(turn, connection, Signal.SIGN_ON)
    else:
        text = f"{connection.plan.name} refuses our sign-on ({reason.value})"
        turn.notice("network.sign_on_refused", Severity.ERROR, text, connection)
        turn.hangup(connection, "sign-on refused")


def _end_cut_over(turn: Turn, connection: Connection, reason: Reason) -> None:
    if reason is not Reason.APPROVED:
        text = f"{connection.plan.name} refuses our cut-over ({reason.value}); our day is closed all the same"
        turn.notice("network.cut_over_refused", Severity.WARNING, text, connection)


ANSWERED: dict[str, Callable[[Turn, Connection, Reason], None]] = {
    SIGN_ON: _end_sign_on,
    KEY_CHANGE: key_change.take_answer,
    CUT_OVER: _end_cut_over,
}
"""What the answer to each of our own codes does; that to an echo does nothing."""


def _reply(turn: Turn, incoming: Incoming, reason: Reason) -> None:
    message = incoming.message
    values = {39: message.dialect.codes.code(reason, message.mti)}
    turn.send(incoming.connection, answer(message, values), reply_to=incoming)


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
        key_change.announce(turn, connection.link)
        saf.pump(turn, connection.link)
