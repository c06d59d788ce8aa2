"""ISO 8583:1987 beyond its elements: codes, the picture of each message, what is echoed and matched. Plain values are its own.

What a message must have and a response echoes is no part of the standard but the common practice of acquirers and issuers; a
network that differs says so in its own dialect.
"""

from switch.domain.reasons import Reason
from switch.domain.request import Original
from switch.wire.codes import Codes
from switch.wire.dialects.iso87_subfields import SUBFIELDS
from switch.wire.edition import Edition, OriginalForm, plain_mti
from switch.wire.picture import Picture

CODES = Codes(
    reasons={
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
    },
    approvals=("00", "08", "10", "11", "16"),
    parts=("10",),
)
"""Lossy: 05 stands for four reasons, 91 for two. Yes is plain, with identification, for a part, VIP, with a track 3."""

RESPONSE_CODES: dict[str, str] = {
    "00": "approved",
    "01": "refer to card issuer",
    "02": "refer to issuer, special conditions",
    "03": "invalid merchant",
    "04": "pick up",
    "05": "do not honour",
    "06": "error",
    "07": "pick up, special conditions",
    "08": "honour with identification",
    "09": "request in progress",
    "10": "approved for partial amount",
    "11": "approved (VIP)",
    "12": "invalid transaction",
    "13": "invalid amount",
    "14": "invalid card number",
    "15": "no such issuer",
    "16": "approved, update track 3",
    "17": "customer cancellation",
    "18": "customer dispute",
    "19": "re-enter transaction",
    "20": "invalid response",
    "21": "no action taken",
    "22": "suspected malfunction",
    "23": "unacceptable transaction fee",
    "24": "file update not supported by receiver",
    "25": "unable to locate record",
    "26": "duplicate file update record",
    "27": "file update field edit error",
    "28": "file update file locked",
    "29": "file update not successful",
    "30": "format error",
    "31": "bank not supported by switch",
    "32": "completed partially",
    "33": "expired card, pick up",
    "34": "suspected fraud, pick up",
    "35": "contact acquirer, pick up",
    "36": "restricted card, pick up",
    "37": "call acquirer security, pick up",
    "38": "PIN tries exceeded, pick up",
    "39": "no credit account",
    "40": "function not supported",
    "41": "lost card, pick up",
    "42": "no universal account",
    "43": "stolen card, pick up",
    "44": "no investment account",
    "51": "not sufficient funds",
    "52": "no cheque account",
    "53": "no savings account",
    "54": "expired card",
    "55": "incorrect PIN",
    "56": "no card record",
    "57": "not permitted to cardholder",
    "58": "not permitted to terminal",
    "59": "suspected fraud",
    "60": "contact acquirer",
    "61": "exceeds withdrawal amount limit",
    "62": "restricted card",
    "63": "security violation",
    "64": "original amount incorrect",
    "65": "exceeds withdrawal frequency",
    "66": "call acquirer security",
    "67": "hard capture",
    "68": "response received too late",
    "75": "PIN tries exceeded",
    "90": "cut-off in process",
    "91": "issuer or switch inoperative",
    "92": "routing unavailable",
    "93": "violation of law",
    "94": "duplicate transmission",
    "95": "reconcile error",
    "96": "system malfunction",
    "1A": "cardholder verification required",
}
"""DE 39, the two-character codes of the 1987 edition. Those with a letter are private; 1A is one that networks share."""

ECHO: tuple[int, ...] = (2, 3, 4, 7, 11, 12, 13, 28, 32, 33, 37, 41, 42, 49, 70, 90, 95)
"""DEs that a response repeats unchanged where its request has them. DE 22, 25 and all card data but the PAN are not echoed."""

_ANYWHERE = (12, 13, 18, 32, 33, 37, 41, 42, 43, 48, 60, 61, 62, 63, 64, 128)
_CARD = (14, 19, 22, 23, 25, 26, 35, 45, 52, 53, 54, 55)
_NEEDED_PURCHASE = ((2, 35), (3,), (4,), (7,), (11,), (49,))
_NEEDED_REVERSAL = ((7,), (11,), (90,))
_NEEDED_ANSWER = ((11,), (39,))
_READ_ONCE = (35, 45, 52)

