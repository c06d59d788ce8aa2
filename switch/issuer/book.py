"""The issuer's book: balances, holds and card counters. Changed only by `core.apply`, read by handlers.

Every method that changes it is total: it takes what a record says and raises nothing.
"""

import msgspec
from msgspec.structs import replace

from switch.domain.postings import Hold, Posting
from switch.limits import PIN_TRIES_MAX

SUSPENSE = "SUSPENSE"
"""How the accounts begin that take what an advice reports and no account here can: it has happened, so it is booked."""


def suspense(currency: str) -> str:
    """The suspense account of a currency: a card nobody here knows, or money that its account is not kept in."""
    return f"{SUSPENSE}-{currency}"


class Account(msgspec.Struct):
    """One account.

    Args:
        currency: three-digit ISO 4217 code.
        balance_minor: booked balance.
        held_minor: sum of the open holds on it.
    """

    currency: str
    balance_minor: int
    held_minor: int = 0

    @property
    def available_minor(self) -> int:
        """What can still be spent."""
        return self.balance_minor - self.held_minor


class CardCounters(msgspec.Struct):
    """What the issuer remembers of one card: tries left for its PIN, highest transaction counter seen."""

    pin_tries: int = PIN_TRIES_MAX
    atc: int = -1


class Book:
    """Accounts by number, open holds by the key of their authorisation, card counters by token."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.holds: dict[str, Hold] = {}
        self.cards: dict[str, CardCounters] = {}

    def copy(self) -> "Book":
        """The same book, to be written on while this one stays as it is."""
        twin = Book()
        twin.accounts = {number: replace(account) for number, account in self.accounts.items()}
        twin.holds = dict(self.holds)
        twin.cards = {token: replace(counters) for token, counters in self.cards.items()}
        return twin

    def open_account(self, account: str, currency: str, minor: int) -> None:
        """Start an account with a balance."""
        self.accounts[account] = Account(currency, minor)

    def post(self, posting: Posting) -> None:
        """Book one move."""
        self._account(posting.account, posting.currency).balance_minor += posting.minor

    def place(self, hold: Hold) -> None:
        """Set money aside."""
        self.release(hold.transaction)
        self.holds[hold.transaction] = hold
        self._account(hold.account, hold.currency).held_minor += hold.minor

    def release(self, transaction: str) -> None:
        """End the hold of an authorisation; nothing happens when it has none."""
        hold = self.holds.pop(transaction, None)
        if hold is not None:
            self.accounts[hold.account].held_minor -= hold.minor

    def counters(self, token: str) -> CardCounters:
        """The counters of a card; fresh ones for a card not seen before. To be read only."""
        return self.cards.get(token) or CardCounters()

    def count(self, token: str, pin_tries: int | None, atc: int | None) -> None:
        """Set the counters of a card; None leaves one as it is."""
        counters = self.cards.setdefault(token, CardCounters())
        if pin_tries is not None:
            counters.pin_tries = pin_tries
        if atc is not None:
            counters.atc = max(counters.atc, atc)

    def _account(self, number: str, currency: str) -> Account:
        """The account of this number; one that is not there yet, such as a suspense account, opens itself."""
        account = self.accounts.get(number)
        if account is None:
            account = self.accounts[number] = Account(currency, 0)
        return account
