"""Between wire and business: a message becomes a `Request`, a `Reason` becomes DE 39 and back. A dialect never sees an account.

Only what every 1987 dialect shares is here; a network's own pictures of a field belong into its dialect.
"""

from keys.sensitive import Pan, Secret
from switch.domain.money import Money, MoneyError, currency
from switch.domain.reasons import Reason
from switch.domain.request import EntryMode, Original, Request, RequestKind
from switch.wire.dialect import Dialect
from switch.wire.errors import TlvError
from switch.wire.message import Message
from switch.wire.tlv import parse_flat

REQUEST_KINDS: dict[str, RequestKind] = {
    "0100": RequestKind.AUTHORISATION,
    "0200": RequestKind.PURCHASE,
    "0220": RequestKind.COMPLETION,
    "0400": RequestKind.REVERSAL,
    "0420": RequestKind.REVERSAL,
}
"""What each MTI asks, its repeat digit normalised."""

ENTRY_MODES: dict[str, EntryMode] = {
    "01": EntryMode.MANUAL,
    "02": EntryMode.MAGSTRIPE,
    "05": EntryMode.CHIP,
    "07": EntryMode.CONTACTLESS,
    "81": EntryMode.ECOMMERCE,
    "90": EntryMode.MAGSTRIPE,
    "91": EntryMode.CONTACTLESS_MAGSTRIPE,
    "95": EntryMode.CHIP,
}
"""ISO 8583:1987 DE 22, positions 1 and 2. 80 (fallback to the stripe) and the rest count as unknown."""

REASON_CODES: dict[Reason, str] = {
    Reason.APPROVED: "00",
    Reason.INVALID_MERCHANT: "03",
    Reason.DO_NOT_HONOUR: "05",
    Reason.INVALID_TRANSACTION: "12",
    Reason.INVALID_AMOUNT: "13",
    Reason.INVALID_CARD: "14",
    Reason.NO_SUCH_ISSUER: "15",
    Reason.UNABLE_TO_LOCATE: "25",
    Reason.FORMAT_ERROR: "30",
    Reason.NOT_SUPPORTED: "40",
    Reason.RESTRICTED_CARD: "62",
    Reason.INSUFFICIENT_FUNDS: "51",
    Reason.EXPIRED_CARD: "54",
    Reason.WRONG_PIN: "55",
    Reason.PIN_REQUIRED: "1A",
    Reason.PIN_TRIES_EXCEEDED: "75",
    Reason.NOT_PERMITTED_TO_TERMINAL: "58",
    Reason.SECURITY_VIOLATION: "63",
    Reason.CRYPTOGRAM_FAILED: "05",
    Reason.CVV_FAILED: "05",
    Reason.ATC_REPLAYED: "05",
    Reason.ISSUER_UNAVAILABLE: "91",
    Reason.TIMEOUT: "91",
    Reason.UNROUTABLE: "92",
    Reason.DUPLICATE: "94",
    Reason.ORIGINAL_REVERSED: "21",
    Reason.SYSTEM_MALFUNCTION: "96",
}
"""DE 39 of ISO 8583:1987 for each reason. Lossy: 05 stands for four, 91 for two; the journal keeps the reason."""

APPROVALS = ("00", "08", "10", "11", "16")
"""DE 39 of every yes of ISO 8583:1987: plain, with identification, for a part, VIP, with an update of track 3."""

CODE_REASONS: dict[str, Reason] = {
    **{code: reason for reason, code in reversed(REASON_CODES.items())},
    **dict.fromkeys(APPROVALS, Reason.APPROVED),
}
"""The reason that a code of a remote issuer stands for; of several the first above. Unknown codes are a plain "no"."""


def reason_of(code: str) -> Reason:
    """What DE 39 of an issuer's answer means here."""
    return CODE_REASONS.get(code, Reason.DO_NOT_HONOUR)


