"""ISO 8583:1993 beyond its elements: action codes, pictures, and how it words what plain values say.

Public fact: the positions of DE 22, the function codes of network management and the parts of DE 56, as jPOS and SAP's
documentation of the standard have them. Assumption: M, A and S in position 7 of DE 22 for a contactless chip, a contactless
stripe and electronic commerce, for which the standard has no value and networks use these; a completion has function code 200;
DE 25 of a reversal as below. What an answer must have is the common practice of 1987.
"""

from switch.domain.reasons import Reason
from switch.wire.codes import ACTION_CODES, Codes
from switch.wire.dialects.iso93_subfields import SUBFIELDS
from switch.wire.edition import Edition, Occasion, Subject, Values
from switch.wire.editions.actions import ACTIONS
from switch.wire.editions.subjects import day, local_time, original_form, renumbered, unfilled
from switch.wire.picture import Picture

CODES = Codes(
    reasons={
        Reason.APPROVED: "000",
        Reason.INVALID_MERCHANT: "109",
        Reason.DO_NOT_HONOUR: "100",
        Reason.INVALID_TRANSACTION: "902",
        Reason.INVALID_AMOUNT: "110",
        Reason.INVALID_CARD: "111",
        Reason.NO_SUCH_ISSUER: "908",
        Reason.UNABLE_TO_LOCATE: "914",
        Reason.FORMAT_ERROR: "904",
        Reason.NOT_SUPPORTED: "115",
        Reason.RESTRICTED_CARD: "104",
        Reason.INSUFFICIENT_FUNDS: "116",
        Reason.EXPIRED_CARD: "101",
        Reason.WRONG_PIN: "117",
        Reason.PIN_REQUIRED: "112",
        Reason.PIN_TRIES_EXCEEDED: "106",
        Reason.NOT_PERMITTED_TO_TERMINAL: "120",
        Reason.SECURITY_VIOLATION: "122",
        Reason.CRYPTOGRAM_FAILED: "100",
        Reason.CVV_FAILED: "100",
        Reason.ATC_REPLAYED: "100",
        Reason.ISSUER_UNAVAILABLE: "912",
        Reason.TIMEOUT: "911",
        Reason.UNROUTABLE: "908",
        Reason.DUPLICATE: "913",
        Reason.ORIGINAL_REVERSED: "902",
        Reason.SYSTEM_MALFUNCTION: "909",
    },
    approvals=("000", "001", "002", "003", "004", "005", "006", "007", "300", "400", "500", "600", "700", "800", "900", "901"),
    parts=("002", "006"),
    elsewhere=("300", "400", "500", "600", "700", "800", "900", "901"),
    accepted={"4": "400", "8": "800"},
    equals=ACTION_CODES,
)
"""Lossy: 100 stands for four reasons, 908 and 902 for two each."""

ECHO: tuple[int, ...] = (2, 3, 4, 7, 11, 12, 24, 28, 32, 33, 37, 41, 42, 49, 56)
"""DEs that a response repeats unchanged where its request has them."""

_ANYWHERE = (7, 25, 26, 30, 32, 33, 37, 41, 42, 43, 48, 60, 61, 62, 63, 64, 128)
_CARD = (14, 19, 22, 23, 35, 45, 52, 53, 54, 55)
_NEEDED_PURCHASE = ((2, 35), (3,), (4,), (11,), (12,), (49,))
_NEEDED_REVERSAL = ((11,), (12,), (56,))
_NEEDED_ANSWER = ((11,), (39,))
_READ_ONCE = (35, 45, 52)

_REQUEST = Picture(_NEEDED_PURCHASE, (*_CARD, *_ANYWHERE, 24), (39,))
_ADVICE = Picture(_NEEDED_PURCHASE, (*_CARD, *_ANYWHERE, 24, 38, 39, 56))
_REVERSAL = Picture(_NEEDED_REVERSAL, (2, 3, 4, 14, 22, 24, *_ANYWHERE, 38, 49), (39, 52))
_ANSWER = Picture(_NEEDED_ANSWER, (2, 3, 4, 7, 12, 15, 24, 32, 33, 37, 38, 41, 42, 44, 49, 54, 55, 64, 128), _READ_ONCE)
_REVERSAL_ANSWER = Picture(_NEEDED_ANSWER, (2, 3, 4, 7, 12, 24, 32, 33, 37, 41, 42, 44, 49, 56, 64, 128), (*_READ_ONCE, 55))

