"""Messages between terminal and host: spelled with pyiso8583 itself, so that our own codec never judges its own work.

What a message says is `request_builder`'s business; this file knows fields, bytes, MACs and frames. Fields are plain, as the
edition of 1987 has them, and turned here into the words of the dialect's edition and back (`switch.wire.edition`).
"""

from collections.abc import Callable, Mapping

import iso8583
import msgspec

from switch.wire import Dialect, Frame, Framing
from switch.wire.edition import plain_mti

Fields = Mapping[str, str]
"""A message as pyiso8583 has it, in plain: "t" for the MTI, "2" to "128" for the data elements."""

MacMaker = Callable[[bytes], bytes]

_DES = {str(de): de for de in range(1, 193)}
"""DE by its name in pyiso8583, where header, MTI and first bitmap have letters; `_NAMES` is the way back."""

_NAMES = {de: name for name, de in _DES.items()}


class UnreadableAnswer(Exception):
    """Bytes from the host that are no message, or one without a MAC. The text says where, never what."""


class Answer(msgspec.Struct, frozen=True):
    """A message from the host, not yet believed.

    Args:
        fields: as pyiso8583 reads them, in plain but for DE 39, which is a code of the dialect.
        raw: the whole message.
        covered: the bytes that its MAC covers.
        mac: its MAC.
        head: the header of its frame, to which an answer is a reply.
    """

    fields: dict[str, str]
    raw: bytes
    covered: bytes
    mac: bytes
    head: bytes = b""

    @property
    def mti(self) -> str:
        """Four digits."""
        return self.fields["t"]

    @property
    def response_code(self) -> str:
        """DE 39, or nothing when it is missing or no code."""
        return self.code(39)

    def code(self, de: int) -> str:
        """The letters and digits of a DE; nothing when it holds anything else, for the host's text ends up on receipts."""
        text = self.fields.get(str(de), "").rstrip()
        return text if text.isascii() and text.isalnum() else ""

    def __repr__(self) -> str:
        return f"<Answer {self.fields.get('t', '?')}, {len(self.raw)} bytes>"


class HostCodec:
    """Encodes and decodes for one dialect and framing.

    Args:
        dialect: its spec dict, MAC policy, edition and spelling of tracks are used, its codec is not.
        framing: how messages are announced.
    """

    def __init__(self, dialect: Dialect, framing: Framing) -> None:
        self.dialect = dialect
        self.framing = framing

    def encode(self, fields: Fields, wall_ms: int, generate_mac: MacMaker) -> bytes:
        """The message with its MAC in DE 64, or in DE 128 when it has any DE above 64 (ISO 8583:1987 DE 64, DE 128).

        Args:
            wall_ms: now, for the editions whose dates have a year.
        """
        worded = self.dialect.word(_numbered(fields), fields["t"], wall_ms)
        spelled = {_NAMES[de]: value for de, value in worded.items()}
        spelled["t"] = self.dialect.edition.mti(fields["t"])
        place, length = _mac_place(worded), self.dialect.mac.length
        spelled[place] = "00" * length
        if self.dialect.header:
            spelled["h"] = self.dialect.header
        raw, _ = iso8583.encode(spelled, self.dialect.spec)
        width, start = self._mac_width(place), self.dialect.header_bytes
        covered = bytes(raw[start:-width])
        mac = generate_mac(covered)
        return bytes(raw[:start]) + covered + (mac if width == length else mac.hex().upper().encode("ascii"))

    def decode(self, raw: bytes) -> Answer:
        """The fields of a message from the host, and what its MAC covers.

        Raises:
            UnreadableAnswer: when pyiso8583 cannot read it, it is of another edition, or it ends without a MAC.
        """
        try:
            fields, _ = iso8583.decode(raw, self.dialect.spec)
        except iso8583.DecodeError as error:
            raise UnreadableAnswer(f"field {error.field} at byte {error.pos} cannot be read") from None
        except KeyError:
            # pyiso8583 4.0.1 lets a KeyError escape for a DE that its spec does not have.
            raise UnreadableAnswer("it has a field that the dialect does not have") from None
        if fields["t"][0] != self.dialect.edition.version:
            raise UnreadableAnswer("it is of another edition than the dialect")
        numbered = _numbered(fields)
        place = _mac_place(numbered)
        if place not in fields:
            raise UnreadableAnswer(f"DE {place}, the MAC, is missing")
        width = self._mac_width(place)
        try:
            mac = bytes.fromhex(fields[place])
        except ValueError:
            raise UnreadableAnswer(f"DE {place} is not hexadecimal") from None
        said = {_NAMES[de]: value for de, value in self.dialect.plain(numbered, fields["t"]).items()}
        said["t"] = plain_mti(fields["t"])
        head = raw.head if isinstance(raw, Frame) else b""
        return Answer(said, raw, raw[self.dialect.header_bytes : -width], mac, head)

    def _mac_width(self, place: str) -> int:
        """Bytes of the MAC on the wire: twice as many where the dialect spells bytes as hexadecimal text."""
        return self.dialect.spec[place]["max_len"]


def _numbered(fields: Fields) -> dict[int, str]:
    return {_DES[name]: value for name, value in fields.items() if name in _DES}


def _mac_place(fields: Mapping[int, str]) -> str:
    return "128" if fields and max(fields) > 64 else "64"
