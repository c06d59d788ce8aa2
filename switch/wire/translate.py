"""Between wire and business: a message of any edition becomes a `Request`, plain values a message. Never sees an account.

What an edition words its own way is turned by `switch.wire.edition`; here its values are plain.
"""

from collections.abc import Mapping

from keys.sensitive import Pan, Secret
from switch.domain.money import Money, MoneyError, currency
from switch.domain.request import EntryMode, Original, Request, RequestKind
from switch.wire.dialect import Dialect
from switch.wire.edition import plain_mti
from switch.wire.errors import TlvError
from switch.wire.message import Message
from switch.wire.moments import impossible
from switch.wire.prepared import Reader
from switch.wire.tlv import parse_flat

REQUEST_KINDS: dict[str, RequestKind] = {
    "0100": RequestKind.AUTHORISATION,
    "0200": RequestKind.PURCHASE,
    "0220": RequestKind.COMPLETION,
    "0400": RequestKind.REVERSAL,
    "0420": RequestKind.REVERSAL,
}
"""What each plain MTI asks, its repeat digit normalised."""

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

_PLAIN = Reader(3, 7, 14, 23, 32, 37, 38, 41, 42, 52)
_CARD = Reader(2, 35, 55)
"""What every edition says alike; of the card, what is not there differs from what is empty."""

_TURNED = Reader(4, 11, 22, 49)
"""What editions say otherwise."""

_LOCAL_DATE = 13


def request_of(message: Message, *, pin_key: str) -> Request:
    """What a message asks.

    Args:
        message: a request or advice of one of the MTIs in `REQUEST_KINDS`, repeats included.
        pin_key: name of the key that the link's PIN blocks are under; empty when the link has none.

    Raises:
        DecodeError: when a field is well formed on the wire but cannot mean anything: no such currency, a track without a
            number, chip data that is not BER-TLV, a date that no calendar has.
    """
    number, track, icc = _CARD.read(message)
    track2 = _track2(message, track)
    code, transmitted, expiry, sequence, acquirer_id, rrn, approval, terminal, merchant, pin_block = [
        value or "" for value in _PLAIN.read(message)
    ]
    said = plain_of(message)
    minor, stan, entry_mode, numeric = _TURNED.find(said)
    wrong = impossible(said)
    if wrong is not None:
        wrong = message.dialect.edition.local_date_de if wrong == _LOCAL_DATE else wrong
        raise message.refusal(wrong, "there is no such date or time", "VAL-DAT-01")
    return Request(
        kind=REQUEST_KINDS[plain_mti(message.mti)[:3] + "0"],
        amount=_amount(message, "0" if minor is None else minor, numeric or ""),
        stan=stan or "",
        transmitted=transmitted,
        pan=_pan(message, number, track2),
        expiry=expiry or _track_expiry(track2),
        sequence=sequence[-2:],
        entry_mode=ENTRY_MODES.get((entry_mode or "")[:2], EntryMode.UNKNOWN),
        track2=track2,
        pin_block=bytes.fromhex(pin_block) if pin_block else None,
        pin_key=pin_key,
        icc=_icc(message, icc),
        rrn=rrn.rstrip(),
        terminal_id=terminal.rstrip(),
        merchant_id=merchant.rstrip(),
        acquirer_id=acquirer_id,
        processing_code=code,
        original=original_of(message),
        approval_code=approval,
    )


def original_of(message: Message) -> Original | None:
    """The request that DE 90, or DE 56 since 1993, speaks of; None when there is none, or it names none."""
    form = message.dialect.edition.original
    data = message.get(form.de)
    return None if data is None else form.parse(data)


def original_fields(dialect: Dialect, original: Original) -> dict[int, str]:
    """The element by which a message of this dialect names an original."""
    form = dialect.edition.original
    return {form.de: form.print(original)}


def local_moment(dialect: Dialect, values: Mapping[int, str] | Message) -> str:
    """The moment of a message with these values by which its edition names it as an original; empty where that is DE 7."""
    return values.get(12, "") if dialect.edition.original.by_local_time else ""


def plain_of(message: Message) -> Mapping[int, str] | Message:
    """What a message says in plain values: the message itself where its edition speaks plainly anyway."""
    if message.dialect.edition.same is None:
        return message
    return message.dialect.plain(message.values(), message.mti)


def message_of(dialect: Dialect, mti: str, plain: Mapping[int, str], wall_ms: int) -> Message:
    """The message of a dialect that says plain values under a plain MTI.

    Args:
        wall_ms: now; plain dates have no year.

    Raises:
        EncodeError: when the dialect cannot spell a value.
    """
    values: dict[int | str, str] = {"mti": dialect.edition.mti(mti)}
    values.update(dialect.word(plain, mti, wall_ms).items())
    return dialect.decode(dialect.encode(values))


def recast(message: Message, dialect: Dialect, wall_ms: int) -> Message:
    """The same message in another dialect; the message itself when it is in that dialect already.

    Within an edition every value goes over. Between editions it is turned, and what has no equal on the other side is left out:
    private elements of the network, totals, fees, and the original, which each side is told as it knows it.

    Raises:
        EncodeError: when the other dialect cannot spell a value.
    """
    source = message.dialect
    if source is dialect:
        return message
    if source.edition is dialect.edition:
        values: dict[int | str, str] = {"mti": message.mti}
        values.update(dialect.suit(source.unsuit(message.values())).items())
        return dialect.decode(dialect.encode(values))
    plain = source.plain(message.values(), message.mti)
    for edition in (source.edition, dialect.edition):
        plain.pop(edition.original.de, None)
    return message_of(dialect, plain_mti(message.mti), plain, wall_ms)


def _amount(message: Message, digits: str, numeric: str) -> Money:
    if not (digits.isascii() and digits.isdigit()):
        raise message.refusal(4, "an amount is digits, in a dialect that says nothing of it too", "FLD-N-01")
    try:
        return Money(int(digits), currency(numeric))
    except MoneyError:
        de = message.dialect.edition.currency_de
        raise message.refusal(de, "ISO 4217 has no such currency", "VAL-CUR-01") from None


def _track2(message: Message, data: str | None) -> Secret | None:
    if data is None:
        return None
    track = data.replace("D", "=")
    number, separator, rest = track.partition("=")
    if not separator or not number.isdigit() or not 8 <= len(number) <= 19 or len(rest) < 7 or not rest.isdigit():
        raise message.refusal(35, "not a track 2: number, separator, expiry, service code", "VAL-TRK-01")
    return Secret(track.encode("ascii"))


def _pan(message: Message, number: str | None, track2: Secret | None) -> Pan | None:
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


def _icc(message: Message, data: str | None) -> dict[str, bytes]:
    if data is None:
        return {}
    try:
        return dict(parse_flat(bytes.fromhex(data)))
    except (TlvError, ValueError) as error:
        raise message.refusal(55, f"not BER-TLV: {error}", "VAL-TLV-01") from None
