"""Why a request was answered as it was. Codes of a dialect (DE 39) are derived from these, never the other way round."""

from enum import Enum


class Reason(Enum):
    """The reason of a decision; the value is its stable name in journals, logs and JSON."""

    __hash__ = object.__hash__  # As in `keys.policy`: a member is one object, and is looked up with each answer.

    APPROVED = "approved"
    INVALID_MERCHANT = "invalid-merchant"
    DO_NOT_HONOUR = "do-not-honour"
    INVALID_TRANSACTION = "invalid-transaction"
    INVALID_AMOUNT = "invalid-amount"
    INVALID_CARD = "invalid-card"
    NO_SUCH_ISSUER = "no-such-issuer"
    UNABLE_TO_LOCATE = "unable-to-locate"
    FORMAT_ERROR = "format-error"
    NOT_SUPPORTED = "not-supported"
    RESTRICTED_CARD = "restricted-card"
    INSUFFICIENT_FUNDS = "insufficient-funds"
    EXPIRED_CARD = "expired-card"
    WRONG_PIN = "wrong-pin"
    PIN_REQUIRED = "pin-required"
    PIN_TRIES_EXCEEDED = "pin-tries-exceeded"
    NOT_PERMITTED_TO_TERMINAL = "not-permitted-to-terminal"
    SECURITY_VIOLATION = "security-violation"
    CRYPTOGRAM_FAILED = "cryptogram-failed"
    CVV_FAILED = "cvv-failed"
    ATC_REPLAYED = "atc-replayed"
    ISSUER_UNAVAILABLE = "issuer-unavailable"
    TIMEOUT = "timeout"
    UNROUTABLE = "unroutable"
    DUPLICATE = "duplicate"
    ORIGINAL_REVERSED = "original-reversed"
    SYSTEM_MALFUNCTION = "system-malfunction"


WORDS: dict[Reason, str] = {
    Reason.APPROVED: "approved",
    Reason.INVALID_MERCHANT: "the merchant is not known here",
    Reason.DO_NOT_HONOUR: "the issuer declined without saying why",
    Reason.INVALID_TRANSACTION: "this transaction cannot be done here",
    Reason.INVALID_AMOUNT: "the amount is zero, or not one that can be booked",
    Reason.INVALID_CARD: "no such card at its issuer",
    Reason.NO_SUCH_ISSUER: "no route leads to the issuer of this card",
    Reason.UNABLE_TO_LOCATE: "the original transaction was not found",
    Reason.FORMAT_ERROR: "the message could not be read",
    Reason.NOT_SUPPORTED: "this kind of request is not supported",
    Reason.RESTRICTED_CARD: "the card is blocked",
    Reason.INSUFFICIENT_FUNDS: "not enough money on the account",
    Reason.EXPIRED_CARD: "the card has expired",
    Reason.WRONG_PIN: "the PIN is wrong",
    Reason.PIN_REQUIRED: "this amount needs a PIN",
    Reason.PIN_TRIES_EXCEEDED: "too many wrong PINs; the card is blocked for PIN",
    Reason.NOT_PERMITTED_TO_TERMINAL: "not a published test card, and only those are taken here",
    Reason.SECURITY_VIOLATION: "the MAC is missing or wrong",
    Reason.CRYPTOGRAM_FAILED: "the card's cryptogram (ARQC) does not verify",
    Reason.CVV_FAILED: "the card verification value on the track does not verify",
    Reason.ATC_REPLAYED: "the card's transaction counter was seen before",
    Reason.ISSUER_UNAVAILABLE: "the issuer cannot be reached",
    Reason.TIMEOUT: "the issuer did not answer in time",
    Reason.UNROUTABLE: "no route for this message",
    Reason.DUPLICATE: "the same key was used with other contents",
    Reason.ORIGINAL_REVERSED: "the transaction has already been reversed",
    Reason.SYSTEM_MALFUNCTION: "the switch could not complete this",
}
"""Each reason in plain words, for receipts and notices."""
