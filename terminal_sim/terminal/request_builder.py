"""What a terminal says: the fields of each message, from an attempt, a card or an owed advice.

Fields only, in pyiso8583's form and in plain, the words of ISO 8583:1987; those of other editions, bytes and MACs are
`host_codec`'s business. Only an original is named as the dialect's edition names it, for each knows it by another moment. The
number that a later message needs travels in an attempt's vault; its plain form is `Holder`.
"""

import msgspec

from keys.sensitive import Pan
from switch.domain.reasons import Reason
from switch.domain.request import Original
from switch.wire import Dialect
from switch.wire.mti import response_mti
from switch.wire.tlv import encode
from switch.wire.translate import local_moment, original_fields
from terminal_sim.terminal.card_data import CardData, Entry
from terminal_sim.terminal.profile import TerminalProfile
from terminal_sim.terminal.records import AdviceOwed, Attempt, Cause, Receipt, TransactionKind

MTIS: dict[TransactionKind, str] = {
    TransactionKind.PURCHASE: "0200",
    TransactionKind.AUTHORISATION: "0100",
    TransactionKind.COMPLETION: "0220",
    TransactionKind.VOID: "0400",
}
"""The message of each kind of transaction."""

ENTRY_MODES: dict[Entry, str] = {
    Entry.MAGSTRIPE: "901",
    Entry.CHIP: "051",
    Entry.NFC: "071",
}
"""DE 22: full track, chip, contactless chip; the third digit says that a PIN can be entered."""

REVERSAL_REASONS: dict[Cause, str] = {
    Cause.TIMEOUT: "68",
    Cause.CONNECTION_LOST: "68",
    Cause.RESTART: "22",
    Cause.CARD_DECLINED: "22",
    Cause.PARTIAL: "32",
    Cause.UNCLEAR: "22",
    Cause.NOT_TAKEN: "22",
}
"""DE 39 of a reversal: why (68 answer too late, 22 suspected malfunction, 32 completed partially)."""

CUSTOMER_CANCELS = "17"
"""DE 39 of a void."""

GOODS_AND_SERVICES = "000000"
"""DE 3: a purchase from the default account."""

NORMAL = "00"
"""DE 25: nothing unusual about the point of sale."""

SIGN_ON = "001"
"""DE 70 of a sign-on."""

NETWORK_REQUEST = "080"
"""Beginning of the MTI of the only request that a host may send to a terminal: an echo test."""


class Holder(msgspec.Struct, frozen=True):
    """What an attempt's vault holds: the card's number in clear. Never leaves the terminal but in DE 2."""

    pan: str
    expiry: str
    sequence: str

    def __repr__(self) -> str:
        return f"Holder({Pan(self.pan).masked})"


class About(msgspec.Struct, frozen=True):
    """What a message speaks of.

    Args:
        original: the request.
        receipt: how it ended, as far as that is known.
        named: the element that names it, of `original_data`.
    """

    original: Attempt
    receipt: Receipt | None
    named: dict[str, str]


def payment_fields(profile: TerminalProfile, attempt: Attempt, card: CardData, pin_block: bytes | None) -> dict[str, str]:
    """0200 or 0100 from a card that was read."""
    fields = _common(profile, attempt.mti, attempt.stan, attempt.transmitted, attempt)
    fields |= {"2": card.pan.expose(), "14": card.expiry, "35": card.track2.expose().decode("ascii")}
    if card.sequence:
        fields["23"] = card.sequence.zfill(3)
    if pin_block is not None:
        fields["52"] = pin_block.hex().upper()
    if card.icc:
        fields["55"] = _icc(card.icc)
    return fields


def completion_fields(profile: TerminalProfile, attempt: Attempt, about: About, holder: Holder | None) -> dict[str, str]:
    """0220: what was authorised has been delivered, for this amount."""
    fields = _common(profile, attempt.mti, attempt.stan, attempt.transmitted, attempt)
    return fields | _of_holder(holder) | _of_original(about)


def void_fields(profile: TerminalProfile, attempt: Attempt, about: About, holder: Holder | None) -> dict[str, str]:
    """0400: the cardholder takes an approved transaction back."""
    fields = completion_fields(profile, attempt, about, holder)
    return fields | {"39": CUSTOMER_CANCELS}


def reversal_fields(profile: TerminalProfile, advice: AdviceOwed, about: About, holder: Holder | None) -> dict[str, str]:
    """0420: whatever became of the original, undo it."""
    fields = _common(profile, advice.mti, advice.stan, advice.transmitted, about.original)
    return fields | _of_holder(holder) | _of_original(about) | {"39": REVERSAL_REASONS[advice.cause]}


def sign_on_fields(dialect: Dialect, stan: str, transmitted: str) -> dict[str, str]:
    """0800 that opens a session."""
    return {"t": dialect.edition.network_mti, "7": transmitted, "11": stan, "70": SIGN_ON}


def echo_answer_fields(dialect: Dialect, request: dict[str, str]) -> dict[str, str]:
    """0810 to a host that asks whether we are there."""
    mti = response_mti(request["t"])
    code = dialect.codes.code(Reason.APPROVED, mti)
    return {"t": mti, "39": code} | {de: request[de] for de in ("7", "11", "70") if de in request}


def original_data(dialect: Dialect, original: Attempt, wall_ms: int) -> dict[str, str]:
    """DE 90 or 56: MTI, STAN and moment of the original; of its institutions a terminal names none."""
    spoken = dialect.word({12: original.local_time, 13: original.local_date}, original.mti, wall_ms)
    moment = local_moment(dialect, spoken)
    named = Original(original.mti, original.stan, original.transmitted, local_at=moment)
    return {str(de): value for de, value in original_fields(dialect, named).items()}


def _common(profile: TerminalProfile, mti: str, stan: str, transmitted: str, about: Attempt) -> dict[str, str]:
    """What every transaction message has; times and amount are those of `about`."""
    return {
        "t": mti,
        "3": GOODS_AND_SERVICES,
        "4": f"{about.minor:012d}",
        "7": transmitted,
        "11": stan,
        "12": about.local_time,
        "13": about.local_date,
        "22": about.entry_mode,
        "25": NORMAL,
        "37": about.rrn,
        "41": profile.terminal_id.ljust(8),
        "42": profile.merchant_id.ljust(15),
        "49": about.currency,
    }


def _of_holder(holder: Holder | None) -> dict[str, str]:
    """The card; nothing when its vault could not be opened: its original is named well enough."""
    if holder is None:
        return {}
    fields = {"2": holder.pan, "14": holder.expiry}
    if holder.sequence:
        fields["23"] = holder.sequence.zfill(3)
    return fields


def _of_original(about: About) -> dict[str, str]:
    fields = {"37": about.original.rrn, **about.named}
    if about.receipt is not None:
        fields["37"] = about.receipt.rrn.ljust(12)
        if about.receipt.approval_code:
            fields["38"] = about.receipt.approval_code.ljust(6)
    return fields


def _icc(elements: tuple[tuple[str, bytes], ...]) -> str:

    return encode(elements).hex().upper()
