"""A dialect: everything that is true of one network's messages and not of another's.

It holds the pyiso8583 spec dict and what such a dict cannot say: its edition of the standard, content classes, names, MAC and
PIN policy, response codes, what a response echoes, the picture of each message and by which DEs an answer finds its request. It
never sees an account.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import msgspec

from switch.wire.bitmap import BitmapForm
from switch.wire.codec import Codec
from switch.wire.codes import Codes
from switch.wire.content import ANY, CONTENTS, Content
from switch.wire.edition import Edition, Occasion, plain_mti
from switch.wire.editions.iso1987 import ISO_1987
from switch.wire.element import Form
from switch.wire.errors import DecodeError, EncodeError, SpecError
from switch.wire.message import Message
from switch.wire.picture import Group, Picture
from switch.wire.spec import Spec, check_spec
from switch.wire.subfields import EMV, InnerLayout, Values, print_inside

Mode = Literal["strict", "lenient", "structure"]
"""How a message is read: exactly; as a forgiving peer reads it, with findings; for its lengths and bitmap alone."""

MODES: tuple[Mode, ...] = get_args(Mode)


class MacPolicy(msgspec.Struct, frozen=True):
    """How messages are authenticated.

    Args:
        algorithm: name of the algorithm, as in "ISO 9797-1 algorithm 3".
        padding: padding method of ISO/IEC 9797-1, 1 to 3.
        length: bytes of the MAC.
        range_words: which bytes it covers, in words.
    """

    algorithm: str
    padding: int
    length: int
    range_words: str


class PinPolicy(msgspec.Struct, frozen=True):
    """How PINs travel in DE 52.

    Args:
        format: PIN block format of ISO 9564-1.
        algorithm: cipher under the zone or terminal PIN key.
    """

    format: int
    algorithm: str


MAC_DEFAULT = MacPolicy(
    "ISO 9797-1 algorithm 3", 1, 8, "MTI up to DE 64 or DE 128, which is not covered; the bitmap announces it"
)
PIN_DEFAULT = PinPolicy(0, "TDES")


class Dialect(msgspec.Struct, frozen=True, eq=False):
    """One dialect of ISO 8583.

    Args:
        name: as the configuration calls it.
        words: what it is, for people.
        spec: the pyiso8583 spec dict.
        content: name of the content class by DE, a key of `CONTENTS`.
        names: name of each DE.
        codec: made of `spec` and `content`.
        mac: how messages are authenticated.
        pin: how PINs travel.
        edition: the edition of the standard that it is of.
        response_codes: DE 39 -> words; codes: what the codes stand for.
        echo: DEs that a response repeats from its request.
        pictures: MTI, no repeat and no other origin -> which DEs it must, may and must not have.
        match_key: class digit of an MTI -> DEs by which a response finds its request.
        clear: DEs that may be shown and logged as they are; all others are sensitive or unknown.
        fault_de: where a refusal may say which DE was wrong, 0 for nowhere; fault_form: how, around its number.
        header: the header of what we say first, where the dialect has one; an answer repeats that of its request.
        header_answer: the header of an answer, where it says so itself; a dot stands for what the request has there.
        header_fault: the header of a refusal, where it says which DE was wrong: # for each digit of its number, dots as above.
        stretched: fixed DEs that are longer than in the edition's table -> their length there, and what fills the rest.
        subfields: what is inside of a DE; it never says where the DE ends.
        judged: DEs of which strict reading refuses an inside that is broken.
    """

    name: str
    words: str
    spec: Spec
    content: dict[int, str]
    names: dict[int, str]
    codec: Codec
    mac: MacPolicy = MAC_DEFAULT
    pin: PinPolicy = PIN_DEFAULT
    edition: Edition = ISO_1987
    response_codes: dict[str, str] = {}
    codes: Codes = ISO_1987.codes
    echo: tuple[int, ...] = ()
    pictures: dict[str, Picture] = {}
    match_key: dict[str, tuple[int, ...]] = {}
    clear: tuple[int, ...] = ()
    fault_de: int = 0
    fault_form: str = "DE {}"
    header: str = ""
    header_answer: str = ""
    header_fault: str = ""
    stretched: dict[int, tuple[int, str]] = {}
    subfields: dict[int, InnerLayout] = {}
    judged: tuple[int, ...] = ()

    @classmethod
    def from_spec(cls, name: str, spec: Mapping[str, Mapping[str, object]], *, bitmap: BitmapForm = "auto") -> Dialect:
        """A dialect of which no more is known than a pyiso8583 spec dict.

        Its elements may hold whatever their charset can spell and may be empty, and none of them is shown in clear.

        Args:
            bitmap: "fixed16" for a network that always sends sixteen bytes of bitmap and never sets bit 1.

        Raises:
            SpecError: naming the element of the spec that is unusable.
        """
        checked = check_spec(spec)
        names = {int(key): element["desc"] for key, element in checked.items() if key.isdigit()}
        return cls(name, "read from a pyiso8583 spec", checked, {}, names, Codec(checked, {}, bitmap))

    def of_edition(self, edition: Edition) -> Dialect:
        """The same bytes with the common practice of an edition, as far as the DEs are there; which of them are clear stays."""
        here = self.codec.elements
        keys = {digit: tuple(de for de in key if de in here) for digit, key in edition.match_key.items()}
        return msgspec.structs.replace(
            self,
            edition=edition,
            response_codes=edition.response_codes,
            codes=edition.codes,
            echo=tuple(de for de in edition.echo if de in here),
            pictures={mti: picture.within(here) for mti, picture in edition.pictures.items()},
            match_key={digit: key for digit, key in keys.items() if 11 in key},
            fault_de=edition.fault_de if edition.fault_de in here else 0,
        )

    @property
    def required(self) -> dict[str, tuple[Group, ...]]:
        """MTI -> groups of DEs, of each of which a message must have one."""
        return {mti: picture.required for mti, picture in self.pictures.items() if picture.required}

    @property
    def sensitive(self) -> tuple[int, ...]:
        """The DEs that are masked or hidden wherever a message is shown."""
        return tuple(de for de in self.codec.elements if de not in self.clear)

    @property
    def packs_track2(self) -> bool:
        """True when DE 35 is packed digits, whose separator is D instead of =."""
        track = self.codec.elements.get(35)
        return track is not None and track.form is Form.DIGITS

    @property
    def bitmap(self) -> BitmapForm:
        """Whether further parts of the bitmap are announced, or two are always there."""
        return self.codec.bitmaps.form

    def decode(self, raw: bytes | bytearray, mode: Mode = "strict") -> Message:
        """The message that `raw` is.

        Args:
            mode: "strict", where what is accepted re-encodes to the same bytes; "lenient", where what a forgiving peer would
                take is taken and named in `message.findings`; "structure", where lengths and bitmap must add up and no value is
                judged. Each accepts all that the ones before it accept, and reads it no differently.

        Raises:
            DecodeError: naming the DE, the byte and the rule; what could be read is kept in it.
            ValueError: at a mode that there is not, which must not become a more forgiving one.
        """
        data = raw if raw.__class__ is bytes else bytes(raw)
        if mode != "strict" and mode not in MODES:
            raise ValueError(f"a message is read in one of the modes {', '.join(MODES)}")
        codec = self.codec
        # MTI and bitmap of what has been accepted once are known at sight. This stands here and not in the codec because it is
        # done for every message, and a call costs as much as a look.
        heads = codec.heads
        head = heads.get(data[codec.head_of_one]) or heads.get(data[codec.head_of_two]) or heads.get(data[codec.head_of_three])
        if head is not None:
            mti, start, layout, scan, body = head
            index = scan(data, body)
            if index is not None and (not start or codec.header_holds(data)):
                message = Message(self, data, mti, start, layout, index, mode)
                return self._judge_inside(message) if self.judged and mode != "structure" else message
        return self._decode_with_care(data, mode)

    def encode(self, values: Mapping[int | str, str]) -> bytes:
        """A message from values by DE, with "mti" and, where the dialect has one, the header as "h".

        Raises:
            EncodeError: naming the DE whose value cannot be encoded, never the value.
        """
        if self.header and "h" not in values:
            values = {"h": self.header, **values}
        return self.codec.encode(values)

    def layout_of(self, de: int) -> InnerLayout | None:
        """What is inside of DE `de`, None when nothing is known of it; DE 55 holds EMV data wherever nothing else is said."""
        return self.subfields.get(de, EMV if de == _ICC else None)

    def print_subfields(self, de: int, values: Values) -> str:
        """The value of DE `de` that holds these subfields, for `encode` or `Message.with_fields`.

        Args:
            values: by key or by path: {"2": "KEY", "25": {"12": "00"}} is {"2": "KEY", "25.12": "00"}. Tagged ones keep the
                order in which they are given.

        Raises:
            EncodeError: naming the path of what is missing, unknown or cannot be encoded, never a value.
        """
        layout, element = self.layout_of(de), self.codec.elements.get(de)
        if layout is None or element is None:
            raise EncodeError(de, "the dialect knows nothing of what is inside of it", "SUB-KEY-01")
        return print_inside(layout, element, values, path=str(de))

    @property
    def header_bytes(self) -> int:
        """Size of the header of fixed length, 0 without one."""
        header = self.codec.header
        return header.byte_count(header.units_max) if header is not None else 0

    def answer_header(self, header: bytes) -> bytes:
        """The header of the answer to a message that came with this one."""
        return self._said_in(header, self.header_answer)

    def fault_header(self, header: bytes, de: int) -> bytes:
        """The header of a refusal for DE `de`, of an answer that came with this one."""
        places = self.header_fault.count("#")
        return self._said_in(header, self.header_fault.replace("#" * places, f"{de:0{places}d}")) if places else header

    def _said_in(self, header: bytes, pattern: str) -> bytes:
        """The header with the signs of a pattern in their places; a dot stands for what is there."""
        element = self.codec.header
        if not pattern or element is None:
            return header
        value = element.spell(header, element.units_max)
        said = (mine if mine != "." else theirs for mine, theirs in zip(pattern, value, strict=True))
        return element.encode("".join(said))

    def word(self, plain: Mapping[int, str], mti: str, wall_ms: int) -> dict[int, str]:
        """Plain values as this dialect says and spells them in a message of a plain MTI; what it cannot say is left out."""
        worded = self.edition.word(plain, Occasion(mti, wall_ms))
        self._suit(worded)
        if 39 in worded:
            worded[39] = self.codes.adopt(worded[39])
        return worded

    def plain(self, values: Mapping[int, str], mti: str) -> dict[int, str]:
        """Values of a message of this dialect with this MTI as plain ones; what plain cannot say is left out."""
        return self.edition.plain(self.unsuit(values) if self.stretched else values, plain_mti(mti))

    def suit(self, values: Mapping[int, str]) -> dict[int, str]:
        """Values as the edition's table spells them, in the spelling of this dialect: separator of track 2, longer elements."""
        suited = dict(values)
        self._suit(suited)
        return suited

    def unsuit(self, values: Mapping[int, str]) -> dict[int, str]:
        """Values in the spelling of this dialect, as the edition's table spells them; one that does not fit there is kept."""
        plain = dict(values)
        for de, (length, filler) in self.stretched.items():
            if de in plain and not plain[de][length:].strip(filler):
                plain[de] = plain[de][:length]
        return plain

    def _suit(self, values: dict[int, str]) -> None:
        """See `suit`; these are ours to change."""
        if 35 in values:
            values[35] = values[35].replace("=", "D") if self.packs_track2 else values[35].replace("D", "=")
        for de, (_, filler) in self.stretched.items():
            if de in values:
                values[de] = values[de].ljust(self.codec.elements[de].units_max, filler)

    def _decode_with_care(self, data: bytes, mode: Mode) -> Message:
        """A message that no compiled code has accepted."""
        codec = self.codec
        reading = codec.read_with_care(data) if mode == "strict" else codec.read_loosely(data, judged=mode == "lenient")
        message = None
        if reading.mti is not None:
            message = Message(self, data, reading.mti, reading.start, reading.layout, reading.index, mode, reading.findings)
        if reading.fault is not None:
            raise DecodeError.of(reading.fault, message)
        assert message is not None, "a message without an MTI was accepted"
        return self._judge_inside(message) if self.judged and mode != "structure" else message

    def _judge_inside(self, message: Message) -> Message:
        """The message, with what is broken inside of judged DEs among its findings; strict reading refuses it for the first."""
        broken = tuple(finding for de in self.judged if (finding := message.fault_inside(de)) is not None)
        if broken and message.mode == "strict":
            raise DecodeError.of(broken[0], message)
        return msgspec.structs.replace(message, findings=message.findings + broken) if broken else message

    def __repr__(self) -> str:
        return f"<Dialect {self.name}>"


_ICC = 55


def make_codec(spec: Spec, content: Mapping[int, str], bitmap: BitmapForm = "auto", *, header: Content = ANY) -> Codec:
    """The codec of a spec whose content classes are known.

    Args:
        header: content class of the header, where there is one.

    Raises:
        SpecError: when a content class is unknown.
    """
    for de, name in content.items():
        if name not in CONTENTS:
            raise SpecError(f"DE {de}: unknown content class", "SPC-CNT-01")
    return Codec(check_spec(spec), {de: CONTENTS[name] for de, name in content.items()}, bitmap, header=header)
