"""The accounts handler: a small issuer with cards, accounts, PIN, CVV and chip verification. Decides; changes nothing.

A request passes `CHECKS` in order; the first one that objects gives the reason. What a check learns of the card's counters is
kept whatever the outcome: a wrong PIN costs a try even though the request is declined.
"""

import hashlib
from collections.abc import Callable

import msgspec

from keys.emv.iad import Scheme, decode_iad
from keys.errors import CryptogramMismatch, CryptogramUnsupported, CvvMismatch, MalformedInput, PinMismatch, TagMissing
from keys.hsm import SoftHsm
from keys.sensitive import Pan
from switch.domain.decision import Decision
from switch.domain.money import Money
from switch.domain.postings import Hold, Posting
from switch.domain.reasons import Reason
from switch.domain.request import EntryMode, Request, RequestKind
from switch.issuer.book import Account, Book, suspense
from switch.issuer.dates import expired
from switch.issuer.handler import CardEffect, Case, Verdict
from switch.limits import PIN_TRIES_MAX

CSU_APPROVED = bytes.fromhex("00820000")
"""Card status update (EMV CCD, annex C10): the issuer approves, offline counters go back to zero, the PIN try counter stays."""

ARC_APPROVED = b"00"
"""Authorisation response code for cards that are answered with one; like the update above it only leaves with an approval."""

CVR_BOTH_CRYPTOGRAMS, CVR_FIRST_IS_ARQC = 0xF0, 0xA0
"""First byte of the card verification results: which cryptograms were made; an ARQC first, and no second one yet.

A TC or an AAC is made with the same key over the same data, so a right cryptogram alone does not say that the card asks."""

ABSENT_MODES = frozenset({EntryMode.MANUAL, EntryMode.ECOMMERCE})
"""Ways of reading a card whose holder cannot be asked for a PIN. An unknown way is none of them."""

SWIPED_MODES = frozenset({EntryMode.MAGSTRIPE, EntryMode.CONTACTLESS_MAGSTRIPE})
"""Ways of reading a card that give a track."""

CREDIT = "2"
"""First digit of DE 3 where money goes to the cardholder: returns, deposits, adjustments (ISO 8583:1987, types 20 to 29)."""


class IssuedCard(msgspec.Struct, frozen=True):
    """What the issuer keeps of one card.

    Args:
        pan: its number.
        expiry: YYMM.
        sequence: PAN sequence number, two digits.
        service_code: as on its stripe.
        account: the account it spends from.
        pvki, pvv: PIN verification key index and value; an empty PVV says that the card has no PIN.
        blocked: True when it must not be used at all.
    """

    pan: Pan
    expiry: str
    sequence: str
    service_code: str
    account: str
    pvki: int = 1
    pvv: str = ""
    blocked: bool = False


class IssuerKeys(msgspec.Struct, frozen=True):
    """Names of the issuer's keys in the HSM: PIN verification, card verification, EMV master key for cryptograms."""

    pvk: str
    cvk: str
    imk_ac: str


class AccountsHandler:
    """Decides from cards and accounts.

    Args:
        cards: every card it has issued.
        hsm, keys: where and under which names it verifies PIN, CVV and cryptogram.
        pin_free: highest amount that a card at the terminal may spend without a PIN; in another currency none may.
    """

    def __init__(self, cards: list[IssuedCard], *, hsm: SoftHsm, keys: IssuerKeys, pin_free: Money) -> None:
        self._cards = {card.pan: card for card in cards}
        self.hsm = hsm
        self.keys = keys
        self.pin_free = pin_free

    def decide(self, case: Case, book: Book) -> Verdict:
        """See `Handler.decide`."""
        card = self._cards.get(case.request.pan) if case.request.pan is not None else None
        if case.request.kind is RequestKind.COMPLETION:
            return _complete(case, card, book)
        if card is None:
            return Verdict(Decision(Reason.INVALID_CARD))
        review = Review(self, case, card, book)
        for check in CHECKS:
            reason = check(review)
            if reason is not None:
                return Verdict(Decision(reason, detail=review.detail), card=review.effect)
        return _approve(review)


class Review:
    """One request under review: what the checks read, and what they find out on the way.

    `detail` is a sentence for people; `effect` is what happens to the card's counters in any case; `tag_91` is the issuer
    authentication data for the card.
    """

    def __init__(self, issuer: AccountsHandler, case: Case, card: IssuedCard, book: Book) -> None:
        self.issuer = issuer
        self.case = case
        self.request: Request = case.request
        self.card = card
        self.account: Account = book.accounts[card.account]
        self.counters = book.counters(case.token)
        self.detail = ""
        self.effect: CardEffect | None = None
        self.tag_91 = b""


