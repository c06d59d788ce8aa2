"""The contract of every store, and the one error it raises. Not for any particular database."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from switch.machine.sealing import JournalError, Sealed


class StoreError(JournalError):
    """The journal of a switch that cannot be opened, read or written."""


class Reader(Protocol):
    """Reads a journal from its first entry to its last."""

    def read(self, first: int = 1) -> Iterator[Sealed]:
        """The entries from `seq` `first` on, in order, as they stand: the chain is checked by the codec that opens them.

        Raises:
            StoreError: while iterating, when the journal cannot be read or holds something that is no entry.
        """

    def head(self) -> tuple[int, bytes]:
        """`seq` and digest of the last entry; 0 and `GENESIS` while there is none."""

    def close(self) -> None:
        """Give the journal back. Closing twice does nothing."""


class Store(Reader, Protocol):
    """A journal with one owner, who may move it to another thread but never share it between two."""

    def append(self, batch: Sequence[Sealed]) -> None:
        """Make the batch durable: when this returns, all of it survives the loss of power.

        An empty batch does nothing.

        Raises:
            StoreError: none of the batch counts as written. After a failed write every further append is refused, because
                nobody can say any more what the disk holds (a failed fsync may not be repeated); opening it again tells.
        """


def check_succession(batch: Sequence[Sealed], head_seq: int, where: str) -> None:
    """Refuse a batch that would leave a gap in the journal, or write an entry twice.

    Raises:
        StoreError: naming the first entry out of place.
    """
    for expected_seq, sealed in enumerate(batch, head_seq + 1):
        if sealed.seq != expected_seq:
            raise StoreError(
                "cannot append to journal",
                where,
                f"record {sealed.seq} was given where record {expected_seq} belongs",
                "Nothing was written. The writer of these records is at fault; restart it so that it restores from the journal",
            )
