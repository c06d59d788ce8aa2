"""Journals of a switch in any lawful order, with a plain account of what they must add up to. For state machines and for seeds.

A `JournalAuthor` has one act for each thing that a journal can tell. Acts take plain numbers, so that Hypothesis can draw and
shrink them and dice can throw them; an act for which there is no candidate writes nothing. What it `expects` is kept by
arithmetic on dicts and knows nothing of `switch.core`; `plain` puts a restored state into the same words. Not for messages or
deadlines: whoever writes a journal here needs no switch.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from switch.core import State
from switch.core.exchange import Transaction, TransactionState
from switch.domain.postings import Hold, Posting
from switch.ledger import JOURNAL
from switch.ledger.records import (
    AccountOpened,
    AdviceEnded,
    AdviceOwed,
    AdviceSent,
    Answered,
    Expired,
    Forwarded,
    KeyEvent,
    Late,
    Opening,
    Record,
    Reversed,
)
from switch.machine import GENESIS, Sealed

CURRENCY = "978"
LINKS = ("bank", "house")
"""Issuers that something can be owed to."""

T = TypeVar("T")

_START_MS = 1_767_225_600_000


class Plain(msgspec.Struct, frozen=True):
    """A state in builtins: what must be the same after a restart.

    Args:
        accounts: balance and sum of holds, by number.
        holds: account and amount, by transaction.
        cards: PIN tries left and highest ATC, by token.
        transactions: the word for where each stands, whether money is set aside for it, and what stands booked for it.
        owed: for each link its advices in order: transaction, MTI, STAN, attempts.
        stans: the last STAN toward each link.
    """

    accounts: dict[str, tuple[int, int]]
    holds: dict[str, tuple[str, int]]
    cards: dict[str, tuple[int, int]]
    transactions: dict[str, tuple[str, bool, int]]
    owed: dict[str, tuple[tuple[str, str, str, int], ...]]
    stans: dict[str, int]


def plain(state: State) -> Plain:
    """What a state knows, in plain words."""
    return Plain(
        accounts={number: (account.balance_minor, account.held_minor) for number, account in state.book.accounts.items()},
        holds={key: (hold.account, hold.minor) for key, hold in state.book.holds.items()},
        cards={token: (counters.pin_tries, counters.atc) for token, counters in state.book.cards.items()},
        transactions={key: _stage(transaction) for key, transaction in state.transactions.items()},
        owed={
            link: tuple((entry.key, entry.mti, entry.stan, entry.attempts) for entry in queue.values())
            for link, queue in state.saf.items()
            if queue
        },
        stans=dict(state.stans),
    )


def _stage(transaction: Transaction) -> tuple[str, bool, int]:
    standing = transaction.state is not TransactionState.REVERSED
    taken = sum(posting.minor for posting in transaction.postings) if standing else 0
    return transaction.state.value, transaction.hold is not None, taken


class JournalAuthor:
    """Writes one journal. `entries` is what it has written, sealed; `expects()` is what that adds up to.

    `which` picks a candidate by its place, counted round.
    """

    def __init__(self) -> None:
        self.entries: list[Sealed] = []
        self._balances: dict[str, int] = {}
        self._holds: dict[str, tuple[str, int]] = {}
        self._cards: dict[str, tuple[int, int]] = {}
        self._stages: dict[str, str] = {}
        self._taken: dict[str, tuple[str, int]] = {}
        self._routes: dict[str, str] = {}
        self._owed: dict[str, dict[str, tuple[str, str, int]]] = {}
        self._stans: dict[str, int] = {}

    def expects(self) -> Plain:
        """What whoever reads the journal must know."""
        held = dict.fromkeys(self._balances, 0)
        for account, minor in self._holds.values():
            held[account] += minor
        return Plain(
            accounts={account: (minor, held[account]) for account, minor in self._balances.items()},
            holds=dict(self._holds),
            cards=dict(self._cards),
            transactions={
                key: (stage, key in self._holds, self._taken[key][1] if key in self._taken else 0)
                for key, stage in self._stages.items()
            },
            owed={
                link: tuple((key, mti, stan, attempts) for stan, (key, mti, attempts) in queue.items())
                for link, queue in self._owed.items()
                if queue
            },
            stans=dict(self._stans),
        )

    def open_account(self, minor: int) -> None:
        """One more account."""
        account = f"ACC-{len(self._balances)}"
        self._balances[account] = minor
        self._write(AccountOpened(account, CURRENCY, minor))

    def book(self, which: int, minor: int) -> None:
        """A purchase decided here: approved, and booked on an account."""
        account = _nth(self._balances, which)
        if account is not None:
            key = self._new("0200")
            self._answer(key, self._opening(key, minor), self._post(key, account, -minor))

    def place_hold(self, which: int, minor: int) -> None:
        """An authorisation decided here: money set aside."""
        account = _nth(self._balances, which)
        if account is not None:
            key = self._new("0100")
            self._holds[key] = (account, minor)
            self._answer(key, self._opening(key, minor), (), Hold(key, account, minor, CURRENCY))

    def clear_hold(self, which: int, minor: int) -> None:
        """A completion: what was set aside is free, and what it cost is booked."""
        authorisation = _nth(self._holds, which)
        if authorisation is not None:
            account, _ = self._holds.pop(authorisation)
            key = self._new("0220")
            self._answer(key, self._opening(key, minor), self._post(key, account, -minor), released=authorisation)

    def count(self, which: int, pin_tries: int, atc: int) -> None:
        """A decline that counts: PIN tries as they now are, and a transaction counter, which never goes back."""
        token = f"token-{which % 3}"
        key = self._new("0200")
        _, highest = self._cards.get(token, (3, -1))
        self._cards[token] = (pin_tries, max(highest, atc))
        self._stages[key] = "answered"
        opening = self._opening(key, 1, token)
        self._write(Answered(key, False, "wrong-pin", "issuer", "55", opening=opening, pin_tries=pin_tries, atc=atc))

    def forward(self, which: int, minor: int) -> None:
        """A request goes to an issuer."""
        link, key = LINKS[which % len(LINKS)], self._new("0200")
        self._stages[key], self._routes[key] = "forwarded", link
        self._write(Forwarded(self._opening(key, minor), link, self._stan(link), b"vault"))

    def answer(self, which: int, approved: bool) -> None:
        """An issuer has answered."""
        key = self._nth_that_is(("forwarded",), which)
        if key is not None:
            self._stages[key] = "answered"
            self._write(Answered(key, approved, "approved" if approved else "declined", "remote", "00" if approved else "05"))

    def expire(self, which: int) -> None:
        """An issuer has not answered."""
        key = self._nth_that_is(("forwarded",), which)
        if key is not None:
            self._stages[key] = "expired"
            self._write(Expired(key, "91"))

    def reverse(self, which: int) -> None:
        """A transaction is undone, whatever has become of it."""
        key = self._nth_that_is(("forwarded", "answered", "expired"), which)
        if key is None:
            return
        self._stages[key] = "reversed"
        postings: tuple[Posting, ...] = ()
        if key in self._taken:
            account, minor = self._taken.pop(key)
            postings = self._post("", account, -minor)
        held = self._holds.pop(key, None) is not None
        self._write(Reversed(key, "acquirer", postings=postings, released=key if held else ""))

    def reverse_unknown(self) -> None:
        """A reversal comes before its original."""
        key = self._new("0200")
        self._stages[key] = "reversed"
        self._write(Reversed(key, "acquirer", known=False))

    def owe(self, which: int) -> None:
        """A reversal stands in the queue of the issuer that was asked."""
        key = _nth([key for key in self._routes if self._stages[key] in ("expired", "reversed")], which)
        if key is not None:
            link = self._routes.pop(key)
            stan = self._stan(link)
            self._owed.setdefault(link, {})[stan] = (key, "0420", 0)
            self._write(AdviceOwed(key, link, "0420", stan, "0101000000", b"vault"))

    def send(self, which: int) -> None:
        """An advice leaves, for the first time or once more."""
        found = _nth([(link, stan) for link, queue in self._owed.items() for stan in queue], which)
        if found is not None:
            link, stan = found
            key, mti, attempts = self._owed[link][stan]
            self._owed[link][stan] = (key, mti, attempts + 1)
            self._write(AdviceSent(link, stan, attempts + 1))

    def end(self, which: int) -> None:
        """The issuer has an advice."""
        found = _nth([(link, stan) for link, queue in self._owed.items() for stan in queue if queue[stan][2]], which)
        if found is not None:
            link, stan = found
            del self._owed[link][stan]
            self._write(AdviceEnded(link, stan, "00"))

    def remark(self, which: int) -> None:
        """Something that changes nothing: an answer that came late, or a word of the HSM."""
        key = self._nth_that_is(("expired", "reversed"), which)
        self._write(KeyEvent("verify-mac", ("pos.zak",), "failed", "mac-mismatch") if key is None else Late(key, "00"))

    def _write(self, record: Record) -> None:
        seq = len(self.entries) + 1
        previous = self.entries[-1].digest if self.entries else GENESIS
        self.entries.append(JOURNAL.seal(record, seq=seq, at=_START_MS + 1_000 * seq, previous=previous))

    def _answer(
        self, key: str, opening: Opening, postings: tuple[Posting, ...], hold: Hold | None = None, released: str = ""
    ) -> None:
        self._stages[key] = "answered"
        record = Answered(
            key,
            True,
            "approved",
            "issuer",
            "00",
            opening,
            f"{len(self.entries):06d}",
            postings=postings,
            hold=hold,
            released=released,
        )
        self._write(record)

    def _post(self, key: str, account: str, minor: int) -> tuple[Posting, ...]:
        self._balances[account] += minor
        if key:
            self._taken[key] = (account, minor)
        return (Posting(account, minor, CURRENCY),)

    def _opening(self, key: str, minor: int, token: str = "token-0") -> Opening:
        _, mti, terminal_id, stan, transmitted = key.split("/")
        return Opening(
            key, "pos", mti, f"{minor:016x}", "purchase", minor, CURRENCY, stan, transmitted, token, terminal_id=terminal_id
        )

    def _new(self, mti: str) -> str:
        return f"pos/{mti}/TERM0001/{len(self._stages) + 1:06d}/0101000000"

    def _stan(self, link: str) -> str:
        self._stans[link] = self._stans.get(link, 0) + 1
        return f"{self._stans[link]:06d}"

    def _nth_that_is(self, stages: tuple[str, ...], which: int) -> str | None:
        return _nth([key for key, stage in self._stages.items() if stage in stages], which)


def write_journal(count: int, below: Callable[[int], int]) -> JournalAuthor:
    """A journal of at least `count` records of all kinds.

    Args:
        below: the dice: an integer from 0 to its argument - 1.
    """
    author = JournalAuthor()
    author.open_account(1_000_000)
    while len(author.entries) < count:
        which = below(1 << 16)
        match below(14):
            case 0:
                author.open_account(below(1_000_000))
            case 1 | 2:
                author.book(which, below(10_000))
            case 3:
                author.place_hold(which, below(10_000))
            case 4:
                author.clear_hold(which, below(10_000))
            case 5:
                author.count(which, below(4), below(1_000))
            case 6 | 7:
                author.forward(which, below(10_000))
            case 8:
                author.answer(which, below(2) == 0)
            case 9:
                author.expire(which)
            case 10:
                author.reverse(which)
            case 11:
                author.owe(which)
            case 12:
                author.send(which)
            case _:
                (author.end, author.remark)[below(2)](which)
    return author


def _nth(candidates: Iterable[T], which: int) -> T | None:
    """The candidate at that place, counted round; None when there is none."""
    found = list(candidates)
    return found[which % len(found)] if found else None