PICTURES: dict[str, Picture] = {
    "1100": _REQUEST,
    "1110": _ANSWER,
    "1120": _ADVICE,
    "1130": _ANSWER,
    "1200": _REQUEST,
    "1210": _ANSWER,
    "1220": _ADVICE,
    "1230": _ANSWER,
    "1400": _REVERSAL,
    "1410": _REVERSAL_ANSWER,
    "1420": _REVERSAL,
    "1430": _REVERSAL_ANSWER,
    "1800": Picture(((11,), (24,)), (7, 12, 33, 48, 53, 64, 96, 128), (4, 35, 39, 45, 52, 56)),
    "1810": Picture(_NEEDED_ANSWER, (7, 12, 24, 33, 44, 48, 53, 64, 96, 128), (4, *_READ_ONCE)),
}
"""By MTI, repeats and origins left out. What is required is the least that everybody sends; networks ask for more."""

_KEY_PURCHASE = (11, 12, 41)

MATCH_KEY: dict[str, tuple[int, ...]] = {
    "1": _KEY_PURCHASE,
    "2": _KEY_PURCHASE,
    "4": _KEY_PURCHASE,
    "8": (11, 24),
}
"""Class digit of the MTI -> DEs that a response has in common with its request and with no other. All of them are echoed."""

CLEAR: tuple[int, ...] = (
    *(3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33),
    *(37, 38, 39, 40, 41, 42, 43, 49, 50, 51, 56, 57, 58, 64, 67, 68, 69, 70, 71, 73, *range(74, 95), 97, 99, 100),
    *(105, 106, 107, 108, 128),
)
"""DEs whose 1993 meaning holds no card or key data. Free text, private and reserved DEs may hold any: not among them."""

SAME: tuple[int, ...] = (
    *(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 16, 17, 19, 20, 21, 23, 32, 33, 34, 35, 36, 37, 38, 41, 42, 45, 47, 48),
    *(49, 50, 51, 52, 54, 55, 60, 61, 62, 63, 64, 98, 99, 100, 101, 102, 103, 104, 128),
)
"""DEs that say the same as in 1987, in the same letters."""

INPUT_MODES: dict[str, str] = {
    "01": "6",
    "02": "2",
    "03": "3",
    "04": "4",
    "05": "5",
    "06": "6",
    "07": "M",
    "79": "1",
    "80": "2",
    "81": "S",
    "90": "2",
    "91": "A",
    "95": "5",
}
"""Digits 1 and 2 of plain DE 22 -> position 7 of DE 22, the card data input mode; what is not here is 0, unspecified."""

ENTRY_MODES: dict[str, str] = {
    "1": "01",
    "2": "90",
    "3": "03",
    "4": "04",
    "5": "05",
    "6": "01",
    "M": "07",
    "A": "91",
    "S": "81",
}
"""The other way round. A stripe is taken for a whole one."""

CAPABILITIES: dict[str, str] = {"07": "5", "79": "5", "80": "5", "81": "6", "91": "2"}
"""Digits 1 and 2 of plain DE 22 -> position 1, where it is not position 7: who falls back from a chip can read one."""

NETWORK_CODES: dict[str, str] = {
    "001": "801",
    "002": "802",
    "003": "803",
    "004": "804",
    "005": "805",
    "006": "806",
    "101": "811",
    "161": "811",
    "201": "821",
    "301": "831",
}
"""DE 70 of 1987 -> function code in DE 24. 161 is how networks say 101, the change of keys; others have no equal."""

FUNCTION_CODES: dict[str, str] = {"1": "100", "2": "200", "4": "400"}
"""Class digit of an MTI -> function code of an original request or advice, and of a reversal of the whole."""

PARTIAL_REVERSAL = "401"

_UNSTATED = "?" * 12
"""In the place of an amount that nobody has named: no zero, and no dialect can spell it."""

REVERSAL_REASONS: dict[str, str] = {"17": "4000", "22": "4002", "32": "4004", "68": "4021"}
"""DE 39 of a reversal of 1987 -> message reason code in DE 25; what is not here is 4001, unspecified."""

