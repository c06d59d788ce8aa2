"""0100 and 0200: may this be spent? One straight page; each step goes on or ends with an answer."""

from keys.errors import KeysError
from switch.core.flows.forward import forward
from switch.core.incoming import Incoming, Refusal
from switch.core.opening import opening_of
from switch.core.plan import EMBEDDED
from switch.core.respond import decline, refuse, respond, settle_repeat
from switch.core.routing import route
from switch.core.turn import Turn
from switch.domain.reasons import Reason
from switch.domain.request import Request
from switch.issuer import Verdict
from switch.issuer.handler import Case
from switch.ledger.records import Opening
from switch.machine import Severity
from switch.wire.translate import request_of

DEBITS = frozenset({"00", "01"})
"""Transaction types of DE 3 that take money: goods and services, cash. Others would book the wrong way round."""


def authorise(turn: Turn, incoming: Incoming) -> None:
    """Decide a request here, or forward it to its issuer."""
    request = request_of(incoming.message, pin_key=incoming.keys.pin_key)
    opening = opening_of(turn, incoming, request)
    if settle_repeat(turn, incoming, opening):
        return
    if turn.traffic.journal_low or opening.key in turn.traffic.turned_away:
        # Not written down: what is left of the disk is for what is open. A repeat hears the same, also later.
        turn.traffic.turn_away(opening.key)
        refuse(turn, incoming, Refusal(Reason.ISSUER_UNAVAILABLE, "the journal's disk is nearly full"))
        return
    if turn.traffic.draining:
        decline(turn, incoming, opening, Refusal(Reason.ISSUER_UNAVAILABLE, "the switch is stopping"))
        return
    if request.processing_code[:2] not in DEBITS:
        decline(turn, incoming, opening, Refusal(Reason.INVALID_TRANSACTION, f"DE 3 type {request.processing_code[:2]}"))
        return
    if request.pin_block is not None and not request.pin_key:
        decline(turn, incoming, opening, Refusal(Reason.SECURITY_VIOLATION, "a PIN block, but the link has no PIN key"))
        return
    target = route(turn, request)
    if isinstance(target, Reason):
        decline(turn, incoming, opening, Refusal(target))
    elif target == EMBEDDED:
        respond_here(turn, incoming, opening, request)
    else:
        forward(turn, incoming, opening, request, target)


def respond_here(turn: Turn, incoming: Incoming, opening: Opening, request: Request) -> None:
    """Have the embedded issuer decide. Keys that fail are our own trouble: nothing is booked and the answer is 96."""
    case = Case(request, opening.key, opening.token, opening.original, turn.now.wall_ms)
    try:
        verdict: Verdict = turn.handler.decide(case, turn.state.book)
    except KeysError as error:
        turn.notice("keys.failed", Severity.ERROR, f"{incoming.place}: {error}", incoming.connection, exchange=opening.key)
        decline(turn, incoming, opening, Refusal(Reason.SYSTEM_MALFUNCTION))
        return
    respond(turn, incoming, opening, verdict)
