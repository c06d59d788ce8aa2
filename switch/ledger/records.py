"""The records of the switch's journal. Values only: what they do to the state is `core.apply`'s business.

No record holds a PIN, a track, a verification value or a cryptogram. A card appears as a mask and a keyed token; where a later
reversal needs the number itself, it travels in a `vault`, enciphered by the HSM under the journal key.
"""

import msgspec

from switch.domain.postings import Hold, Posting


class Opening(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who asked for what: the part of a transaction that never changes.

    Args:
        key: the transaction's key, unique in the journal: link, MTI, terminal, STAN and DE 7 of its request.
        link: name of the acquirer's link.
        mti: MTI of the request with its repeat digit normalised.
        fingerprint: digest over what makes a repeat the same request (contents, not only the key).
        token, masked_pan: the card, keyed and masked; empty when the request named none.
        minor, currency: amount in minor units, three-digit currency code.
        entry_mode, kind: as in the request.
        terminal_id, stan, transmitted, rrn: DE 41, 11, 7, 37.
        original: key of the transaction that this one completes, or empty.
    """

    key: str
    link: str
    mti: str
    fingerprint: str
    kind: str
    minor: int
    currency: str
    stan: str
    transmitted: str
    token: str = ""
    masked_pan: str = ""
    entry_mode: str = ""
    terminal_id: str = ""
    rrn: str = ""
    original: str = ""


class AccountOpened(msgspec.Struct, frozen=True, tag="account-opened"):
    """An account of the embedded issuer exists from here on, with this balance in minor units."""

    account: str
    currency: str
    minor: int


class Forwarded(msgspec.Struct, frozen=True, tag="forwarded"):
    """A request goes out to the issuer at the end of link `route`; its outcome is unknown until `Answered` or `Expired`.

    Args:
        opening: the request as the acquirer sent it.
        route: name of the issuer's link.
        stan_out: DE 11 as sent to the issuer.
        vault: the enciphered fields that a reversal toward the issuer will need, which name the request as it was sent.
    """

    opening: Opening
    route: str
    stan_out: str
    vault: bytes


class Answered(msgspec.Struct, frozen=True, tag="answered", omit_defaults=True):
    """A transaction has its answer, and the money has moved accordingly.

    Args:
        key: the transaction.
        opening: the request, when this record is the first of its transaction (nothing was forwarded).
        approved: True when the acquirer was told yes.
        reason, source: the decision.
        response_code: DE 39 as answered.
        approval_code: DE 38 as answered, or empty.
        icc: DE 55 as answered, hex, or empty.
        detail: one more sentence for people.
        postings, hold, released: what it does to accounts; `released` is the key of a hold that is cleared.
        pin_tries, atc: the card's counters from now on; None for no change.
    """

    key: str
    approved: bool
    reason: str
    source: str
    response_code: str
    opening: Opening | None = None
    approval_code: str = ""
    icc: str = ""
    detail: str = ""
    postings: tuple[Posting, ...] = ()
    hold: Hold | None = None
    released: str = ""
    pin_tries: int | None = None
    atc: int | None = None


class Expired(msgspec.Struct, frozen=True, tag="expired"):
    """The issuer did not answer in time: outcome unknown, `response_code` told to the acquirer, one reversal owed."""

    key: str
    response_code: str


class Late(msgspec.Struct, frozen=True, tag="late"):
    """An answer came after its exchange had ended. It changes nothing: the reversal already owed stands."""

    key: str
    response_code: str


class Reversed(msgspec.Struct, frozen=True, tag="reversed", omit_defaults=True):
    """A transaction is undone, for good and once.

    Args:
        key: the transaction that is undone.
        cause: "acquirer" asked for it, or its answer was "undelivered".
        known: False when the reversal came before its original: the original will be refused.
        postings: the money given back.
        released: key of the hold that is cleared, or empty.
    """

    key: str
    cause: str
    known: bool = True
    postings: tuple[Posting, ...] = ()
    released: str = ""


class AdviceOwed(msgspec.Struct, frozen=True, tag="advice-owed", omit_defaults=True):
    """A message that must reach the issuer, however long it takes, stands in the store-and-forward queue of its link.

    Args:
        key: the transaction it speaks of.
        link: the issuer's link.
        mti: 0420 or 0220.
        stan, transmitted: DE 11 and DE 7 of the advice toward the issuer, the same in each of its repeats.
        vault: its enciphered fields.
        reversal: of a completion, the enciphered fields of its reversal, should it be owed one day; else empty.
    """

    key: str
    link: str
    mti: str
    stan: str
    transmitted: str
    vault: bytes
    reversal: bytes = b""


class AdviceSent(msgspec.Struct, frozen=True, tag="advice-sent"):
    """The advice leaves for the `attempt`-th time; from the second on as a repeat."""

    link: str
    stan: str
    attempt: int


class AdviceEnded(msgspec.Struct, frozen=True, tag="advice-ended"):
    """The issuer has acknowledged the advice; `response_code` is what it said, whatever it said."""

    link: str
    stan: str
    response_code: str


class KeyEvent(msgspec.Struct, frozen=True, tag="key-event", omit_defaults=True):
    """The HSM refused, or a verification failed: one event each, with key names and without card data."""

    operation: str
    keys: tuple[str, ...]
    result: str
    reason: str = ""


class Ordered(msgspec.Struct, frozen=True, tag="ordered"):
    """An order was taken that lives only as long as the process: `detail` says what was to change, without secrets."""

    order: str
    detail: str


class Total(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one acquirer's link has done with one issuer in one currency within a business day, in counts and minor units.

    Args:
        acquirer: name of the acquirer's link.
        issuer: name of the issuer's link; empty for what was decided here.
        currency: three-digit code.
        approvals, approved_minor: requests that were approved.
        completions, completed_minor: advices that were taken.
        reversals, reversed_minor: approvals and completions that were undone, on whatever day they had been made.
    """

    acquirer: str
    issuer: str
    currency: str
    approvals: int = 0
    approved_minor: int = 0
    completions: int = 0
    completed_minor: int = 0
    reversals: int = 0
    reversed_minor: int = 0


class DayClosed(msgspec.Struct, frozen=True, tag="day-closed"):
    """The business day `day` has ended with these totals, and `next_day` begins; both YYYYMMDD."""

    day: str
    next_day: str
    totals: tuple[Total, ...]


Record = (
    AccountOpened
    | Forwarded
    | Answered
    | Expired
    | Late
    | Reversed
    | AdviceOwed
    | AdviceSent
    | AdviceEnded
    | KeyEvent
    | Ordered
    | DayClosed
)
