"""0220: it has already happened. Accepted, booked or passed on, and never declined for business reasons.

A card that is not published for tests is none of these: what a test system must not take, it does not take as an advice either.
"""

from switch.core.flows.authorisation import respond_here
from switch.core.incoming import Incoming, Refusal
from switch.core.opening import opening_of
from switch.core.plan import EMBEDDED
from switch.core.respond import decline, refuse, respond, settle_repeat
from switch.core.routing import may_be_taken
from switch.core.saf import owe_completion
from switch.core.turn import Turn
from switch.core.vault import completion_fields
from switch.domain.decision import Decision, Source
from switch.domain.reasons import Reason
from switch.domain.request import Request
from switch.issuer import Verdict
from switch.ledger.records import Opening
from switch.wire.translate import request_of


def advise(turn: Turn, incoming: Incoming) -> None:
    """Take an advice: the embedded issuer books it, a remote issuer gets it through its queue.

    A transaction that has no answer yet was begun by a process that ended between its two records: the advice is owed already.
    """
    request = request_of(incoming.message, pin_key=incoming.keys.pin_key)
    opening = opening_of(turn, incoming, request)
    if settle_repeat(turn, incoming, opening):
        return
    if request.pan is not None and not may_be_taken(turn, request.pan):
        decline(turn, incoming, opening, Refusal(Reason.NOT_PERMITTED_TO_TERMINAL))
        return
    target = _target(turn, opening, request)
    if target is None or target == EMBEDDED:
        respond_here(turn, incoming, opening, request)
        return
    if turn.state.queue_full(target):
        # Not remembered: the acquirer repeats it, and it is taken when there is room again.
        refuse(turn, incoming, Refusal(Reason.SYSTEM_MALFUNCTION, f"too much waits for link {target}"))
        return
    if opening.key not in turn.state.transactions:
        owe_completion(turn, opening.key, target, completion_fields(turn, opening, incoming.message, request))
    respond(turn, incoming, opening, Verdict(Decision(Reason.APPROVED, Source.SWITCH, approval_code=request.approval_code)))


def _target(turn: Turn, opening: Opening, request: Request) -> str | None:
    """Who must hear of it: whoever was told of it already or has authorised it, wherever its card is routed now."""
    for key in (opening.key, opening.original):
        seen = turn.state.transactions.get(key)
        if seen is not None and seen.route:
            return seen.route
        if seen is not None and seen.approved and seen.opening is not None and opening.token in ("", seen.opening.token):
            return EMBEDDED
    return turn.traffic.bins.route(request.pan) if request.pan is not None else None
