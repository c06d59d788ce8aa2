"""Readers and splicers give what messages give one by one, in every dialect, and know nothing of any dialect beforehand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.limits import READERS_MAX, SPLICES_MAX
from switch.wire import DIALECTS, Dialect, EncodeError
from switch.wire.dialect import make_codec
from switch.wire.prepared import Reader, Splicer
from terminal_sim.testing.strategies import messages
from tests.testing.quota import tried

ASCII = DIALECTS["iso87-ascii"]
KEY = Reader(2, 11, 41, 52, 90)
OUTWARD = Splicer(11, 39, drop=(52, 64, 128))

dialects = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=list(DIALECTS))


@pytest.fixture
def dialect() -> Dialect:
    """A dialect of its own, so that other tests find empty caches."""
    return Dialect("fresh", "", ASCII.spec, ASCII.content, ASCII.names, make_codec(ASCII.spec, ASCII.content))


@pytest.mark.parametrize("each", DIALECTS.values(), ids=list(DIALECTS))
@tried(20)
@given(data=st.data())
def test_one_reader_and_one_splicer_serve_every_dialect(each: Dialect, data: st.DataObject) -> None:
    """What they give of any message is what is read one by one and set with care, at first sight and afterwards."""
    message = data.draw(messages(each))
    assert KEY.read(message) == tuple(message.get(de) for de in KEY.des) == KEY.find(message) == KEY.find(message.values())
    fields = {de: "1" * each.codec.elements[de].units_max for de in OUTWARD.des}
    values = tuple(fields.values())
    careful = message.with_fields(fields, mti=message.mti, drop=OUTWARD.drop)
    spliced = OUTWARD.splice(message, values)
    assert (spliced, spliced.mti) == (careful, message.mti)
    assert spliced.values() == each.decode(careful.raw).values()
    assert KEY.read(spliced) == tuple(careful.get(de) for de in KEY.des)
    other = "0810" if message.mti != "0810" else "0800"
    assert OUTWARD.splice(message, values, other) == message.with_fields(fields, mti=other, drop=OUTWARD.drop)


def test_what_cannot_be_spelled_is_refused_as_by_the_message(dialect: Dialect) -> None:
    """A value that is too long, one of another class and a number of values other than that of DEs are errors, not messages."""
    message = dialect.decode(dialect.encode({"mti": "0200", 3: "000000", 11: "000123"}))
    for value, rule in (
        ("1234567", "ENC-LEN-01"),
        ("12 456", "ENC-CHR-01"),
        ("\u0663\u0663\u0663\u0663\u0663\u0663", "ENC-CHR-01"),
    ):
        with pytest.raises(EncodeError) as refused:
            Splicer(11).splice(message, (value,))
        assert (refused.value.de, refused.value.rule) == (11, rule)
    for values in ((), ("654321", "00")):
        with pytest.raises(ValueError, match="zip"):
            Splicer(11).splice(message, values)
    with pytest.raises(EncodeError):
        Splicer(129).splice(message, ("1",))
    with pytest.raises(AssertionError):
        Splicer(11, drop=(11,))


def test_what_was_forgiven_stays_forgiven(dialect: Dialect) -> None:
    """A message that only a forgiving peer takes is spliced with care, and read again as it was read."""
    raw = dialect.encode({"mti": "0200", 3: "000000", 11: "000123", 41: "TERM0001"})
    message = dialect.decode(raw.replace(b"TERM", b"T\xe9RM"), "structure")
    spliced = Splicer(11).splice(message, ("654321",))
    assert spliced.mode == "structure"
    assert spliced.raw == message.raw.replace(b"000123", b"654321")
    assert dialect.decode(raw).mode == "strict"
    assert Splicer(11).splice(dialect.decode(raw, "lenient"), ("654321",)).mode == "lenient"


def test_a_bitmap_keeps_no_more_than_its_bounds(dialect: Dialect) -> None:
    """More readers and splicers than the bounds all work; no more than the bounds are kept."""
    message = dialect.decode(dialect.encode({"mti": "0200", 3: "000000", 11: "000123"}))
    for _ in range(READERS_MAX + 3):
        assert Reader(11, 3, 4).read(message) == ("000123", "000000", None)
    assert len(message.layout.readers) == READERS_MAX
    for _ in range(SPLICES_MAX + 3):
        assert Splicer(11).splice(message, ("654321",))[11] == "654321"
    assert len(message.layout.splices) == SPLICES_MAX