def request_of(message: Message, *, pin_key: str) -> Request:
    """What a message asks.

    Args:
        message: a request or advice of one of the MTIs in `REQUEST_KINDS`, repeats included.
        pin_key: name of the key that the link's PIN blocks are under; empty when the link has none.

    Raises:
        DecodeError: when a field is well formed on the wire but cannot mean anything: no such currency, a track without a
            number, chip data that is not BER-TLV.
    """
    track2 = _track2(message)
    pin_block = message.get(52)
    return Request(
        kind=REQUEST_KINDS[message.mti[:3] + "0"],
        amount=_amount(message),
        stan=message.get(11, ""),
        transmitted=message.get(7, ""),
        pan=_pan(message, track2),
        expiry=message.get(14, "") or _track_expiry(track2),
        sequence=message.get(23, "")[-2:],
        entry_mode=ENTRY_MODES.get(message.get(22, "")[:2], EntryMode.UNKNOWN),
        track2=track2,
        pin_block=bytes.fromhex(pin_block) if pin_block else None,
        pin_key=pin_key,
        icc=_icc(message),
        rrn=message.get(37, "").rstrip(),
        terminal_id=message.get(41, "").rstrip(),
        merchant_id=message.get(42, "").rstrip(),
        acquirer_id=message.get(32, ""),
        processing_code=message.get(3, ""),
        original=original_of(message),
        approval_code=message.get(38, ""),
    )


def original_of(message: Message) -> Original | None:
    """The request that DE 90 speaks of (ISO 8583:1987 DE 90: n 4 + 6 + 10 + 11 + 11), or None without DE 90."""
    data = message.get(90)
    if data is None:
        return None
    return Original(mti=data[:4], stan=data[4:10], transmitted=data[10:20], acquirer_id=data[20:31].lstrip("0"))


def original_data(*, mti: str, stan: str, transmitted: str, acquirer_id: str = "", forwarder_id: str = "") -> str:
    """DE 90 for a message that speaks of the request with these values; absent institutions are zeroes."""
    return mti + stan + transmitted + acquirer_id.zfill(11) + forwarder_id.zfill(11)


def recast(message: Message, dialect: Dialect) -> Message:
    """The same message in another dialect of the same version; the message itself when it is in that dialect already."""
    if message.dialect is dialect:
        return message
    plain = message.dialect.unsuit({de: message[de] for de in message.fields})
    values: dict[int | str, str] = {"mti": message.mti}
    values.update(dialect.suit(plain).items())
    return dialect.decode(dialect.encode(values))


def _amount(message: Message) -> Money:
    code = message.get(49, "")
    try:
        return Money(int(message.get(4, "0")), currency(code))
    except MoneyError:
        raise message.refusal(49, "ISO 4217 has no such currency", "VAL-CUR-01") from None


def _track2(message: Message) -> Secret | None:
    data = message.get(35)
    if data is None:
        return None
    track = data.replace("D", "=")
    number, separator, rest = track.partition("=")
    if not separator or not number.isdigit() or not 8 <= len(number) <= 19 or len(rest) < 7 or not rest.isdigit():
        raise message.refusal(35, "not a track 2: number, separator, expiry, service code", "VAL-TRK-01")
    return Secret(track.encode("ascii"))


def _pan(message: Message, track2: Secret | None) -> Pan | None:
    number = message.get(2)
    swiped = track2.expose().decode("ascii").partition("=")[0] if track2 is not None else None
    if number is not None and swiped is not None and number != swiped:
        raise message.refusal(35, "the track is of another card than DE 2", "VAL-TRK-02")
    digits = number or swiped
    if digits is None:
        return None
    try:
        return Pan(digits)
    except ValueError:
        raise message.refusal(2, "not a card number: 8 to 19 digits", "VAL-PAN-01") from None


def _track_expiry(track2: Secret | None) -> str:
    return track2.expose().decode("ascii").partition("=")[2][:4] if track2 is not None else ""


def _icc(message: Message) -> dict[str, bytes]:
    data = message.get(55)
    if data is None:
        return {}
    try:
        return dict(parse_flat(bytes.fromhex(data)))
    except (TlvError, ValueError) as error:
        raise message.refusal(55, f"not BER-TLV: {error}", "VAL-TLV-01") from None
