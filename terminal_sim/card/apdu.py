"""APDUs: what a terminal and a card say to each other (ISO/IEC 7816-4 clause 5, EMV Book 3 clause 6.3). Short lengths only.

Both sides use this file. What a command means to an application is the application's business.
"""

from enum import IntEnum

import msgspec

DATA_BYTES_MAX = 255
"""Bytes of command data that one byte of length can announce (ISO/IEC 7816-4 5.1, short length fields)."""


class Instruction(IntEnum):
    """INS bytes that our applications know (EMV Book 3, table 9)."""

    EXTERNAL_AUTHENTICATE = 0x82
    SELECT = 0xA4
    GET_PROCESSING_OPTIONS = 0xA8
    GENERATE_AC = 0xAE
    READ_RECORD = 0xB2


INSTRUCTION_CLASSES: dict[int, int] = {
    Instruction.EXTERNAL_AUTHENTICATE: 0x00,
    Instruction.SELECT: 0x00,
    Instruction.GET_PROCESSING_OPTIONS: 0x80,
    Instruction.GENERATE_AC: 0x80,
    Instruction.READ_RECORD: 0x00,
}
"""CLA of each instruction: 00 for those of ISO/IEC 7816-4, 80 for EMV's own."""


class Status(IntEnum):
    """SW1 SW2 (ISO/IEC 7816-4 table 5, EMV Book 3 table 33)."""

    OK = 0x9000
    AUTHENTICATION_FAILED = 0x6300
    WRONG_LENGTH = 0x6700
    TRY_ANOTHER_INTERFACE = 0x6984
    CONDITIONS_NOT_SATISFIED = 0x6985
    FILE_NOT_FOUND = 0x6A82
    RECORD_NOT_FOUND = 0x6A83
    WRONG_PARAMETERS = 0x6A86
    UNKNOWN_INSTRUCTION = 0x6D00
    UNKNOWN_CLASS = 0x6E00


STATUS_WORDS: dict[int, str] = {
    Status.OK: "done",
    Status.AUTHENTICATION_FAILED: "the issuer's answer does not authenticate",
    Status.WRONG_LENGTH: "the command has a wrong length",
    Status.TRY_ANOTHER_INTERFACE: "try another interface of this card",
    Status.CONDITIONS_NOT_SATISFIED: "not now: the command comes out of order, or is not allowed here",
    Status.FILE_NOT_FOUND: "no such application or file on this card",
    Status.RECORD_NOT_FOUND: "no such record",
    Status.WRONG_PARAMETERS: "P1 or P2 is wrong",
    Status.UNKNOWN_INSTRUCTION: "the card does not know this instruction",
    Status.UNKNOWN_CLASS: "the card does not know this class of instruction",
}
"""What each status says, for people."""


class ApduError(Exception):
    """Bytes that are no APDU of short length."""


class Command(msgspec.Struct, frozen=True):
    """A command APDU.

    Args:
        cla, ins, p1, p2: its header.
        data: 0 to 255 bytes.
    """

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""


class Response(msgspec.Struct, frozen=True):
    """A response APDU: data, and the status word as a number (0x9000)."""

    data: bytes
    status: int

    @property
    def ok(self) -> bool:
        """True when the card did what it was asked."""
        return self.status == Status.OK

    @property
    def words(self) -> str:
        """The status in words, with its digits."""
        return f"{self.status:04X}, {STATUS_WORDS.get(self.status, 'a status without a meaning here')}"


def encode_command(command: Command) -> bytes:
    """The bytes of a command with Le 00: the card may answer as much as it likes (EMV Book 3 6.3.2)."""
    assert len(command.data) <= DATA_BYTES_MAX, f"{len(command.data)} bytes of command data"
    head = bytes((command.cla, command.ins, command.p1, command.p2))
    if not command.data:
        return head + b"\x00"
    return head + bytes((len(command.data),)) + command.data + b"\x00"


def decode_command(raw: bytes) -> Command:
    """The command in `raw`: header alone, with Le, with data, or with both (ISO/IEC 7816-4 table 1, cases 1 to 4).

    Raises:
        ApduError: when the announced length and the bytes present disagree.
    """
    if len(raw) < 4:
        raise ApduError(f"a command has a header of 4 bytes, not {len(raw)}")
    cla, ins, p1, p2 = raw[:4]
    body = raw[4:]
    if len(body) <= 1:
        return Command(cla, ins, p1, p2)
    size, data = body[0], body[1:]
    if size == 0 or len(data) not in (size, size + 1):
        raise ApduError(f"the command announces {size} bytes of data and brings {len(data)}")
    return Command(cla, ins, p1, p2, data[:size])


def encode_response(data: bytes, status: int) -> bytes:
    """Data and status word as a card sends them."""
    return data + status.to_bytes(2, "big")


def decode_response(raw: bytes) -> Response:
    """What a card has sent.

    Raises:
        ApduError: when not even a status word is there.
    """
    if len(raw) < 2:
        raise ApduError(f"a response ends with a status word of 2 bytes, and {len(raw)} came")
    return Response(raw[:-2], int.from_bytes(raw[-2:], "big"))
