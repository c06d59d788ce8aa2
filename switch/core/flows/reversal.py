"""0400 and 0420: undo the original. Before it, after it, twice or without it, the result is the same: it does not stand."""

from switch.core.exchange import TransactionState
from switch.core.incoming import Incoming, Refusal, transaction_key
from switch.core.reply import answer
from switch.core.respond import refuse
from switch.core.turn import Turn
from switch.core.undo import undo
from switch.domain.reasons import Reason
from switch.ledger.records import Reversed
from switch.machine import Severity
from switch.wire.mti import is_advice
from switch.wire.translate import original_of, plain_of


def reverse(turn: Turn, incoming: Incoming) -> None:
    """Find the original by DE 90 (1993 and 2003: DE 56) and the terminal, undo it unless that is done, and always answer."""
    message = incoming.message
    original = original_of(message)
    if original is None:
        de = message.dialect.edition.original.de
        refuse(turn, incoming, Refusal(Reason.FORMAT_ERROR, f"DE {de} must name the original", de))
        return
    if plain_of(message).get(95, "").strip("0 "):
        refuse(turn, incoming, Refusal(Reason.NOT_SUPPORTED, "a partial reversal; only whole ones are done"))
        return
    terminal_id = message.get(41, "").rstrip()
    key = transaction_key(incoming.connection.plan.name, original.mti, terminal_id, original.stan, original.moment)
    seen = turn.state.transactions.get(key)
    reason = Reason.APPROVED
    if seen is None:
        turn.record(Reversed(key=key, cause="acquirer", known=False))
        text = f"{incoming.place}: no such original; should it come later it will be refused"
        turn.notice("reversal.first", Severity.WARNING, text, incoming.connection, exchange=key)
        reason = Reason.UNABLE_TO_LOCATE
    elif seen.state is TransactionState.REVERSED:
        text = f"{incoming.place}: its original is reversed already; nothing changes"
        turn.notice("reversal.again", Severity.INFO, text, incoming.connection, exchange=key)
        reason = Reason.UNABLE_TO_LOCATE if seen.opening is None else Reason.APPROVED
    else:
        undo(turn, key, "acquirer")
    # An advice is accepted, its original known or not. But the original is found by its terminal too: where that is left out,
    # a yes would say that something was undone that may well stand.
    if is_advice(incoming.mti) and terminal_id:
        reason = Reason.APPROVED
    values = {39: message.dialect.codes.code(reason, message.mti)}
    turn.send(incoming.connection, answer(message, values), reply_to=incoming)
