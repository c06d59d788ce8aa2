"""Hypothesis strategies for messages of a dialect and for BER-TLV: lawful ones, and ones that break exactly one named rule.

`messages(dialect)` draws what strict reading accepts. `nearly_valid(dialect)` draws bytes and the id of the one rule of
`switch.wire.rules` that they break: a parser that accepts them is too forgiving there. Content is drawn from the content
classes and means nothing: amounts, dates and card numbers are digits of the right count. Where the dialect knows what is inside
of a DE, its inside is lawful too; `subfields` draws the inside alone, `terminal_sim.testing.tlv` BER-TLV.
"""

from collections.abc import Callable

from hypothesis import assume, reject
from hypothesis import strategies as st

from switch.wire import Dialect, EncodeError, Message
from switch.wire.bitmap import mask_of
from switch.wire.element import Element, Form
from switch.wire.subfields import value_of
from terminal_sim.testing.elements import element_values, shortest
from terminal_sim.testing.subfields import Broken, inside_values, nearly_valid_subfields, subfields
from terminal_sim.testing.tlv import TLV_FAULTS, TlvFault, nearly_valid_tlv, tlv_objects

__all__ = [
    "MESSAGE_FAULTS",
    "MTIS",
    "TLV_FAULTS",
    "Broken",
    "Fault",
    "TlvFault",
    "Values",
    "damaged",
    "element_values",
    "message_values",
    "messages",
    "nearly_valid",
    "nearly_valid_subfields",
    "nearly_valid_tlv",
    "subfields",
    "tlv_objects",
]

Values = dict[int, str]
"""Values by DE, as `Dialect.encode` takes them."""

MTIS = st.text("0123456789", min_size=4, max_size=4)
"""Any MTI, also one that no standard has."""

_DES_MAX = 9


@st.composite
def message_values(draw: st.DrawFn, dialect: Dialect, mti: str | None = None) -> Values:
    """Some DEs of a dialect with lawful values.

    Args:
        mti: the values have what the dialect requires of a message with this MTI.
    """
    able = sorted(de for de, element in dialect.codec.elements.items() if element.shape(shortest(element)) is not None)
    des = set(draw(st.lists(st.sampled_from(able), unique=True, max_size=_DES_MAX)))
    for group in dialect.required.get(mti[:3] + "0", ()) if mti is not None else ():
        des.add(draw(st.sampled_from(group)))
    return {de: draw(_values_of(dialect, de)) for de in sorted(des)}


@st.composite
def messages(draw: st.DrawFn, dialect: Dialect, mti: str | None = None) -> Message:
    """Messages that strict reading accepts.

    Args:
        mti: the MTI of all of them, which then have what the dialect requires; any MTI and any DEs if None.
    """
    header = dialect.codec.header
    values: dict[int | str, str] = {"mti": mti if mti is not None else draw(MTIS)}
    if header is not None:
        values["h"] = draw(element_values(header))
    values.update(draw(message_values(dialect, mti)).items())
    return dialect.decode(dialect.encode(values))


@st.composite
def nearly_valid(draw: st.DrawFn, dialect: Dialect) -> Broken:
    """Bytes of a message that breaks one rule and no other, with the id of that rule."""
    message = draw(messages(dialect))
    return draw(st.sampled_from(MESSAGE_FAULTS))(draw, message)


@st.composite
def damaged(draw: st.DrawFn, dialect: Dialect) -> bytes:
    """The bytes of a lawful message with one to three places changed, inserted, deleted or repeated; often still lawful."""
    raw = bytearray(draw(messages(dialect)).raw)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(len(raw) - 1, 0)))
        kind = draw(st.sampled_from(("change", "nudge", "insert", "delete", "repeat", "cut")))
        byte = draw(st.one_of(st.sampled_from(b" +-_09afAF\t\x00\x1b=;"), st.integers(0, 255)))
        match kind:
            case "change":
                raw[at : at + 1] = bytes([byte])
            case "nudge":
                raw[at : at + 1] = bytes([raw[at] ^ (1 << (byte & 7))]) if raw else b""
            case "insert":
                raw[at:at] = bytes([byte])
            case "delete":
                del raw[at : at + 1 + byte % 4]
            case "repeat":
                raw[at:at] = raw[at : at + byte % 8]
            case _:
                del raw[at:]
    return bytes(raw)


def _values_of(dialect: Dialect, de: int) -> st.SearchStrategy[str]:
    """Values of a DE, lawful inside where the dialect knows what is inside."""
    element, layout = dialect.codec.elements[de], dialect.layout_of(de)
    if layout is None:
        return element_values(element)
    return inside_values(layout, element, strictly=de in dialect.judged)


# The faults of messages: each takes a lawful message and breaks one rule of it, or gives up where it has no place for that.