_PLAIN_NETWORK_CODES = {code: plain for plain, code in reversed(NETWORK_CODES.items())}
_PLAIN_REASONS = {code: plain for plain, code in REVERSAL_REASONS.items()} | {"4006": "68"}


def _word_point_of_service(plain: Values, occasion: Occasion) -> dict[int, str]:
    """DE 22 of twelve positions from three digits, the condition in DE 25 and whether a PIN is there."""
    if 22 not in plain:
        return {}
    mode, pin = INPUT_MODES.get(plain[22][:2], "0"), plain[22][2:3]
    absent = mode == "S" or plain.get(25) in ("01", "08")
    entered = 52 in plain
    positions = (
        CAPABILITIES.get(plain[22][:2], mode),
        "1" if pin == "1" else "0",
        "0",  # It captures no cards,
        "1",  # and stands in a shop, attended.
        "1" if absent else "0",
        "0" if absent else "1",
        mode,
        "1" if entered else "0",
        "3" if entered else "0",
        "0",
        "0",
        {"1": "C", "2": "0"}.get(pin, "1"),
    )
    return {22: "".join(positions)}


def _read_point_of_service(values: Values, mti: str) -> dict[int, str]:
    data = values.get(22)
    if data is None:
        return {}
    pin = {"0": "2", "1": "0"}.get(data[11:12], "1")
    condition = {"0": "00", "2": "08", "3": "08"}.get(data[4:5], "01")
    return {22: ENTRY_MODES.get(data[6:7], "00") + pin, 25: condition}


def _word_function(plain: Values, occasion: Occasion) -> dict[int, str]:
    """DE 24: what 1987 says with DE 70 or the MTI alone, and for a reversal of a part with replacement amounts."""
    kind = occasion.mti[1]
    if kind == "8":
        code = NETWORK_CODES.get(plain.get(70, ""))
        return {24: code} if code else {}
    if kind == "4" and plain.get(95, "").strip("0 "):
        return {24: PARTIAL_REVERSAL}
    return {24: FUNCTION_CODES[kind]} if kind in FUNCTION_CODES else {}


def _read_function(values: Values, mti: str) -> dict[int, str]:
    code = values.get(24)
    if code is None:
        return {}
    if mti[1] == "8":
        return {70: _PLAIN_NETWORK_CODES.get(code, code)}
    if mti[1] == "4" and code != FUNCTION_CODES["4"]:
        # Only 400 undoes the whole. DE 4 ends with the amount of twelve digits, also where a currency stands before it.
        stands = values.get(4, "")[-12:] if code == PARTIAL_REVERSAL else ""
        return {95: (stands or _UNSTATED).ljust(42, "0")}
    return {}


def _word_code(plain: Values, occasion: Occasion) -> dict[int, str]:
    """DE 39 of an answer or an advice; why a request or advice reverses stands in DE 25, for which 1987 uses DE 39 too."""
    if 39 not in plain:
        return {}
    if occasion.mti[1] == "4" and occasion.mti[2] in "02":
        return {25: REVERSAL_REASONS.get(plain[39], "4001")}
    return {39: plain[39]}


def _read_code(values: Values, mti: str) -> dict[int, str]:
    if 39 in values:
        return {39: values[39]}
    return {39: _PLAIN_REASONS.get(values[25], "21")} if mti[1] == "4" and 25 in values else {}


POINT_OF_SERVICE = Subject(_word_point_of_service, _read_point_of_service)
FUNCTION = Subject(_word_function, _read_function)
CODE = Subject(_word_code, _read_code)


ISO_1993 = Edition(
    name="1993",
    version="1",
    codes=CODES,
    response_codes=ACTIONS,
    echo=ECHO,
    pictures=PICTURES,
    match_key=MATCH_KEY,
    clear=CLEAR,
    original=original_form("1", stan_digits=6, moment_digits=12),
    network_mti="0804",
    network_de=24,
    network_codes=NETWORK_CODES,
    local_date_de=12,
    same=SAME,
    subjects=(
        local_time(2),
        day(15, 2),
        renumbered(18, 26),
        unfilled(43, 40),
        POINT_OF_SERVICE,
        FUNCTION,
        CODE,
    ),
    subfields=SUBFIELDS,
)