Check = Callable[[Review], Reason | None]


def check_blocked(review: Review) -> Reason | None:
    """A blocked card does nothing."""
    return Reason.RESTRICTED_CARD if review.card.blocked else None


def check_expiry(review: Review) -> Reason | None:
    """The card must be valid, and the terminal must have read the expiry that the issuer wrote."""
    if expired(review.card.expiry, review.case.wall_ms):
        review.detail = "valid until the end of " + review.card.expiry[2:] + "/" + review.card.expiry[:2]
        return Reason.EXPIRED_CARD
    if review.request.expiry and review.request.expiry != review.card.expiry:
        review.detail = "the expiry read is not the one of the card"
        return Reason.EXPIRED_CARD
    return None


def check_amount(review: Review) -> Reason | None:
    """Something must be asked for, in the currency of the account."""
    if review.request.amount.minor <= 0:
        return Reason.INVALID_AMOUNT
    if review.request.amount.currency.numeric != review.account.currency:
        review.detail = f"the account is kept in currency {review.account.currency}"
        return Reason.NOT_SUPPORTED
    return None


def check_cryptogram(review: Review) -> Reason | None:
    """A chip proves itself: its ARQC verifies, its counter has not been seen, and it gets an ARPC (EMV Book 2, 8.2)."""
    icc = review.request.icc
    if not icc:
        if review.request.entry_mode in (EntryMode.CHIP, EntryMode.CONTACTLESS):
            review.detail = "read by chip, but without chip data"
            return Reason.CRYPTOGRAM_FAILED
        return None
    atc = int.from_bytes(icc.get("9F36", b""))
    if atc <= review.counters.atc:
        review.detail = "a card never uses a counter twice"
        return Reason.ATC_REPLAYED
    try:
        review.tag_91 = review.issuer.hsm.verify_arqc_generate_arpc(
            key=review.issuer.keys.imk_ac,
            pan=review.card.pan,
            psn=review.request.sequence or review.card.sequence,
            tags=icc,
            csu=CSU_APPROVED,
            arc=ARC_APPROVED,
        )
    except (CryptogramMismatch, CryptogramUnsupported, TagMissing, MalformedInput) as error:
        review.detail = error.reason.value
        return Reason.CRYPTOGRAM_FAILED
    review.effect = CardEffect(atc=atc)
    if _first_results(icc["9F10"]) & CVR_BOTH_CRYPTOGRAMS != CVR_FIRST_IS_ARQC:
        review.detail = "the card did not ask to go online: its cryptogram is no ARQC"
        return Reason.CRYPTOGRAM_FAILED
    return None


def check_cryptogram_amount(review: Review) -> Reason | None:
    """The amount and the currency that the card has signed are those that the terminal asks for."""
    amount, icc = review.request.amount, review.request.icc
    signed = icc.get("9F02"), icc.get("5F2A")
    if icc and signed != (bytes.fromhex(f"{amount.minor:012d}"), bytes.fromhex(f"0{amount.currency.numeric}")):
        review.detail = "the card signed another amount or currency"
        return Reason.CRYPTOGRAM_FAILED
    return None


def check_track(review: Review) -> Reason | None:
    """A track carries the value that the issuer wrote: a CVV on the stripe, an iCVV in the chip's copy of it.

    A swipe without its track proves nothing, a number alone would do, unless its holder proves himself by a PIN: DE 22 02x says
    that the track may be missing. The layout behind the separator is ISO/IEC 7813's: expiry, service code, PVKI and PVV
    (5 digits), verification value.
    """
    track = review.request.track2
    if track is None:
        if review.request.entry_mode in SWIPED_MODES and not review.request.icc and review.request.pin_block is None:
            review.detail = "read from the stripe, but without its track and without a PIN"
            return Reason.CVV_FAILED
        return None
    number, _, rest = track.expose().decode("ascii").partition("=")
    expiry, service_code, value = rest[:4], rest[4:7], rest[12:15]
    if Pan(number) != review.card.pan or expiry != review.card.expiry:
        review.detail = "the track does not belong to the card"
        return Reason.CVV_FAILED
    hsm, key = review.issuer.hsm, review.issuer.keys.cvk
    try:
        if review.request.icc:
            hsm.verify_icvv(key=key, pan=review.card.pan, expiry=expiry, value=value)
        else:
            hsm.verify_cvv(key=key, pan=review.card.pan, expiry=expiry, service_code=service_code, value=value)
    except (CvvMismatch, MalformedInput):
        return Reason.CVV_FAILED
    return None


