"""A scan says of any bytes what the careful walk says of them, in every dialect and in a spec of rare spellings."""

import iso8583.specs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.wire import DIALECTS, Dialect
from switch.wire.element import Element
from switch.wire.layout import Layout, compile_scan
from terminal_sim.testing.strategies import messages
from tests.testing.quota import tried

_PACKED = {"data_enc": "b", "len_enc": "bcd", "len_type": 1, "max_len": 19, "desc": "", "len_count": "nibbles"}
_TEXT = {"data_enc": "ascii", "len_enc": "ascii", "len_type": 2, "max_len": 40, "desc": ""}
RARE = Dialect.from_spec(
    "rare",
    {
        **iso8583.specs.default_ascii,
        "2": {**_PACKED, "right_pad": "F"},
        "3": {**_PACKED, "len_type": 0, "max_len": 7, "right_pad": "F"},
        "4": {**_PACKED, "len_type": 0, "max_len": 7, "left_pad": "F"},
        "5": {**_PACKED, "len_type": 0, "max_len": 1, "left_pad": "0"},
        "6": {**_PACKED, "len_type": 2, "max_len": 999, "left_pad": "0"},
        "7": {**_TEXT, "len_enc": "b", "len_type": 1, "max_len": 200},
        "8": {**_TEXT, "data_enc": "cp500", "len_enc": "bcd", "len_type": 1},
        "9": {**_TEXT, "data_enc": "cp1252", "len_enc": "cp500"},
        "10": {**_TEXT, "data_enc": "utf-8"},
        "11": {**_TEXT, "len_count": "nibbles"},
        "12": {**_PACKED, "len_count": "bytes", "len_type": 0},
        "13": {**_PACKED, "right_pad": "F"},
        "14": {**_PACKED, "len_type": 0, "max_len": 1, "left_pad": "0"},
        "15": {**_PACKED, "len_type": 0, "max_len": 7, "right_pad": "F"},
        "16": {**_PACKED, "len_type": 0, "max_len": 7, "left_pad": "F"},
    },
)
ALL = (*DIALECTS.values(), RARE)

dialects = pytest.mark.parametrize("dialect", ALL, ids=[dialect.name for dialect in ALL])
quick = tried(15)


def walked(dialect, raw):
    """The index that careful reading finds, None when it refuses."""
    codec = dialect.codec
    reading = codec.read_with_care(raw)
    return reading.index if reading.fault is None else None


@dialects
@quick
@given(data=st.data())
def test_a_scan_agrees_with_the_walk_on_lawful_and_on_changed_bytes(dialect, data):
    """On a lawful message, on one with a byte changed anywhere behind the bitmap, prolonged, and cut."""
    message = data.draw(messages(dialect))
    raw, start = message.raw, message.body_offset
    scan = compile_scan(message.layout, dialect.codec.elements)
    assert scan(raw, start) == message.index
    if len(raw) == start:
        return
    for _ in range(8):
        place = data.draw(st.integers(start, len(raw) - 1))
        byte = data.draw(st.sampled_from([raw[place] ^ 1, raw[place] ^ 0x10, raw[place] + 1 & 255, 0, 0x20, 0x7F, 0xFF]))
        changed = raw[:place] + bytes([byte]) + raw[place + 1 :]
        for other in (changed, changed + b"0", raw[:place], raw[:place] + raw[place + 1 :]):
            assert scan(other, start) == walked(dialect, other)


def test_elements_with_one_between_them_that_is_read_with_care_stay_apart():
    """Stretches are joined only where they lie side by side."""
    values = {3: "1234567", 4: "7654321", 5: "1", 13: "123", 14: "1", 15: "1234567", 16: "7654321"}
    raw = RARE.encode({"mti": "0200", **values})
    message = RARE.decode(raw)
    scan = compile_scan(message.layout, RARE.codec.elements)
    for place in range(message.body_offset, len(raw)):
        for byte in range(256):
            changed = raw[:place] + bytes([byte]) + raw[place + 1 :]
            assert scan(changed, message.body_offset) == walked(RARE, changed)


@dialects
def test_each_element_alone_is_judged_as_by_the_walk(dialect):
    """Every byte value in every place of a short value of every element: a class that a stretch forgets would be seen here."""
    for de, element in dialect.codec.elements.items():
        layout = Layout({de: element}, 1 << de, b"")
        scan = compile_scan(layout, {de: element})
        for raw in lawful_bytes(element):
            for place in {0, 1, 2, 3, len(raw) // 2, len(raw) - 2, len(raw) - 1} & set(range(len(raw))):
                for byte in range(256):
                    changed = raw[:place] + bytes([byte]) + raw[place + 1 :]
                    assert (scan(changed, 0) is None) == refused(element, changed), (de, place, byte)


def lawful_bytes(element: Element) -> list[bytes]:
    """Lawful spellings of an element: where the length varies of both parities, of one unit and of none."""
    spelled = []
    for units in (0, 1, 6, 7) if element.prefix_bytes else (element.units_max,):
        shape = element.shape(units) if not element.prefix_bytes or units in element.lengths.values() else None
        if shape is not None:
            prefix = next((prefix for prefix, length in element.lengths.items() if length == units), b"")
            spelled.append(prefix + b"".join(allowed[:1] * count for allowed, count in shape))
    return spelled


def refused(element: Element, raw: bytes) -> bool:
    """What the definition of an element says of its bytes."""
    units = element.read_units(raw, 0)
    if isinstance(units, tuple):
        return True
    data = raw[element.prefix_bytes :]
    return len(data) != element.byte_count(units) or element.find_fault(data, units) is not None
