"""Receipts from attempts and answers: what the cardholder is told, in words."""

from switch.wire import Dialect
from terminal_sim.terminal.books import COMPLETION
from terminal_sim.terminal.card_data import Verification
from terminal_sim.terminal.host_codec import Answer
from terminal_sim.terminal.profile import TerminalProfile
from terminal_sim.terminal.records import Attempt, Cause, Outcome, Receipt


def answered_receipt(
    profile: TerminalProfile,
    dialect: Dialect,
    attempt: Attempt,
    outcome: Outcome,
    answer: Answer,
    *,
    number: int,
    verification: Verification | None,
    cause: Cause | None = None,
) -> Receipt:
    """The receipt of a transaction that was answered.

    Args:
        answer: the host's; the receipt takes DE 37, 38 and 39 from it.
        number: its position.
        verification: how the cardholder was verified, or None where no card was read.
        cause: why an approval is taken back.
    """
    code = answer.response_code
    words = "approved" if outcome is Outcome.APPROVED else dialect.response_codes.get(code, f"declined with code {code}")
    if cause is not None:
        words = f"{cause.value}; it is being reversed"
    return _receipt(
        profile,
        attempt,
        outcome,
        words,
        number=number,
        verification=verification,
        response_code=code,
        approval_code=answer.code(38),
        rrn=answer.code(37) or attempt.rrn,
    )


def unanswered_receipt(
    profile: TerminalProfile, attempt: Attempt, cause: Cause, *, number: int, verification: Verification | None
) -> Receipt:
    """The receipt of a transaction whose outcome is unknown."""
    follows = "it will be repeated" if attempt.mti == COMPLETION else "it is being reversed"
    return _receipt(
        profile,
        attempt,
        Outcome.NO_ANSWER,
        f"{cause.value}; {follows}",
        number=number,
        verification=verification,
        rrn=attempt.rrn,
    )


def _receipt(
    profile: TerminalProfile,
    attempt: Attempt,
    outcome: Outcome,
    words: str,
    *,
    number: int,
    verification: Verification | None,
    rrn: str,
    response_code: str = "",
    approval_code: str = "",
) -> Receipt:
    return Receipt(
        number=number,
        kind=attempt.kind,
        outcome=outcome,
        terminal_id=attempt.terminal_id,
        stan=attempt.stan,
        transmitted=attempt.transmitted,
        merchant_id=profile.merchant_id,
        minor=attempt.minor,
        currency=attempt.currency,
        words=words,
        masked_pan=attempt.masked_pan,
        rrn=rrn,
        local_time=attempt.local_time,
        local_date=attempt.local_date,
        entry=attempt.entry,
        verification=verification.value if verification is not None else "",
        card=attempt.card,
        response_code=response_code,
        approval_code=approval_code,
        original=attempt.original,
    )
