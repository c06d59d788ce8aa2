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
    """The entry that a line, without its end, holds: spelled as `encode_line` spells it and no other way.

    Raises:
        ValueError: when it is no record.
    """
    line = _DECODER.decode(text)
    sealed = Sealed(line.seq, line.at, line.kind, line.body.encode("utf-8"), bytes.fromhex(line.digest))
    if encode_line(sealed)[:-1] != text:
        raise ValueError("the line is not spelled as records are")
    return sealed


def split_log(data: bytes) -> tuple[bytes, int]:
    """The whole lines, and how many bytes of an unfinished one follow them.

    Raises:
        ValueError: a whole record has another byte behind it than the end of its line: it was acknowledged, and changed since.
    """
    end = data.rfind(b"\n") + 1
    if _is_record(data[end:-1]):
        raise ValueError("the end of the last line was changed after it was written")
    return data[:end], len(data) - end


def _is_record(text: bytes) -> bool:
    try:
        decode_line(text)
    except ValueError:
        return False
    return True
