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


class Bookings:
    """Postings and open holds by transaction key, in `booked`. The money of a completion counts for its authorisation."""

    def __init__(self) -> None:
        self.booked: dict[str, Booked] = {}
        self._payer: dict[str, str] = {}

    def add(self, record: Record) -> None:
        """Add what a record says; others must have been added in the order of the journal."""
        match record:
            case Forwarded(opening=opening):
                self._payer[opening.key] = opening.original or opening.key
            case Answered():
                if record.opening is not None:
                    self._payer[record.key] = record.opening.original or record.key
                entry = self._entry(record.key)
                entry.posted -= sum(posting.minor for posting in record.postings)
                entry.held += record.hold.minor if record.hold else 0
                self._release(record.released)
            case Reversed():
                self._entry(record.key).posted -= sum(posting.minor for posting in record.postings)
                self._release(record.released)
            case _:
                pass

    def forget(self, key: str) -> None:
        """Leave a transaction out, of which no more will be said or asked."""
        self.booked.pop(key, None)
        self._payer.pop(key, None)

    def _entry(self, key: str) -> Booked:
        return self.booked.setdefault(self._payer.get(key, key), Booked())

    def _release(self, key: str) -> None:
        if key:
            self.booked.setdefault(key, Booked()).held = 0


def book(records: Iterable[Record]) -> dict[str, Booked]:
    """What a whole journal says, by transaction key."""
    bookings = Bookings()
    for record in records:
        bookings.add(record)
    return bookings.booked
