"""What the journal of the switch moves and sets aside on the accounts of the embedded issuer: a fold of its own."""

from switch.domain.postings import Hold, Posting
from switch.ledger.records import AccountOpened, Answered, Record, Reversed


class AccountBook:
    """`balances` by account, in minor units, and the `holds` that are open, by the key of their authorisation."""

    def __init__(self) -> None:
        self.balances: dict[str, int] = {}
        self.holds: dict[str, Hold] = {}

    def take(self, record: Record) -> None:
        """Take in what a record says."""
        match record:
            case AccountOpened(account=account, minor=minor):
                self.balances[account] = minor
            case Answered(postings=postings, released=released, hold=hold):
                self._move(postings, released)
                if hold is not None:
                    self.holds[hold.transaction] = hold
            case Reversed(postings=postings, released=released):
                self._move(postings, released)
            case _:
                pass

    def held(self, account: str) -> int:
        """What is set aside on an account."""
        return sum(hold.minor for hold in self.holds.values() if hold.account == account)

    def _move(self, postings: tuple[Posting, ...], released: str) -> None:
        for posting in postings:
            self.balances[posting.account] = self.balances.get(posting.account, 0) + posting.minor
        self.holds.pop(released, None)
