"""Subjects that several editions word otherwise than 1987, and the element by which they name an original."""

from switch.domain.request import Original
from switch.wire.edition import Occasion, OriginalForm, Subject, Values, dated, plain_mti, plain_stan


def local_time(digits: int) -> Subject:
    """DE 12, with the date that is in DE 13 of 1987. Who has no local time is taken to live by DE 7, which is UTC.

    Args:
        digits: those of the year, two or four.
    """

    def word(plain: Values, occasion: Occasion) -> dict[int, str]:
        sent = plain.get(7, "")
        day, time = plain.get(13) or sent[:4], plain.get(12) or sent[4:]
        return {12: dated(day, occasion.wall_ms)[4 - digits :] + time} if day and time else {}

    def read(values: Values, mti: str) -> dict[int, str]:
        moment = values.get(12)
        return {} if moment is None else {12: moment[-6:], 13: moment[-10:-6]}

    return Subject(word, read)


def day(de: int, digits: int) -> Subject:
    """A date with a year, which 1987 has without one."""

    def word(plain: Values, occasion: Occasion) -> dict[int, str]:
        return {de: dated(plain[de], occasion.wall_ms)[4 - digits :]} if de in plain else {}

    return Subject(word, lambda values, mti: {de: values[de][-4:]} if de in values else {})


def renumbered(plain_de: int, de: int) -> Subject:
    """The same element under another number."""
    return Subject(
        lambda plain, occasion: {de: plain[plain_de]} if plain_de in plain else {},
        lambda values, mti: {plain_de: values[de]} if de in values else {},
    )


def unfilled(de: int, length: int) -> Subject:
    """Text of variable length that 1987 has in a fixed one, filled with blanks."""

    def word(plain: Values, occasion: Occasion) -> dict[int, str]:
        text = plain.get(de, "").rstrip()
        return {de: text} if text else {}

    return Subject(word, lambda values, mti: {de: values[de].ljust(length)} if de in values else {})


def original_form(version: str, *, stan_digits: int, moment_digits: int) -> OriginalForm:
    """DE 56: MTI, STAN, DE 12 and the acquirer behind a length of two digits (ISO 8583:1993 DE 56: n..35)."""

    def write(original: Original) -> str:
        acquirer = original.acquirer_id
        stan = original.stan.zfill(stan_digits)
        return f"{version}{original.mti[1:]}{stan}{original.local_at}{len(acquirer):02d}{acquirer}"

    def parse(data: str) -> Original | None:
        at = 4 + stan_digits
        if len(data) < at + moment_digits:
            return None
        return Original(
            mti=plain_mti(data[:4]),
            stan=plain_stan(data[4:at]),
            transmitted="",
            acquirer_id=data[at + moment_digits + 2 :].lstrip("0"),
            local_at=data[at : at + moment_digits],
        )

    return OriginalForm(56, write, parse, by_local_time=True)
