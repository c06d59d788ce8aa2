"""Variants: what peers leave out of a dialect or put before its messages is known for what it is, and nothing else is."""

import pytest

from switch.wire import DIALECTS, FRAMINGS, DecodeError, Message
from switch.wire.guess import guess
from switch.wire.headers import TPDU, VISA
from switch.wire.variants import STARTS, variants_of

VALUES: dict[int | str, str] = {"mti": "0800", 7: "1122110000", 11: "000123", 70: "301"}
TPDU_HEAD, TERMINAL_HEAD = "6000030000", "603100310100"


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_has_a_bitmap_of_fixed_size(name: str) -> None:
    """The variant writes sixteen bytes of bitmap where the dialect writes eight, and only it reads them."""
    dialect = DIALECTS[name]
    fixed = variants_of(dialect)[0].dialect
    stan = "123".rjust(dialect.codec.elements[11].units_max, "0")
    values: dict[int | str, str] = {"mti": "0800", 11: stan}
    raw = fixed.encode(values)
    assert (fixed.name, fixed.bitmap, fixed.header) == (name, "fixed16", dialect.header)
    assert len(raw) - len(dialect.encode(values)) in (8, 16)
    assert fixed.decode(raw)[11] == stan
    with pytest.raises(DecodeError):
        dialect.decode(raw)
    assert "fixed16" not in [variant.dialect.bitmap for variant in variants_of(fixed) if dialect.codec.header is None]


@pytest.mark.parametrize("name", [name for name, dialect in DIALECTS.items() if dialect.codec.header is not None])
def test_a_header_may_be_missing(name: str) -> None:
    """A message without the header of its dialect is guessed to be in the dialect all the same, if no other one reads it."""
    dialect = DIALECTS[name]
    terminal = {**VALUES, 41: "TERM0001TERM0001"}
    raw = dialect.encode(terminal)[dialect.header_bytes :]
    best = guess(raw, DIALECTS, FRAMINGS)[0]
    assert (best.dialect.name, best.score, best.variant) == (name, 0.95, "the header of the dialect is not there")
    assert isinstance(best.outcome, Message)
    assert best.outcome.header is None


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (TPDU_HEAD, "a TPDU of 5 bytes before each message"),
        (TERMINAL_HEAD, "a terminal's header of 6 bytes before each message"),
        (TPDU_HEAD + TERMINAL_HEAD, "a TPDU and a terminal's header, 11 bytes, before each message"),
    ],
)
def test_what_stands_before_a_message_is_left_out(before: str, words: str) -> None:
    """Without a length prefix, or behind one, a header is named, and the message is read from where it begins."""
    raw = DIALECTS["unionpay-bcd"].encode({**VALUES, 41: "TERM0001", 2: "411111111111111"})
    for framing in (None, FRAMINGS["len2-little"]):
        stream = bytes.fromhex(before) + raw
        best = guess(framing.frame(stream) if framing is not None else stream, DIALECTS, FRAMINGS)[0]
        assert (best.dialect.name, best.framing, best.variant) == ("unionpay-bcd", framing, words)
        assert best.cut.frames[0].data == raw
        assert words in best.reasons


def test_a_base_i_header_is_left_out() -> None:
    """It states the length of what it stands before, so it is not taken for one unless that is true."""
    raw = DIALECTS["visa-base1"].encode({**VALUES, 42: "MERCHANT0000001"})
    head = VISA.complete(VISA.fresh, len(raw))
    best = guess(head + raw, DIALECTS, FRAMINGS)[0]
    assert (best.dialect.name, best.framing, best.variant) == ("visa-base1", None, "a BASE I header before each message")
    assert all(not tried.variant.startswith("a BASE I") for tried in guess(head + raw + b"\x00", DIALECTS, FRAMINGS))


def test_nothing_is_found_before_a_message_that_is_read() -> None:
    """Where a pair reads the messages no start is tried; and a start has to have a message behind it."""
    raw = DIALECTS["iso87-binary"].encode(VALUES)
    assert not any(tried.variant in [start.words for start in STARTS] for tried in guess(raw, DIALECTS, FRAMINGS))
    assert [start.find_end(bytes.fromhex(TPDU_HEAD)) for start in STARTS] == [TPDU.bytes_max, None, None, None]
    assert [start.find_end(b"") for start in STARTS] == [None] * len(STARTS)
