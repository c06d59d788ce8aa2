"""Open exchanges toward issuers: opened with a forward, matched by the dialect's key, ended by an answer or a deadline."""

from switch.core.exchange import Exchange
from switch.limits import INFLIGHT_MAX, LATE_MAX
from switch.wire import Message


class Inflight:
    """The table of open exchanges, and a bounded memory of ended ones for telling late answers from unknown ones."""

    def __init__(self) -> None:
        self._open: dict[str, Exchange] = {}
        self._by_match: dict[tuple[str, ...], Exchange] = {}
        self._ended: dict[tuple[str, ...], str] = {}

    def __len__(self) -> int:
        return len(self._open)

    @property
    def remembered(self) -> int:
        """How many ended exchanges are remembered."""
        return len(self._ended)

    @property
    def full(self) -> bool:
        """True when no more exchange may be opened."""
        return len(self._open) >= INFLIGHT_MAX

    def open(self, exchange: Exchange) -> None:
        """Wait for an answer."""
        self._open[exchange.key] = exchange
        self._by_match[exchange.match] = exchange

    def find(self, key: str) -> Exchange | None:
        """The open exchange of a transaction."""
        return self._open.get(key)

    def match(self, match: tuple[str, ...]) -> Exchange | None:
        """The open exchange that an answer belongs to, or None."""
        return self._by_match.get(match)

    def ended(self, match: tuple[str, ...]) -> str | None:
        """The transaction of an exchange that ended without this answer, or None: then nobody asked."""
        return self._ended.get(match)

    def close(self, exchange: Exchange, *, answered: bool) -> None:
        """Stop waiting; an exchange that was not answered is remembered for a while."""
        del self._open[exchange.key]
        del self._by_match[exchange.match]
        if not answered:
            self._ended.pop(exchange.match, None)  # STANs come round: who ends again is the youngest, and not as old as before.
            self._ended[exchange.match] = exchange.key
            if len(self._ended) > LATE_MAX:
                del self._ended[next(iter(self._ended))]

    def open_keys(self) -> list[str]:
        """The transactions that wait, in the order in which they were opened."""
        return list(self._open)


def match_of(link: str, message: Message) -> tuple[str, ...]:
    """What a request and its answer on `link` have in common: the MTI's class and the dialect's match key."""
    return (link, message.mti[:2], *(message.get(de, "") for de in message.dialect.match_key[message.mti[1]]))
