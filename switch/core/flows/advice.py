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
from switch.issuer import Verdict
from switch.wire.translate import request_of


def advise(turn: Turn, incoming: Incoming) -> None:
    """Take an advice: the embedded issuer books it, a remote issuer gets it through its queue.

    A transaction that has no answer yet was begun by a process that ended between its two records: the advice is owed already.
    """
    request = request_of(incoming.message, pin_key=incoming.connection.plan.pin_key)
    opening = opening_of(turn, incoming, request)
    if settle_repeat(turn, incoming, opening):
        return
    if request.pan is not None and not may_be_taken(turn, request.pan):
        decline(turn, incoming, opening, Refusal(Reason.NOT_PERMITTED_TO_TERMINAL))
        return
    authorisation = turn.state.transactions.get(opening.original)
    target = authorisation.route if authorisation is not None and authorisation.route else None
    if target is None and request.pan is not None:
        target = turn.bins.route(request.pan)
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
