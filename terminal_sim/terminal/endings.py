"""How transactions and advices end: with a receipt, and where the outcome is unknown or unwanted with an advice that is owed.

What is owed is always recorded before the receipt: whoever loses power between the two still knows what to undo.
"""

from switch.machine import Severity
from switch.wire import Dialect, TlvError
from switch.wire.codes import plain_code
from switch.wire.tlv import parse_flat
from terminal_sim.terminal.books import COMPLETION, REVERSAL, Books, Owed
from terminal_sim.terminal.card_data import Verification
from terminal_sim.terminal.host_codec import Answer
from terminal_sim.terminal.preparation import PAYMENTS, Prepared
from terminal_sim.terminal.profile import TerminalProfile
from terminal_sim.terminal.receipts import answered_receipt, unanswered_receipt
from terminal_sim.terminal.records import (
    AdviceEnded,
    AdviceOwed,
    Attempt,
    Cause,
    Outcome,
    Receipt,
    TransactionKey,
    TransactionKind,
)
from terminal_sim.terminal.scribe import Scribe
from terminal_sim.terminal.timestamps import transmitted


class Endings:
    """Ends what was begun.

    Args:
        profile, dialect: for the words of receipts.
        books: what is remembered, read only.
        scribe: where records and notices go.
    """

    def __init__(self, profile: TerminalProfile, dialect: Dialect, books: Books, scribe: Scribe) -> None:
        self._profile = profile
        self._dialect = dialect
        self._books = books
        self._scribe = scribe

    def conclude(self, prepared: Prepared, answer: Answer, reference: str) -> None:
        """The host has answered; where a chip waits for it, the card has the last word."""
        attempt, code, codes = prepared.attempt, answer.response_code, self._dialect.codes
        if attempt.kind is TransactionKind.COMPLETION and not codes.takes(code):
            # The goods are delivered, whatever has become of the message: it is said again until the host has it.
            self._leave_open(attempt, Cause.NOT_TAKEN, reference, _verification(prepared))
            return
        if attempt.kind in PAYMENTS and code in codes.elsewhere:
            self.give_up(prepared, Cause.UNCLEAR, reference)
            return
        approved = codes.grants(code)
        agreed = self._complete_card(prepared, answer, approved=approved)
        cause = Cause.CARD_DECLINED if approved and not agreed else None
        if code in codes.parts and attempt.kind in PAYMENTS:
            # This terminal cannot sell for less than was asked for.
            cause = Cause.PARTIAL
        if cause is not None:
            self._owe_reversal(attempt.key, cause)
            outcome = Outcome.TAKEN_BACK
        else:
            outcome = Outcome.APPROVED if approved else Outcome.DECLINED
        receipt = answered_receipt(
            self._profile,
            self._dialect,
            attempt,
            outcome,
            answer,
            number=self._books.receipt_number + 1,
            verification=_verification(prepared),
            cause=cause,
        )
        self._issue(receipt, reference)

    def give_up(self, prepared: Prepared, cause: Cause, reference: str) -> None:
        """No answer will be believed any more: a chip that waits for it declines, and the outcome at the host is unknown."""
        if prepared.reading is not None and prepared.reading.kernel is not None:
            prepared.reading.kernel.give_up()
            self._scribe.explain_card(prepared)
        self._leave_open(prepared.attempt, cause, reference, _verification(prepared))

    def recover(self, attempt: Attempt) -> None:
        """An earlier run sent this, or was about to, and did not see an answer."""
        self._leave_open(attempt, Cause.RESTART, "", None)

    def acknowledge(self, owed: Owed, code: str) -> None:
        """The host has taken an advice, with whatever code."""
        advice = owed.advice
        self._scribe.record(AdviceEnded(advice.key, advice.mti, code))
        text = f"{advice.mti} about {advice.key} acknowledged with code {code}"
        facts = (("key", str(advice.key)), ("code", code), ("cause", advice.cause.value))
        self._scribe.notice("terminal.advice-ended", Severity.INFO, text, facts)

    def _complete_card(self, prepared: Prepared, answer: Answer, *, approved: bool) -> bool:
        """Bring the answer to a waiting chip; True when there is none, or when it agrees."""
        if prepared.reading is None or prepared.reading.kernel is None:
            return True
        tag_91 = _issuer_authentication(answer)
        code = plain_code(answer.response_code)
        agreed = prepared.reading.kernel.complete(code, approved=approved, issuer_authentication=tag_91)
        self._scribe.explain_card(prepared)
        return agreed

    def _leave_open(self, attempt: Attempt, cause: Cause, reference: str, verification: Verification | None) -> None:
        """Owe what settles an unknown outcome: a completion is repeated, a void undoes its original all the same."""
        if attempt.kind is TransactionKind.COMPLETION:
            self._owe_completion(attempt, cause)
        elif attempt.kind is TransactionKind.VOID and attempt.original is not None:
            self._owe_reversal(attempt.original, cause)
        else:
            self._owe_reversal(attempt.key, cause)
        number = self._books.receipt_number + 1
        self._issue(unanswered_receipt(self._profile, attempt, cause, number=number, verification=verification), reference)

    def _owe_completion(self, attempt: Attempt, cause: Cause) -> None:
        if (COMPLETION, attempt.key) not in self._books.owed:
            self._scribe.record(AdviceOwed(attempt.key, COMPLETION, attempt.stan, attempt.transmitted, cause))

    def _owe_reversal(self, key: TransactionKey, cause: Cause) -> None:
        """One reversal for a transaction, however many reasons there are."""
        if key not in self._books.undone:
            sent_at = transmitted(self._scribe.now.wall_ms)
            self._scribe.record(AdviceOwed(key, REVERSAL, self._books.next_stan(), sent_at, cause))

    def _issue(self, receipt: Receipt, reference: str) -> None:
        """Record a receipt, then show it."""
        self._scribe.record(receipt)
        kind, amount = receipt.kind.value, str(receipt.amount)
        facts = (
            ("reference", reference),
            ("receipt", str(receipt.number)),
            ("key", str(receipt.key)),
            ("kind", kind),
            ("outcome", receipt.outcome.value),
            ("entry", receipt.entry),
            ("amount", amount),
            ("card", receipt.masked_pan),
            ("code", receipt.response_code),
        )
        text = f"{kind} {amount} with {receipt.masked_pan}: {receipt.words}"
        self._scribe.notice("terminal.receipt", Severity.INFO, text, facts)


def _issuer_authentication(answer: Answer) -> bytes:
    """Tag 91 of the answer's DE 55; empty when there is none, or none that can be read: then the card hears nothing."""
    try:
        return parse_flat(bytes.fromhex(answer.fields.get("55", ""))).get("91", b"")
    except (TlvError, ValueError):
        return b""


def _verification(prepared: Prepared) -> Verification | None:
    return prepared.reading.data.verification if prepared.reading is not None else None