def _cut_mti(draw: st.DrawFn, message: Message) -> Broken:
    return message.raw[: message.start + draw(st.integers(0, message.dialect.codec.mti_bytes - 1))], "MTI-LEN-01"


def _letter_in_mti(draw: st.DrawFn, message: Message) -> Broken:
    size = message.dialect.codec.mti_bytes
    at = message.start + draw(st.integers(0, size - 1))
    letter = draw(st.sampled_from("ABCDEF"))
    byte = bytes.fromhex("0" + letter) if size == 2 else letter.encode(message.dialect.spec["t"]["data_enc"])
    return _put(message, at, byte), "MTI-CHR-01"


def _cut_bitmap(draw: st.DrawFn, message: Message) -> Broken:
    begin = message.start + message.dialect.codec.mti_bytes
    size = message.body_offset - begin
    missing = draw(st.integers(1, min(size, message.dialect.codec.bitmaps.sizes[0])))
    return message.raw[: message.body_offset - missing], "BMP-LEN-01"


def _blank_in_bitmap(draw: st.DrawFn, message: Message) -> Broken:
    charset = message.dialect.spec["p"]["data_enc"]
    assume(charset != "b")
    at = draw(st.integers(message.start + message.dialect.codec.mti_bytes, message.body_offset - 1))
    return _put(message, at, draw(st.sampled_from(" gG-")).encode(charset)), "BMP-HEX-01"


def _empty_part(draw: st.DrawFn, message: Message) -> Broken:
    codec = message.dialect.codec
    assume(codec.bitmaps.form == "auto")
    message = message.with_fields(drop=tuple(de for de in message.fields if de > 64))
    begin = message.start + codec.mti_bytes
    announced = codec.bitmaps.encode(message.layout.mask | 1 << 128)[: codec.bitmaps.sizes[0]]
    charset = message.dialect.spec["1"]["data_enc"]
    empty = bytes(8) if charset == "b" else ("0" * 16).encode(charset)
    return message.raw[:begin] + announced + empty + message.raw[message.body_offset :], "BMP-EMP-01"


def _bit_1_of_a_fixed_bitmap(draw: st.DrawFn, message: Message) -> Broken:
    codec = message.dialect.codec
    assume(codec.bitmaps.form == "fixed16")
    bitmap = codec.bitmaps.encode(message.layout.mask | 1 << 1)
    begin = message.start + codec.mti_bytes
    return message.raw[:begin] + bitmap + message.raw[message.body_offset :], "BMP-FIX-02"


def _unknown_de(draw: st.DrawFn, message: Message) -> Broken:
    codec = message.dialect.codec
    last = 128 if codec.bitmaps.form == "fixed16" else 192
    unknown = [de for de in range(2, last + 1) if de != 65 and de not in codec.elements]
    assume(unknown)
    bitmap = codec.bitmaps.encode(mask_of((*message.fields, draw(st.sampled_from(unknown)))))
    begin = message.start + codec.mti_bytes
    return message.raw[:begin] + bitmap + message.raw[message.body_offset :], "FLD-UNK-01"


def _sign_in_length(draw: st.DrawFn, message: Message) -> Broken:
    start, element = _variable(draw, message)
    assume(element.prefix_form not in ("b", "bcd"))
    at = start + draw(st.integers(0, element.prefix_bytes - 1))
    return _put(message, at, draw(st.sampled_from("+ _-\tA")).encode(element.prefix_form)), "FLD-LL-01"


def _letter_in_packed_length(draw: st.DrawFn, message: Message) -> Broken:
    start, element = _variable(draw, message)
    assume(element.prefix_form == "bcd")
    at = start + draw(st.integers(0, element.prefix_bytes - 1))
    return _put(message, at, bytes([draw(st.integers(10, 15)) << 4 | message.raw[at] & 15])), "FLD-LL-04"


def _empty_element(draw: st.DrawFn, message: Message) -> Broken:
    start, element = _variable(draw, message)
    assume(not element.content.empty)
    _, end = message.extent(_de(element))
    return message.raw[:start] + _prefix(element, 0) + message.raw[end:], "FLD-LL-02"


def _too_long(draw: st.DrawFn, message: Message) -> Broken:
    start, element = _variable(draw, message)
    units = element.units_max + 1
    base = 256 if element.prefix_form == "b" else 100 if element.prefix_form == "bcd" else 10
    assume(units < base**element.prefix_bytes)
    _, end = message.extent(_de(element))
    filler = message.raw[start + element.prefix_bytes : start + element.prefix_bytes + 1] * element.byte_count(units)
    return message.raw[:start] + _prefix(element, units) + filler + message.raw[end:], "FLD-LL-03"


def _cut_length(draw: st.DrawFn, message: Message) -> Broken:
    element = _last(message)
    assume(element.prefix_bytes)
    start, _ = message.extent(_de(element))
    return message.raw[: start + draw(st.integers(0, element.prefix_bytes - 1))], "FLD-LL-05"


