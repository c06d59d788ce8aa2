"""An edition of ISO 8583: what its dialects share and what those of another edition say otherwise.

The tongue that editions have in common is *plain*: values by the DEs of 1987, with an MTI whose version digit is 0. An edition
words plain values its own way and reads its own as plain ones; what has no equal on the other side is left out. Two things are
not turned: DE 39, whose codes tell by their length whose they are (`switch.wire.codes`), and the element that names the
original of a reversal, which says another moment in each edition and is made anew by whoever sends it.

Not here: how values are laid into bytes, which is a dialect's.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import msgspec

from switch.domain.days import utc_date
from switch.domain.request import Original
from switch.limits import MOMENTS_KEPT
from switch.wire.codes import Codes
from switch.wire.picture import Picture
from switch.wire.subfields import InnerLayout

Values = Mapping[int, str]


class Occasion(NamedTuple):
    """When something is said: in a message of which plain MTI, and at what time, for plain dates have no year."""

    mti: str
    wall_ms: int


class Subject(NamedTuple):
    """One subject that an edition words otherwise.

    Args:
        word: plain values -> what the edition says of the subject; nothing where they say nothing.
        plain: values of the edition, plain MTI -> what plain values say of it.
    """

    word: Callable[[Values, Occasion], dict[int, str]]
    plain: Callable[[Values, str], dict[int, str]]


class OriginalForm(msgspec.Struct, frozen=True):
    """How a message names an earlier one.

    Args:
        de: the element.
        print: the element for the original, whose MTI is plain.
        parse: the original of an element, or None when it names none.
        by_local_time: True where the moment in it is the original's local one (DE 12), not that of its transmission (DE 7).
    """

    de: int
    print: Callable[[Original], str]
    parse: Callable[[str], Original | None]
    by_local_time: bool


class Edition(msgspec.Struct, frozen=True, eq=False):
    """One edition of the standard, and the common practice of those who speak it.

    Args:
        name: the year, a key of `EDITIONS`.
        version: first digit of its MTIs.
        codes: what the codes of DE 39 stand for; response_codes: the same in words.
        echo, pictures, match_key, clear: as in `Dialect`.
        original: how a message names an earlier one.
        network_mti: plain MTI with which a session is managed.
        network_de: where its code stands; network_codes: plain code of DE 70 -> code there, nothing where they are the same.
        currency_de, local_date_de: where the currency of the amount and the date of the local time stand.
        stan_digits: length of DE 11.
        fault_de: where an answer may say which DE was wrong.
        same: DEs that are the same as in plain; None where all are.
        subjects: what else it words otherwise.
        subfields: what is inside of DEs.
    """

    name: str
    version: str
    codes: Codes
    response_codes: dict[str, str]
    echo: tuple[int, ...]
    pictures: dict[str, Picture]
    match_key: dict[str, tuple[int, ...]]
    clear: tuple[int, ...]
    original: OriginalForm
    network_mti: str = "0800"
    network_de: int = 70
    network_codes: dict[str, str] = {}
    currency_de: int = 49
    local_date_de: int = 13
    stan_digits: int = 6
    fault_de: int = 44
    same: tuple[int, ...] | None = None
    subjects: tuple[Subject, ...] = ()
    subfields: dict[int, InnerLayout] = {}

    def mti(self, plain: str) -> str:
        """A plain MTI with the version digit of the edition."""
        return self.version + plain[1:]

    def stan(self, plain: str) -> str:
        """A STAN of six digits in the length of the edition's DE 11."""
        return plain.zfill(self.stan_digits)

    def word(self, plain: Values, occasion: Occasion) -> dict[int, str]:
        """Plain values as the edition says them; what it cannot say is left out."""
        if self.same is None:
            return dict(plain)
        worded = {de: plain[de] for de in (*self.same, self.original.de) if de in plain}
        for subject in self.subjects:
            worded.update(subject.word(plain, occasion))
        return worded

    def plain(self, values: Values, mti: str) -> dict[int, str]:
        """Values of the edition in a message of a plain MTI, as plain ones; what plain cannot say is left out."""
        if self.same is None:
            return dict(values)
        plain = {de: values[de] for de in (*self.same, self.original.de) if de in values}
        for subject in self.subjects:
            plain.update(subject.plain(values, mti))
        return plain


def plain_mti(mti: str) -> str:
    """An MTI of any edition with the version digit 0."""
    return "0" + mti[1:]


def plain_stan(stan: str) -> str:
    """Six digits of a STAN that is longer only by zeroes in front; one that needs more keeps them."""
    return stan[-6:] if not stan[:-6].strip("0") else stan


def dated(month_day: str, wall_ms: int) -> str:
    """YYYYMMDD for MMDD: of last, this and next year the day that is nearest to now; this year's text for what is no day."""
    return _dated(month_day, utc_date(wall_ms))


@lru_cache(maxsize=MOMENTS_KEPT)
def _dated(month_day: str, today: date) -> str:
    """The same: all messages of a day speak of few dates."""
    near = [day for year in (today.year - 1, today.year, today.year + 1) if (day := _day(year, month_day)) is not None]
    if not near:
        return f"{today.year:04d}{month_day}"
    return f"{min(near, key=lambda day: abs(day - today)):%Y%m%d}"


def _day(year: int, month_day: str) -> date | None:
    try:
        return date(year, int(month_day[:2]), int(month_day[2:4]))
    except ValueError:
        return None