_REQUEST = Picture(_NEEDED_PURCHASE, (*_CARD, *_ANYWHERE), (39, 70))
_ADVICE = Picture(_NEEDED_PURCHASE, (*_CARD, *_ANYWHERE, 38, 39, 90), (70,))
_REVERSAL = Picture(_NEEDED_REVERSAL, (2, 3, 4, 14, 22, 25, *_ANYWHERE, 38, 39, 49, 95), (52, 70))
_ANSWER = Picture(_NEEDED_ANSWER, (2, 3, 4, 7, 12, 13, 15, 32, 33, 37, 38, 41, 42, 44, 49, 54, 55, 64, 128), _READ_ONCE)
_REVERSAL_ANSWER = Picture(_NEEDED_ANSWER, (2, 3, 4, 7, 12, 13, 32, 33, 37, 41, 42, 44, 49, 64, 90, 95, 128), (*_READ_ONCE, 55))

PICTURES: dict[str, Picture] = {
    "0100": _REQUEST,
    "0110": _ANSWER,
    "0120": _ADVICE,
    "0130": _ANSWER,
    "0200": _REQUEST,
    "0210": _ANSWER,
    "0220": _ADVICE,
    "0230": _ANSWER,
    "0400": _REVERSAL,
    "0410": _REVERSAL_ANSWER,
    "0420": _REVERSAL,
    "0430": _REVERSAL_ANSWER,
    "0800": Picture(((7,), (11,), (70,)), (15, 33, 48, 53, 64, 96, 120, 121, 122, 123, 128), (4, 35, 39, 45, 52, 90)),
    "0810": Picture(_NEEDED_ANSWER, (7, 33, 44, 48, 53, 64, 70, 96, 128), (4, *_READ_ONCE)),
}
"""By MTI, repeats and origins left out. What is required is the least that everybody sends; networks ask for more."""

_KEY_PURCHASE = (11, 41)

MATCH_KEY: dict[str, tuple[int, ...]] = {
    "1": _KEY_PURCHASE,
    "2": _KEY_PURCHASE,
    "4": _KEY_PURCHASE,
    "8": (7, 11, 70),
}
"""Class digit of the MTI -> DEs that a response has in common with its request and with no other. All of them are echoed.

DE 7 is not among those of purchases, because some issuers answer with a new one; the STAN is unique per acquirer or terminal.
"""

CLEAR: tuple[int, ...] = (
    *(3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33),
    *(37, 38, 39, 40, 41, 42, 43, 49, 50, 51, 64, 66, 67, 68, 69, 70, 71, 72, 73, *range(74, 90), 90, 91, 92, 93, 94, 95),
    *(97, 99, 100, 128),
)
"""DEs whose 1987 meaning holds no card or key data. Free text, private and reserved DEs may hold any: not among them."""


def print_original(original: Original) -> str:
    """DE 90 (ISO 8583:1987 DE 90: n 4 + 6 + 10 + 11 + 11); absent institutions are zeroes."""
    institutions = original.acquirer_id.zfill(11) + original.forwarder_id.zfill(11)
    return original.mti + original.stan + original.transmitted + institutions


def parse_original(data: str) -> Original | None:
    """What DE 90 names."""
    return Original(mti=plain_mti(data[:4]), stan=data[4:10], transmitted=data[10:20], acquirer_id=data[20:31].lstrip("0"))


ISO_1987 = Edition(
    name="1987",
    version="0",
    codes=CODES,
    response_codes=RESPONSE_CODES,
    echo=ECHO,
    pictures=PICTURES,
    match_key=MATCH_KEY,
    clear=CLEAR,
    original=OriginalForm(90, print_original, parse_original, by_local_time=False),
    subfields=SUBFIELDS,
)
