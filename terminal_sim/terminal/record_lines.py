"""Sealed records as lines of a log: one JSON object with a record's place, time, kind, digest and body. Bytes only, no files.

A line that lacks its end was being written when the power went: it was never acknowledged.
"""

import msgspec

from switch.machine import Sealed


class RecordLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line. `body` is the record's canonical JSON, `digest` 64 hexadecimal digits."""

    seq: int
    at: int
    kind: str
    digest: str
    body: str


_DECODER = msgspec.json.Decoder(RecordLine)


def encode_line(sealed: Sealed) -> bytes:
    """An entry as a line, its end included."""
    line = RecordLine(sealed.seq, sealed.at, sealed.kind, sealed.digest.hex(), sealed.body.decode("utf-8"))
    return msgspec.json.encode(line) + b"\n"


def decode_line(text: bytes) -> Sealed:
    """The entry that a line holds.

    Raises:
        ValueError: when it is no record.
    """
    line = _DECODER.decode(text)
    return Sealed(line.seq, line.at, line.kind, line.body.encode("utf-8"), bytes.fromhex(line.digest))


def split_log(data: bytes) -> tuple[bytes, int]:
    """The whole lines, and how many bytes of an unfinished one follow them."""
    end = data.rfind(b"\n") + 1
    return data[:end], len(data) - end
