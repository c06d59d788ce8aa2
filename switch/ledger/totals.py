"""What the journal says about money, transaction by transaction. A fold of its own, so that it can judge `core.apply`'s.

Nothing here knows the switch: whoever has the records can add them up.
"""

from collections.abc import Iterable

import msgspec

from switch.ledger.records import Answered, Forwarded, Record, Reversed


class Booked(msgspec.Struct):
    """What one transaction has done to accounts so far, in minor units: `posted` took money away, `held` sets it aside."""

    posted: int = 0
    held: int = 0

    @property
    def taken(self) -> int:
        """What the cardholder cannot spend any more because of this transaction."""
        return self.posted + self.held


def book(records: Iterable[Record]) -> dict[str, Booked]:
    """Add up postings and open holds by transaction key. The money of a completion counts for its authorisation."""
    books: dict[str, Booked] = {}
    payer: dict[str, str] = {}
    for record in records:
        match record:
            case Forwarded(opening=opening):
                payer[opening.key] = opening.original or opening.key
            case Answered():
                if record.opening is not None:
                    payer[record.key] = record.opening.original or record.key
                entry = books.setdefault(payer.get(record.key, record.key), Booked())
                entry.posted -= sum(posting.minor for posting in record.postings)
                entry.held += record.hold.minor if record.hold else 0
                if record.released:
                    books.setdefault(record.released, Booked()).held = 0
            case Reversed():
                entry = books.setdefault(payer.get(record.key, record.key), Booked())
                entry.posted -= sum(posting.minor for posting in record.postings)
                if record.released:
                    books.setdefault(record.released, Booked()).held = 0
            case _:
                pass
    return books
