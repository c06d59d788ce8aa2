"""Where commands take messages from: an argument, a file or standard input, in any shape, in every reading that is possible.

Some bytes can be read in two ways: a file of digits may be hexadecimal text or a message in ASCII. Both readings are given;
what dialects make of them decides.
"""

import os
import sys
from pathlib import Path
from typing import NoReturn

import msgspec
import typer

from switch.cli.exits import UNREADABLE, USAGE, complain
from switch.limits import CAPTURE_BYTES_MAX, HEX_TEXT_CHARS_MAX
from switch.wire import HexError
from switch.wire.capture import Packet, is_capture
from switch.wire.conversation import Connection, pasted
from switch.wire.errors import CaptureError
from switch.wire.packet import LINKS, Segment, segment_of
from switch.wire.reassembly import read_capture
from switch.wire.shapes import read_literally, read_text

RAW = "bytes"
PLAIN = ("hexadecimal digits", RAW)
"""Shapes that go without saying."""

_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
"""Byte order marks, and what follows them."""

_NO_DIGITS = ("HEX-CHR-01", "HEX-ODD-01", "HEX-LEN-02")
"""What is wrong with text that was never meant to be hexadecimal."""


class Reading(msgspec.Struct, frozen=True):
    """One way to read a source.

    Args:
        shape: what it was taken for.
        connections: what was said; at least one.
        notes: what is to be said of it, in words.
        captured: True when it is a capture, at the ends of which bytes may be missing.
    """

    shape: str
    connections: tuple[Connection, ...]
    notes: tuple[str, ...] = ()
    captured: bool = False


def read_source(word: str) -> list[Reading]:
    """Every way to read what `word` means: a file that exists wins over text.

    Raises:
        typer.Exit: after a complaint, when there is none.
    """
    try:
        if word == "-":
            return _of_bytes(sys.stdin.buffer.read(CAPTURE_BYTES_MAX + 1))
        if os.path.lexists(word):  # Not only a regular file: the shell makes a pipe with a name of <(command).
            with Path(word).open("rb") as file:
                return _of_bytes(file.read(CAPTURE_BYTES_MAX + 1))
    except (OSError, ValueError) as error:
        _refuse(f"it cannot be read: {getattr(error, 'strerror', None) or 'its name is none'}")
    return _of_text(word)


def unwrapped(readings: list[Reading]) -> list[Reading]:
    """Readings of bytes that are no message but a whole packet, as Wireshark copies them: what its TCP segment carries."""
    found = []
    for reading in readings:
        data = reading.connections[0].directions[0].pieces[0][0].data
        for link in () if reading.captured else LINKS:
            segment = segment_of(Packet(1, 0, link, data, 0))
            if isinstance(segment, Segment) and segment.data:
                shape = f"a packet from {segment.source} to {segment.target} as {reading.shape}"
                found.append(Reading(shape, (pasted(segment.data),), reading.notes))
    return found


def _of_text(text: str) -> list[Reading]:
    literally = read_literally(text) if len(text) <= HEX_TEXT_CHARS_MAX else None
    as_it_is = [Reading(literally.shape, (pasted(literally.data),))] if literally else []
    try:
        read = read_text(text)
    except HexError as error:
        if as_it_is:
            return as_it_is
        _refuse(f"no file of that name, and no hexadecimal text: {error}")
    return [Reading(read.shape, (pasted(read.data),)), *as_it_is]


def _of_bytes(data: bytes) -> list[Reading]:
    if is_capture(data):
        return [_of_capture(data)]
    if not data.strip():
        _refuse("there is nothing to decode")
    if len(data) > HEX_TEXT_CHARS_MAX:
        _refuse(f"it is longer than {HEX_TEXT_CHARS_MAX} bytes, and no capture")
    readings = [Reading(RAW, (pasted(data),))]
    if data.endswith(b"\n"):
        readings.append(Reading(RAW, (pasted(data.rstrip(b"\r\n")),)))
    try:
        read = read_text(_as_text(data))
    except UnicodeError:
        return readings
    except HexError as error:
        notes = () if error.rule in _NO_DIGITS else (f"as text it is refused: {error}",)
        return [msgspec.structs.replace(reading, notes=notes) for reading in readings]
    return [Reading(read.shape, (pasted(read.data),)), *readings]


def _as_text(data: bytes) -> str:
    """Text as editors and shells of Windows save it too: behind a mark of UTF-8 or UTF-16.

    Raises:
        UnicodeError: when it is none, or has other characters than ASCII has.
    """
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    return data.removeprefix(mark).decode(_MARKS.get(mark, "ascii")).encode("ascii").decode()


def _of_capture(data: bytes) -> Reading:
    try:
        capture = read_capture(data)
    except CaptureError as error:
        complain(str(error))
        raise typer.Exit(UNREADABLE) from None
    if not capture.connections:
        complain(f"the capture has {capture.packets} packets, and none of them carries data over TCP", *capture.notes)
        raise typer.Exit(UNREADABLE)
    return Reading("a capture", capture.connections, capture.notes, captured=True)


def _refuse(why: str) -> NoReturn:
    complain(why, "Give hexadecimal text, the name of a file, or - for standard input.")
    raise typer.Exit(USAGE)
