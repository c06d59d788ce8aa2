"""What a command's handler may use while it is answered: the HSM in the right role, the keys, the counters of wrong PINs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Final, Protocol

import msgspec

from keys.errors import KeysError, Mismatch, Reason
from keys.host.codes import ErrorCode, Refusal
from keys.host.fields import Request
from keys.host.key_table import KeyTable
from keys.hsm import SoftHsm
from keys.material import KeyUsage
from keys.pin import validation_data
from keys.sensitive import Pan

NEW_KEY: Final = "block.new"
"""What a key is called between its making and its block."""

_ACCOUNT_DIGITS: Final = 12
_PVV_DIGITS: Final = 11  # Of the card number, without the check digit, in a PVV.

# Refusals that come before a PIN is looked at: they cost no try.
_BEFORE_LOOKING: Final = (Reason.KEY_NOT_FOUND, Reason.KEY_USAGE, Reason.KEY_STATE, Reason.ROLE, Reason.PIN_FORMAT)


class Rated(Enum):
    """Which allowance a command draws from."""

    VERIFICATION = "verification"
    TRANSLATION = "translation"


class Counters(Protocol):
    """Wrong PINs per card and key, durable; `tries.Counters` is one."""

    def begin(self, token: str, key: str) -> bool:
        """Whether one more try is allowed; if it is, it counts as wrong from now on."""

    def withdraw(self, token: str, key: str) -> None:
        """The try came to nothing."""

    def forgive(self, token: str, key: str) -> None:
        """The PIN was right."""


class Alarm(Protocol):
    """Tells the audit file of something that no operation of the HSM has noticed."""

    def __call__(self, operation: str, key: str, reason: str, /) -> None:
        """One event, with the key's fingerprint and a word."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One command being answered.

    Args:
        hsm: for an operator.
        admin: for an administrator; None where keys are not managed over this port.
        keys: finds keys by name and block.
        counters: of wrong PINs.
        token_key: name of the M7 key that makes tokens of card numbers.
        alarm: goes to the audit file.
        check_value: of the LMK.
        compat_errors: whether causes of PIN failures and PIN lengths are told.
    """

    hsm: SoftHsm
    admin: SoftHsm | None
    keys: KeyTable
    counters: Counters
    token_key: str
    alarm: Alarm
    check_value: str
    compat_errors: bool

    def manager(self) -> SoftHsm:
        """The HSM for whoever manages keys; Refusal where nobody does."""
        if self.admin is None:
            raise Refusal(ErrorCode.NOT_AUTHORISED, "keys are not managed over this port: serve with --authorised")
        return self.admin

    def token(self, account: Pan, pvk: str) -> str:
        """What a card is counted by: the digits of its number that the PIN verification value is made of, and no others.

        With any other digit in it, a card would have as many tries as that digit has values: a block that somebody typed in
        for the other number is good, and its PIN is verified against the same value.

        Raises:
            KeyNotFound: there is no such key.
            MalformedInput: the card number is too short for the key.
        """
        key = self.keys.get(pvk)
        ibm = key.usage is KeyUsage.PIN_VERIFICATION_IBM_3624
        seen = validation_data(key.terms.validation, account) if ibm else account.expose()[-_PVV_DIGITS - 1 : -1]
        return self.hsm.token(self.token_key, seen)

    @contextmanager
    def trying(self, account: Pan, pvk: str) -> Iterator[None]:
        """One try of a PIN: counted as wrong before it is looked at, and given back when it was right.

        Raises:
            Refusal: there are no tries left; nothing was looked at.
        """
        token = self.token(account, pvk)
        key = self.keys.fingerprint(pvk)
        if not self.counters.begin(token, key):
            self.alarm("verify-pin", key, "tries-exhausted")
            raise Refusal(ErrorCode.FRAUD, "too many wrong PINs for this card")
        try:
            yield
        except KeysError as error:
            if not isinstance(error, Mismatch) and error.reason in _BEFORE_LOOKING:
                self.counters.withdraw(token, key)
            raise
        self.counters.forgive(token, key)


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One host command.

    Args:
        code: two characters.
        line: what it does.
        request: its fields.
        answer: the fields of its answer, in words.
        handler: gives the answer behind its error code.
        rated: which allowance it draws from, if any.
        rated_key: the field with the key that the allowance is for.
        pin_error: what is answered when a PIN cannot be used, whatever the cause.
        notes: what is not supported, and what differs.
    """

    code: str
    line: str
    request: type[Request]
    answer: str
    handler: Callable[[Request, Call], bytes]
    rated: Rated | None = None
    rated_key: str = ""
    pin_error: ErrorCode = ErrorCode.VERIFICATION_FAILED
    notes: str = ""


def account_pan(digits: str) -> Pan:
    """A card number of which the 12 digits before the check digit were given, or all of it.

    What is made of the twelve alone looks at no check digit; a zero stands for it.

    >>> account_pan("173900101011").expose()
    '1739001010110'
    """
    return Pan(digits if len(digits) != _ACCOUNT_DIGITS else digits + "0")
