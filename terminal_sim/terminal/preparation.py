"""From an order to a request that is ready to be recorded and sent, and from an owed advice to its message.

Reads cards and books; changes nothing but a card's counter.
"""

import msgspec

from keys.errors import KeysError, MalformedInput
from switch.machine import Entropy, Moment
from switch.wire import Dialect
from terminal_sim.card import Card, NoSuchInterface
from terminal_sim.terminal.books import COMPLETION, Books
from terminal_sim.terminal.card_data import CardData, CardRefused, Verification
from terminal_sim.terminal.entry import ENTRIES, Reading
from terminal_sim.terminal.kernel.elements import Sale
from terminal_sim.terminal.orders import Complete, OrderRefused, Pay, RefusalReason, Void
from terminal_sim.terminal.pin_pad import PinPad
from terminal_sim.terminal.profile import TerminalProfile
from terminal_sim.terminal.records import AdviceOwed, Attempt, TransactionKey, TransactionKind
from terminal_sim.terminal.request_builder import (
    ENTRY_MODES,
    MTIS,
    About,
    Holder,
    completion_fields,
    original_data,
    payment_fields,
    reversal_fields,
    void_fields,
)
from terminal_sim.terminal.timestamps import local, retrieval_reference, transmitted

MINOR_MAX = 999_999_999_999
"""DE 4 has twelve digits."""

PAYMENTS = (TransactionKind.PURCHASE, TransactionKind.AUTHORISATION)
"""What a card can be presented for."""

REVERSIBLE = (*PAYMENTS, TransactionKind.COMPLETION)
"""What can be voided."""


class Prepared(msgspec.Struct, frozen=True):
    """A request, ready to be sent once its attempt is recorded.

    Args:
        attempt: the record.
        fields: the message, in pyiso8583's form, without its MAC.
        reading: the card that was read; None where none was.
    """

    attempt: Attempt
    fields: dict[str, str]
    reading: Reading | None = None


class Counter(msgspec.Struct, frozen=True):
    """What the terminal works with: itself, what it speaks, the cards at hand, its PIN pad, its memory, its random bytes."""

    profile: TerminalProfile
    dialect: Dialect
    wallet: dict[str, Card]
    pin_pad: PinPad
    books: Books
    entropy: Entropy

    def vault(self, holder: Holder, key: TransactionKey) -> bytes:
        """The card's number, enciphered for the journal."""
        return self.pin_pad.protect(msgspec.json.encode(holder), str(key))

    def open_vault(self, attempt: Attempt) -> Holder:
        """The number behind an attempt; ProtectionMismatch when the vault is not ours."""
        return msgspec.json.decode(self.pin_pad.unprotect(attempt.vault, str(attempt.key)), type=Holder)


def prepare(counter: Counter, order: Pay | Complete | Void, now: Moment) -> Prepared:
    """The request for an order.

    Raises:
        OrderRefused: with the reason; nothing has been sent.
    """
    try:
        match order:
            case Pay():
                return _prepare_payment(counter, order, now)
            case Complete():
                return _prepare_completion(counter, order, now)
            case Void():
                return _prepare_void(counter, order, now)
    except KeysError as error:
        raise OrderRefused(RefusalReason.KEYS, f"the PIN pad refused: {error}") from None


def advice_fields(counter: Counter, advice: AdviceOwed, now: Moment) -> tuple[dict[str, str], str]:
    """The message of an owed advice, as it first goes out, and why it has no card number (empty when it has one)."""
    attempt, books = counter.books.attempts[advice.key], counter.books
    holder, trouble = None, ""
    try:
        holder = counter.open_vault(attempt)
    except KeysError as error:
        trouble = str(error)
    if advice.mti == COMPLETION and attempt.original is not None:
        about = _about(counter, books.attempts[attempt.original], now)
        return completion_fields(counter.profile, attempt, about, holder), trouble
    return reversal_fields(counter.profile, advice, _about(counter, attempt, now), holder), trouble


def _about(counter: Counter, original: Attempt, now: Moment) -> About:
    named = original_data(counter.dialect, original, now.wall_ms)
    return About(original, counter.books.receipt_of(original.key), named)


