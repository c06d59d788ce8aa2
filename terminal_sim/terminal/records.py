"""The records of a terminal's own journal. Values only: what they do to its memory is `books`' business.

No record holds a PIN, a track or a cryptogram. The card number, which a reversal will need, travels in a `vault` that the PIN
pad has enciphered; elsewhere it is masked.
"""

from enum import Enum
from typing import NamedTuple

import msgspec

from switch.domain.money import Money, currency
from switch.machine import RecordCodec


class TransactionKey(NamedTuple):
    """What a transaction of any terminal is known by: DE 41 without filling, DE 11, DE 7 of its request."""

    terminal_id: str
    stan: str
    transmitted: str

    def __str__(self) -> str:
        return "/".join(self)


class TransactionKind(Enum):
    """What a transaction is, in the words of a receipt."""

    __hash__ = object.__hash__  # As in `keys.policy`: a member is one object, and is looked up with each payment.

    PURCHASE = "purchase"
    AUTHORISATION = "authorisation"
    COMPLETION = "completion"
    VOID = "void"


class Outcome(Enum):
    """How a transaction ended for the terminal."""

    APPROVED = "approved"
    DECLINED = "declined"
    """The host said no."""
    NO_ANSWER = "no answer"
    """The outcome at the host is unknown: an advice is owed that settles it."""
    TAKEN_BACK = "taken back"
    """The host approved and the terminal could not: the card declined, or only a part was granted. A reversal is owed."""


class Cause(Enum):
    """Why an advice is owed."""

    TIMEOUT = "no answer in time"
    CONNECTION_LOST = "the connection was lost before the answer"
    RESTART = "the terminal was restarted before the answer"
    CARD_DECLINED = "the card did not accept the issuer's approval"
    PARTIAL = "the host approved a part of the amount only"
    UNCLEAR = "the host said yes to something else"
    NOT_TAKEN = "the host could not read, believe or keep the message"


class Attempt(msgspec.Struct, frozen=True, tag="attempt", omit_defaults=True, kw_only=True):
    """A request is about to be sent. Unless a receipt follows, its outcome is unknown.

    Args:
        terminal_id, stan, transmitted: its key; the terminal's STAN counter stands at `stan` from here on.
        mti: four digits.
        kind: what is asked.
        minor, currency: amount in minor units, three-digit currency code.
        entry: how the card was read: a value of `Entry`, empty when it was not.
        entry_mode: DE 22.
        local_time, local_date: DE 12 and DE 13.
        rrn: DE 37.
        card: the wallet's name of the card; `atc` its transaction counter after it was read.
        masked_pan: the card's number, masked; `vault` the same enciphered, with its expiry and sequence number.
        original: key of the transaction that is completed or voided.
    """

    terminal_id: str
    stan: str
    transmitted: str
    mti: str
    kind: TransactionKind
    minor: int
    currency: str
    entry: str
    entry_mode: str
    local_time: str
    local_date: str
    rrn: str
    masked_pan: str
    vault: bytes
    card: str = ""
    atc: int = 0
    original: TransactionKey | None = None

    @property
    def key(self) -> TransactionKey:
        """What the transaction is known by."""
        return TransactionKey(self.terminal_id, self.stan, self.transmitted)


class Receipt(msgspec.Struct, frozen=True, tag="receipt", omit_defaults=True, kw_only=True):
    """A transaction has ended for the cardholder.

    Args:
        number: position among the terminal's receipts, from 1.
        kind, outcome: what it was, and how it ended.
        terminal_id, stan, transmitted: its key.
        merchant_id: DE 42.
        minor, currency: amount in minor units, three-digit currency code.
        entry: how the card was read, empty when it was not.
        verification: how the cardholder was verified, in words; empty when it was not asked.
        card, masked_pan: the wallet's name of the card, and its number masked.
        response_code: DE 39, empty without an answer.
        words: the outcome in words.
        approval_code, rrn: DE 38 and DE 37.
        local_time, local_date: DE 12 and DE 13.
        original: key of the transaction that was completed or voided.
    """

    number: int
    kind: TransactionKind
    outcome: Outcome
    terminal_id: str
    stan: str
    transmitted: str
    merchant_id: str
    minor: int
    currency: str
    words: str
    masked_pan: str
    rrn: str
    local_time: str
    local_date: str
    entry: str = ""
    verification: str = ""
    card: str = ""
    response_code: str = ""
    approval_code: str = ""
    original: TransactionKey | None = None

    @property
    def key(self) -> TransactionKey:
        """What the transaction is known by."""
        return TransactionKey(self.terminal_id, self.stan, self.transmitted)

    @property
    def approved(self) -> bool:
        """True when the goods may change hands, or a void has undone its original."""
        return self.outcome is Outcome.APPROVED

    @property
    def amount(self) -> Money:
        """The amount as money."""
        return Money(self.minor, currency(self.currency))


class AdviceOwed(msgspec.Struct, frozen=True, tag="advice-owed"):
    """The host must be told, however long it takes: 0420 undoes the transaction `key`, 0220 reports it once more.

    Args:
        key: the transaction.
        mti: "0420" or "0220".
        stan, transmitted: DE 11 and DE 7 of the advice, the same in every repeat. The STAN counter stands at least there.
        cause: why.
    """

    key: TransactionKey
    mti: str
    stan: str
    transmitted: str
    cause: Cause


class AdviceSent(msgspec.Struct, frozen=True, tag="advice-sent"):
    """The advice leaves for the first time; all later ones are repeats (0421, 0221)."""

    key: TransactionKey
    mti: str


class AdviceEnded(msgspec.Struct, frozen=True, tag="advice-ended"):
    """The host has acknowledged the advice; `response_code` is what it said, whatever it said."""

    key: TransactionKey
    mti: str
    response_code: str


class LateAnswer(msgspec.Struct, frozen=True, tag="late-answer"):
    """An answer came after its transaction had ended. It changes nothing."""

    key: TransactionKey
    response_code: str


class StanAdvanced(msgspec.Struct, frozen=True, tag="stan-advanced"):
    """A STAN was spent on a message that is no transaction, such as a sign-on."""

    stan: str


class KeysChanged(msgspec.Struct, frozen=True, tag="keys-changed"):
    """The terminal works under the keys of these names from here on."""

    mac_key: str
    pin_key: str


Record = Attempt | Receipt | AdviceOwed | AdviceSent | AdviceEnded | LateAnswer | StanAdvanced | KeysChanged

RECORD_VERSION = 1
"""Version of the records above; see `RecordCodec`."""

JOURNAL: RecordCodec[Record] = RecordCodec(Record, RECORD_VERSION)
"""A terminal's journal as a sealed chain."""
