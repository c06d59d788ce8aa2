"""ISO 8583:2003 beyond its elements: where it differs from the edition of 1993.

Public fact, from jPOS's CMF: codes of four digits, amounts that begin with their currency and its exponent, a STAN of twelve
digits, sixteen bytes in DE 22 of which the first four say how the card was read and the third four where. Assumption: the
action codes of 1993 carry over digit by digit (`code_of_2003`); the bits of DE 22 stand in each group as jPOS has them, lowest
first.
"""

from switch.domain.money import MoneyError, currency
from switch.wire.codes import Codes, code_of_2003
from switch.wire.content import UPPER_HEX
from switch.wire.dialects.iso2003_subfields import SUBFIELDS
from switch.wire.edition import Edition, Occasion, Subject, Values, plain_stan
from switch.wire.editions import iso1993
from switch.wire.editions.actions import ACTIONS
from switch.wire.editions.subjects import day, local_time, original_form, renumbered, unfilled
from switch.wire.picture import Group, Picture

_OF_1993 = iso1993.CODES

CODES = Codes(
    reasons={reason: code_of_2003(code) for reason, code in _OF_1993.reasons.items()},
    approvals=tuple(map(code_of_2003, _OF_1993.approvals)),
    parts=tuple(map(code_of_2003, _OF_1993.parts)),
    elsewhere=tuple(map(code_of_2003, _OF_1993.elsewhere)),
    accepted={digit: code_of_2003(code) for digit, code in _OF_1993.accepted.items()},
    equals={plain: code_of_2003(code) for plain, code in _OF_1993.equals.items()},
)

ECHO: tuple[int, ...] = tuple(de for de in iso1993.ECHO if de != 49)


def _without_currency(named: Group) -> Group:
    """DE 4 names its own currency, and DE 49 says something else."""
    return tuple(de for de in named if de != 49)


PICTURES: dict[str, Picture] = {
    "2" + mti[1:]: Picture(
        tuple(group for group in map(_without_currency, picture.required) if group),
        _without_currency(picture.optional),
        picture.forbidden,
    )
    for mti, picture in iso1993.PICTURES.items()
}
"""Those of 1993 by MTI, DE 49 left out."""

CLEAR: tuple[int, ...] = (
    *(3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33),
    *(37, 38, 39, 40, 41, 42, 56, 57, 58, 64, 67, 68, 69, 70, 73, 74, 75, 93, 94, 97, 99, 100, 128),
)
"""DEs whose meaning holds no card or key data."""

SAME: tuple[int, ...] = (
    *(2, 3, 7, 9, 10, 14, 16, 17, 19, 20, 23, 32, 33, 35, 36, 37, 38, 41, 45, 47, 48, 52, 54, 55, 60, 61, 62, 64),
    *(98, 99, 100, 102, 103, 128),
)
"""DEs that say the same as in 1987, in the same letters."""

READING_METHODS: dict[str, int] = {
    "01": 1 << 2,
    "03": 1 << 3,
    "02": 1 << 4,
    "90": 1 << 4,
    "79": 1 << 2 | 1 << 13,
    "80": 1 << 4 | 1 << 13,
    "05": 1 << 5,
    "95": 1 << 5,
    "07": 1 << 1 | 1 << 5,
    "91": 1 << 1 | 1 << 4,
    "10": 1 << 6,
    "81": 1 << 6,
}
"""Digits 1 and 2 of plain DE 22 -> bits of the first four bytes, bit 14 for a fallback; what is not here is unknown."""

_UNKNOWN, _ATTENDED, _E_COMMERCE = 1, 1 << 1, 1 << 4
_ENTRY_MODES = {1 << 4: "90", 1 << 5: "05", 1 << 6: "10"} | {
    bits: mode for mode, bits in READING_METHODS.items() if mode in ("01", "03", "07", "79", "80", "91")
}


def _word_point_of_service(plain: Values, occasion: Occasion) -> dict[int, str]:
    """DE 22: reading method, verification method, environment and security, four bytes each, the lowest first."""
    if 22 not in plain:
        return {}
    mode = plain[22][:2]
    environment = _E_COMMERCE if mode == "81" else _ATTENDED
    groups = (READING_METHODS.get(mode, _UNKNOWN), _UNKNOWN, environment, 0)
    return {22: b"".join(bits.to_bytes(4, "little") for bits in groups).hex().upper()}


def _read_point_of_service(values: Values, mti: str) -> dict[int, str]:
    data = values.get(22)
    if data is None:
        return {}
    if len(data) != 32 or data.strip(UPPER_HEX):
        return {}
    raw = bytes.fromhex(data)
    method, environment = int.from_bytes(raw[:4], "little"), int.from_bytes(raw[8:12], "little")
    mode = "81" if environment & _E_COMMERCE else _ENTRY_MODES.get(method, "00")
    return {22: mode + "0"}


def _word_amount(plain: Values, occasion: Occasion) -> dict[int, str]:
    """DE 4: currency, exponent, amount. An amount of no known currency cannot be said."""
    try:
        unit = currency(plain.get(49, ""))
    except MoneyError:
        return {}
    return {4: f"{unit.numeric}{unit.exponent}{plain[4]}"} if 4 in plain else {}


def _read_amount(values: Values, mti: str) -> dict[int, str]:
    """An exponent that is not that of its currency makes it none: the amount would be another."""
    data = values.get(4)
    if data is None:
        return {}
    try:
        exponent = str(currency(data[:3]).exponent)
    except MoneyError:
        exponent = ""
    return {4: data[4:] or "0", 49: data[:3] if data[3:4] == exponent else ""}


def _word_stan(plain: Values, occasion: Occasion) -> dict[int, str]:
    return {11: plain[11].zfill(12)} if 11 in plain else {}


def _read_stan(values: Values, mti: str) -> dict[int, str]:
    return {11: plain_stan(values[11])} if 11 in values else {}


ISO_2003 = Edition(
    name="2003",
    version="2",
    codes=CODES,
    response_codes={code_of_2003(code): words for code, words in ACTIONS.items()},
    echo=ECHO,
    pictures=PICTURES,
    match_key=iso1993.MATCH_KEY,
    clear=CLEAR,
    original=original_form("2", stan_digits=12, moment_digits=14),
    network_mti="0804",
    network_de=24,
    network_codes=iso1993.NETWORK_CODES,
    currency_de=4,
    local_date_de=12,
    stan_digits=12,
    fault_de=18,
    same=SAME,
    subjects=(
        local_time(4),
        day(15, 4),
        renumbered(18, 26),
        unfilled(42, 15),
        Subject(_word_point_of_service, _read_point_of_service),
        Subject(_word_amount, _read_amount),
        Subject(_word_stan, _read_stan),
        iso1993.FUNCTION,
        iso1993.CODE,
    ),
    subfields=SUBFIELDS,
)
