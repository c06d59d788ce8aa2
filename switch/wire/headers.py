"""Headers between a length prefix and a message: they carry addresses for networks on the way, and nothing of the message.

A header comes with a request and goes back, turned around, with its answer. Here is what is true of each kind; which framings
have one stands in `framing`. The header that a dialect itself puts before its MTI (as BASE24 does) is none of these.

Public facts: the TPDU of dial-up and IP terminals (60, destination, source, two packed bytes each), and the BASE I header as
jPOS reads it (22 bytes; 26 before the original one when a message is rejected). Assumption: the addresses of a header that we
begin ourselves are zeroes, which is what hosts take from terminals that know none.
"""

from collections.abc import Callable

import msgspec


class Header(msgspec.Struct, frozen=True):
    """One kind of header.

    Args:
        words: what it is, for people.
        bytes_max: of the longest one.
        fresh: before a message that answers nothing.
        find_end: where the header of these bytes ends; None when they do not begin with a lawful one.
        reply: the header of the answer to a message that came with this one.
        complete: the header with the length of the message behind it, where it has a place for one.
        rejection: the code with which the network refuses what we sent; empty when it brings a message.
    """

    words: str
    bytes_max: int
    fresh: bytes
    find_end: Callable[[bytes], int | None]
    reply: Callable[[bytes], bytes]
    complete: Callable[[bytes, int], bytes]
    rejection: Callable[[bytes], str]


_TPDU_ID = 0x60
_TPDU_BYTES = 5
_VISA_BYTES = 22
_VISA_REJECT_BYTES = 26
_VISA_LENGTH = slice(3, 5)
_VISA_REJECTED = (22, 0x80)
_VISA_REJECT_CODE = slice(24, 26)


def _find_tpdu(data: bytes) -> int | None:
    return _TPDU_BYTES if len(data) >= _TPDU_BYTES and data[0] == _TPDU_ID else None


def _find_visa(data: bytes) -> int | None:
    """Field 1 is the header's length, field 4 that of header and message; a reject header stands before the original one."""
    if len(data) >= _VISA_BYTES and data[0] == _VISA_BYTES:
        return _VISA_BYTES if int.from_bytes(data[_VISA_LENGTH], "big") == len(data) else None
    place, bit = _VISA_REJECTED
    both = _VISA_REJECT_BYTES + _VISA_BYTES
    if len(data) >= both and data[0] == _VISA_REJECT_BYTES and data[place] & bit and data[_VISA_REJECT_BYTES] == _VISA_BYTES:
        return both
    return None


TPDU = Header(
    words="a TPDU of 5 bytes, 60 destination source; an answer has the addresses swapped",
    bytes_max=_TPDU_BYTES,
    fresh=bytes((_TPDU_ID, 0, 0, 0, 0)),
    find_end=_find_tpdu,
    reply=lambda head: head[:1] + head[3:5] + head[1:3],
    complete=lambda head, length: head,
    rejection=lambda head: "",
)

VISA = Header(
    words="a BASE I header of 22 bytes; an answer has the stations swapped",
    bytes_max=_VISA_REJECT_BYTES + _VISA_BYTES,
    fresh=bytes((_VISA_BYTES, 1, 2)) + bytes(_VISA_BYTES - 3),
    find_end=_find_visa,
    reply=lambda head: head[:5] + head[8:11] + head[5:8] + head[11:],
    complete=lambda head, length: head[:3] + (len(head) + length).to_bytes(2, "big") + head[5:],
    rejection=lambda head: head[_VISA_REJECT_CODE].hex() if len(head) > _VISA_BYTES else "",
)
