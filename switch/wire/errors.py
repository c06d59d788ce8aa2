"""What can be wrong with bytes and values on the wire: always the peer's or the caller's fault, never ours.

`FrameError` ends a link, because the stream can no longer be cut into messages. `DecodeError` ends one message: the link lives.
Texts name the place (DE, byte) and the rule; they may quote prefixes and bitmaps, and never a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

if TYPE_CHECKING:
    from switch.wire.framing import Frame
    from switch.wire.message import Message


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong with a message: a fault where it is refused, a leniency where it is read all the same.

    Args:
        de: number of the data element, "127.25" for a part of one, or "header", "MTI" or "bitmap"; None when no single element
            is at fault.
        offset: byte of the message where it shows.
        why: what is wrong, in words, without any value.
        rule: id of the broken rule.
    """

    de: int | str | None
    offset: int
    why: str
    rule: str

    def __str__(self) -> str:
        return f"byte {self.offset}: {element_words(self.de)}{self.why} [{self.rule}]"


class WireError(Exception):
    """Base of all errors of this package.

    Args:
        why: what is wrong, in words, without any value.
        rule: id of the broken rule, explained in `switch.wire.rules`.
    """

    def __init__(self, why: str, rule: str) -> None:
        super().__init__(why)
        self.why = why
        self.rule = rule

    def __str__(self) -> str:
        return f"{self.place()}{self.why} [{self.rule}]"

    def place(self) -> str:
        """Where it is wrong, ready to stand before the reason."""
        return ""


class FrameError(WireError):
    """The stream cannot be cut into messages any more.

    Args:
        offset: byte of the stream, counted from its beginning, where the bad length prefix starts.
        frames: complete messages that the same read brought before the bad prefix; they are good.
    """

    def __init__(self, why: str, rule: str, *, offset: int, frames: tuple[Frame, ...] = ()) -> None:
        super().__init__(why, rule)
        self.offset = offset
        self.frames = frames

    def place(self) -> str:
        return f"stream byte {self.offset}: "


class DecodeError(WireError):
    """A message that is refused.

    Args:
        de: number of the data element, or "header", "MTI" or "bitmap"; None when no single element is at fault.
        offset: byte of the message where the fault shows.
        partial: what could be read of the message, enough for a format-error answer; None when not even the MTI could be read.
    """

    def __init__(self, de: int | str | None, offset: int, why: str, rule: str, partial: Message | None = None) -> None:
        super().__init__(why, rule)
        self.de = de
        self.offset = offset
        self.partial = partial

    @classmethod
    def of(cls, fault: Finding, partial: Message | None = None) -> DecodeError:
        """The refusal for `fault`."""
        return cls(fault.de, fault.offset, fault.why, fault.rule, partial)

    @property
    def finding(self) -> Finding:
        """What is wrong, as a value."""
        return Finding(self.de, self.offset, self.why, self.rule)

    def place(self) -> str:
        return f"byte {self.offset}: {element_words(self.de)}"


class EncodeError(WireError):
    """Values that cannot be put on the wire; the caller's fault.

    Args:
        de: number of the data element, "127.25" for a part of one, or "header" or "MTI"; None when the fault is not in one
            element.
    """

    def __init__(self, de: int | str | None, why: str, rule: str) -> None:
        super().__init__(why, rule)
        self.de = de

    def place(self) -> str:
        return element_words(self.de)


class OffsetError(WireError):
    """Base of errors whose place is one offset; `unit` says of what."""

    unit: ClassVar[str]

    def __init__(self, offset: int, why: str, rule: str) -> None:
        super().__init__(why, rule)
        self.offset = offset

    def place(self) -> str:
        return f"{self.unit} {self.offset}: "


class TlvError(OffsetError):
    """BER-TLV data that is refused.

    Args:
        offset: byte of the value where the fault shows.
    """

    unit = "TLV byte"


class SubfieldError(WireError):
    """What is inside of a DE is refused; the message itself may be good.

    Args:
        path: of the part at fault, as in "127.25.3"; of the DE when it is no single part of it.
        offset: byte of the message where the fault shows.
    """

    def __init__(self, path: str, offset: int, why: str, rule: str) -> None:
        super().__init__(why, rule)
        self.path = path
        self.offset = offset

    @property
    def finding(self) -> Finding:
        """What is wrong, as a value."""
        return Finding(self.path, self.offset, self.why, self.rule)

    def place(self) -> str:
        return f"byte {self.offset}: {element_words(self.path)}"


class SpecError(WireError):
    """A pyiso8583 spec dict that does not describe messages we can read exactly."""


class HexError(OffsetError):
    """Text that is not the hexadecimal form of bytes.

    Args:
        offset: character of the text where the fault shows.
    """

    unit = "character"


class CaptureError(OffsetError):
    """A file that is no packet capture, or none that goes on.

    Args:
        offset: byte of the file where the fault shows.
    """

    unit = "byte"


def element_words(de: int | str | None) -> str:
    """ "DE 2: " for 2, "DE 127.25: " for "127.25", "MTI: " for "MTI", nothing for None."""
    if de is None or de == "":
        return ""
    return f"DE {de}: " if isinstance(de, int) or de[0].isdigit() else f"{de}: "
