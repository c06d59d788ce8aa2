"""Headers: what stands before a message comes back turned around with its answer, and a rejection is no message."""

import pytest

from switch.wire import FRAMINGS
from switch.wire.framing import Frame
from switch.wire.headers import TPDU, VISA

VISA_HEAD = bytes.fromhex("16 01 02 001A 123456 654321 00 0000 000000 00 000000 07")
VISA_REJECT = bytes.fromhex("1A 01 02 0034 654321 123456 00 0000 000000 00 000000 00 8000 0533")


def one(name: str, body: bytes, prefix: bytes) -> Frame:
    """The one frame of a body behind a prefix."""
    [frame] = FRAMINGS[name].buffer().feed(prefix + body)
    return frame


def test_an_answer_has_the_addresses_of_a_tpdu_swapped() -> None:
    """60 destination source becomes 60 source destination; the message itself has neither."""
    frame = one("len2-big-tpdu", bytes.fromhex("6001230456") + b"0800", b"\x00\x09")
    assert (frame, frame.head) == (b"0800", bytes.fromhex("6001230456"))
    answer = FRAMINGS["len2-big-tpdu"].frame(b"08100", frame.head)
    assert answer == b"\x00\x0a" + bytes.fromhex("6004560123") + b"08100"
    assert TPDU.reply(TPDU.reply(frame.head)) == frame.head


def test_an_answer_has_the_stations_of_a_visa_header_swapped() -> None:
    """Destination and source change places, the total length is that of the answer, all else is as it came."""
    frame = one("visa", VISA_HEAD + b"0100", b"\x00\x1a\x00\x00")
    assert (frame, frame.head) == (b"0100", VISA_HEAD)
    answer = FRAMINGS["visa"].frame(b"0110ab", frame.head)
    assert answer[:4] == b"\x00\x1c\x00\x00"
    assert answer[4:26] == bytes.fromhex("16 01 02 001C 654321 123456 00 0000 000000 00 000000 07")
    assert answer[26:] == b"0110ab"
    assert FRAMINGS["visa"].rejection(frame.head) == ""


def test_what_the_network_gives_back_is_a_rejection() -> None:
    """A reject header before the original one: the code is told, and the text behind it is our own message."""
    frame = one("visa", VISA_REJECT + VISA_HEAD + b"0110", b"\x00\x34\x00\x00")
    assert frame == b"0110"
    assert frame.head == VISA_REJECT + VISA_HEAD
    assert FRAMINGS["visa"].rejection(frame.head) == "0533"


@pytest.mark.parametrize(
    "body",
    [
        VISA_REJECT[:22] + b"\x00" + VISA_REJECT[23:] + VISA_HEAD + b"0110",
        VISA_REJECT + b"\x15" + VISA_HEAD[1:] + b"0110",
        VISA_REJECT + VISA_HEAD[:-1],
        VISA_HEAD[:-1],
        b"",
        b"\x16",
    ],
)
def test_what_is_no_header_is_none(body: bytes) -> None:
    """A reject header without its bit or without the original header, and headers cut short."""
    assert VISA.find_end(body) is None
    assert TPDU.find_end(body) is None


def test_a_framing_without_a_header_has_no_head() -> None:
    """Replying there is framing, and nothing is ever rejected."""
    frame = one("len2-big", b"0800", b"\x00\x04")
    assert (frame.head, FRAMINGS["len2-big"].rejection(frame.head)) == (b"", "")
    assert FRAMINGS["len2-big"].frame(b"0810", frame.head) == b"\x00\x040810"
