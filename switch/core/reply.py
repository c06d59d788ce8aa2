"""Answers to acquirers: the request's own echo set, and what was decided. Forwards to issuers live in `flows.forward`."""

from switch.core.exchange import Transaction
from switch.wire import Message
from switch.wire.mti import response_mti


def answer(request: Message, values: dict[int, str]) -> Message:
    """The response to `request`: its echo set as it came, with `values` on top (empty ones are left out)."""
    mti = response_mti(request.mti)
    echo = request.dialect.echo
    given = {de: value for de, value in values.items() if value}
    dropped = tuple(de for de in request.fields if de not in echo and de not in given)
    return request.with_fields(given, mti=mti, drop=dropped)


def stored_answer(request: Message, transaction: Transaction) -> Message:
    """The first answer once more, spliced onto a repeat of its request."""
    values = {38: transaction.approval_code, 39: transaction.response_code, 55: transaction.icc}
    if transaction.opening is not None:
        values[37] = transaction.opening.rrn
    return answer(request, values)