def _cut_value(draw: st.DrawFn, message: Message) -> Broken:
    start, end = message.value_extent(_de(_last(message)))
    assume(end > start)
    return message.raw[: draw(st.integers(start, end - 1))], "FLD-END-01"


def _wrong_filler(draw: st.DrawFn, message: Message) -> Broken:
    odd = [de for de in message.fields if message.dialect.codec.elements[de].form is Form.DIGITS and len(message[de]) & 1]
    assume(odd)
    de = draw(st.sampled_from(odd))
    spec = message.dialect.spec[str(de)]
    start, end = message.value_extent(de)
    left = bool(spec.get("left_pad"))
    at = start if left else end - 1
    digit = (spec.get("left_pad") or spec.get("right_pad") or "0")[0]
    wrong = draw(st.sampled_from([other for other in range(16) if other != int(digit, 16)]))
    byte = wrong << 4 | message.raw[at] & 15 if left else message.raw[at] & 0xF0 | wrong
    return _put(message, at, bytes([byte])), "FLD-PAD-01"


def _trailing_bytes(draw: st.DrawFn, message: Message) -> Broken:
    return message.raw + draw(st.binary(min_size=1, max_size=12)), "MSG-END-01"


def _foreign_content(draw: st.DrawFn, message: Message) -> Broken:
    assume(message.fields)
    de = draw(st.sampled_from(message.fields))
    element = message.dialect.codec.elements[de]
    start, end = message.value_extent(de)
    units = element.read_units(message.raw, message.extent(de)[0])
    assert isinstance(units, int), "a lawful message has an unlawful length"
    # Of an odd count of packed digits only whole bytes are touched: the filling digit has a rule of its own.
    begin, end = (start + 1, end - 1) if element.form is Form.DIGITS and units & 1 else (start, end)
    assume(begin < end)
    at = draw(st.integers(begin, end - 1))
    lawful = _lawful_bytes(element, units, at - start)
    foreign = [byte for byte in range(256) if byte not in lawful]
    assume(foreign)
    rule = "FLD-BCD-01" if element.form is not Form.TEXT and element.content.name == "n" else element.content.rule
    return _put(message, at, bytes([draw(st.sampled_from(foreign))])), rule


def _broken_inside(draw: st.DrawFn, message: Message) -> Broken:
    dialect = message.dialect
    judged = [de for de in dialect.judged if de in message]
    assume(judged)
    de = draw(st.sampled_from(judged))
    layout = dialect.layout_of(de)
    assert layout is not None, "a DE without a layout is judged"
    data, rule = draw(nearly_valid_subfields(layout))
    element = dialect.codec.elements[de]
    try:
        return message.with_fields({de: value_of(element, layout, data)}).raw, rule
    except (EncodeError, UnicodeError):
        # The fault, or its length, cannot be told in the charset of the DE.
        reject()


Fault = Callable[[st.DrawFn, Message], Broken]
"""Breaks one rule of a lawful message."""

MESSAGE_FAULTS: tuple[Fault, ...] = (
    _cut_mti,
    _letter_in_mti,
    _cut_bitmap,
    _blank_in_bitmap,
    _empty_part,
    _bit_1_of_a_fixed_bitmap,
    _unknown_de,
    _sign_in_length,
    _letter_in_packed_length,
    _empty_element,
    _too_long,
    _cut_length,
    _cut_value,
    _wrong_filler,
    _trailing_bytes,
    _foreign_content,
    _broken_inside,
)


# Small things.


def _put(message: Message, at: int, data: bytes) -> bytes:
    """The message with other bytes at a place."""
    return message.raw[:at] + data + message.raw[at + len(data) :]


def _variable(draw: st.DrawFn, message: Message) -> tuple[int, Element]:
    """The start of a variable element of the message, and the element."""
    elements = message.dialect.codec.elements
    des = [de for de in message.fields if elements[de].prefix_bytes]
    assume(des)
    de = draw(st.sampled_from(des))
    return message.extent(de)[0], elements[de]


def _last(message: Message) -> Element:
    assume(message.fields)
    return message.dialect.codec.elements[message.fields[-1]]


def _de(element: Element) -> int:
    assert isinstance(element.de, int), "the header is no DE"
    return element.de


def _prefix(element: Element, units: int) -> bytes:
    """The spelling of a length, lawful or not."""
    size = element.prefix_bytes
    if element.prefix_form == "b":
        return units.to_bytes(size, "big")
    if element.prefix_form == "bcd":
        return bytes.fromhex(f"{units:0{2 * size}d}")
    return f"{units:0{size}d}".encode(element.prefix_form)


def _lawful_bytes(element: Element, units: int, place: int) -> bytes:
    """The bytes that may stand in a place of a value."""
    for allowed, count in element.shape(units) or ():
        if place < count:
            return allowed
        place -= count
    return bytes(range(256))
