"""What can go wrong with keys: one family of exceptions, each with a reason that an audit event can carry.

Texts say what was refused, where, why, and what to do next. They name keys, tags and sizes; they never hold
key bytes, PINs, card numbers or the value that did not match. Not for programming errors: those are assertions.
"""

from enum import Enum
from typing import ClassVar


class Reason(Enum):
    """Why an operation ended without a result; the value is the word that logs and records show."""

    UNSPECIFIED = "unspecified"
    KEY_NOT_FOUND = "key-not-found"
    KEY_USAGE = "key-usage"
    KEY_BLOCK = "key-block"
    KEY_EXHAUSTED = "key-exhausted"
    KEY_STATE = "key-state"
    ROLE = "role"
    PIN_FORMAT = "pin-format"
    KSN_REPLAYED = "ksn-replayed"
    KEYSTORE = "keystore"
    MALFORMED_INPUT = "malformed-input"
    TAG_MISSING = "tag-missing"
    CRYPTOGRAM_UNSUPPORTED = "cryptogram-unsupported"
    MAC_MISMATCH = "mac-mismatch"
    PIN_MISMATCH = "pin-mismatch"
    CVV_MISMATCH = "cvv-mismatch"
    CRYPTOGRAM_MISMATCH = "cryptogram-mismatch"
    PROTECTION_MISMATCH = "protection-mismatch"
    OFFLINE_AUTHENTICATION_MISMATCH = "offline-authentication-mismatch"
    SELF_TEST = "self-test"


class KeysError(Exception):
    """Base of everything that `keys` raises on purpose."""

    reason: ClassVar[Reason] = Reason.UNSPECIFIED


class KeyNotFound(KeysError):
    """No key has this name in the keystore."""

    reason = Reason.KEY_NOT_FOUND


class KeyUsageError(KeysError):
    """The key exists, but its usage, mode, algorithm or strength does not allow this operation."""

    reason = Reason.KEY_USAGE


class KeyStateError(KeyUsageError):
    """The key is not active: not yet, no more, or not for the time being."""

    reason = Reason.KEY_STATE


class RoleError(KeysError):
    """The caller's role does not include this operation."""

    reason = Reason.ROLE


class PinFormatError(KeysError):
    """A PIN block's format is not one that its key may have, or may not become the other (`policy.TRANSLATIONS`)."""

    reason = Reason.PIN_FORMAT


class KsnReplayed(KeysError):
    """A DUKPT counter that is not greater than the last one of its device."""

    reason = Reason.KSN_REPLAYED


class KeystoreError(KeysError):
    """A keystore cannot be read, written or trusted."""

    reason = Reason.KEYSTORE


class KeyBlockError(KeysError):
    """A key block, or clear key material that should become a key, is not acceptable."""

    reason = Reason.KEY_BLOCK


class KeyExhausted(KeysError):
    """A key has served as often as it may: its counter has come to its end, and is never wound back."""

    reason = Reason.KEY_EXHAUSTED


class SelfTestFailed(KeysError):
    """An operation does not give what was published for it: nothing that it computes can be trusted."""

    reason = Reason.SELF_TEST


class MalformedInput(KeysError, ValueError):
    """An argument has the wrong size or alphabet. The text names the argument and what it must be."""

    reason = Reason.MALFORMED_INPUT


class TagMissing(KeysError):
    """An EMV tag that the cryptogram covers is not among those given."""

    reason = Reason.TAG_MISSING


class CryptogramUnsupported(KeysError):
    """The issuer application data names no cryptogram version that we know."""

    reason = Reason.CRYPTOGRAM_UNSUPPORTED


class Mismatch(KeysError):
    """Base of the verdicts: the value was computed, and the one given is wrong. All others refuse before that."""


class MacMismatch(Mismatch):
    """A MAC is wrong, or is not as long as its profile says."""

    reason = Reason.MAC_MISMATCH


class PinMismatch(Mismatch):
    """A PIN is wrong, or its block cannot be read: one identical error, so that nobody can tell which.

    An attacker who learns *why* a block was refused learns the PIN (Clulow 2003), so the text takes no argument.
    """

    reason = Reason.PIN_MISMATCH

    def __init__(self) -> None:
        super().__init__("the PIN was refused: ask the cardholder again, and check the PIN keys if every PIN is refused")


class CvvMismatch(Mismatch):
    """A card verification value is wrong."""

    reason = Reason.CVV_MISMATCH


class CryptogramMismatch(Mismatch):
    """An application cryptogram is wrong: another key, other data, or another card."""

    reason = Reason.CRYPTOGRAM_MISMATCH


class ProtectionMismatch(Mismatch):
    """A protected blob was changed, or belongs to another context or key."""

    reason = Reason.PROTECTION_MISMATCH


class OfflineAuthenticationMismatch(Mismatch):
    """A certificate or a card's signature is not its signer's, or covers other data than was given."""

    reason = Reason.OFFLINE_AUTHENTICATION_MISMATCH
