"""What a fuzzer is let loose on: every decoder that reads bytes of strangers, and the errors that it has declared.

A target takes any bytes. It may raise its declared errors and nothing else; laws of what it accepts are asserted.
`test_targets` replays the corpus and mutations of it in every run; `run` gives the targets to atheris.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from switch.wire import (
    DIALECTS,
    FRAMINGS,
    DecodeError,
    Dialect,
    EncodeError,
    FrameBuffer,
    FrameError,
    HexError,
    SpecError,
    TlvError,
    tlv,
)
from switch.wire.capture import is_capture
from switch.wire.describe import describe, render
from switch.wire.dialect import Mode
from switch.wire.dialect_file import parse_dialect
from switch.wire.errors import CaptureError, SubfieldError, WireError
from switch.wire.guess import guess
from switch.wire.hexinput import read_hex
from switch.wire.importers import Options, read_spec
from switch.wire.message import Message
from switch.wire.reassembly import read_capture
from switch.wire.redact import masked_fields, masked_raw
from switch.wire.shapes import read_literally, read_text
from switch.wire.subfields import InnerLayout, read_bytes
from switch.wire.translate import REQUEST_KINDS, request_of
from switch.wire.values import parse_object, parse_pairs

FORGIVING: tuple[Mode, ...] = ("lenient", "structure")
"""How a message is read that strict reading refuses."""


class Target(NamedTuple):
    """One decoder: what is given the bytes, the errors that it may raise, and how often a change's run tries it."""

    run: Callable[[bytes], None]
    allowed: tuple[type[WireError], ...]
    tries: int = 2_000


def families() -> dict[str, list[Dialect]]:
    """The dialects by the spelling of their MTI and bitmap: those of one family share most of their code."""
    found: dict[str, list[Dialect]] = {}
    for dialect in DIALECTS.values():
        found.setdefault(f"message-{dialect.spec['t']['data_enc']}-{dialect.spec['p']['data_enc']}", []).append(dialect)
    return found


def message_of(family: list[Dialect]) -> Callable[[bytes], None]:
    """Reads a message in all modes, describes and masks it; the first byte chooses among the dialects of the family."""

    def run(data: bytes) -> None:
        dialect, raw = family[data[0] % len(family) if data else 0], data[1:]
        try:
            message = dialect.decode(raw)
        except DecodeError as error:
            refused(error, raw)
            for mode in FORGIVING:
                try:
                    show(dialect.decode(raw, mode))
                except DecodeError as error_too:
                    refused(error_too, raw)
            raise
        show(message)
        values: dict[int | str, str] = {"mti": message.mti, **message.values()}
        if message.header is not None:
            values["h"] = message.header
        assert dialect.encode(values) == raw, "what is accepted re-encodes to itself"
        if message.mti[1:3] + "0" in {mti[1:] for mti in REQUEST_KINDS}:
            request_of(message, pin_key="")

    return run


def show(message: Message) -> None:
    """All that is ever shown of a message, one by one and as a whole."""
    shown = render(describe(message)) + render(describe(message, show_secrets=True))
    shown += masked_raw(message) + repr(message) + "".join(masked_fields(message).values())
    assert all(character.isprintable() or character == "\n" for character in shown), "control characters get out"
    for de in message.dialect.subfields:
        if de in message:
            with suppress(SubfieldError):
                message.subfields(de)


def refused(error: DecodeError, raw: bytes) -> None:
    """A refusal names a place, and what it keeps of the message can be shown."""
    assert 0 <= error.offset <= len(raw)
    assert str(error).isprintable()
    if error.partial is not None:
        show(error.partial)


def framing(data: bytes) -> None:
    """Cuts a stream whole and in pieces, which makes no difference; the first bytes choose framing and pieces."""
    chosen = list(FRAMINGS.values())[data[0] % len(FRAMINGS) if data else 0]
    size, stream = (data[1] % 32 + 1 if len(data) > 1 else 1), data[2:]
    whole, pieces = chosen.buffer(), chosen.buffer()
    frames, fault = feed(whole, [stream])
    assert (frames, fault) == feed(pieces, [stream[at : at + size] for at in range(0, len(stream), size)])
    assert whole.pending == pieces.pending or fault is not None
    if fault is not None:
        whole.feed(b"")


def feed(buffer: FrameBuffer, pieces: list[bytes]) -> tuple[list[bytes], tuple[int, str] | None]:
    """The frames of a stream, and where and by which rule it broke."""
    frames: list[bytes] = []
    try:
        for piece in pieces:
            frames += buffer.feed(piece)
    except FrameError as error:
        return [*frames, *error.frames], (error.offset, error.rule)
    return frames, None


def chip_data(data: bytes) -> None:
    """Reads BER-TLV, and writes it again."""
    objects = tlv.decode(data)
    assert tlv.encode([(element.tag, element.value) for element in objects]) == data
    tlv.parse_flat(data)


def layouts() -> dict[int, list[InnerLayout]]:
    """The layouts of all shipped dialects by DE, each once."""
    found: dict[int, list[InnerLayout]] = {}
    for dialect in DIALECTS.values():
        for de, layout in dialect.subfields.items():
            if layout not in found.setdefault(de, []):
                found[de].append(layout)
    return found


LAYOUTS = layouts()


def inside(data: bytes) -> None:
    """Reads what is inside of a DE; the first byte chooses the DE, the second one among its layouts."""
    known = [*LAYOUTS.values()] if not data or data[0] not in LAYOUTS else [LAYOUTS[data[0]]]
    chosen = known[data[0] % len(known) if data else 0]
    read_bytes(chosen[data[1] % len(chosen) if len(data) > 1 else 0], data[2:])


def hexadecimal(data: bytes) -> None:
    """Reads a dump of any shape."""
    text = data.decode("utf-8", "replace")
    read_literally(text)
    try:
        read_text(text)
    finally:
        read_hex(text)


def capture(data: bytes) -> None:
    """Reads a packet capture and puts its streams together."""
    is_capture(data)
    read_capture(data)


def guessing(data: bytes) -> None:
    """Finds out what some bytes are: never with an error, always with a place for all of them."""
    for found in guess(data, DIALECTS, FRAMINGS):
        assert 0 <= found.score <= 1


def dialect_file(data: bytes) -> None:
    """Reads a dialect of the user's own."""
    parse_dialect(data.decode("utf-8", "replace"), DIALECTS)


def import_spec(data: bytes) -> None:
    """Reads the spec of another tool."""
    read_spec(data.decode("utf-8", "replace"), Options())


def values(data: bytes) -> None:
    """Reads values as people write them."""
    text = data.decode("utf-8", "replace")
    try:
        parse_object(text)
    except EncodeError:
        parse_pairs(text.split("\n"))


TARGETS: dict[str, Target] = {
    **{name: Target(message_of(family), (DecodeError,)) for name, family in families().items()},
    "framing": Target(framing, (FrameError,)),
    "tlv": Target(chip_data, (TlvError,)),
    "subfields": Target(inside, (SubfieldError, TlvError)),
    "hex": Target(hexadecimal, (HexError,)),
    "capture": Target(capture, (CaptureError,)),
    "guess": Target(guessing, (), tries=50),
    "dialect-file": Target(dialect_file, (SpecError,), tries=200),
    "import": Target(import_spec, (SpecError,)),
    "values": Target(values, (EncodeError,)),
}
"""The decoders by name."""


def attempt(target: Target, data: bytes) -> bool:
    """True when the bytes were accepted, False when they were refused as declared; anything else is raised."""
    try:
        target.run(data)
    except target.allowed:
        return False
    return True
