"""What must hold of each record that the switch has made durable, given the messages and the records that it follows from."""

from collections.abc import Iterator

from switch.wire.codes import plain_code
from terminal_sim.lab.evidence import REFUSALS, Evidence
from terminal_sim.lab.invariants.row import Finding
from terminal_sim.lab.turn import Entry


def decides_by_card_and_account(evidence: Evidence, entry: Entry) -> Iterator[Finding]:
    """I25."""
    opening = entry.opening
    if entry.kind != "answered" or opening is None or opening.mti[2] != "0":
        return
    code = plain_code(entry.response_code)
    if code in REFUSALS:
        return
    transaction = (opening.terminal_id, opening.rrn.rstrip())
    request = evidence.life(transaction).request
    if request is None or request.message is None or request.brief is None:
        return
    card = evidence.card_of(request.brief)
    if card is not None and evidence.is_decided_here(request.brief):
        minor = int(request.brief.minor or 0)
        left_minor = evidence.durables.account_book.left_minor(card.account)
        objection = evidence.reference_issuer.judge(card, request.message, code, minor=minor, left_minor=left_minor)
        if objection:
            yield Finding(f"a {request.brief.mti} was {objection}", transaction)