def check_pin(review: Review) -> Reason | None:
    """A PIN that came must be right; without one, a card at the terminal may only spend small amounts."""
    request, counters = review.request, review.counters
    if request.pin_block is None:
        limit = review.issuer.pin_free
        over = request.amount.currency != limit.currency or request.amount.minor > limit.minor
        if over and request.entry_mode not in ABSENT_MODES:
            return Reason.PIN_REQUIRED
        return None
    if counters.pin_tries <= 0:
        return Reason.PIN_TRIES_EXCEEDED
    try:
        review.issuer.hsm.verify_pin_pvv(
            pin_key=request.pin_key,
            pvk=review.issuer.keys.pvk,
            block=request.pin_block,
            pan=review.card.pan,
            pvki=review.card.pvki,
            pvv=review.card.pvv,
        )
    except PinMismatch:
        left = counters.pin_tries - 1
        review.effect = CardEffect(pin_tries=left, atc=review.effect.atc if review.effect else None)
        review.detail = f"{left} tries left"
        return Reason.WRONG_PIN if left else Reason.PIN_TRIES_EXCEEDED
    if counters.pin_tries < PIN_TRIES_MAX:
        review.effect = CardEffect(pin_tries=PIN_TRIES_MAX, atc=review.effect.atc if review.effect else None)
    return None


def check_funds(review: Review) -> Reason | None:
    """What is spent must be there."""
    return Reason.INSUFFICIENT_FUNDS if review.request.amount.minor > review.account.available_minor else None


CHECKS: tuple[Check, ...] = (
    check_blocked,
    check_expiry,
    check_amount,
    check_cryptogram,
    check_cryptogram_amount,
    check_track,
    check_pin,
    check_funds,
)
"""In this order: what needs no secret first, then who the card is, then who its holder is, then the money."""


def _approve(review: Review) -> Verdict:
    case, amount, account = review.case, review.request.amount, review.card.account
    decision = Decision(
        Reason.APPROVED,
        approval_code=approval_code(case.transaction),
        issuer_authentication=review.tag_91,
        detail=review.detail,
    )
    if review.request.kind is RequestKind.AUTHORISATION:
        hold = Hold(case.transaction, account, amount.minor, amount.currency.numeric)
        return Verdict(decision, hold=hold, card=review.effect)
    return Verdict(decision, postings=(Posting(account, -amount.minor, amount.currency.numeric),), card=review.effect)


def _complete(case: Case, card: IssuedCard | None, book: Book) -> Verdict:
    """Book what an advice reports: it has happened, so it is never declined for business reasons."""
    amount = case.request.amount
    code = amount.currency.numeric
    credit = case.request.processing_code[:1] == CREDIT
    hold = None if credit else _hold_of(case, card, book)
    number = hold.account if hold else card.account if card else ""
    account = book.accounts.get(number)
    if account is None or account.currency != code:
        number = suspense(code)
    return Verdict(
        Decision(
            Reason.APPROVED,
            approval_code=case.request.approval_code,
            detail="" if hold or credit else "no open authorisation; booked all the same",
        ),
        postings=(Posting(number, amount.minor if credit else -amount.minor, code),),
        released=case.authorisation if hold else "",
    )


def _hold_of(case: Case, card: IssuedCard | None, book: Book) -> Hold | None:
    """The open hold that a completion clears; none when it names a card that does not spend from the hold's account."""
    hold = book.holds.get(case.authorisation)
    if hold is None or case.request.pan is None:
        return hold
    return hold if card is not None and card.account == hold.account else None


def approval_code(transaction: str) -> str:
    """DE 38 for an approved transaction: six digits drawn from its key, so that a repeat would get the same ones."""
    return f"{int.from_bytes(hashlib.sha256(transaction.encode()).digest()[:8]) % 1_000_000:06d}"


def _first_results(iad: bytes) -> int:
    """The first byte of a card's verification results, behind their length byte where the format has one."""
    found = decode_iad(iad)
    return found.cvr[0 if found.scheme is Scheme.MASTERCARD else 1]
