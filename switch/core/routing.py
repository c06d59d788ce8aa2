"""Where a request goes, or why it goes nowhere."""

from keys.sensitive import Pan
from switch.core.plan import EMBEDDED
from switch.core.turn import Turn
from switch.domain.card import luhn_valid, published_range
from switch.domain.reasons import Reason
from switch.domain.request import Request


def route(turn: Turn, request: Request) -> str | Reason:
    """The name of the issuer link, or `EMBEDDED`, that decides; or the reason why nobody will."""
    pan = request.pan
    if pan is None:
        return Reason.INVALID_CARD
    if not may_be_taken(turn, pan):
        return Reason.NOT_PERMITTED_TO_TERMINAL
    if not luhn_valid(pan):
        return Reason.INVALID_CARD
    target = turn.traffic.bins.route(pan)
    if target is None:
        return Reason.NO_SUCH_ISSUER
    if target != EMBEDDED and (turn.traffic.inflight.full or turn.state.queue_full(target)):
        return Reason.ISSUER_UNAVAILABLE
    return target


def may_be_taken(turn: Turn, pan: Pan) -> bool:
    """True for a number that is published for tests; for every number when the plan says so. No message is above this."""
    return turn.plan.any_pan or published_range(pan) is not None
