"""What the journal of the switch moves and sets aside on the accounts of the embedded issuer: a fold of its own."""

from switch.domain.postings import Hold, Posting
from switch.ledger.records import AccountOpened, Answered, Record, Reversed


class AccountBook:
    """`balances` by account, in minor units, and the `holds` that are open, by the key of their authorisation."""

    def __init__(self) -> None:
        self.balances: dict[str, int] = {}
        self.holds: dict[str, Hold] = {}
        self._held: dict[str, int] = {}

    def take(self, record: Record) -> None:
        """Take in what a record says."""
        match record:
            case AccountOpened(account=account, minor=minor):
                self.balances[account] = minor
            case Answered(postings=postings, released=released, hold=hold):
                self._move(postings, released)
                if hold is not None:
                    self.holds[hold.transaction] = hold
                    self._held[hold.account] = self.held(hold.account) + hold.minor
            case Reversed(postings=postings, released=released):
                self._move(postings, released)
            case _:
                pass

    def held(self, account: str) -> int:
        """What is set aside on an account."""
        return self._held.get(account, 0)

    def left_minor(self, account: str) -> int:
        """What can still be spent from an account."""
        return self.balances.get(account, 0) - self.held(account)

    def _move(self, postings: tuple[Posting, ...], released: str) -> None:
        for posting in postings:
            self.balances[posting.account] = self.balances.get(posting.account, 0) + posting.minor
        ended = self.holds.pop(released, None)
        if ended is not None:
            self._held[ended.account] -= ended.minor
