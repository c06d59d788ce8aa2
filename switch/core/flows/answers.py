"""What issuers answer: matched to its exchange and passed on, or found late, unknown or contradictory and noted."""

from switch.core import saf
from switch.core.exchange import Exchange, Transaction
from switch.core.incoming import Incoming
from switch.core.inflight import match_of
from switch.core.respond import notice_answer, send_answer
from switch.core.traffic import Due
from switch.core.turn import Turn
from switch.core.undo import undo
from switch.domain.decision import Decision, Source
from switch.ledger.records import Answered, Late
from switch.machine import Severity
from switch.wire import EncodeError, Message, WireError
from switch.wire.redact import clean
from switch.wire.tlv import decode, encode
from switch.wire.translate import plain_of

FOR_THE_CARD = frozenset({"71", "72", "86", "8A", "91"})
"""Tags of an issuer's answer to its card (EMV Book 3 annex A): scripts, response code, authentication. Some issuers echo the
request's DE 55 as well, whose track and cryptogram must reach no journal."""


def take_answer(turn: Turn, incoming: Incoming) -> None:
    """0110 and 0210 from an issuer."""
    message = incoming.message
    match = match_of(incoming.connection.plan.name, message)
    exchange = turn.traffic.inflight.match(match)
    if exchange is None:
        _note_unmatched(turn, incoming, turn.traffic.inflight.ended(match))
        return
    contradiction = _contradiction(message, exchange.request)
    if contradiction:
        text = f"{incoming.place}: {contradiction}; treated as no answer"
        turn.notice("answer.contradicts", Severity.WARNING, text, incoming.connection, exchange=exchange.key)
        return
    stray = message.forbidden()
    if stray:
        text = f"{incoming.place}: {', '.join(f'DE {de}' for de in stray)} must not be there; not passed on"
        turn.notice("answer.stray", Severity.WARNING, text, incoming.connection, exchange=exchange.key)
    _accept(turn, incoming, exchange)


def take_advice_answer(turn: Turn, incoming: Incoming) -> None:
    """0230, 0410 and 0430 from an issuer: the advice has arrived."""
    if not saf.end(turn, incoming):
        _note_unmatched(turn, incoming, None)


def _contradiction(message: Message, request: Message) -> str:
    """Why an answer cannot be one to this request, or nothing. What it leaves out it agrees with."""
    missing = message.missing() or (() if 39 in message else (39,))
    if missing:
        return f"it has no DE {missing[0]}"
    if message[39] in message.dialect.codes.elsewhere:
        return "its DE 39 is a yes to something else"
    if not _sayable(request, 39, request.dialect.codes.adopt(message[39])):
        return "its DE 39 is no code that the acquirer could be told"
    said, asked = plain_of(message), plain_of(request)
    for de in (4, 32, 49):
        if de in said and said[de] != asked.get(de):
            return f"its DE {de} is not the one that was asked"
    return ""


def _sayable(request: Message, de: int, value: str) -> bool:
    """True when an answer to this request can hold a value: dialects differ in what they spell."""
    try:
        request.dialect.codec.encode_element(de, value)
    except EncodeError:
        return False
    return True


def _accept(turn: Turn, incoming: Incoming, exchange: Exchange) -> None:
    message = incoming.message
    code, approval_code = message[39], message.get(38, "")
    if approval_code and not _sayable(exchange.request, 38, approval_code):
        text = f"{incoming.place}: its DE 38 is left out: the acquirer cannot be told"
        turn.notice("answer.approval_code_dropped", Severity.WARNING, text, incoming.connection, exchange=exchange.key)
        approval_code = ""
    decision = Decision(message.dialect.codes.reason(code), Source.ISSUER, approval_code=approval_code, response_code=code)
    turn.traffic.inflight.close(exchange, answered=True)
    turn.traffic.deadlines.drop((Due.EXCHANGE, exchange.key))
    turn.record(
        Answered(
            key=exchange.key,
            approved=decision.approved,
            reason=decision.reason.value,
            source=decision.source.value,
            response_code=code,
            approval_code=decision.approval_code,
            icc=_chip_data(turn, incoming, exchange),
        )
    )
    _deliver(turn, exchange, turn.state.transactions[exchange.key], decision)


def _chip_data(turn: Turn, incoming: Incoming, exchange: Exchange) -> str:
    """DE 55 for the card: what the issuer says to it and nothing that it echoes; empty when the acquirer cannot be told."""
    data = incoming.message.get(55, "")
    try:
        icc = encode([(element.tag, element.value) for element in decode(bytes.fromhex(data)) if element.tag in FOR_THE_CARD])
        if icc:
            exchange.request.dialect.codec.encode_element(55, icc.hex().upper())
    except (WireError, ValueError) as error:  # ValueError: hexadecimal text of half a byte.
        text = f"{incoming.place}: its chip data is left out: {clean(str(error))}"
        turn.notice("answer.chip_data_dropped", Severity.WARNING, text, incoming.connection, exchange=exchange.key)
        return ""
    return icc.hex().upper()


def _deliver(turn: Turn, exchange: Exchange, transaction: Transaction, decision: Decision) -> None:
    """Hand the answer to the connection that asked; an approval that nobody is there to take is reversed at once."""
    connection = turn.traffic.connections.get(exchange.conn)
    if connection is not None and not connection.leaving:
        send_answer(turn, Incoming(exchange.request, connection, exchange.keys, exchange.head), transaction)
    elif decision.approved:
        undo(turn, exchange.key, "undelivered")
    assert transaction.opening is not None
    notice_answer(turn, connection, transaction.opening, decision)


def _note_unmatched(turn: Turn, incoming: Incoming, ended: str | None) -> None:
    """An answer that no open exchange waits for changes nothing: if it is late, the reversal already owed stands."""
    if ended is None:
        text = f"{incoming.place} from {incoming.connection.plan.name} answers nothing that was asked"
        turn.notice("answer.unmatched", Severity.WARNING, text, incoming.connection)
        return
    code = incoming.message.get(39, "")
    turn.record(Late(ended, code))
    reason = incoming.message.dialect.codes.reason(code)
    text = f"{incoming.place} came after its exchange had ended ({reason.value}); the reversal owed stands"
    turn.notice("answer.late", Severity.WARNING, text, incoming.connection, exchange=ended)
