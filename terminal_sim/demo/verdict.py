"""The end of a demonstration: were all answers as they had to be, is the chain whole, does the money balance?"""

import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import msgspec

from switch.ledger import JOURNAL, Record
from switch.machine import ChainError
from switch.store import SqliteReader
from terminal_sim.lab import Difference, judge
from terminal_sim.lab.money import Key
from terminal_sim.shell.record_file import read_records
from terminal_sim.terminal.books import Books


class Verdict(msgspec.Struct, frozen=True):
    """What can be said when all is done.

    Args:
        records: good records in the journal.
        digest: of the last one, hexadecimal.
        broken: why the chain is not whole, or empty.
        compared: transactions that were compared.
        differences: transactions on which terminals and journal disagree.
        surprises: scenes whose answer was not the expected one, in words.
        owed: advices that no host has acknowledged.
    """

    records: int
    digest: str
    broken: str
    compared: int
    differences: tuple[Difference, ...]
    surprises: tuple[str, ...]
    owed: int

    @property
    def balanced(self) -> bool:
        """True when terminals and journal agree on every transaction, and the journal is whole."""
        return not self.differences and not self.broken and not self.owed

    @property
    def good(self) -> bool:
        """True when nothing at all is wrong."""
        return self.balanced and not self.surprises


def reach_verdict(journal: Path, record_files: Iterable[Path], surprises: Iterable[str]) -> Verdict:
    """Read the journal and the terminals' records from their files, as an outsider would, and hold them against each other."""
    books = [_read_books(path) for path in record_files]
    receipts: dict[Key, int] = {}
    for book in books:
        receipts.update(book.costs)
    records: list[Record] = []
    digest, broken = "", ""
    with closing(SqliteReader(journal)) as reader:
        try:
            for sealed, record in JOURNAL.replay(reader.read()):
                records.append(record)
                digest = sealed.digest.hex()
        except ChainError as error:
            broken = str(error)
    judgement = judge(receipts, records)
    owed = sum(len(book.owed) for book in books)
    return Verdict(len(records), digest, broken, judgement.compared, judgement.differences, tuple(surprises), owed)


def _read_books(path: Path) -> Books:
    """All that a terminal has ever done, of which it remembers the latest part itself."""
    books = Books(transactions_max=sys.maxsize)
    books.fold(read_records(path))
    return books
