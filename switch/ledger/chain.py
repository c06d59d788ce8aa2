"""The switch's journal as a sealed chain: the codec for its records. Storage is `switch.store`'s business."""

from switch.ledger.records import Record
from switch.machine.sealing import RecordCodec

RECORD_VERSION = 1
"""Version of the records below; see `RecordCodec`."""

JOURNAL: RecordCodec[Record] = RecordCodec(Record, RECORD_VERSION)
