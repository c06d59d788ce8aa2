"""The ledger: what the switch's journal keeps, sealed so that nobody can change it unseen.

A *record* says what has happened, in values; sealing gives it its place (`seq`), its time (`at`) and a *digest* over the digest
before it and its own canonical bytes. Whoever has the journal can check the chain without the switch, without keys, offline.
"""

from switch.ledger.chain import JOURNAL
from switch.ledger.records import Record

__all__ = ["JOURNAL", "Record"]
