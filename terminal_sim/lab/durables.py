"""What hosts have made durable, as an outsider reads their journals: which records there are, and what the switch's come to.

Entries are given as they become durable, and once more by a host that begins again. Nothing here is judged.
"""

from collections.abc import Sequence

import msgspec

from switch.ledger import JOURNAL
from switch.machine import Sealed
from terminal_sim.lab.account_book import AccountBook
from terminal_sim.lab.actor import Transaction
from terminal_sim.lab.day_book import DayBook
from terminal_sim.lab.exchanges import Exchanges
from terminal_sim.lab.journal_book import JournalBook
from terminal_sim.lab.network import Brief
from terminal_sim.lab.own_records import OwnRecords
from terminal_sim.lab.recent import Recent
from terminal_sim.lab.turn import read_entry

NAMES_KEPT = 100_000
"""Records of the switch that are remembered by name: those of some ten minutes of the busiest world."""

TERMINAL_NAMES_KEPT = 1_000
"""The same of a terminal, which speaks of the latest ones alone."""

ATTEMPT = "attempt"
"""The record that a terminal makes of a request before it says it."""


class _Record(msgspec.Struct):
    """What an outsider reads of a terminal's record of a request."""

    stan: str


class _Body(msgspec.Struct):
    record: _Record


_DECODER = msgspec.json.Decoder(_Body)


class Durables:
    """The journals of one run.

    `names` has the latest records of each host, as (kind, key or STAN), of a terminal its requests; `journal_book` is what the
    switch's journal comes to, `day_book` that by business days, `account_book` by accounts; `exchanges` is what it is committed
    to.

    Args:
        switch: the host whose journal is the switch's.
        readable: the hosts whose journals can be read. What issuers and terminals of somebody's own write is their affair.
    """

    def __init__(self, switch: str, readable: frozenset[str]) -> None:
        self.names: dict[str, Recent[tuple[str, str], None]] = {}
        self.journal_book = JournalBook()
        self.day_book = DayBook()
        self.account_book = AccountBook()
        self.exchanges = Exchanges()
        self._switch = switch
        self._readable = readable
        self._own_records: dict[str, OwnRecords] = {}
        self._seen: dict[str, int] = {}  # By host: the last entry that was looked at.

    def reads(self, host: str) -> bool:
        """Whether this host's journal can be read."""
        return host in self._readable

    def has(self, host: str, kind: str, name: str) -> bool:
        """Whether there is such a record."""
        return (kind, name) in self.names.get(host, {})

    def has_request(self, terminal: str, brief: Brief) -> bool:
        """Whether a terminal has made the record of a request."""
        if self.reads(terminal):
            return self.has(terminal, ATTEMPT, brief.stan)
        records = self._own_records.get(terminal)
        return records is not None and records.name(brief.stan, brief.rrn)

    def last_seq(self, host: str) -> int:
        """The number of the last entry that was seen."""
        return self._seen.get(host, 0)

    def fresh(self, host: str, entries: Sequence[Sealed]) -> Sequence[Sealed]:
        """Those of a host's entries that were not seen before; now they were."""
        seen = self.last_seq(host)
        if entries:
            self._seen[host] = max(seen, entries[-1].seq)
        return entries if not entries or entries[0].seq > seen else [sealed for sealed in entries if sealed.seq > seen]

    def take(self, host: str, sealed: Sealed) -> Transaction | None:
        """Take in an entry that is fresh: the transaction that it is about, where it is the switch's and tells one."""
        if not self.reads(host):
            self._own_records.setdefault(host, OwnRecords()).take((sealed,))
            return None
        names = self.names.get(host)
        if names is None:
            names = self.names[host] = Recent(NAMES_KEPT if host == self._switch else TERMINAL_NAMES_KEPT)
        if host != self._switch:
            if sealed.kind == ATTEMPT:
                names.keep((ATTEMPT, _DECODER.decode(sealed.body).record.stan), None)
            return None
        entry, record = read_entry(sealed.body), JOURNAL.open(sealed)
        names.keep((sealed.kind, f"{entry.link}/{entry.stan}" if entry.stan else entry.about), None)
        self.exchanges.turn((entry,), 0)
        self.account_book.take(record)
        self.day_book.take(record)
        return self.journal_book.take(record)
