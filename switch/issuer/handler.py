"""The contract of an issuer handler: a request goes in, a verdict comes out, nothing else happens."""

from typing import Protocol

import msgspec

from switch.domain.decision import Decision
from switch.domain.postings import Hold, Posting
from switch.domain.request import Request
from switch.issuer.book import Book


class Case(msgspec.Struct, frozen=True):
    """One request as it lies before the issuer.

    Args:
        request: what is asked.
        transaction: the key of this transaction.
        token: the card's keyed token, as the book knows it; empty when the request names no card.
        authorisation: key of the authorisation that a completion completes, or empty.
        wall_ms: when, in milliseconds since 1970 UTC.
    """

    request: Request
    transaction: str
    token: str
    authorisation: str
    wall_ms: int


class CardEffect(msgspec.Struct, frozen=True):
    """What a verdict does to the card's counters; None for no change."""

    pin_tries: int | None = None
    atc: int | None = None


class Verdict(msgspec.Struct, frozen=True):
    """A decision with everything that follows from it.

    Args:
        decision: what is answered.
        postings: money that moves at once.
        hold: money set aside by an authorisation.
        released: key of the authorisation whose hold ends, or empty.
        card: effect on the card's counters, or None.
    """

    decision: Decision
    postings: tuple[Posting, ...] = ()
    hold: Hold | None = None
    released: str = ""
    card: CardEffect | None = None


class Handler(Protocol):
    """Decides requests. Reads the book, never writes it; raises nothing for a business "no"."""

    def decide(self, case: Case, book: Book) -> Verdict:
        """Answer one request: approve it or say why not, with what follows for accounts and card."""