def _prepare_payment(counter: Counter, order: Pay, now: Moment) -> Prepared:
    assert order.kind in PAYMENTS, f"a payment cannot be a {order.kind.value}"
    _check_amount(order.amount.minor)
    profile = counter.profile
    reading = _read_card(counter, order, now)
    pin_block = _pin_block(counter, order, reading.data)
    holder = Holder(reading.data.pan.expose(), reading.data.expiry, reading.data.sequence)
    stan, moment = counter.books.next_stan(), local(now.wall_ms, profile.utc_offset_minutes)
    key = TransactionKey(profile.terminal_id, stan, transmitted(now.wall_ms))
    attempt = Attempt(
        terminal_id=key.terminal_id,
        stan=key.stan,
        transmitted=key.transmitted,
        mti=MTIS[order.kind],
        kind=order.kind,
        minor=order.amount.minor,
        currency=order.amount.currency.numeric,
        entry=order.entry.value,
        entry_mode=ENTRY_MODES[order.entry],
        local_time=moment.time,
        local_date=moment.date[2:],
        rrn=retrieval_reference(now.wall_ms, stan),
        masked_pan=reading.data.pan.masked,
        vault=counter.vault(holder, key),
        card=order.card,
        atc=reading.data.atc,
    )
    return Prepared(attempt, payment_fields(profile, attempt, reading.data, pin_block), reading)


def _prepare_completion(counter: Counter, order: Complete, now: Moment) -> Prepared:
    _check_amount(order.amount.minor)
    original = _approved_original(counter.books, order.original, (TransactionKind.AUTHORISATION,))
    if order.amount.currency.numeric != original.currency:
        raise OrderRefused(RefusalReason.AMOUNT, "a completion is in the currency of its authorisation")
    holder = counter.open_vault(original)
    attempt = _attempt_about(counter, original, holder, TransactionKind.COMPLETION, order.amount.minor, now)
    return Prepared(attempt, completion_fields(counter.profile, attempt, _about(counter, original, now), holder))


def _prepare_void(counter: Counter, order: Void, now: Moment) -> Prepared:
    original = _approved_original(counter.books, order.original, REVERSIBLE)
    holder = counter.open_vault(original)
    attempt = _attempt_about(counter, original, holder, TransactionKind.VOID, original.minor, now)
    return Prepared(attempt, void_fields(counter.profile, attempt, _about(counter, original, now), holder))


def _read_card(counter: Counter, order: Pay, now: Moment) -> Reading:
    card = counter.wallet.get(order.card)
    if card is None:
        known = ", ".join(counter.wallet)
        raise OrderRefused(RefusalReason.UNKNOWN_CARD, f"no card is named {order.card!r}; at hand are {known}")
    sale = Sale(
        profile=counter.profile,
        amount=order.amount,
        unpredictable=counter.entropy.draw(4),
        local_at=local(now.wall_ms, counter.profile.utc_offset_minutes),
        pin_entered=order.pin is not None,
    )
    try:
        return ENTRIES[order.entry](card, sale)
    except (CardRefused, NoSuchInterface) as refusal:
        raise OrderRefused(RefusalReason.CARD, str(refusal)) from None


def _pin_block(counter: Counter, order: Pay, card: CardData) -> bytes | None:
    """DE 52, where the issuer is to verify a PIN; a PIN that nobody asked for does not leave the PIN pad."""
    if order.pin is None or card.verification is not Verification.ONLINE_PIN:
        return None
    try:
        return counter.pin_pad.pin_block(order.pin, card.pan)
    except MalformedInput:
        raise OrderRefused(RefusalReason.PIN, "a PIN has 4 to 12 digits") from None


def _attempt_about(
    counter: Counter, original: Attempt, holder: Holder, kind: TransactionKind, minor: int, now: Moment
) -> Attempt:
    """An attempt that speaks of an earlier one: its card and its reference, a STAN and times of its own."""
    stan, moment = counter.books.next_stan(), local(now.wall_ms, counter.profile.utc_offset_minutes)
    key = TransactionKey(counter.profile.terminal_id, stan, transmitted(now.wall_ms))
    return msgspec.structs.replace(
        original,
        stan=key.stan,
        transmitted=key.transmitted,
        mti=MTIS[kind],
        kind=kind,
        minor=minor,
        local_time=moment.time,
        local_date=moment.date[2:],
        vault=counter.vault(holder, key),
        atc=0,
        original=original.key,
    )


def _approved_original(books: Books, key: TransactionKey, kinds: tuple[TransactionKind, ...]) -> Attempt:
    original, receipt = books.attempts.get(key), books.receipt_of(key)
    if original is None or receipt is None or original.kind not in kinds:
        wanted = " or ".join(kind.value for kind in kinds)
        raise OrderRefused(RefusalReason.ORIGINAL, f"no {wanted} {key} was made at this terminal, or too long ago")
    if not receipt.approved:
        raise OrderRefused(RefusalReason.ORIGINAL, f"{key} was not approved: {receipt.words}")
    if key in books.undone:
        raise OrderRefused(RefusalReason.ORIGINAL, f"{key} has been undone already")
    if key in books.completed:
        raise OrderRefused(RefusalReason.ORIGINAL, f"{key} has been completed already, by {books.completed[key]}")
    return original


def _check_amount(minor: int) -> None:
    if not 0 <= minor <= MINOR_MAX:
        raise OrderRefused(RefusalReason.AMOUNT, "an amount has at most twelve digits of minor units and no sign")
