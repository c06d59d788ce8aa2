"""The scripted handler: answers from a table, for testers who want a certain answer. Keeps no accounts."""

import msgspec

from switch.domain.decision import Decision
from switch.domain.reasons import Reason
from switch.domain.request import RequestKind
from switch.issuer.accounts import approval_code
from switch.issuer.book import Book
from switch.issuer.handler import Case, Verdict


class ScriptLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a script; the first line that fits answers.

    Args:
        reason: what is answered.
        pan_prefix: leading digits of the card; empty fits all.
        minor: exact amount in minor units; None fits all.
    """

    reason: Reason
    pan_prefix: str = ""
    minor: int | None = None


class ScriptedHandler:
    """Answers each request by the first line of the script that fits, and approves what no line fits."""

    def __init__(self, lines: list[ScriptLine]) -> None:
        self._lines = tuple(lines)

    def decide(self, case: Case, book: Book) -> Verdict:
        """See `Handler.decide`. An advice is never declined: it reports what has already happened."""
        if case.request.kind is RequestKind.COMPLETION:
            return Verdict(Decision(Reason.APPROVED, approval_code=case.request.approval_code))
        reason = next((line.reason for line in self._lines if _fits(line, case)), Reason.APPROVED)
        code = approval_code(case.transaction) if reason is Reason.APPROVED else ""
        return Verdict(Decision(reason, approval_code=code, detail="by script"))


def _fits(line: ScriptLine, case: Case) -> bool:
    pan = case.request.pan
    if line.pan_prefix and (pan is None or not pan.expose().startswith(line.pan_prefix)):
        return False
    return line.minor is None or line.minor == case.request.amount.minor
