"""How an exchange ends toward its acquirer: the record first, then the answer, then the notice. Every flow ends here."""

from switch.core.duplicates import Sameness, compare
from switch.core.exchange import Transaction
from switch.core.incoming import Incoming, Refusal
from switch.core.link import Connection
from switch.core.reply import refusal_of, stored_answer
from switch.core.turn import Turn
from switch.core.undo import expire, undo
from switch.domain.decision import Decision, Source
from switch.domain.reasons import WORDS, Reason
from switch.issuer import Verdict
from switch.ledger.records import Answered, Opening
from switch.machine import Severity
from switch.wire.mti import is_request
from switch.wire.tlv import encode


def settle_repeat(turn: Turn, incoming: Incoming, opening: Opening) -> bool:
    """Answer a request that has been seen before; False when it is new.

    While the first one is open nothing is sent a second time: its answer goes to the connection that asked last.
    """
    seen = turn.state.transactions.get(opening.key)
    sameness = compare(opening, seen)
    if seen is None or sameness is Sameness.NEW:
        return False
    text = f"{incoming.place}: {sameness.value}"
    turn.notice(f"duplicate.{sameness.name.lower()}", Severity.WARNING, text, incoming.connection, exchange=opening.key)
    match sameness:
        case Sameness.OPEN_REPEAT:
            exchange = turn.traffic.inflight.find(opening.key)
            if exchange is not None:
                exchange.conn, exchange.request = incoming.connection.conn, incoming.message
                exchange.keys, exchange.head = incoming.keys, incoming.head
        case Sameness.ANSWERED_REPEAT:
            turn.traffic.copied(opening.key)
            turn.send(incoming.connection, stored_answer(incoming.message, seen), opening.key, reply_to=incoming)
        case Sameness.UNDONE:
            refuse(turn, incoming, Refusal(Reason.ORIGINAL_REVERSED))
        case _:
            refuse(turn, incoming, Refusal(Reason.DUPLICATE))
    return True


def refuse(turn: Turn, incoming: Incoming, refusal: Refusal) -> None:
    """Answer "no" without a trace in the books: the request never became a transaction."""
    text = f"{incoming.place}: refused, {WORDS[refusal.reason]}" + (f" ({refusal.detail})" if refusal.detail else "")
    turn.notice("request.refused", Severity.WARNING, text, incoming.connection, facts=(("reason", refusal.reason.value),))
    turn.send(incoming.connection, refusal_of(incoming.message, refusal), reply_to=incoming)


def decline(turn: Turn, incoming: Incoming, opening: Opening, refusal: Refusal) -> None:
    """Answer "no" and remember it, so that a repeat hears the same."""
    respond(turn, incoming, opening, Verdict(Decision(refusal.reason, Source.SWITCH, detail=refusal.detail)))


def respond(turn: Turn, incoming: Incoming, opening: Opening, verdict: Verdict) -> None:
    """Journal and send the answer to a request that was decided at once."""
    decision, codes = verdict.decision, incoming.message.dialect.codes
    icc = encode({"91": decision.issuer_authentication}).hex().upper() if decision.issuer_authentication else ""
    turn.record(
        Answered(
            key=opening.key,
            approved=decision.approved,
            reason=decision.reason.value,
            source=decision.source.value,
            response_code=decision.response_code or codes.code(decision.reason, opening.mti),
            opening=opening,
            approval_code=decision.approval_code,
            icc=icc,
            detail=decision.detail,
            postings=verdict.postings,
            hold=verdict.hold,
            released=verdict.released,
            pin_tries=verdict.card.pin_tries if verdict.card else None,
            atc=verdict.card.atc if verdict.card else None,
        )
    )
    send_answer(turn, incoming, turn.state.transactions[opening.key])
    notice_answer(turn, incoming.connection, opening, decision)


def send_answer(turn: Turn, incoming: Incoming, transaction: Transaction) -> None:
    """Send the answer that the state now holds for a transaction, to the connection that asked and in reply to its frame.

    An approval that cannot be signed or framed is known not to leave, and undone.
    """
    opening = transaction.opening
    assert opening is not None, "what is answered has been asked"
    sent = turn.send(incoming.connection, stored_answer(incoming.message, transaction), opening.key, reply_to=incoming)
    if not sent and transaction.approved and is_request(opening.mti):
        undo(turn, opening.key, "undelivered")


def expire_exchange(turn: Turn, key: str) -> None:
    """No answer of the issuer will count any more: say so to the acquirer, owe one reversal to the issuer."""
    exchange = turn.traffic.inflight.find(key)
    if exchange is None:
        return  # The same late tick has ended it already: the grace of a stop was over as well.
    turn.traffic.inflight.close(exchange, answered=False)
    decision = Decision(Reason.TIMEOUT, Source.SWITCH)
    expire(turn, key)
    transaction = turn.state.transactions[key]
    connection = turn.traffic.connections.get(exchange.conn)
    if connection is not None:
        send_answer(turn, Incoming(exchange.request, connection, exchange.keys, exchange.head), transaction)
    assert transaction.opening is not None
    notice_answer(turn, connection, transaction.opening, decision)


def notice_answer(turn: Turn, connection: Connection | None, opening: Opening, decision: Decision) -> None:
    """Say how an exchange ended."""
    facts = (
        ("mti", opening.mti),
        ("stan", opening.stan),
        ("terminal", opening.terminal_id),
        ("card", opening.masked_pan),
        ("minor", str(opening.minor)),
        ("currency", opening.currency),
        ("entry", opening.entry_mode),
        ("reason", decision.reason.value),
        ("source", decision.source.value),
    )
    text = f"{opening.mti} STAN {opening.stan} of {opening.terminal_id}: {decision.words}"
    turn.notice("exchange.answered", Severity.INFO, text, connection, exchange=opening.key, facts=facts)
