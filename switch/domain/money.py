"""Amounts: integers of minor units with a currency. A float never comes near them."""

import re
from functools import cache

import msgspec
from iso4217 import Currency as Iso4217

_DECIMAL = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,4}))?")

TOO_LARGE = "the amount does not fit the 12 digits of DE 4"


class MoneyError(ValueError):
    """An amount or a currency that cannot be what it says."""


class Currency(msgspec.Struct, frozen=True):
    """One currency of ISO 4217.

    Args:
        alpha: three letters, "EUR".
        numeric: three digits as DE 49 carries them, "978".
        exponent: digits after the decimal point (JPY 0, EUR 2, KWD 3).
    """

    alpha: str
    numeric: str
    exponent: int


class Money(msgspec.Struct, frozen=True):
    """`minor` units of `currency`; DE 4 with its exponent taken from DE 49."""

    minor: int
    currency: Currency

    def __str__(self) -> str:
        digits = f"{abs(self.minor):0{self.currency.exponent + 1}d}"
        sign = "-" if self.minor < 0 else ""
        if not self.currency.exponent:
            return f"{sign}{digits} {self.currency.alpha}"
        return f"{sign}{digits[: -self.currency.exponent]}.{digits[-self.currency.exponent :]} {self.currency.alpha}"


@cache
def currency(code: str) -> Currency:
    """The currency of a three-letter or three-digit ISO 4217 code.

    Raises:
        MoneyError: when ISO 4217 has no such currency, or one without minor units such as gold.
    """
    for entry in Iso4217:
        if code in (entry.code, f"{entry.number:03d}") and entry.exponent is not None:
            return Currency(entry.code, f"{entry.number:03d}", entry.exponent)
    raise MoneyError(f"ISO 4217 has no currency {code[:8]!r}; try EUR, USD or 978")


def parse_money(text: str, code: str) -> Money:
    """Read a decimal amount such as "12.50" as money of the currency `code`.

    Raises:
        MoneyError: on anything but digits with at most the currency's number of decimals, and on more than the 12 digits of
            DE 4.
    """
    unit = currency(code)
    match = _DECIMAL.fullmatch(text)
    if match is None or len(match[2] or "") > unit.exponent:
        if text.isascii() and text.isdigit():
            raise MoneyError(TOO_LARGE)
        example = "12" + ("." + "5".ljust(unit.exponent, "0") if unit.exponent else "")
        raise MoneyError(
            f"amount {text[:20]!r} is not a number of {unit.alpha}, which has {unit.exponent} decimals; write it like {example}"
        )
    minor = int(match[1] + (match[2] or "").ljust(unit.exponent, "0"))
    if minor > 999_999_999_999:
        raise MoneyError(TOO_LARGE)
    return Money(minor, unit)
