"""Answers to acquirers: the request's own echo set, and what was decided. Forwards to issuers live in `flows.forward`."""

from switch.core.exchange import Transaction
from switch.core.incoming import Refusal
from switch.wire import Message
from switch.wire.mti import response_mti


def answer(request: Message, values: dict[int, str]) -> Message:
    """The response to `request`: its echo set as it came, with `values` on top (empty ones are left out)."""
    mti = response_mti(request.mti)
    given = {de: value for de, value in values.items() if value}
    kept = {*request.dialect.echo, *given}
    dropped = tuple([de for de in request.fields if de not in kept])
    return request.with_fields(given, mti=mti, drop=dropped)


def refusal_of(request: Message, refusal: Refusal) -> Message:
    """The response that says no and, where the dialect has a place for it, which DE was wrong."""
    refused = answer(request, {39: request.dialect.codes.code(refusal.reason)})
    return refused.with_fault(refusal.de) if refusal.de else refused


def stored_answer(request: Message, transaction: Transaction) -> Message:
    """The first answer once more, spliced onto a repeat of its request; an issuer of another edition meant the nearest code."""
    code = request.dialect.codes.adopt(transaction.response_code)
    values = {38: transaction.approval_code, 39: code, 55: transaction.icc}
    if transaction.opening is not None:
        values[37] = transaction.opening.rrn
    return answer(request, values)
