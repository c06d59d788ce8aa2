"""What is answered to a request, and why."""

from enum import Enum

import msgspec

from switch.domain.reasons import WORDS, Reason


class Source(Enum):
    """Who decided."""

    ISSUER = "issuer"
    """The embedded issuer, or the issuer at the end of a link."""
    SWITCH = "switch"
    """The switch itself: no route, no answer, a refusal."""


class Decision(msgspec.Struct, frozen=True):
    """The outcome of one request.

    Args:
        reason: APPROVED, or why not.
        source: who decided.
        approval_code: DE 38, six characters, when approved.
        issuer_authentication: EMV tag 91 for the card, or empty.
        detail: one more sentence for people ("available 3.00 EUR"), never card data.
        response_code: DE 39 exactly as a remote issuer spelled it; empty when the dialect's map gives it from the reason.
    """

    reason: Reason
    source: Source = Source.ISSUER
    approval_code: str = ""
    issuer_authentication: bytes = b""
    detail: str = ""
    response_code: str = ""

    @property
    def approved(self) -> bool:
        """True when the terminal may hand over the goods."""
        return self.reason is Reason.APPROVED

    @property
    def words(self) -> str:
        """The reason as a sentence, with its detail."""
        return WORDS[self.reason] + (f" ({self.detail})" if self.detail else "")
