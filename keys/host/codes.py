"""The two-digit error codes that answers carry, and how refusals of the HSM become one of them.

The numbers and their meanings are those that clients of such devices know from public documentation. One code stands
for all PIN failures: a client that could tell a bad digit from a bad fill could find the PIN (Clulow 2003).
"""

from enum import Enum
from typing import Final

from keys.errors import Reason


class ErrorCode(Enum):
    """What an answer says about its command; the value is what stands on the wire."""

    GOOD = "00"
    VERIFICATION_FAILED = "01"
    LMK = "13"
    INPUT = "15"
    NOT_AUTHORISED = "17"
    PIN_BLOCK = "20"
    KEY_INDEX = "21"
    ACCOUNT_NUMBER = "22"
    PIN_BLOCK_FORMAT = "23"
    PIN_LENGTH = "24"
    DECIMALISATION = "25"
    KEY_SCHEME = "26"
    KEY_FUNCTION = "29"
    FRAUD = "39"
    INTERNAL = "41"
    DISABLED = "68"
    PIN_BLOCK_FORMAT_DISABLED = "69"
    DATA_LENGTH = "80"
    COUNTER = "92"
    KEY_BLOCK = "A4"


ERROR_CODES: Final[dict[ErrorCode, str]] = {
    ErrorCode.GOOD: "No error.",
    ErrorCode.VERIFICATION_FAILED: "A MAC, CVV, cryptogram or PIN is not the right one; for PINs whatever the cause.",
    ErrorCode.LMK: "There is one LMK here, 00.",
    ErrorCode.INPUT: "A field is missing, too many, or not of its form.",
    ErrorCode.NOT_AUTHORISED: "The caller's role does not include this.",
    ErrorCode.PIN_BLOCK: "A PIN block to be translated cannot be read, whatever the cause.",
    ErrorCode.KEY_INDEX: "No key has this name.",
    ErrorCode.ACCOUNT_NUMBER: "A card number is not lawful.",
    ErrorCode.PIN_BLOCK_FORMAT: "No PIN block format has this code.",
    ErrorCode.PIN_LENGTH: "The PIN's length is not 4 to 12; only with `--compat-errors`.",
    ErrorCode.DECIMALISATION: "The decimalisation table is not the one that the key was made with.",
    ErrorCode.KEY_SCHEME: "A key scheme that is not spoken here: keys are key blocks (S) or names (N).",
    ErrorCode.KEY_FUNCTION: "The key's usage, mode, algorithm, state or terms do not allow this.",
    ErrorCode.FRAUD: "Too many wrong PINs for this card, or too many calls: refused without looking.",
    ErrorCode.INTERNAL: "Our own fault, or counters and audit cannot be written: there is no service.",
    ErrorCode.DISABLED: "The command is unknown or was disabled.",
    ErrorCode.PIN_BLOCK_FORMAT_DISABLED: "The key does not take this PIN block format, or it may not become the other.",
    ErrorCode.DATA_LENGTH: "Data is longer or shorter than its length says, or than the cipher takes.",
    ErrorCode.COUNTER: "A DUKPT counter is not beyond the device's last, has too many ones, or is at its end.",
    ErrorCode.KEY_BLOCK: "A key block is not whole, or not under this key; or key material is not acceptable.",
}
"""What each means here, for people."""

REASON_CODES: Final[dict[Reason, ErrorCode]] = {
    Reason.UNSPECIFIED: ErrorCode.INTERNAL,
    Reason.KEY_NOT_FOUND: ErrorCode.KEY_INDEX,
    Reason.KEY_USAGE: ErrorCode.KEY_FUNCTION,
    Reason.KEY_BLOCK: ErrorCode.KEY_BLOCK,
    Reason.KEY_STATE: ErrorCode.KEY_FUNCTION,
    Reason.ROLE: ErrorCode.NOT_AUTHORISED,
    Reason.PIN_FORMAT: ErrorCode.PIN_BLOCK_FORMAT_DISABLED,
    Reason.KSN_REPLAYED: ErrorCode.COUNTER,
    Reason.KEYSTORE: ErrorCode.INTERNAL,
    Reason.KEY_EXHAUSTED: ErrorCode.COUNTER,
    Reason.MALFORMED_INPUT: ErrorCode.INPUT,
    Reason.TAG_MISSING: ErrorCode.INPUT,
    Reason.CRYPTOGRAM_UNSUPPORTED: ErrorCode.INPUT,
    Reason.MAC_MISMATCH: ErrorCode.VERIFICATION_FAILED,
    Reason.PIN_MISMATCH: ErrorCode.VERIFICATION_FAILED,
    Reason.CVV_MISMATCH: ErrorCode.VERIFICATION_FAILED,
    Reason.CRYPTOGRAM_MISMATCH: ErrorCode.VERIFICATION_FAILED,
    Reason.PROTECTION_MISMATCH: ErrorCode.VERIFICATION_FAILED,
    Reason.OFFLINE_AUTHENTICATION_MISMATCH: ErrorCode.VERIFICATION_FAILED,
    Reason.SELF_TEST: ErrorCode.INTERNAL,
}
"""Why the HSM refused -> what the answer says."""


class Refusal(Exception):
    """A command that is answered with an error. Its text is for logs and audit: it names fields, never values."""

    def __init__(self, code: ErrorCode, why: str) -> None:
        super().__init__(f"{code.value}: {why}")
        self.code = code
        self.why = why
