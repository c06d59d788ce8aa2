"""From a request to the opening of its transaction: key, fingerprint, token. Read once, kept for good."""

import hashlib

from switch.core.incoming import Incoming, transaction_key
from switch.core.numbers import rrn
from switch.core.turn import Turn
from switch.domain.request import Request
from switch.ledger.records import Opening

RRN_LENGTH = 12
"""Characters of DE 37 (an 12): blanks that fill it are part of it, and an answer gives all of them back."""


def opening_of(turn: Turn, incoming: Incoming, request: Request) -> Opening:
    """Who asks for what, ready for the journal."""
    link, mti = incoming.connection.plan.name, incoming.mti
    token = turn.hsm.token(turn.plan.token_key, request.pan) if request.pan is not None else ""
    original = request.original
    return Opening(
        key=incoming.key,
        link=link,
        mti=mti,
        fingerprint=_fingerprint(request, token),
        kind=request.kind.value,
        minor=request.amount.minor,
        currency=request.amount.currency.numeric,
        stan=request.stan,
        transmitted=request.transmitted,
        token=token,
        masked_pan=request.pan.masked if request.pan is not None else "",
        entry_mode=request.entry_mode.value,
        terminal_id=request.terminal_id,
        rrn=request.rrn.ljust(RRN_LENGTH) if request.rrn else rrn(turn.now.wall_ms, request.stan),
        original=transaction_key(link, original.mti, request.terminal_id, original.stan, original.moment) if original else "",
    )


def _fingerprint(request: Request, token: str) -> str:
    """A digest over what a repeat has in common with its request beyond the key (which holds DE 7, 11 and 41)."""
    parts = (request.merchant_id, str(request.amount.minor), request.amount.currency.numeric, request.processing_code, token)
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:16]
